"""Generated schemas: what requests may hold and what responses do."""

from __future__ import annotations

from decimal import Decimal

from .code_common import (
    decimal_source,
    identifiers,
    json_value,
    python_imports,
    python_type,
)
from .code_samples import example_lines
from .entities import Entity, Field
from .layout import Call, Imports, display, imports, literal, merge_imports, typed
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)

_SCHEMA_NAMES: Imports = {
    "app.core.schema": {
        "BodyBool", "BodyFloat", "BodyInt32", "BodyInt64", "BodyRowId", "Choices", "Date", "Digits", "Email",
        "ExactDecimal", "Float", "Given", "Int32", "Int64", "Json", "LocalTime", "NUMBER", "RowId", "StoredChoice",
        "Text", "TrueOrFalse", "Url", "UtcDateTime", "left_out", "now", "storable", "time_of_day", "today",
    },
    "pydantic": {"AfterValidator", "Field", "JsonValue"},
    "typing": {"Annotated"},
    "uuid": {"uuid4"},
}  # fmt: skip
"""What a line of a schema may name, and where it comes from."""


def schema_aliases(entity: Entity) -> list[str]:
    """Return the annotated types of an entity's request fields and list parameters, one statement each."""
    found = [statement for field in entity.writable_fields if (statement := _alias(field))]
    found += [_filter_alias(field) for field in entity.fields if field.type == "decimal" and field.operators]
    found += [] if entity.by_cursor else [sort_literal(entity)]
    return [*found, include_literal(entity)] if entity.relations else found


def _alias(field: Field) -> str:
    parts = _annotations(field)
    if len(parts) == 1:
        return ""
    return Call(f"{field.alias} = Annotated", parts, brackets="[]").laid_out()


def _annotations(field: Field) -> list[str | Call]:
    """The type of a field in requests, and what else must hold of its values."""
    rules = _rules(field)
    parts: list[str | Call] = [Call("Field", rules)] if rules else []
    if field.type == "decimal":
        return ["Decimal", _digits(field, bounded=True), *parts]
    if field.pattern is not None:
        return ["str", *parts, "AfterValidator(storable)"]  # its own pattern stands where ours would
    if parts and field.type in {"integer", "bigint"}:
        return [_request_type(field).removeprefix("Body"), *parts, "NUMBER"]  # a bound goes before the check
    return [_request_type(field), *parts]


def _digits(field: Field, *, bounded: bool) -> Call:
    bounds = (("min", "least"), ("max", "most")) if bounded else ()
    given = [(name, getattr(field, option)) for option, name in bounds]
    found = [f"{name}={decimal_source(value)}" for name, value in given if value is not None]
    return Call("Digits", [*map(str, field.digits), *found])


def _filter_alias(field: Field) -> str:
    """A decimal is compared with one of as many digits."""
    parts: list[str | Call] = ["Decimal", _digits(field, bounded=False)]
    return Call(f"{field.filter_alias} = Annotated", parts, brackets="[]").laid_out()


def _request_type(field: Field) -> str:
    if field.is_enum:
        return field.enum_class
    if field.is_reference:
        return "UUID" if field.target.primary_key == "uuid" else "BodyRowId"
    return field.kind.schema


def _rules(field: Field) -> list[str | Call]:
    """The arguments of Field() that say what a valid value is."""
    rules: list[str | Call] = []
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
        rules.append(display([json_value(field, field.example)], "examples="))
    return rules


def _number_source(field: Field, value: object) -> str:
    if field.type == "float":
        return literal(float(str(value)))
    return str(int(Decimal(str(value))))


def _request_annotation(field: Field) -> str:
    return field.alias if len(_annotations(field)) > 1 else _request_type(field)


def create_line(field: Field) -> str:
    """Return a field of the schema that creates rows, and replaces them where nothing is kept."""
    annotation = _request_annotation(field)
    if field.has_default:
        annotation = f"{annotation} | None" if field.nullable else annotation
        return typed(field.column, annotation, _schema_default(field))
    if field.nullable:
        return typed(field.column, f"{annotation} | None", "None")
    return typed(field.column, annotation)


def _schema_default(field: Field) -> str | Call:
    if field.default_is_made and field.type != "uuid":
        made = {"date": "today", "time": "time_of_day", "datetime": "now"}[field.type]
        return Call("Field", [f"default_factory={made}"])
    if field.default_is_made:
        return Call("Field", ["default_factory=uuid4"])
    if field.is_enum:
        return f"{field.enum_class}.{field.members[field.default]}"
    if field.type in {"date", "time", "datetime", "uuid"}:
        return Call("Field", [f"default={literal(json_value(field, field.default))}", "validate_default=True"])
    if field.type == "decimal":
        return decimal_source(field.default)
    if field.type == "json" and isinstance(field.default, (list, dict)):
        if not field.default:
            return Call("Field", [f"default_factory={type(field.default).__name__}"])
        return Call("Field", [display(field.default, "default="), "validate_default=True"])
    return literal(json_value(field, field.default))


def replace_line(field: Field) -> str:
    """Return a field of the schema that replaces rows which keep what clients cannot read."""
    annotation = _request_annotation(field)
    return typed(field.column, f"{annotation} | None" if field.nullable else annotation, "left_out()")


def patch_line(field: Field) -> str:
    """Return a field of the schema that changes rows: each may be left out, a required one may not be null."""
    annotation = _request_annotation(field)
    if field.nullable:
        return typed(field.column, f"{annotation} | None", "None")
    return typed(field.column, annotation, "left_out()")


def read_line(field: Field) -> str:
    """Return a field of the schema of responses: plain types, so that old rows never fail a newer rule."""
    kind = {"decimal": "ExactDecimal", "time": "LocalTime"}.get(field.type) or python_type(field)
    kind = f"StoredChoice[{kind}]" if field.is_enum else kind
    annotation = kind + (" | None" if field.nullable else "")
    if field.description is not None:
        return typed(field.column, annotation, Call("Field", [f"description={literal(field.description)}"]))
    return typed(field.column, annotation)


def query_lines(entity: Entity) -> list[str]:
    """Return the fields of the schema of list parameters."""
    lines = [] if entity.by_cursor else [sort_line(entity)]
    lines += [include_line(entity)] if entity.relations else []
    return [*lines, *filter_lines(entity)]


def filter_lines(entity: Entity) -> list[str]:
    """Return the fields of the schema of list parameters: one for each filter."""
    lines: list[str] = []
    for field in entity.fields:
        for operator in field.operators:
            kind = _filter_type(field, operator)
            name = field.column if operator == "eq" else f"{field.column}__{operator}"
            if operator == "isnull":
                lines.append(typed(name, "Given[TrueOrFalse]", "None"))
            elif operator == "in":
                lines.append(typed(name, f"Given[Choices[{kind}]]", "None"))
            else:
                lines.append(typed(name, f"Given[{kind}]", "None"))
    return lines


def _filter_type(field: Field, operator: str) -> str:
    if field.type == "decimal":
        return field.filter_alias
    if field.type == "email" and operator != "contains":
        return "Email"  # it is compared in the form it is stored in
    kind = {"BodyBool": "TrueOrFalse", "Email": "Text", "Url": "Text"}.get(_request_type(field), _request_type(field))
    return kind.removeprefix("Body")  # what stands in a query string is text, and read as a number


def sort_literal(entity: Entity) -> str:
    """Return the type that lists the sort keys, both directions."""
    keys = [literal(sign + key) for key in entity.sort_keys for sign in ("", "-")]
    return Call(f"{entity.name}Sort = Literal", keys, brackets="[]").laid_out()


def sort_line(entity: Entity) -> str:
    """Return the list parameter that says in which order."""
    arguments = ["default=[]", 'description="In which order; - turns it round"']
    return typed("sort", f"list[{entity.name}Sort]", Call("Field", arguments))


def include_literal(entity: Entity) -> str:
    """Return the type that lists what can be included."""
    names = [literal(relation.name) for relation in entity.relations]
    return Call(f"{entity.name}Include = Literal", names, brackets="[]").laid_out()


def include_line(entity: Entity) -> str:
    """Return the list parameter that says what to show with each row."""
    arguments = ["default=[]", 'description="What to show with each row"']
    return typed("include", f"list[{entity.name}Include]", Call("Field", arguments))


def detail_lines(entity: Entity) -> list[str]:
    """Return the fields of the response that can hold included rows."""
    return [
        typed(relation.name, f"list[{relation.target.name}Read]", Call("Field", ["default=[]"]))
        if relation.many
        else typed(relation.name, f"{relation.target.name}Read | None", "None")
        for relation in entity.relations
    ]


def detail_imports(entity: Entity) -> str:
    """Return the import block of the response that can hold included rows."""
    shown = (entity, *(relation.target for relation in entity.relations))
    wanted: list[Imports] = [{f"app.entities.{one.snake}.schemas": {f"{one.name}Read"}} for one in shown]
    wanted.append({"app.core.relations": {"Loaded"}})
    if any(relation.many for relation in entity.relations):
        wanted.append({"pydantic": {"Field"}})
    return imports(merge_imports(wanted))


def schema_imports(entity: Entity) -> str:
    """Return the import block of an entity's schemas: just what their lines name."""
    lines = [*schema_aliases(entity), *filter_lines(entity), example_lines(entity)]
    lines += [line for field in entity.writable_fields for line in (create_line(field), patch_line(field))]
    lines += [replace_line(field) for field in entity.kept_fields]
    lines += [read_line(field) for field in entity.readable_fields]
    words = identifiers("\n".join(lines))
    if entity.timestamps:
        words.add("dt")
    if entity.primary_key == "uuid":
        words.add("UUID")
    wanted: list[Imports] = [
        {"typing": {"Any"}},
        {"app.core.schema": {"CursorQuery" if entity.by_cursor else "ListQuery", "ReadModel", "Schema"}},
    ]
    if entity.relations or not entity.by_cursor:
        wanted += [{"typing": {"Literal"}}, {"pydantic": {"Field"}}]
    wanted += [python_imports(name) for name in ("dt", "Decimal", "UUID") if name in words]
    wanted += [{module: words & names} for module, names in _SCHEMA_NAMES.items() if words & names]
    if entity.enum_fields:
        wanted.append({f"app.entities.{entity.snake}.model": {field.enum_class for field in entity.enum_fields}})
    return imports(merge_imports(wanted))
