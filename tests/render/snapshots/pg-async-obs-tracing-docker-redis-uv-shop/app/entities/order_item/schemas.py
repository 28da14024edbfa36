"""What requests about order items may hold, and what responses do."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from app.core.schema import (
    NUMBER,
    BodyRowId,
    Choices,
    Digits,
    ExactDecimal,
    Given,
    Int32,
    ListQuery,
    ReadModel,
    RowId,
    Schema,
    left_out,
)

OrderItemQuantity = Annotated[Int32, Field(ge=1), NUMBER]
OrderItemUnitPrice = Annotated[Decimal, Digits(10, 2, least=Decimal(0)), Field(examples=["4.20"])]
OrderItemSort = Literal[
    "id",
    "-id",
    "quantity",
    "-quantity",
    "unit_price",
    "-unit_price",
    "order_id",
    "-order_id",
    "product_id",
    "-product_id",
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
]
OrderItemInclude = Literal["order", "product"]

EXAMPLE: dict[str, Any] = {
    "quantity": 1,
    "unit_price": "4.20",
    "order_id": 1,
    "product_id": 1,
}


class OrderItemCreate(Schema, json_schema_extra={"examples": [EXAMPLE]}):
    """What a new order item is made from."""

    quantity: OrderItemQuantity = 1
    unit_price: OrderItemUnitPrice
    order_id: BodyRowId
    product_id: BodyRowId


class OrderItemPatch(Schema):
    """Changes to an order item: what is left out stays as it is."""

    quantity: OrderItemQuantity = left_out()
    unit_price: OrderItemUnitPrice = left_out()
    order_id: BodyRowId = left_out()
    product_id: BodyRowId = left_out()


class OrderItemRead(ReadModel):
    """Order item, as it is stored."""

    id: int
    quantity: int
    unit_price: ExactDecimal
    order_id: int
    product_id: int
    created_at: dt.datetime
    updated_at: dt.datetime


class OrderItemQuery(ListQuery):
    """How to list order items: order and filters."""

    sort: list[OrderItemSort] = Field(
        default=[], max_length=20, description="In which order; - turns it round"
    )
    include: list[OrderItemInclude] = Field(
        default=[], max_length=20, description="What to show with each row"
    )
    order_id: Given[RowId] = None
    order_id__in: Given[Choices[RowId]] = None
    product_id: Given[RowId] = None
    product_id__in: Given[Choices[RowId]] = None
