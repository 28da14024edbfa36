"""Conditions of lists: one for each filter in the query string, and one that hides deleted rows."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, inspect

from app.core.model import Base, SoftDelete
from app.core.schemas import CursorQuery, ListQuery

# Query parameters that are not filters.
RESERVED_PARAMETERS = frozenset({"limit", "offset", "cursor", "sort", "include"})


def not_deleted(model: type[Base]) -> list[ColumnElement[bool]]:
    """Return the condition that excludes soft-deleted rows; empty for other models."""
    return [model.deleted_at.is_(None)] if issubclass(model, SoftDelete) else []


def filters(model: type[Base], query: ListQuery | CursorQuery) -> list[ColumnElement[bool]]:
    """Return a condition for each filter given; `price__gte=3` compares the column `price`.

    A parameter that is no column is left to `Rules.list_filters`.
    """
    columns = inspect(model).columns
    found: list[ColumnElement[bool]] = []
    for name in sorted(query.model_fields_set - RESERVED_PARAMETERS):
        value = getattr(query, name)
        column_name, _, operator = name.partition("__")
        compare = COMPARISONS.get(operator or "eq")
        if value is not None and compare is not None and column_name in columns:
            found.append(compare(getattr(model, column_name), value))
    return found


# `ne` treats NULL as different, `contains` ignores case.
COMPARISONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column.is_distinct_from(value),
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "in": lambda column, value: column.in_(value),
    "contains": lambda column, value: column.icontains(value, autoescape=True),
    "isnull": lambda column, value: column.is_(None) if value else column.is_not(None),
}
