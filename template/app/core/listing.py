"""Lists: which rows, in which order, and how many there are."""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, ColumnElement, Numeric, Select, func, literal, select, tuple_

from app.core.errors import InvalidError
from app.core.model import Base, SoftDelete
from app.core.schema import CursorQuery, Int32, Int64, ListQuery, in_utc, storable

ModelT = TypeVar("ModelT", bound=Base)

PAGING = frozenset({"limit", "offset", "cursor", "sort", "include"})


def existing(model: type[Base]) -> list[ColumnElement[bool]]:
    """Return the condition that a row was not deleted, where deleted rows stay."""
    return [model.deleted_at.is_(None)] if issubclass(model, SoftDelete) else []


def key_of(model: type[Base], key: Any) -> Select[Any]:
    """Return the statement that finds the key of a row, unless there is none or it was deleted."""
    return select(model.id).where(model.id == key, *existing(model))


def conditions(model: type[Base], query: ListQuery | CursorQuery) -> list[ColumnElement[bool]]:
    """Return a condition for each filter that was given; `price__gte=3` compares the column `price`."""
    found = existing(model)
    for name in sorted(query.model_fields_set - PAGING):
        value = getattr(query, name)
        column_name, _, operator = name.partition("__")
        if value is not None and column_name in model.__mapper__.column_attrs:
            found.append(condition(getattr(model, column_name), operator or "eq", value))
    return found


def condition(column: Any, operator: str, value: Any) -> ColumnElement[bool]:
    """Return one comparison; `ne` counts an empty field as different, `contains` ignores case."""
    comparisons: dict[str, Any] = {
        "eq": lambda: column == value,
        "ne": lambda: column.is_distinct_from(value),
        "lt": lambda: column < value,
        "lte": lambda: column <= value,
        "gt": lambda: column > value,
        "gte": lambda: column >= value,
        "in": lambda: column.in_(value),
        "contains": lambda: column.icontains(value, autoescape=True),
        "isnull": lambda: column.is_(None) if value else column.is_not(None),
    }
    result: ColumnElement[bool] = comparisons[operator]()
    return result


def ordering(model: type[Base], keys: list[str]) -> list[ColumnElement[Any]]:
    """Return the order of a list: empty fields last, and the key at the end, so that pages never overlap."""
    order: list[ColumnElement[Any]] = []
    for key in dict.fromkeys([*keys, "id"]):
        column = getattr(model, key.removeprefix("-"))
        one = column.desc() if key.startswith("-") else column.asc()
        # Said of a column that is never empty, it would keep the database from using an index.
        order.append(one.nulls_last() if column.nullable else one)
    return order


def statements(
    model: type[ModelT], query: ListQuery, default_sort: list[str]
) -> tuple[Select[ModelT], Select[int]]:
    """Return the statement for a page of rows and the one that counts them all."""
    wanted = conditions(model, query)
    keys = getattr(query, "sort", None) or default_sort
    page = select(model).where(*wanted).order_by(*ordering(model, keys))
    count = select(func.count()).select_from(model).where(*wanted)
    return page.limit(query.limit).offset(query.offset), count


def cursor_statement(
    model: type[ModelT], query: CursorQuery, default_sort: list[str]
) -> Select[ModelT]:
    """Return the statement for the rows behind a cursor, and one more, which tells that there are more.

    The order is that of a column and the key together, so a row added meanwhile moves no page.
    """
    key = (default_sort or ["id"])[0]
    columns = cursor_columns(model, key)
    statement = select(model).where(*conditions(model, query))
    if query.cursor is not None:
        values = decode(query.cursor, columns)
        bound = tuple_(
            *(literal(value, column.type) for value, column in zip(values, columns, strict=True))
        )
        place = tuple_(*columns)
        statement = statement.where(place < bound if key.startswith("-") else place > bound)
    order = [column.desc() if key.startswith("-") else column.asc() for column in columns]
    return statement.order_by(*order).limit(query.limit + 1)


def cursor_columns(model: type[Base], key: str) -> list[Any]:
    """Return the columns that a cursor holds: the one to sort by, and the key."""
    return [getattr(model, name) for name in dict.fromkeys([key.removeprefix("-"), "id"])]


def encode(row: Any, columns: Sequence[Any]) -> str:
    """Return the cursor that points behind a row."""
    values = [TypeAdapter(Any).dump_python(getattr(row, c.key), mode="json") for c in columns]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode(cursor: str, columns: Sequence[Any]) -> list[Any]:
    """Return the values in a cursor; InvalidError where it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [storable_in(column, value) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        message = "The cursor is not one of this list."
        raise InvalidError(message, fields={"query.cursor": "is not one of this list"}) from error


def storable_in(column: Any, value: Any) -> Any:
    """Return a cursor's value as the column's type; ValueError where the database would refuse it."""
    kind = column.type.python_type
    if kind is int:
        whole = Int64 if isinstance(column.type, BigInteger) else Int32
        return TypeAdapter(whole).validate_python(value, strict=True)
    found = TypeAdapter(kind).validate_json(json.dumps(value), strict=True)
    if isinstance(found, Decimal):
        largest = 10**38 if isinstance(column.type, Numeric) else 10**18
        if abs(found.scaleb(column.type.scale or 0)) >= largest:
            message = "is more than the column holds"
            raise ValueError(message)
    if isinstance(found, str):
        return storable(found)
    if isinstance(found, dt.datetime) and found.tzinfo is None:
        message = "has no time zone"
        raise ValueError(message)
    return in_utc(found) if isinstance(found, dt.datetime) else found
