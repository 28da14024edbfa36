"""The repository of order items.

Import it from anywhere to read and write them with their rules applied.
"""

from app.core.repository import Repository
from app.entities.order_item.model import OrderItem
from app.entities.order_item.rules import OrderItemRules

repository = Repository(OrderItem, OrderItemRules(), name="order_item", sort=[])
