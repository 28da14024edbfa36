"""What the first migration says of tables and columns, as Alembic would write it, and what their rows may hold."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..entities import Entity, Field
from .expressions import link_columns, stored_default, type_options
from .layout import literal


def key_column(entity: Entity, *, sqlite: bool) -> str:
    """Return the type of a column that holds an entity's key."""
    if entity.primary_key == "uuid":
        return "sa.Uuid()"
    return "sa.Integer()" if sqlite else "sa.BigInteger()"


def primary_key_column(entity: Entity, *, sqlite: bool) -> str:
    """Return the type of an entity's own key, and what numbers its rows."""
    numbered = not sqlite and entity.primary_key == "integer"
    return key_column(entity, sqlite=sqlite) + (", sa.Identity(always=False)" if numbered else "")


def migration_column(field: Field, *, sqlite: bool) -> list[str]:
    """Return the arguments of `sa.Column`."""
    if field.is_reference:
        kind = key_column(field.target, sqlite=sqlite)
    else:
        template = (field.kind.sqlite_migration if sqlite else "") or field.kind.migration
        kind = template.format(**type_options(field))
    default = [one for one in stored_default(field, sqlite=sqlite) if one.startswith("server_default")]
    return [literal(field.column), kind, *default, f"nullable={field.nullable}"]


def indexed_columns(entity: Entity) -> list[str]:
    """Return the columns that get an index of their own."""
    found = [field.column for field in entity.fields if field.indexed]
    return [*found, "deleted_at"] if entity.soft_delete else found


def unique_columns(entity: Entity) -> list[list[str]]:
    """Return the columns, alone or together, whose values may occur once."""
    columns = {field.name: field.column for field in entity.fields}
    return [[field.column] for field in entity.fields if field.unique] + [
        [columns[name] for name in group] for group in entity.unique
    ]


def late_keys(entities: list[Entity], *, sqlite: bool) -> list[Field]:
    """Return the references whose foreign key is made when every table is there; SQLite has none."""
    if sqlite:
        return []
    return [field for entity in entities for field in entity.references if field.closes_circle]


def constraint_name(kind: str, table: str, *columns: str, sqlite: bool) -> str:
    """Return the name of a constraint or an index, marked as complete: no naming convention applies to it.

    It is shortened to PostgreSQL's 63 bytes as SQLAlchemy shortens it. Source:
    `sqlalchemy.sql.compiler.IdentifierPreparer._truncate_and_render_maxlen_name`.
    """
    name = "_".join([kind, table, *columns])
    if not sqlite and len(name) > 63:
        name = f"{name[:55]}_{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]}"
    return f"op.f({literal(name)})"


def known_columns(entities: list[Entity]) -> list[str]:
    """Return a line for each column: what its rows may hold, as `tools/columns.py` of the app writes it."""
    lines: list[tuple[str, str, dict[str, Any]]] = []
    for entity in entities:
        made = {"created_at": "datetime", "updated_at": "datetime"} if entity.timestamps else {}
        made |= {"deleted_at": "datetime"} if entity.soft_delete else {}
        made |= {"version": "integer"} if entity.optimistic_locking else {}
        lines += [(entity.table_name, column, {"kind": kind}) for column, kind in made.items()]
        lines.append((entity.table_name, "id", {"kind": _key_kind(entity)}))
        lines += [(entity.table_name, field.column, _known(field)) for field in entity.fields]
        for link in entity.links:
            for column, side in zip(link_columns(link), (link.entity, link.target), strict=True):
                lines.append((link.link_table, column, {"kind": _key_kind(side)}))
    lines.sort(key=lambda line: line[:2])
    return [json.dumps({"table": table, "column": name, **kind}, ensure_ascii=False) for table, name, kind in lines]


_KINDS = {
    "str": "text",
    "int": "integer",
    "float": "float",
    "bool": "boolean",
    "dt.date": "date",
    "dt.time": "time",
    "dt.datetime": "datetime",
    "UUID": "uuid",
    "JsonValue": "json",
}
"""What a column holds, by the Python type of its values."""


def _key_kind(entity: Entity) -> str:
    return "uuid" if entity.primary_key == "uuid" else "integer"


def _known(field: Field) -> dict[str, Any]:
    if field.is_enum:
        return {"kind": "enum", "values": list(field.members)}
    if field.is_reference:
        return {"kind": _key_kind(field.target)}
    if field.type == "decimal":
        return {"kind": "decimal", "scale": field.digits[1]}
    return {"kind": _KINDS[field.kind.python]}
