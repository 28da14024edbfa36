"""What must hold of the options of one entity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import naming
from ..wording import duplicates, shorten, unprintable
from .entity import OPERATIONS, Entity
from .names import entity_name_error

LONGEST_TABLE = 50

LARGEST_INDEX_ROW = 2680  # of PostgreSQL's 2704 bytes the row's own head takes some


def entity_errors(entity: Entity) -> Iterator[str]:
    """Yield what is wrong with an entity's own options, each with how to fix it."""
    yield from _text_errors(entity)
    yield from _table_errors(entity)
    yield from _unique_errors(entity)
    yield from _key_errors(entity)
    yield from _sort_errors(entity)
    yield from _stalled_errors(entity)
    if entity.restore and not entity.soft_delete:
        yield f"{entity.name}: restore needs soft_delete: write soft_delete: true, or remove restore"
    if entity.bulk and not {"create", "update", "delete"} & set(entity.operations):
        yield f"{entity.name}: bulk, but nobody can write: remove it, or add an operation"
    if not entity.operations:
        yield f"{entity.name}: operations is empty: leave it out, or write some of {', '.join(OPERATIONS)}"


def _text_errors(entity: Entity) -> Iterator[str]:
    for option in ("plural", "table", "description", "sort"):
        value = getattr(entity, option)
        if value is not None and not value.strip():
            yield f"{entity.name}: {option} is empty: write it, or leave it out"
    if entity.description is not None and (found := unprintable(entity.description)):
        yield f"{entity.name}: description holds the control character {found}: remove it"


def _table_errors(entity: Entity) -> Iterator[str]:
    chosen = entity.plural is not None and entity.plural != naming.plural(entity.name)
    if chosen and (error := entity_name_error(entity.plural)):
        yield f"{entity.name}: plural {error}"
    if entity.table not in {None, entity.plural_snake} and not _is_identifier(str(entity.table)):
        yield f"{entity.name}: table {shorten(entity.table)} is no plain name: write lower_case with underscores"
    if entity.table_name.startswith(("pg_", "sqlite_")):
        yield f"{entity.name}: the database keeps tables like {entity.table_name} for itself: write another table"


def _key_errors(entity: Entity) -> Iterator[str]:
    if entity.id_as_text and entity.primary_key == "uuid":
        yield f"{entity.name}: id_as_text is for integer keys, and a uuid is text: remove it"


def _sort_errors(entity: Entity) -> Iterator[str]:
    columns = {field.column: field for field in entity.fields}
    if entity.sort is not None and entity.sort.lstrip("-") not in entity.sort_keys:
        yield f"{entity.name}: sort is {shorten(entity.sort)}: write one of {', '.join(entity.sort_keys)}"
    if entity.by_cursor and entity.sort is not None:
        stored = columns.get(entity.sort.lstrip("-"))
        if stored is not None and stored.nullable:
            yield f"{entity.name}: paging by cursor cannot sort by {entity.sort}, which may be null: make it required"


def _stalled_errors(entity: Entity) -> Iterator[str]:
    length = entity.writes_stalled_after
    if length is not None and not re.fullmatch(r"[1-9][0-9]{0,3}[mhd]", length):
        fix = "write minutes, hours or days like 30m, 6h or 2d"
        yield f"{entity.name}: writes_stalled_after is {shorten(length)}: {fix}"
    if length is not None and not {"create", "update", "delete"} & set(entity.operations):
        yield f"{entity.name}: writes_stalled_after, but nobody can write: remove it, or add an operation"


def _unique_errors(entity: Entity) -> Iterator[str]:
    columns = [field.name for field in entity.fields if field.kind.indexable]
    for group in entity.unique:
        if len(group) == 1:
            yield f"{entity.name}: unique {group} needs two fields: set unique: true on the field itself"
        if not group or duplicates(group):
            yield f"{entity.name}: unique {shorten(group)} must name different fields: correct or remove it"
        if not set(group) - set(columns):
            yield from _group_size_errors(entity, group)
        for name in group:
            if name not in columns:
                known = ", ".join(columns)
                yield f"{entity.name}: unique names {shorten(name)}, which cannot be: write some of {known}"


def _group_size_errors(entity: Entity, group: list[str]) -> Iterator[str]:
    fields = [field for field in entity.fields if field.name in group]
    needed = sum(field.kind.index_bytes(field) for field in fields)
    if needed > LARGEST_INDEX_ROW:
        lengths = ", ".join(f"{field.name} {field.length}" for field in fields if field.length is not None)
        room = (LARGEST_INDEX_ROW - sum(field.kind.index_bytes(field) for field in fields if field.length is None)) // 4
        fix = f"lower max_length, to {max(room - len(fields), 0)} in all"
        yield f"{entity.name}: unique {shorten(group)} is too long for an index ({lengths} characters): {fix}"


def _is_identifier(name: str) -> bool:
    return name.isascii() and name.isidentifier() and name == name.lower() and len(name) <= LONGEST_TABLE
