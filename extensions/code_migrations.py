"""The first migration, as Alembic would write it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .code_common import (
    link_columns,
    now_source,
    on_delete,
    stored_default,
    type_options,
)
from .entities import Entity, Field, creation_order
from .layout import Call, call, laid_out, literal
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)


def migration_tables(entities: list[Entity], *, sqlite: bool) -> list[str]:
    """Return the statements of upgrade(), as Alembic would write them, in an order every foreign key allows."""
    statements: list[str] = []
    for entity in creation_order(entities):
        statements.append(_create_table(entity, sqlite=sqlite))
        indexed = [field.column for field in entity.fields if field.indexed]
        indexed += ["deleted_at"] if entity.soft_delete else []
        statements += [_create_index(entity.table_name, column, sqlite=sqlite) for column in indexed]
    for entity in entities:
        for link in entity.links:
            statements.append(_create_link_table(link, sqlite=sqlite))
            statements.append(_create_index(link.link_table, link_columns(link)[1], sqlite=sqlite))
    if not sqlite:
        statements += [
            _late_key(field, sqlite=sqlite) for entity in entities for field in entity.references if field.closes_circle
        ]
    return statements


def migration_drops(entities: list[Entity], *, sqlite: bool) -> list[str]:
    """Return the statements of downgrade()."""
    drops: list[str] = []
    for entity in entities:
        for field in entity.references:
            if field.closes_circle and not sqlite:
                arguments: list[str | Call] = [named(_key_name(field, sqlite=sqlite)), literal(entity.table_name)]
                drops.append(call("op.drop_constraint", [*arguments, 'type_="foreignkey"'], indent=4))
    drops += [f"op.drop_table({literal(link.link_table)})" for entity in entities for link in entity.links]
    return drops + [f"op.drop_table({literal(entity.table_name)})" for entity in reversed(creation_order(entities))]


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


def _create_index(table: str, column: str, *, sqlite: bool) -> str:
    name = named(constraint_name(f"ix_{table}_{column}", sqlite=sqlite))
    arguments: list[str | Call] = [name, literal(table), f"[{literal(column)}]", "unique=False"]
    return call("op.create_index", arguments, indent=4)


def _create_link_table(field: Field, *, sqlite: bool) -> str:
    table = field.link_table
    columns = list(zip(link_columns(field), (field.entity, field.target), strict=True))
    arguments: list[str | Call] = [literal(table)]
    arguments += [
        Call("sa.Column", [literal(name), _key_column(entity, sqlite=sqlite), "nullable=False"])
        for name, entity in columns
    ]
    for name, entity in columns:
        key = named(constraint_name(f"fk_{table}_{name}", sqlite=sqlite), "name=")
        parts: list[str | Call] = [f"[{literal(name)}]", f"[{literal(entity.table_name + '.id')}]", key]
        arguments.append(Call("sa.ForeignKeyConstraint", [*parts, 'ondelete="CASCADE"']))
    key = named(constraint_name(f"pk_{table}", sqlite=sqlite), "name=")
    parts = [*(literal(name) for name, _ in columns), key]
    arguments.append(Call("sa.PrimaryKeyConstraint", parts))
    lines = "".join(f"        {laid_out(argument, 8)},\n" for argument in arguments)
    return f"op.create_table(\n{lines}    )"


def _key_column(entity: Entity, *, sqlite: bool) -> str:
    """The type of a column that holds an entity's key."""
    if entity.primary_key == "uuid":
        return "sa.Uuid()"
    return "sa.Integer()" if sqlite else "sa.BigInteger()"


def _create_table(entity: Entity, *, sqlite: bool) -> str:
    table = entity.table_name
    key = _key_column(entity, sqlite=sqlite)
    made = [] if sqlite or entity.primary_key == "uuid" else ["sa.Identity(always=False)"]
    arguments: list[str | Call] = [literal(table), Call("sa.Column", ['"id"', key, *made, "nullable=False"])]
    arguments += [_migration_column(field, sqlite=sqlite) for field in entity.fields]
    if entity.timestamps:
        now = f"server_default={now_source('datetime', sqlite=sqlite)}"
        for name in ("created_at", "updated_at"):
            arguments.append(Call("sa.Column", [literal(name), "sa.DateTime(timezone=True)", now, "nullable=False"]))
    if entity.soft_delete:
        arguments.append('sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True)')
    if entity.optimistic_locking:
        arguments.append('sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)')
    for field in entity.references:
        if sqlite or not field.closes_circle:
            arguments.append(_foreign_key(field, sqlite=sqlite))
    arguments.append(
        Call(
            "sa.PrimaryKeyConstraint",
            ['"id"', named(constraint_name(f"pk_{table}", sqlite=sqlite), "name=")],
        )
    )
    for columns in _unique_groups(entity):
        name = constraint_name(f"uq_{table}_{'_'.join(columns)}", sqlite=sqlite)
        listed: list[str | Call] = [literal(column) for column in columns]
        arguments.append(Call("sa.UniqueConstraint", [*listed, named(name, "name=")]))
    lines = "".join(f"        {laid_out(argument, 8)},\n" for argument in arguments)
    return f"op.create_table(\n{lines}    )"


def _unique_groups(entity: Entity) -> list[list[str]]:
    columns = {field.name: field.column for field in entity.fields}
    return [[field.column] for field in entity.fields if field.unique] + [
        [columns[name] for name in group] for group in entity.unique
    ]


def _migration_column(field: Field, *, sqlite: bool) -> Call:
    if field.is_reference:
        kind = _key_column(field.target, sqlite=sqlite)
    else:
        template = (field.kind.sqlite_migration if sqlite else "") or field.kind.migration
        kind = template.format(**type_options(field))
    default = [one for one in stored_default(field, sqlite=sqlite) if one.startswith("server_default")]
    nullable = f"nullable={field.nullable}"
    return Call("sa.Column", [literal(field.column), kind, *default, nullable])


def constraint_name(name: str, *, sqlite: bool) -> str:
    """Return a constraint's name as SQLAlchemy shortens it to PostgreSQL's 63 bytes.

    Source: `sqlalchemy.sql.compiler.IdentifierPreparer._truncate_and_render_maxlen_name`.
    """
    if sqlite or len(name) <= 63:
        return name
    return f"{name[:55]}_{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]}"


def named(name: str, head: str = "") -> Call:
    """Return a constraint's name as source, marked as complete: no naming convention applies to it."""
    return Call(f"{head}op.f", [literal(name)])


def _key_name(field: Field, *, sqlite: bool) -> str:
    return constraint_name(f"fk_{field.entity.table_name}_{field.column}", sqlite=sqlite)


def _foreign_key(field: Field, *, sqlite: bool) -> Call:
    parts: list[str | Call] = [f"[{literal(field.column)}]", f"[{literal(field.target.table_name + '.id')}]"]
    parts += [named(_key_name(field, sqlite=sqlite), "name="), f"ondelete={on_delete(field)}"]
    return Call("sa.ForeignKeyConstraint", parts)


def _late_key(field: Field, *, sqlite: bool) -> str:
    parts: list[str | Call] = [
        named(_key_name(field, sqlite=sqlite)),
        literal(field.entity.table_name),
        literal(field.target.table_name),
    ]
    parts += [f"[{literal(field.column)}]", '["id"]', f"ondelete={on_delete(field)}"]
    return call("op.create_foreign_key", parts, indent=4)
