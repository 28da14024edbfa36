"""JSON: any value that has no form of its own."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from ...literals import literal
from ...wording import describe_type, shorten
from .base import FieldType, from_field_types

if TYPE_CHECKING:
    from ..fields import Field

DEEPEST_JSON = 100  # app.core.field_types.MAX_JSON_DEPTH


class Json(FieldType):
    """Any JSON value but null."""

    name = "json"
    summary = "any JSON value"
    aliases = ("object", "jsonb", "dict")
    operators = ("isnull",)
    indexable = False
    sortable = False
    python = "JsonValue"
    request = "Json"
    column = "JSONB(none_as_null=True)"
    migration = "postgresql.JSONB(astext_type=sa.Text())"
    sqlite_column = "sa.JSON(none_as_null=True)"
    sqlite_migration = "sa.JSON()"
    imports = (
        *from_field_types("Json", "StoredJson"),
        "pydantic.JsonValue",
        "sqlalchemy.dialects.postgresql",
        "sqlalchemy.dialects.postgresql.JSONB",
    )
    record = "json"
    samples = ({"key": "value 1"}, {"key": "value 2"})
    invalid = None

    def error(self, field: Field, value: object) -> str | None:
        """Check that it can be written as JSON and stored in a database."""
        left: list[tuple[object, int]] = [(value, 1)]
        while left:
            part, depth = left.pop()
            if depth > DEEPEST_JSON:
                return f"is nested more than {DEEPEST_JSON} times, or holds itself: make it flatter"
            if isinstance(part, dict):
                if odd := [key for key in part if not isinstance(key, str)]:
                    return f"has the key {shorten(odd[0])}: put it in quotes"
                left += [(item, depth + 1) for item in (*part, *part.values())]
            elif isinstance(part, list):
                left += [(item, depth + 1) for item in part]
            elif (error := _leaf_error(part)) is not None:
                return error
        return None

    def column_arguments(self, field: Field, *, sqlite: bool) -> list[str]:
        """The annotation does not say whether the column may be null: JsonValue itself may be None."""
        found = super().column_arguments(field, sqlite=sqlite)
        return [*found, "nullable=False"] if field.required else found

    def response_type(self, field: Field) -> str:
        """Return the type that is documented as any value."""
        return "StoredJson"

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """Return it as JSON."""
        return literal(json.dumps(field.default))

    def request_default(self, field: Field) -> str:
        """Return what makes a new list or object for each request."""
        if not isinstance(field.default, (list, dict)):
            return literal(field.default)
        if not field.default:
            return f"Field(default_factory={type(field.default).__name__})"
        return f"Field(default={literal(field.default)}, validate_default=True)"


def _leaf_error(part: object) -> str | None:
    if isinstance(part, str):
        if "\x00" in part or any("\ud800" <= char <= "\udfff" for char in part):
            return f"holds {shorten(part)}, which no database stores: remove NUL and unpaired surrogates"
    elif isinstance(part, float) and not math.isfinite(part):
        return f"holds {part}, which JSON does not have: write a number"
    elif part is not None and not isinstance(part, (bool, int, float)):
        return f"holds {describe_type(part)}, which JSON does not have: put it in quotes"
    return None
