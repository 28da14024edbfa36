"""Order items together with what `?include=` asks for."""

from app.core.relations import Loaded
from app.entities.order.schemas import OrderRead
from app.entities.order_item.schemas import OrderItemRead
from app.entities.product.schemas import ProductRead


class OrderItemDetail(Loaded, OrderItemRead):
    """An order item, and the relations that were asked for."""

    order: OrderRead | None = None
    product: ProductRead | None = None
