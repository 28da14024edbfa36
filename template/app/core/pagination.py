"""Pages of lists: by offset with a total count, or by cursor for long lists."""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, ColumnElement, Numeric, Select, func, literal, select, tuple_

from app.core.errors import InvalidError
from app.core.field_types import Int32, Int64, storable, to_utc
from app.core.model import Base
from app.core.schemas import CursorQuery, ListQuery

ModelT = TypeVar("ModelT", bound=Base)


def order_by(model: type[Base], sort: list[str]) -> list[ColumnElement[Any]]:
    """Return the order of a list: NULLs last, then by id, so that pages never overlap."""
    order: list[ColumnElement[Any]] = []
    for name in dict.fromkeys([*sort, "id"]):
        column = getattr(model, name.removeprefix("-"))
        one = column.desc() if name.startswith("-") else column.asc()
        # On a NOT NULL column, NULLS LAST would keep the database from using an index.
        order.append(one.nulls_last() if column.nullable else one)
    return order


def page_statements(
    model: type[ModelT],
    query: ListQuery,
    default_sort: list[str],
    where: Sequence[ColumnElement[bool]],
) -> tuple[Select[ModelT], Select[int]]:
    """Return the statement for a page of rows and the one that counts all matching rows."""
    sort = getattr(query, "sort", None) or default_sort
    page = select(model).where(*where).order_by(*order_by(model, sort))
    count = select(func.count()).select_from(model).where(*where)
    return page.limit(query.limit).offset(query.offset), count


def cursor_statement(
    model: type[ModelT],
    query: CursorQuery,
    default_sort: list[str],
    where: Sequence[ColumnElement[bool]],
) -> Select[ModelT]:
    """Return the statement for the rows after a cursor, plus one row that shows there are more.

    Rows are ordered by a column and the id together, so rows added meanwhile shift no page.
    """
    sort = (default_sort or ["id"])[0]
    columns = cursor_columns(model, sort)
    statement = select(model).where(*where)
    if query.cursor is not None:
        values = decode_cursor(query.cursor, columns)
        bound = tuple_(
            *(literal(value, column.type) for value, column in zip(values, columns, strict=True))
        )
        position = tuple_(*columns)
        statement = statement.where(position < bound if sort.startswith("-") else position > bound)
    order = [column.desc() if sort.startswith("-") else column.asc() for column in columns]
    return statement.order_by(*order).limit(query.limit + 1)


def cursor_columns(model: type[Base], sort: str) -> list[Any]:
    """Return the columns that a cursor holds: the sort column and the id."""
    return [getattr(model, name) for name in dict.fromkeys([sort.removeprefix("-"), "id"])]


def encode_cursor(row: Any, columns: Sequence[Any]) -> str:
    """Return the cursor that points just after a row."""
    values = [TypeAdapter(Any).dump_python(getattr(row, c.key), mode="json") for c in columns]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, columns: Sequence[Any]) -> list[Any]:
    """Return the values in a cursor; InvalidError if this list did not issue it."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [cursor_value(column, value) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        message = "The cursor is invalid: use the next_cursor of a previous page."
        raise InvalidError(
            message, fields={"query.cursor": "is not a cursor of this list"}
        ) from error


def cursor_value(column: Any, value: Any) -> Any:
    """Return a cursor's value as the column's type; ValueError if the column cannot hold it."""
    python_type = column.type.python_type
    if python_type is int:
        integer = Int64 if isinstance(column.type, BigInteger) else Int32
        return TypeAdapter(integer).validate_python(value, strict=True)
    parsed = TypeAdapter(python_type).validate_json(json.dumps(value), strict=True)
    if isinstance(parsed, Decimal):
        limit = 10**38 if isinstance(column.type, Numeric) else 10**18
        if abs(parsed.scaleb(column.type.scale or 0)) >= limit:
            message = "is out of range for the column"
            raise ValueError(message)
    if isinstance(parsed, str):
        return storable(parsed)
    if isinstance(parsed, dt.datetime) and parsed.tzinfo is None:
        message = "needs a time zone"
        raise ValueError(message)
    return to_utc(parsed) if isinstance(parsed, dt.datetime) else parsed
