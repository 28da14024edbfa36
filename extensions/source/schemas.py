"""What a schema says of a field: types, rules and defaults, as source."""

from __future__ import annotations

from decimal import Decimal

from ..entities import Entity, Field
from .expressions import decimal_source, json_value, python_type
from .layout import literal


def request_type(field: Field) -> str:
    """Return the annotation of a field in requests: a type of its own where rules narrow it."""
    return field.alias if request_rules(field) else _plain_type(field)


def request_rules(field: Field) -> list[str]:
    """Return the type of a field in requests and what else must hold of its values; nothing where nothing does."""
    rules = _rules(field)
    parts = [f"Field({', '.join(rules)})"] if rules else []
    if field.type == "decimal":
        return ["Decimal", _digits(field, bounded=True), *parts]
    if field.pattern is not None:
        return ["str", *parts, "AfterValidator(storable)"]  # its own pattern stands where ours would
    if parts and field.type in {"integer", "bigint"}:
        return [_plain_type(field).removeprefix("Body"), *parts, "NUMBER"]  # a bound goes before the check
    return [_plain_type(field), *parts] if parts else []


def filter_rules(field: Field) -> list[str]:
    """Return the type of a list parameter and what must hold of it, for a decimal: as many digits as it has."""
    return ["Decimal", _digits(field, bounded=False)] if field.type == "decimal" and field.operators else []


def _digits(field: Field, *, bounded: bool) -> str:
    given = {"least": field.min, "most": field.max} if bounded else {}
    bounds = [f"{name}={decimal_source(value)}" for name, value in given.items() if value is not None]
    return f"Digits({', '.join([*map(str, field.digits), *bounds])})"


def _plain_type(field: Field) -> str:
    if field.is_enum:
        return field.enum_class
    if field.is_reference:
        return "UUID" if field.target.primary_key == "uuid" else "BodyRowId"
    return field.kind.schema


def _rules(field: Field) -> list[str]:
    """The arguments of Field() that say what a valid value is."""
    rules: list[str] = []
    for option, name in (("min", "ge"), ("max", "le")):
        value = getattr(field, option)
        if value is not None and field.type != "decimal":
            rules.append(f"{name}={_number_source(field, value)}")
    if field.min_length is not None:
        rules.append(f"min_length={field.min_length}")
    if field.length is not None:
        rules.append(f"max_length={field.length}")
    if field.pattern is not None:
        rules.append(f"pattern={literal(field.pattern)}")
    if field.description is not None:
        rules.append(f"description={literal(field.description)}")
    if field.example is not None:
        rules.append(f"examples={literal([json_value(field, field.example)])}")
    return rules


def _number_source(field: Field, value: object) -> str:
    if field.type == "float":
        return literal(float(str(value)))
    return str(int(Decimal(str(value))))


def create_default(field: Field) -> str:
    """Return the default of a field in requests that create rows, and replace them where nothing is kept.

    Nothing where it must be given.
    """
    if field.has_default:
        return _schema_default(field)
    return "None" if field.nullable else ""


def _schema_default(field: Field) -> str:
    if field.default_is_made:
        made = {"date": "today", "time": "time_of_day", "datetime": "now", "uuid": "uuid4"}[field.type]
        return f"Field(default_factory={made})"
    if field.is_enum:
        return f"{field.enum_class}.{field.members[field.default]}"
    if field.type in {"date", "time", "datetime", "uuid"}:
        return f"Field(default={literal(json_value(field, field.default))}, validate_default=True)"
    if field.type == "decimal":
        return decimal_source(field.default)
    if field.type == "json" and isinstance(field.default, (list, dict)):
        if not field.default:
            return f"Field(default_factory={type(field.default).__name__})"
        return f"Field(default={literal(field.default)}, validate_default=True)"
    return literal(json_value(field, field.default))


def response_type(field: Field) -> str:
    """Return the annotation of a field in responses: plain types, so that old rows never fail a newer rule."""
    kind = {"decimal": "ExactDecimal", "time": "LocalTime"}.get(field.type) or python_type(field)
    kind = f"StoredEnum[{kind}]" if field.is_enum else kind
    return kind + (" | None" if field.nullable else "")


def response_default(field: Field) -> str:
    """Return what documents a field in responses, in the place of a default; nothing where there is no description."""
    return "" if field.description is None else f"Field(description={literal(field.description)})"


def filters(entity: Entity) -> list[tuple[str, str]]:
    """Return the filters of lists: the parameter and the type of each."""
    return [
        (field.column if operator == "eq" else f"{field.column}__{operator}", _filter_type(field, operator))
        for field in entity.fields
        for operator in field.operators
    ]


def _filter_type(field: Field, operator: str) -> str:
    if operator == "isnull":
        return "QueryBool"
    kind = _compared_type(field, operator)
    return f"ValueList[{kind}]" if operator == "in" else kind


def _compared_type(field: Field, operator: str) -> str:
    """Return the type of one value that a field is compared with."""
    if field.type == "decimal":
        return field.filter_alias
    if field.type == "email" and operator != "contains":
        return "Email"  # it is compared in the form it is stored in
    plain = _plain_type(field)
    kind = {"BodyBool": "QueryBool", "Email": "Text", "Url": "Text"}.get(plain, plain)
    return kind.removeprefix("Body")  # what stands in a query string is text, and read as a number


def both_directions(keys: list[str]) -> list[str]:
    """Return sort keys, each ascending and descending."""
    return [sign + key for key in keys for sign in ("", "-")]
