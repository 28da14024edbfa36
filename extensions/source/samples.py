"""Values for documentation and tests: valid ones, and ones that a rule rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..entities import Entity, Field, required_targets
from ..literals import literal


def sample(field: Field, number: int = 1) -> object:
    """Return a valid JSON value of a field; numbers 1 and 2 differ where the rules leave room for two values.

    A reference has none of its own: 1, or a uuid, stands for the row it points to.
    """
    if field.example is not None and (number == 1 or field.pattern is not None):
        return field.kind.json(field, field.example)
    return field.kind.sample(field, number)


def has_two_samples(field: Field) -> bool:
    """Return whether two rows can hold different values of a field."""
    return sample(field, 1) != sample(field, 2)


def invalid_values(entity: Entity) -> list[tuple[str, str]]:
    """Return columns and values as source, for each of which a request must be rejected."""
    pairs: list[tuple[str, str]] = []
    for field in entity.writable_fields:
        name = field.column
        if field.kind.invalid is not None:
            pairs.append((name, literal(field.kind.invalid)))
        if field.required and not field.has_default:
            pairs.append((name, "None"))
        pairs += [(name, value) for value in field.kind.rejected(field)]
    return pairs


def default_samples(entity: Entity) -> list[tuple[str, str]]:
    """Return columns and values as source: what a row holds of fields that a request leaves out."""
    return [
        (field.column, literal(field.kind.json(field, field.default)))
        for field in entity.fields
        if field.readable and field.has_default and not field.default_is_made
    ]


def filter_samples(entity: Entity) -> list[tuple[str, str, int]]:
    """Return parameters, values as source and how many rows are found, for lists that hold just the example."""
    samples: list[tuple[str, str, int]] = []
    for field in entity.fields:
        if field.is_reference or not field.writable or "eq" not in field.kind.operators:
            continue
        example = sample(field)
        value = literal(str(example).lower() if isinstance(example, bool) else str(example))
        name = field.column
        expected = {"eq": 1, "ne": 0, "lt": 0, "lte": 1, "gt": 0, "gte": 1, "in": 1, "contains": 1}
        for operator in field.operators:
            parameter = name if operator == "eq" else f"{name}__{operator}"
            samples.append((parameter, '"true"', 0) if operator == "isnull" else (parameter, value, expected[operator]))
    return samples


def search_sample(entity: Entity) -> str:
    """Return a word that a search finds in the example, in capitals; "" where there is none."""
    texts = " ".join(str(sample(field)) for field in entity.search_fields if field.writable)
    found = re.search(r"(?<!\w)[A-Za-z]+", texts)
    return found[0].upper() if found else ""


def changeable_field(entity: Entity) -> Field | None:
    """Return the first field that can be changed without its rows noticing, and that shows its value."""
    for field in entity.writable_fields:
        if not field.is_reference and field.readable and has_two_samples(field):
            return field
    return None


def transitive_required_targets(entity: Entity) -> Iterator[Entity]:
    """Yield the entities that a row requires, directly or not; they form no cycle."""
    for target in required_targets(entity):
        yield target
        yield from transitive_required_targets(target)


def delete_status(field: Field) -> str:
    """Return what to expect, as source, when the row that a required reference points to is deleted.

    A row of the field's entity is there, and one row of each entity that it cannot do without.
    """
    if field.target.soft_delete:
        return "== 204"
    rows = {entity.name: entity for entity in (field.entity, *transitive_required_targets(field.entity))}
    gone, rejected = [field.target.name], False
    references = [reference for entity in rows.values() for reference in entity.required_references]
    for deleted in gone:
        for reference in references:
            if reference.target.name != deleted:
                continue
            if reference.on_delete != "cascade":
                rejected = True
            elif reference.entity.name not in gone:
                gone.append(reference.entity.name)
    if not rejected:
        return "== 204"
    return "== 409" if len(gone) == 1 else "in {204, 409}"
