"""What tables and columns were called before, from `renamed_from` of entities and fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import naming
from ..entities import Entity, Field
from .expressions import link_columns


def renamed_tables(entities: Iterable[Entity]) -> list[tuple[str, str]]:
    """Return the renamed tables, old name and new; those of many_to_many fields are among them."""
    pairs = [(_old_table(entity), entity.table_name) for entity in entities]
    pairs += [(_old_link_table(link), link.link_table) for entity in entities for link in entity.links]
    return [(old, new) for old, new in sorted(pairs) if old != new]


def renamed_columns(entities: Iterable[Entity]) -> list[tuple[str, str, str]]:
    """Return the renamed columns, new table, old name and new."""
    return [(table, old, new) for table, old, new in sorted(_columns(entities)) if old != new]


def _columns(entities: Iterable[Entity]) -> Iterator[tuple[str, str, str]]:
    for entity in entities:
        for field in entity.fields:
            yield entity.table_name, _old_column(field), field.column
        for link in entity.links:
            for old, new in zip(_old_link_columns(link), link_columns(link), strict=True):
                yield link.link_table, old, new


def _old_name(entity: Entity) -> str:
    return entity.renamed_from or entity.name


def _old_table(entity: Entity) -> str:
    """Return the table an entity had: that of its old name, unless it keeps a table of its own."""
    own = entity.table_name != entity.plural_snake
    return entity.table_name if own or not entity.renamed_from else naming.snake(naming.plural(entity.renamed_from))


def _old_column(field: Field) -> str:
    name = field.renamed_from or field.name
    return f"{name}_id" if field.is_reference else name


def _old_link_table(field: Field) -> str:
    return naming.link_table(naming.snake(_old_name(field.entity)), field.renamed_from or field.name)


def _old_link_columns(field: Field) -> tuple[str, str]:
    return naming.link_columns(naming.snake(_old_name(field.entity)), naming.snake(_old_name(field.target)))
