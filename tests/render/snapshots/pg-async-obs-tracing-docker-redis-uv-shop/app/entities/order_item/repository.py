"""Reads and writes of order items, by their rules; other code may import `repository` as well."""

from app.core.repository import Repository
from app.entities.order_item.model import OrderItem
from app.entities.order_item.rules import OrderItemRules

repository = Repository(OrderItem, OrderItemRules(), name="order_item", sort=[])
