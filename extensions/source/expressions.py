"""What several kinds of generated code say of a field: its Python type, its column, its default."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pydantic

from .. import naming
from ..entities import Entity, Field
from .layout import literal

_NOW = {"date": "sa.func.current_date()", "time": "sa.func.current_time()", "datetime": "sa.func.now()"}
# SQLite compares text, and its own functions leave out the fractions that SQLAlchemy writes.
_NOW_ON_SQLITE = _NOW | {
    "time": "sa.text(\"(strftime('%H:%M:%f000', 'now'))\")",
    "datetime": "sa.text(\"(strftime('%Y-%m-%d %H:%M:%f000', 'now'))\")",
}


def python_type(field: Field) -> str:
    """The annotation of a field's value in models and responses."""
    if field.is_enum:
        return field.enum_class
    if field.is_reference:
        return "UUID" if field.target.primary_key == "uuid" else "int"
    return field.kind.python


def own_classes(entity: Entity) -> dict[str, str]:
    """Return the classes that the modules of an entity may name, each with its module."""
    folder, name = f"app.entities.{entity.snake}", entity.name
    schemas = [name + kind for kind in ("Create", "Replace", "Patch", "Read", "Include", "Sort")]
    return {
        **dict.fromkeys([name, *(field.enum_class for field in entity.enum_fields)], f"{folder}.model"),
        **dict.fromkeys([*schemas, entity.query], f"{folder}.schemas"),
        f"{name}Detail": f"{folder}.detail",
        f"{name}Rules": f"{folder}.rules",
    }


def related_models(entity: Entity) -> dict[str, str]:
    """Return the models that the model of an entity may name, each with its module."""
    return {one.target.name: f"app.entities.{one.target.snake}.model" for one in entity.relations}


def related_schemas(entity: Entity) -> dict[str, str]:
    """Return the schemas of responses that can be shown within those of an entity, each with its module."""
    shown = (entity, *(one.target for one in entity.relations))
    return {f"{one.name}Read": f"app.entities.{one.snake}.schemas" for one in shown}


def type_options(field: Field) -> dict[str, Any]:
    """Return what the templates of a column type may hold."""
    precision, scale = field.digits
    enum_class = field.enum_class if field.is_enum else ""
    return {"max_length": field.length, "precision": precision, "scale": scale, "enum_class": enum_class}


def column_type(field: Field, *, sqlite: bool) -> str:
    """Return the SQLAlchemy type of a model's column."""
    kind = field.kind
    template = (kind.sqlite_column if sqlite else "") or kind.column
    return template.format(**type_options(field))


def link_columns(field: Field) -> tuple[str, str]:
    """The columns of a many-to-many table: this side's and the other's."""
    return naming.link_columns(field.entity.snake, field.target.snake)


def on_delete(field: Field) -> str:
    """Return what SQL does with a row when the one it points to is deleted."""
    return literal((field.on_delete or "restrict").upper().replace("_", " "))


def key_type(entity: Entity) -> str:
    """Return the type of an entity's key in a path."""
    return "UUID" if entity.primary_key == "uuid" else "RowId"


def json_value(field: Field, value: Any) -> Any:
    """Return an answer's value as the API writes it in JSON, however it was written in YAML."""
    match field.type:
        case "date" | "time" | "uuid":
            return str(_parsed(field, value))
        case "datetime":
            moment = _parsed(field, value).astimezone(dt.timezone.utc)  # noqa: UP017  (Python 3.10 has no dt.UTC)
            return moment.isoformat().replace("+00:00", "Z")
        case "integer" | "bigint":
            return int(Decimal(str(value)))
        case "float":
            return float(Decimal(str(value)))
        case "decimal":
            return f"{Decimal(str(value)):.{field.digits[1]}f}"
        case "email":
            before, _, domain = value.rpartition("@")
            return f"{before}@{domain.lower()}"
    return value


def _parsed(field: Field, value: Any) -> Any:
    kind = {"date": dt.date, "time": dt.time, "datetime": dt.datetime, "uuid": UUID}[field.type]
    return pydantic.TypeAdapter(kind).validate_python(value)


def decimal_source(value: object) -> str:
    """Return a Decimal as source: whole numbers without quotes."""
    number = Decimal(str(value))
    return f"Decimal({int(number)})" if number == number.to_integral_value() else f'Decimal("{number}")'


def stored_default(field: Field, *, sqlite: bool) -> list[str]:
    """The default as the database knows it, so that rows made by any hand, and older rows, have it."""
    if not field.has_default:
        return []
    if field.default_is_made and field.type == "uuid":
        return ["default=uuid4"] if sqlite else ["server_default=sa.func.gen_random_uuid()"]
    if field.default_is_made:
        return [f"server_default={now_source(field.type, sqlite=sqlite)}"]
    return [f"server_default={_default_source(field, sqlite=sqlite)}"]


def now_source(kind: str, *, sqlite: bool) -> str:
    """Return this moment as the database says it, as source: a `date`, a `time` or a `datetime`."""
    return (_NOW_ON_SQLITE if sqlite else _NOW)[kind]


def _default_source(field: Field, *, sqlite: bool) -> str:
    """A literal default as source: text as it is, anything else as an SQL expression."""
    value = json_value(field, field.default)
    if field.type == "boolean":
        return "sa.true()" if value else "sa.false()"
    if field.type == "decimal" and sqlite:
        return f'sa.text("{int(Decimal(value).scaleb(field.digits[1]))}")'
    if field.type in {"integer", "bigint", "float", "decimal"}:
        return f'sa.text("{value}")'
    if field.type == "json":
        return literal(json.dumps(value))
    return literal(_as_sqlite_stores(field, value) if sqlite else value)


def _as_sqlite_stores(field: Field, value: str) -> str:
    """SQLite compares text: a default has to look like what SQLAlchemy writes."""
    match field.type:
        case "time":
            return str(_parsed(field, value).isoformat(timespec="microseconds"))
        case "datetime":
            return str(_parsed(field, value).strftime("%Y-%m-%d %H:%M:%S.%f"))
        case "uuid":
            return UUID(value).hex
    return value
