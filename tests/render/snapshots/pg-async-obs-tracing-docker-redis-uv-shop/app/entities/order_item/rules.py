"""Business rules of order items: yours to edit; updates of the template keep this file."""

from app.core.repository import Rules
from app.entities.order_item.model import OrderItem


class OrderItemRules(Rules[OrderItem]):
    """Override before_create, before_update or before_delete; raise InvalidError or ConflictError to reject."""
