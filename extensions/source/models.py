"""What a model says of a field or a relation: annotations and arguments, as source."""

from __future__ import annotations

from ..entities import Entity, Field, Relation
from ..literals import literal, literals
from .expressions import link_columns, stored_default
from .migrations import grouped_columns, living_rows, unique_indexes


def class_docstring(entity: Entity) -> str:
    """Return the docstring of a model: the entity's description, or its name."""
    text = " ".join((entity.description or f"{entity.a_words[0].upper()}{entity.a_words[1:]}.").split())
    text = text.replace('"', "'")
    return f'{"r" if chr(92) in text else ""}"""{text if text.endswith((".", "!", "?")) else text + "."}"""'


def mixins(entity: Entity) -> list[str]:
    """Return the classes that give a model its key and the columns that its options ask for."""
    asked = {"Timestamps": entity.timestamps, "SoftDelete": entity.soft_delete, "Versioned": entity.optimistic_locking}
    key = "UuidKey" if entity.primary_key == "uuid" else "IntegerKey"
    return [*(name for name, wanted in asked.items() if wanted), key]


def annotation(field: Field) -> str:
    """Return the annotation of a column's value."""
    return field.kind.python_type(field) + (" | None" if field.nullable else "")


def column_arguments(field: Field, *, sqlite: bool) -> list[str]:
    """Return the arguments of `mapped_column`."""
    found = field.kind.column_arguments(field, sqlite=sqlite)
    if field.unique and not field.entity.soft_delete:
        found.append("unique=True")
    if field.indexed:
        found.append("index=True")
    return [*found, *stored_default(field, sqlite=sqlite)]


def table_arguments(entity: Entity, *, sqlite: bool) -> list[str]:
    """Return the constraint or index of each group of fields that is unique together, and the index of the search."""
    groups = [literals(columns) for columns in (unique_indexes(entity) or grouped_columns(entity))]
    if entity.soft_delete:
        living = living_rows(sqlite=sqlite)
        found = [f"sa.Index(None, {group}, unique=True, {living})" for group in groups]
    else:
        found = [f"sa.UniqueConstraint({group})" for group in groups]
    if entity.search_fields and not sqlite:
        names = [entity.search_index, *(field.column for field in entity.search_fields)]
        found.append(f"search_index({', '.join(map(literal, names))})")
    return found


def relation_type(relation: Relation) -> str:
    """Return the annotation of what a relation leads to."""
    name = relation.target.name
    return f'list["{name}"]' if relation.many else f'"{name} | None"'


def relation_arguments(relation: Relation) -> list[str]:
    """Return the arguments of `relationship`: for reading, and only where it was asked for."""
    field = relation.field
    to_itself = field.target is field.entity
    found: list[str] = []
    if field.is_reference:
        found.append(f"foreign_keys={_foreign_columns(relation)}")
        if to_itself and relation.forward:
            found.append(f'remote_side="{relation.target.name}.id"')
    else:
        found.append(f"secondary={literal(field.link_table)}")
        if to_itself:
            found += _joins(relation)
    found += ["viewonly=True", 'lazy="raise"']
    if field.is_reference and not relation.many and not relation.forward:
        found.append("uselist=False")
    return found


def _foreign_columns(relation: Relation) -> str:
    field = relation.field
    return field.column if relation.forward else literal(f"{field.entity.name}.{field.column}")


def _joins(relation: Relation) -> list[str]:
    """Return how a table between a table and itself is joined on either side."""
    field = relation.field
    here, there = link_columns(field) if relation.forward else reversed(link_columns(field))
    key = f"{field.entity.name}.id == {field.link_table}.c"
    return [f"primaryjoin={literal(f'{key}.{here}')}", f"secondaryjoin={literal(f'{key}.{there}')}"]
