"""The API of order items."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.core.db import SessionDep
from app.core.errors import problems
from app.core.repository import Repository
from app.core.schema import Page, RowId
from app.entities.order_item.detail import OrderItemDetail
from app.entities.order_item.model import OrderItem
from app.entities.order_item.rules import OrderItemRules
from app.entities.order_item.schemas import (
    OrderItemCreate,
    OrderItemInclude,
    OrderItemPatch,
    OrderItemQuery,
    OrderItemRead,
)

router = APIRouter(prefix="/order-items", tags=["Order item"])
repository = Repository(OrderItem, OrderItemRules(), name="order_item", sort=[])


@router.get(
    "",
    operation_id="list_order_items",
    summary="List order items",
    response_model=Page[OrderItemDetail],
    response_model_exclude_unset=True,
    responses=problems(),
)
async def find(session: SessionDep, query: Annotated[OrderItemQuery, Query()]) -> dict[str, object]:
    """Return a page of order items, sorted and filtered as asked."""
    found = await repository.page(session, query, query.include)
    return {
        "items": found.rows,
        "total": found.total,
        "limit": query.limit,
        "offset": query.offset,
    }


@router.post(
    "",
    operation_id="create_order_item",
    summary="Create an order item",
    status_code=201,
    response_model=OrderItemRead,
    responses=problems(409),
)
async def create(
    session: SessionDep, data: OrderItemCreate, request: Request, response: Response
) -> OrderItem:
    """Add an order item and return it as stored."""
    row = await repository.create(session, data)
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return row


@router.get(
    "/{key}",
    operation_id="read_order_item",
    summary="Read an order item",
    response_model=OrderItemDetail,
    response_model_exclude_unset=True,
    responses=problems(404),
)
async def read(
    session: SessionDep,
    key: RowId,
    include: Annotated[Sequence[OrderItemInclude], Query(max_length=20)] = (),
) -> OrderItem:
    """Return one order item."""
    return await repository.read(session, key, include)


@router.put(
    "/{key}",
    operation_id="replace_order_item",
    summary="Replace an order item",
    response_model=OrderItemRead,
    responses=problems(404, 409),
)
async def replace(session: SessionDep, key: RowId, data: OrderItemCreate) -> OrderItem:
    """Set every field of an order item; what is left out falls back to its default."""
    return await repository.update(session, key, data, partial=False)


@router.patch(
    "/{key}",
    operation_id="change_order_item",
    summary="Change an order item",
    response_model=OrderItemRead,
    responses=problems(404, 409),
)
async def change(session: SessionDep, key: RowId, data: OrderItemPatch) -> OrderItem:
    """Set the given fields of an order item; the others stay as they are."""
    return await repository.update(session, key, data, partial=True)


@router.delete(
    "/{key}",
    operation_id="delete_order_item",
    summary="Delete an order item",
    status_code=204,
    responses=problems(404, 409),
)
async def delete(session: SessionDep, key: RowId) -> None:
    """Delete an order item; refused while others refer to it, unless they go or let go with it."""
    await repository.delete(session, key)
