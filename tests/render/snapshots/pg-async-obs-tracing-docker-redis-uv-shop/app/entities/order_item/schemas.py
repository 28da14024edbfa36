"""Request and response bodies and query parameters of order items."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from app.core.field_types import (
    NUMBER,
    BodyRowId,
    Digits,
    ExactDecimal,
    Int32,
    OptionalParam,
    ReadOnly,
    RowId,
    StoredInt32,
    ValueList,
)
from app.core.schemas import ListQuery, ReadModel, Schema, unchanged, unset

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
    """Request body to create an order item."""

    quantity: OrderItemQuantity = 1
    unit_price: OrderItemUnitPrice
    order_id: BodyRowId
    product_id: BodyRowId


class OrderItemReplace(OrderItemCreate):
    """Request body to replace an order item."""

    id: ReadOnly[int] = unchanged()
    created_at: ReadOnly[dt.datetime] = unchanged()
    updated_at: ReadOnly[dt.datetime] = unchanged()


class OrderItemPatch(Schema):
    """Request body to update an order item; omitted fields keep their value."""

    quantity: OrderItemQuantity = unset()
    unit_price: OrderItemUnitPrice = unset()
    order_id: BodyRowId = unset()
    product_id: BodyRowId = unset()
    id: ReadOnly[int] = unchanged()
    created_at: ReadOnly[dt.datetime] = unchanged()
    updated_at: ReadOnly[dt.datetime] = unchanged()


class OrderItemRead(ReadModel):
    """An order item as returned by the API."""

    id: ReadOnly[int]
    quantity: StoredInt32
    unit_price: ExactDecimal
    order_id: int
    product_id: int
    created_at: ReadOnly[dt.datetime]
    updated_at: ReadOnly[dt.datetime]


class OrderItemQuery(ListQuery):
    """Query parameters to list order items: sorting and filters."""

    sort: list[OrderItemSort] = Field(
        default=[], max_length=20, description="Sort by these fields; prefix with - for descending"
    )
    include: list[OrderItemInclude] = Field(
        default=[], max_length=20, description="Related rows to include"
    )
    id__in: OptionalParam[ValueList[RowId]] = None
    order_id: OptionalParam[RowId] = None
    order_id__in: OptionalParam[ValueList[RowId]] = None
    product_id: OptionalParam[RowId] = None
    product_id__in: OptionalParam[ValueList[RowId]] = None
