"""What the first migration says of tables and columns, as Alembic would write it, and what their rows may hold."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..entities import Entity, Field
from ..entities.types.relations import key_column
from ..literals import literal
from .expressions import link_columns, stored_default


def primary_key_column(entity: Entity, *, sqlite: bool) -> str:
    """Return the type of an entity's own key, and what numbers its rows."""
    numbered = not sqlite and entity.primary_key == "integer"
    return key_column(entity, sqlite=sqlite) + (", sa.Identity(always=False)" if numbered else "")


def migration_column(field: Field, *, sqlite: bool) -> list[str]:
    """Return the arguments of `sa.Column`."""
    kind = field.kind.migration_type(field, sqlite=sqlite)
    default = [one for one in stored_default(field, sqlite=sqlite) if one.startswith("server_default")]
    return [literal(field.column), kind, *default, f"nullable={field.nullable}"]


def indexed_columns(entity: Entity) -> list[str]:
    """Return the columns that get an index of their own."""
    found = [field.column for field in entity.fields if field.indexed]
    return [*found, "deleted_at"] if entity.soft_delete else found


def search_expression(entity: Entity) -> str:
    """Return what the index of searched words holds, in SQL: the same as `document` in `app/core/search.py`."""
    texts = " || ' ' || ".join(f"coalesce(\"{field.column}\", '')" for field in entity.search_fields)
    return rf"to_tsvector('simple', regexp_replace({texts}, '\W+', ' ', 'g'))"


def grouped_columns(entity: Entity) -> list[list[str]]:
    """Return the columns of each group of fields that is unique together."""
    columns = {field.name: field.column for field in entity.fields}
    return [[columns[name] for name in group] for group in entity.unique]


def _unique(entity: Entity) -> list[list[str]]:
    return [[field.column] for field in entity.fields if field.unique] + grouped_columns(entity)


def unique_constraints(entity: Entity) -> list[list[str]]:
    """Return the columns, alone or together, whose values may occur once."""
    return [] if entity.soft_delete else _unique(entity)


def unique_indexes(entity: Entity) -> list[list[str]]:
    """Return the columns, alone or together, whose values may occur once among the rows that are not deleted."""
    return _unique(entity) if entity.soft_delete else []


def living_rows(*, sqlite: bool) -> str:
    """Return the argument of an index that leaves out soft-deleted rows."""
    return f'{"sqlite" if sqlite else "postgresql"}_where=sa.text("deleted_at IS NULL")'


def deferred_foreign_keys(entities: list[Entity], *, sqlite: bool) -> list[Field]:
    """Return the references whose foreign key is made when every table is there; SQLite has none."""
    if sqlite:
        return []
    return [field for entity in entities for field in entity.references if field.needs_deferred_foreign_key]


def constraint_name(kind: str, table: str, *columns: str, sqlite: bool) -> str:
    """Return the name of a constraint or an index, marked as complete: no naming convention applies to it.

    It is shortened to PostgreSQL's 63 bytes as SQLAlchemy shortens it. Source:
    `sqlalchemy.sql.compiler.IdentifierPreparer._truncate_and_render_maxlen_name`.
    """
    name = "_".join([kind, table, *columns])
    if not sqlite and len(name) > 63:
        name = f"{name[:55]}_{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]}"
    return f"op.f({literal(name)})"


IDEMPOTENCY_KEYS = {
    "id": "text",
    "fingerprint": "text",
    "status": "integer",
    "headers": "json",
    "body": "text",
    "expires_at": "datetime",
}
"""The columns of the table of stored responses, in `app/core/idempotency.py` of the app."""


def known_columns(entities: list[Entity], *, idempotency: bool) -> list[str]:
    """Return a line for each column: what its rows may hold, as `tools/columns.py` of the app writes it."""
    lines: list[tuple[str, str, dict[str, Any]]] = []
    if idempotency and entities:
        lines += [("idempotency_keys", column, {"kind": kind}) for column, kind in IDEMPOTENCY_KEYS.items()]
    for entity in entities:
        made = {"created_at": "datetime", "updated_at": "datetime"} if entity.timestamps else {}
        made |= {"deleted_at": "datetime"} if entity.soft_delete else {}
        made |= {"version": "integer"} if entity.optimistic_locking else {}
        lines += [(entity.table_name, column, {"kind": kind}) for column, kind in made.items()]
        lines.append((entity.table_name, "id", {"kind": entity.primary_key}))
        lines += [(entity.table_name, field.column, field.kind.recorded(field)) for field in entity.fields]
        for link in entity.links:
            for column, side in zip(link_columns(link), (link.entity, link.target), strict=True):
                lines.append((link.link_table, column, {"kind": side.primary_key}))
    lines.sort(key=lambda line: line[:2])
    return [json.dumps({"table": table, "column": name, **kind}, ensure_ascii=False) for table, name, kind in lines]
