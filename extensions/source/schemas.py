"""What a schema says of a field: types, rules and defaults, as source."""

from __future__ import annotations

from ..entities import Entity, Field
from ..literals import literal
from .expressions import key_type


def request_type(field: Field) -> str:
    """Return the annotation of a field in requests: a type of its own where rules narrow it."""
    found = field.alias if request_rules(field) else field.kind.request_type(field)
    found += " | None" if field.nullable else ""
    return f"WriteOnly[{found}]" if field.write_only else found


def request_rules(field: Field) -> list[str]:
    """Return the type of a field in requests and what else must hold of its values; nothing where nothing does."""
    rules = field.kind.rules(field)
    if field.description is not None:
        rules.append(f"description={literal(field.description)}")
    if field.example is not None:
        rules.append(f"examples={literal([field.kind.json(field, field.example)])}")
    return field.kind.narrowed(field, [f"Field({', '.join(rules)})"] if rules else [])


def filter_rules(field: Field) -> list[str]:
    """Return the type of a list parameter and what must hold of it, where it needs an alias of its own."""
    return field.kind.compared_rules(field) if field.operators else []


def create_default(field: Field) -> str:
    """Return the default of a field in requests that create rows, and replace them where nothing is kept.

    Nothing where it must be given.
    """
    if not field.has_default:
        return "None" if field.nullable else ""
    if field.default_is_made:
        return f"Field(default_factory={field.kind.made_by})"
    return field.kind.request_default(field)


def response_type(field: Field) -> str:
    """Return the annotation of a field in responses: plain types, so that old rows never fail a newer rule."""
    found = field.kind.response_type(field) + (" | None" if field.nullable else "")
    return f"ReadOnly[{found}]" if field.read_only else found


def response_default(field: Field) -> str:
    """Return what documents a field in responses, in the place of a default; nothing where there is no description."""
    return "" if field.description is None else f"Field(description={literal(field.description)})"


def filters(entity: Entity) -> list[tuple[str, str]]:
    """Return the filters of lists: the parameter and the type of each."""
    own = [("id__in", f"ValueList[{key_type(entity)}]"), *([("q", "SearchText")] if entity.search_fields else [])]
    return own + [
        (field.column if operator == "eq" else f"{field.column}__{operator}", _filter_type(field, operator))
        for field in entity.fields
        for operator in field.operators
    ]


def _filter_type(field: Field, operator: str) -> str:
    if operator == "isnull":
        return "QueryBool"
    kind = field.kind.compared_type(field, operator)
    return f"ValueList[{kind}]" if operator == "in" else kind


def both_directions(keys: list[str]) -> list[str]:
    """Return sort keys, each ascending and descending."""
    return [sign + key for key in keys for sign in ("", "-")]
