"""Conditions of lists: one for each filter in the query string, and one that hides deleted rows."""

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
        if value is not None and column_name in columns:
            found.append(condition(getattr(model, column_name), operator or "eq", value))
    return found


def condition(column: Any, operator: str, value: Any) -> ColumnElement[bool]:
    """Return one comparison; `ne` treats NULL as different, `contains` ignores case."""
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
