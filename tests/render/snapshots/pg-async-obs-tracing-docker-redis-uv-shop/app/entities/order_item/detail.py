"""Order items with the related resources that `?include=` names."""

from app.core.includes import LoadedRelations
from app.entities.order.schemas import OrderRead
from app.entities.order_item.schemas import OrderItemRead
from app.entities.product.schemas import ProductRead


class OrderItemDetail(LoadedRelations, OrderItemRead):
    """An order item with the included related resources."""

    order: OrderRead | None = None
    product: ProductRead | None = None
