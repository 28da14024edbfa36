"""Values for documentation and tests: valid ones, and ones that a rule refuses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from ..entities import Entity, Field, required_targets
from ..entities.types import TYPES
from ..wording import EXACT
from .expressions import json_value
from .layout import literal


def sample(field: Field, number: int = 1) -> object:
    """Return a valid JSON value of a field; numbers 1 and 2 differ where the rules leave room for two values.

    A reference has none of its own: 1, or a uuid, stands for the row it points to.
    """
    if field.is_reference:
        return TYPES["uuid"].samples[0] if field.target.primary_key == "uuid" else 1
    if field.example is not None and (number == 1 or field.pattern is not None):
        return json_value(field, field.example)
    if field.is_enum:
        values = field.values or [""]
        return values[min(number, len(values)) - 1]
    value = field.kind.samples[number - 1]
    if field.type in {"email", "url"} and len(str(value)) > (field.length or 0):
        return f"{number}@a.io" if field.type == "email" else f"http://{number}.io"
    if isinstance(value, str) and field.type in {"string", "text"}:
        return _fitting_text(field, value)
    if field.type in {"integer", "bigint", "float", "decimal"}:
        return _fitting_number(field, number)
    return value


def _fitting_text(field: Field, value: str) -> str:
    """Cut or lengthen a text to the field's limits; its last character tells samples apart."""
    if field.length is not None and len(value) > field.length:
        value = value[-field.length :]
    return value.rjust(field.min_length or 0, "-")


def _fitting_number(field: Field, number: int) -> object:
    """Return a number inside the field's bounds: the first or second step up from the smallest allowed, or from 0."""
    precision, scale = field.digits if field.type == "decimal" else (0, 0)
    with localcontext(EXACT):
        step = Decimal(1).scaleb(-scale) if precision == scale else Decimal(1)
        low = Decimal(str(field.min)) if field.min is not None else None
        high = Decimal(str(field.max)) if field.max is not None else None
        value = step * number
        if low is not None and value < low:
            value = low + step * (number - 1)
        if high is not None and value > high:
            value = high - step * (number - 1)
        if low is not None and value < low:
            value = low
    if field.type == "decimal":
        return f"{value:.{scale}f}"
    return float(value) if field.type == "float" else int(value)


def has_two_samples(field: Field) -> bool:
    """Return whether two rows can hold different values of a field."""
    return sample(field, 1) != sample(field, 2)


def invalid_values(entity: Entity) -> list[tuple[str, str]]:
    """Return columns and values as source, for each of which a request must be refused."""
    pairs: list[tuple[str, str]] = []
    for field in entity.writable_fields:
        name = field.column
        if field.kind.invalid is not None:
            pairs.append((name, literal(field.kind.invalid)))
        if field.required and not field.has_default:
            pairs.append((name, "None"))
        if field.length is not None and not field.is_enum and field.type not in {"email", "url"}:
            pairs.append((name, f'"x" * {field.length + 1}'))
        if field.min_length:
            pairs.append((name, '""'))
        if field.type in {"string", "text"}:
            pairs.append((name, '"NUL \\x00"'))
        pairs += [(name, literal(value)) for value in _out_of_bounds(field)]
    return pairs


def default_samples(entity: Entity) -> list[tuple[str, str]]:
    """Return columns and values as source: what a row holds of fields that a request leaves out."""
    return [
        (field.column, literal(json_value(field, field.default)))
        for field in entity.fields
        if field.readable and field.has_default and not field.default_is_made
    ]


def _out_of_bounds(field: Field) -> list[int | float]:
    """Return a number below the smallest and one above the largest; a big float may have no neighbour at 1."""
    bounds = [(Decimal(str(bound)), sign) for bound, sign in ((field.min, -1), (field.max, 1)) if bound is not None]
    if field.type == "float":
        return [float(bound + sign) for bound, sign in bounds if float(bound + sign) != float(bound)]
    return [int(bound) + sign for bound, sign in bounds]


def filter_samples(entity: Entity) -> list[tuple[str, str, int]]:
    """Return parameters, values as source and how many rows are found, for lists that hold just the example."""
    samples: list[tuple[str, str, int]] = []
    for field in entity.fields:
        if field.is_reference or not field.writable or field.type == "json":
            continue
        example = sample(field)
        value = literal(str(example).lower() if isinstance(example, bool) else str(example))
        name = field.column
        expected = {"eq": 1, "ne": 0, "lt": 0, "lte": 1, "gt": 0, "gte": 1, "in": 1, "contains": 1}
        for operator in field.operators:
            parameter = name if operator == "eq" else f"{name}__{operator}"
            samples.append((parameter, '"true"', 0) if operator == "isnull" else (parameter, value, expected[operator]))
    return samples


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
    gone, refused = [field.target.name], False
    references = [reference for entity in rows.values() for reference in entity.required_references]
    for deleted in gone:
        for reference in references:
            if reference.target.name != deleted:
                continue
            if reference.on_delete != "cascade":
                refused = True
            elif reference.entity.name not in gone:
                gone.append(reference.entity.name)
    if not refused:
        return "== 204"
    return "== 409" if len(gone) == 1 else "in {204, 409}"
