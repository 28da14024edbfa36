"""The API of order items."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.core.db import SessionDep
from app.core.errors import problems
from app.core.etag import PlainConditions
from app.core.field_types import RowId
from app.core.links import page_headers
from app.core.schemas import Page
from app.entities.order_item.detail import OrderItemDetail
from app.entities.order_item.model import OrderItem
from app.entities.order_item.repository import repository
from app.entities.order_item.schemas import (
    OrderItemCreate,
    OrderItemInclude,
    OrderItemPatch,
    OrderItemQuery,
    OrderItemRead,
    OrderItemReplace,
)

router = APIRouter(prefix="/order-items", tags=["Order item"])


@router.get(
    "",
    operation_id="list_order_items",
    summary="List order items",
    response_model=Page[OrderItemDetail],
    response_model_exclude_unset=True,
    responses=problems(),
)
async def list_order_items(
    session: SessionDep,
    query: Annotated[OrderItemQuery, Query()],
    request: Request,
    response: Response,
) -> dict[str, object]:
    """Return one page of order items, with filters and sorting applied."""
    result = await repository.list(session, query, query.include)
    response.headers.update(page_headers(request, query, result.total))
    return {
        "items": result.rows,
        "total": result.total,
        "limit": query.limit,
        "offset": query.offset,
    }


@router.post(
    "",
    operation_id="create_order_item",
    summary="Create an order item",
    status_code=201,
    response_model=OrderItemRead,
    responses=problems(409, 415),
)
async def create_order_item(
    session: SessionDep, data: OrderItemCreate, request: Request, response: Response
) -> OrderItem:
    """Create an order item and return it as stored."""
    row = await repository.create(session, data)
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return row


@router.get(
    "/{order_item_id}",
    operation_id="get_order_item",
    summary="Get an order item",
    response_model=OrderItemDetail,
    response_model_exclude_unset=True,
    responses=problems(404),
)
async def get_order_item(
    session: SessionDep,
    order_item_id: RowId,
    include: Annotated[Sequence[OrderItemInclude], Query(max_length=20)] = (),
) -> OrderItem:
    """Return one order item."""
    return await repository.get(session, order_item_id, include)


@router.put(
    "/{order_item_id}",
    operation_id="replace_order_item",
    summary="Replace an order item",
    response_model=OrderItemRead,
    responses=problems(404, 409, 412, 415),
)
async def replace_order_item(
    session: SessionDep, order_item_id: RowId, data: OrderItemReplace, conditions: PlainConditions
) -> OrderItem:
    """Replace all fields of an order item; omitted fields are reset to their defaults."""
    return await repository.update(
        session, order_item_id, data, partial=False, conditions=conditions
    )


@router.patch(
    "/{order_item_id}",
    operation_id="update_order_item",
    summary="Update an order item",
    response_model=OrderItemRead,
    responses=problems(404, 409, 412, 415),
)
async def update_order_item(
    session: SessionDep, order_item_id: RowId, data: OrderItemPatch, conditions: PlainConditions
) -> OrderItem:
    """Update the given fields of an order item; omitted fields keep their value."""
    return await repository.update(
        session, order_item_id, data, partial=True, conditions=conditions
    )


@router.delete(
    "/{order_item_id}",
    operation_id="delete_order_item",
    summary="Delete an order item",
    status_code=204,
    responses=problems(404, 409, 412),
)
async def delete_order_item(
    session: SessionDep, order_item_id: RowId, conditions: PlainConditions
) -> None:
    """Delete an order item.

    Returns 409 if other rows still reference it, unless their reference cascades or is set to null.
    """
    await repository.delete(session, order_item_id, conditions=conditions)
