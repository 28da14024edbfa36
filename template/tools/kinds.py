"""What a column can hold, in words that do not depend on the database."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.model import EnumType


class Kind(NamedTuple):
    """What a column holds: values of an enum, decimals with so many digits behind the point, text ..."""

    name: str
    values: tuple[str, ...] = ()
    scale: int | None = None


# In this order: a double is a number with a point, a moment has a date.
KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.Uuid, "uuid"),
    (sa.Boolean, "boolean"),
    (sa.Float, "float"),
    (sa.Numeric, "decimal"),
    (sa.Integer, "integer"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.JSON, "json"),
    (sa.String, "text"),
)


def kind_of(column_type: sa.types.TypeEngine[Any]) -> Kind:
    """Return what a column of this type holds."""
    if isinstance(column_type, EnumType):
        return Kind("enum", values=tuple(value.value for value in column_type.values))
    if isinstance(column_type, sa.Enum):
        return Kind("enum", values=tuple(column_type.enums))
    if isinstance(column_type, sa.TypeDecorator):
        return kind_of(column_type.impl_instance)
    names = [name for base, name in KINDS if isinstance(column_type, base)]
    name = names[0] if names else column_type.__visit_name__
    return Kind(name, scale=getattr(column_type, "scale", None) if name == "decimal" else None)
