"""The table of order items."""

from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.model import Base, IntegerKey, ScaledDecimal, Timestamps

if TYPE_CHECKING:
    from app.entities.order.model import Order
    from app.entities.product.model import Product


class OrderItem(Timestamps, IntegerKey, Base):
    """An order item."""

    __tablename__ = "order_items"
    __table_args__ = (sa.UniqueConstraint("order_id", "product_id"),)

    quantity: Mapped[int] = mapped_column(sa.Integer(), server_default=sa.text("1"))
    unit_price: Mapped[Decimal] = mapped_column(ScaledDecimal(2))
    order_id: Mapped[int] = mapped_column(
        sa.ForeignKey("orders.id", ondelete="CASCADE"), index=True
    )
    product_id: Mapped[int] = mapped_column(
        sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True
    )

    order: Mapped["Order | None"] = relationship(foreign_keys=order_id, viewonly=True, lazy="raise")
    product: Mapped["Product | None"] = relationship(
        foreign_keys=product_id, viewonly=True, lazy="raise"
    )
