"""What must hold of entities, each fault in one line with its mend."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pydantic

from . import naming
from .entity_model import OPERATIONS, Entity, Field, required_targets
from .field_types import INT32, INT64, LONGEST_INDEXED, MADE_DEFAULTS
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)
from .wording import brief, digits_of, last_line, number, twice, unprintable, what

COMMON_RULES = frozenset(
    {
        "name", "type", "required", "unique", "index", "default", "description", "example", "read_only", "write_only",
        "filter", "renamed_from",
    }
)  # fmt: skip
"""The options that every type takes."""

LONGEST_CHOICE = 50  # the column of an enum, app.core.model.choice
LONGEST_TABLE = 50
LARGEST_INDEX_ROW = 2680  # of PostgreSQL's 2704 bytes the row's own head takes some
SHORTEST_TEXT = {"email": 6, "url": 11}  # a@b.io, http://a.io
LARGEST_BIGINT = 9_223_372_036_854_775_000  # app.core.field_types.MAX_INT64
DEEPEST_JSON = 100  # app.core.field_types.MAX_JSON_DEPTH
# The API's own checks, as far as they can be made without its libraries: app.core.field_types and email-validator.
WEB_ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f/?#@\\]+([/?#][^\x00-\x20\x7f]*)?")
ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,
)
NO_DOMAINS = ("arpa", "invalid", "local", "localhost", "onion", "test")
LONGEST_TEXT = {"string": 10_000, "email": 254, "url": 10_000}
OWN_COLUMNS = frozenset({"id", "created_at", "updated_at", "deleted_at", "version"})
LIST_PARAMETERS = frozenset({"cursor", "include", "limit", "offset", "sort"})
SQLITE_DIGITS = 18  # what a 64-bit integer holds in full


def field_faults(field: Field, by_name: dict[str, Entity], *, sqlite: bool) -> Iterator[str]:
    """Yield what is wrong with one field, each with its mend."""
    for option in sorted(field.model_fields_set - COMMON_RULES - field.kind.rules):
        fitting = ", ".join(sorted(field.kind.rules)) or "none beside the common ones"
        yield f"{option} does not apply to type {field.type}: remove it (this type takes {fitting})"
    if field.description is not None and (found := unprintable(field.description)):
        yield f"description holds the control character {found}: remove it"
    if field.is_enum:
        yield from _enum_faults(field)
    if field.points:
        yield from _reference_faults(field, by_name)
    if field.renamed_from is not None and (fault := _old_name_fault(field.renamed_from, _other_fields(field))):
        yield f"renamed_from {fault}"
    yield from _access_faults(field)
    yield from _operator_faults(field)
    yield from _bound_faults(field, sqlite=sqlite)
    if field.pattern is not None:
        yield from _pattern_faults(field)
    if field.has_default and (fault := value_fault(field, field.default, default=True)):
        yield f"default {fault}"
    if field.example is not None and (fault := value_fault(field, field.example)):
        yield f"example {fault}"


IN_TWO_STEPS = "remove renamed_from, or rename in two updates with a migration between them"
"""How to mend a rename to a name that something else has; an update says it, too."""


def _old_name_fault(name: str, taken: Iterable[str]) -> str | None:
    """Say why something cannot have had a name: it is none, or something else has it."""
    if not name.isidentifier():
        return f"is {brief(name)}: write the name it had before"
    return f"is {name}, which is there, too: {IN_TWO_STEPS}" if name in taken else None


def _other_fields(field: Field) -> set[str]:
    """Return the names of an entity's fields, as they are and as they were, without those of one field."""
    others = [other for other in field.entity.fields if other is not field]
    return {field.name, *(other.name for other in others), *(other.renamed_from or "" for other in others)}


def _access_faults(field: Field) -> Iterator[str]:
    if not field.kind.indexable and (field.unique or field.index):
        yield f"type {field.type} cannot be unique or indexed: use string with max_length, or remove it"
    if field.read_only and field.write_only:
        yield "read_only and write_only exclude each other: remove one"
    if field.read_only and field.required and not field.has_default:
        yield "read_only and required, and nothing ever sets it: give it a default, or drop required"
    if field.write_only and field.filter:
        yield "write_only fields cannot be filtered: their values would show: remove filter"


def _enum_faults(field: Field) -> Iterator[str]:
    values = field.values or []
    if not values:
        yield "an enum needs values: add values: [open, done]"
    for value in twice(values):
        yield f"value {brief(value)} is there twice: remove one"
    for value in values:
        if not value.strip() or len(value) > LONGEST_CHOICE or not value.isprintable():
            yield f"value {brief(value)} must be 1 to {LONGEST_CHOICE} printable characters: shorten or rename it"


def _reference_faults(field: Field, by_name: dict[str, Entity]) -> Iterator[str]:
    if field.to is None:
        yield f"a {field.type} needs an entity: add to: Project"
    elif field.to not in by_name:
        near = difflib.get_close_matches(field.to, by_name, n=1)
        known = f"did you mean {near[0]}?" if near else f"write one of {', '.join(by_name)}"
        yield f"there is no entity {brief(field.to)} to refer to: {known}"
    if field.on_delete == "set_null" and field.required:
        yield "on_delete set_null needs a field that may be null: drop required, or use restrict or cascade"
    if field.has_default or field.example is not None:
        yield f"a {field.type} takes no default and no example: remove it"
    if field.type == "many_to_many" and (field.required or field.read_only or field.write_only or field.filter):
        yield "a many_to_many is never required, read_only, write_only or filtered: remove it"
    if field.inverse is not None and (fault := naming.field_name_fault(field.inverse)) is not None:
        yield f"inverse {fault}"


def _operator_faults(field: Field) -> Iterator[str]:
    if field.filter and field.column in LIST_PARAMETERS:
        yield f"lists have a parameter {field.column} already: rename the field, or remove filter"
    if field.filter and not field.kind.operators:
        yield f"type {field.type} cannot be filtered: remove filter"
    if isinstance(field.filter, list):
        for operator in field.filter:
            if operator not in field.kind.operators:
                yield f"filter {operator} does not fit type {field.type}: use {', '.join(field.kind.operators)}"


def _bound_faults(field: Field, *, sqlite: bool) -> Iterator[str]:
    bounds: dict[str, Decimal] = {}
    for option in ("min", "max"):
        value = getattr(field, option)
        if value is None or option not in field.kind.rules:
            continue
        bound = number(value)
        if bound is None:
            yield f"{option} is {brief(value)}: write a number"
        elif fault := _number_type_fault(field, bound):
            yield f"{option} {fault}"
        else:
            bounds[option] = bound
    if len(bounds) > 1 and bounds["min"] > bounds["max"]:
        yield f"min {bounds['min']} is larger than max {bounds['max']}: swap them"
    if field.type == "bigint" and (bounds.get("min", 0) > LARGEST_BIGINT or bounds.get("max", 0) < -LARGEST_BIGINT):
        yield f"no value lies between the bounds: the API takes a bigint up to {LARGEST_BIGINT}, either way"
    if field.type == "decimal":
        yield from _digit_faults(field, sqlite=sqlite)
    yield from _length_faults(field)


def _number_type_fault(field: Field, value: Decimal) -> str | None:
    """Say why a number is none that a column of the field's type holds."""
    if field.type == "float":
        return None if math.isfinite(float(value)) else f"is {brief(str(value))}: no float is that large"
    if field.type == "decimal":
        whole, after = digits_of(value)
        precision, scale = field.digits
        fits = whole <= max(precision - scale, 0) and after <= scale
        return None if fits else f"{value} does not fit precision {precision} and scale {scale}: change one of them"
    if value != value.to_integral_value():
        return f"is {brief(value)}: write a whole number"
    largest = INT32 if field.type == "integer" else INT64
    if not -largest - 1 <= value <= largest:
        larger = "bigint" if field.type == "integer" else "decimal"
        return f"is out of the range of {field.type}: use {larger}"
    return None


def _digit_faults(field: Field, *, sqlite: bool) -> Iterator[str]:
    precision, scale = field.digits
    if scale > precision:
        yield f"scale {scale} is larger than precision {precision}: a decimal has precision digits in all"
    if sqlite and precision > SQLITE_DIGITS:
        mend = "lower precision, or use database postgresql"
        yield f"SQLite holds {SQLITE_DIGITS} digits exactly, not {precision}: {mend}"


def _length_faults(field: Field) -> Iterator[str]:
    if field.min_length is not None and field.length is not None and field.min_length > field.length:
        yield f"min_length {field.min_length} is larger than max_length {field.length}: swap them"
    longest = LONGEST_TEXT.get(field.type)
    if longest is not None and field.max_length is not None and field.max_length > longest:
        yield f"max_length {field.max_length} is more than {field.type} holds ({longest}): use type text"
    shortest = SHORTEST_TEXT.get(field.type, 0)
    if field.max_length is not None and field.max_length < shortest:
        yield f"max_length {field.max_length} leaves no room for an {field.type}: at least {shortest}"
    if field.type in {"string", "url"} and (field.unique or field.indexed) and (field.length or 0) > LONGEST_INDEXED:
        mend = f"at most {LONGEST_INDEXED}, or drop unique, index and filter"
        yield f"max_length {field.length} is too long for an index: {mend}"


def index_bytes(field: Field) -> int:
    """Return how many bytes a value may take in an index of PostgreSQL, with 4 bytes a character."""
    if field.is_enum:
        return 4 * LONGEST_CHOICE + 4
    if field.length is not None:
        return 4 * field.length + 4
    return 40  # numbers of 38 digits, and everything shorter


def _pattern_faults(field: Field) -> Iterator[str]:
    try:
        pydantic.TypeAdapter(_patterned(str(field.pattern)))
    except pydantic.PydanticSchemaGenerationError:
        yield "pattern is not a regular expression"
        return
    except Exception as error:  # noqa: BLE001  (the regex engine has an exception type of its own)
        yield f"pattern is not a regular expression the API can check (no look-around): {last_line(error)}"
        return
    if field.example is None:
        yield "a pattern needs an example for documentation and tests: add example: ..."


def _patterned(pattern: str) -> Any:
    return pydantic.constr(pattern=pattern)


def value_fault(field: Field, value: object, *, default: bool = False) -> str | None:
    """Say why a default or an example is no valid value of the field; None where it is."""
    if default and field.type in MADE_DEFAULTS and value == MADE_DEFAULTS[field.type]:
        return None
    if field.type in {"string", "text", "email", "url"}:
        return _text_fault(field, value)
    if field.type in {"integer", "bigint", "float", "decimal"}:
        return _number_fault(field, value)
    if field.type == "boolean":
        return None if isinstance(value, bool) else f"is {brief(value)}: write true or false"
    if field.is_enum:
        return (
            None
            if value in (field.values or [])
            else f"is {brief(value)}: write one of {', '.join(field.values or [])}"
        )
    if field.type in {"date", "time", "datetime", "uuid"}:
        return _parsed_fault(field, value)
    return json_fault(value) if field.type == "json" else None


def json_fault(value: object) -> str | None:
    """Say why a value is none that JSON holds and databases store; None where it is."""
    left: list[tuple[object, int]] = [(value, 1)]
    while left:
        part, depth = left.pop()
        if depth > DEEPEST_JSON:
            return f"is nested more than {DEEPEST_JSON} times, or holds itself: make it flatter"
        if isinstance(part, dict):
            if odd := [key for key in part if not isinstance(key, str)]:
                return f"has the key {brief(odd[0])}: put it in quotes"
            left += [(item, depth + 1) for item in (*part, *part.values())]
        elif isinstance(part, list):
            left += [(item, depth + 1) for item in part]
        elif isinstance(part, str):
            if "\x00" in part or any("\ud800" <= char <= "\udfff" for char in part):
                return f"holds {brief(part)}, which no database stores: remove NUL and half characters"
        elif isinstance(part, float) and not math.isfinite(part):
            return f"holds {part}, which JSON does not have: write a number"
        elif part is not None and not isinstance(part, (bool, int, float)):
            return f"holds {what(part)}, which JSON does not have: put it in quotes"
    return None


def _text_fault(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        return f"is {what(value)}: write text, in quotes"
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        return f"is {brief(value)}, which no database stores: remove NUL and half characters"
    if field.length is not None and len(value) > field.length:
        return f"has {len(value)} characters, and max_length is {field.length}: shorten it"
    if field.min_length is not None and len(value) < field.min_length:
        return f"has {len(value)} characters, and min_length is {field.min_length}: lengthen it"
    if field.pattern is not None:
        try:
            pydantic.TypeAdapter(_patterned(field.pattern)).validate_python(value)
        except pydantic.ValidationError:
            return f"{brief(value)} does not match the pattern {brief(field.pattern)}: change one"
        except Exception:  # noqa: BLE001  (the pattern's own fault is reported elsewhere)
            return None
    if field.type == "email" and not _is_address(value):
        return f"is {brief(value)}: write an address like someone@example.org"
    if field.type == "url" and not WEB_ADDRESS.fullmatch(value):
        return f"is {brief(value)}: write an address like https://example.org/page"
    return None


def _is_address(value: str) -> bool:
    """Tell whether a text is an e-mail address that the API takes."""
    before, _, domain = value.lower().rpartition("@")
    last = domain.rpartition(".")[2]
    fits = ADDRESS.fullmatch(value) is not None and len(before) <= 64 and len(domain) <= 253
    return fits and last[-1:].isalpha() and last not in NO_DOMAINS


def _number_fault(field: Field, value: object) -> str | None:
    found = number(value)
    if found is None:
        return f"is {brief(value)}: write a number"
    if fault := _number_type_fault(field, found):
        return fault
    if field.type == "bigint" and not -LARGEST_BIGINT <= found <= LARGEST_BIGINT:
        return f"is more than the API takes: a bigint goes up to {LARGEST_BIGINT}, either way"
    low, high = number(field.min), number(field.max)
    if low is not None and found < low:
        return f"{found} is less than min {low}"
    if high is not None and found > high:
        return f"{found} is more than max {high}"
    return None


def _parsed_fault(field: Field, value: object) -> str | None:
    if field.type == "date" and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return None
    wanted: dict[str, Any] = {"date": dt.date, "time": dt.time, "datetime": dt.datetime, "uuid": UUID}
    if not isinstance(value, (str, dt.datetime)):
        return _wrong(field, value)
    try:
        found = pydantic.TypeAdapter(wanted[field.type]).validate_python(value)
        if field.type == "datetime":
            if found.tzinfo is None:
                return "has no time zone: write it with Z at its end"
            found.astimezone(dt.timezone.utc)  # noqa: UP017  (Python 3.10 has no dt.UTC)
    except (ValueError, OverflowError):
        return _wrong(field, value)
    if field.type == "time" and found.tzinfo is not None:
        return "has a time zone, which means nothing without a date: remove it"
    return None


def _wrong(field: Field, value: object) -> str:
    return f"is {brief(value)}: write a {field.type} in quotes, e.g. {brief(field.kind.samples[0])}"


def entity_faults(entity: Entity) -> Iterator[str]:
    """Yield what is wrong with an entity's own options, each with its mend."""
    yield from _text_faults(entity)
    yield from _table_faults(entity)
    yield from _unique_faults(entity)
    yield from _sort_faults(entity)
    yield from _stalled_faults(entity)
    if not entity.operations:
        yield f"{entity.name}: operations is empty: leave it out, or write some of {', '.join(OPERATIONS)}"


def _text_faults(entity: Entity) -> Iterator[str]:
    for option in ("plural", "table", "description", "sort"):
        value = getattr(entity, option)
        if value is not None and not value.strip():
            yield f"{entity.name}: {option} is empty: write it, or leave it out"
    if entity.description is not None and (found := unprintable(entity.description)):
        yield f"{entity.name}: description holds the control character {found}: remove it"


def _table_faults(entity: Entity) -> Iterator[str]:
    chosen = entity.plural is not None and entity.plural != naming.plural(entity.name)
    if chosen and (fault := naming.entity_name_fault(entity.plural)):
        yield f"{entity.name}: plural {fault}"
    if entity.table not in {None, entity.plural_snake} and not _is_identifier(str(entity.table)):
        yield f"{entity.name}: table {brief(entity.table)} is no plain name: write lower_case with underscores"
    if entity.table_name.startswith(("pg_", "sqlite_")):
        yield f"{entity.name}: the database keeps tables like {entity.table_name} for itself: write another table"


def _sort_faults(entity: Entity) -> Iterator[str]:
    columns = {field.column: field for field in entity.fields}
    if entity.sort is not None and entity.sort.lstrip("-") not in entity.sort_keys:
        yield f"{entity.name}: sort is {brief(entity.sort)}: write one of {', '.join(entity.sort_keys)}"
    if entity.by_cursor and entity.sort is not None:
        stored = columns.get(entity.sort.lstrip("-"))
        if stored is not None and stored.nullable:
            yield f"{entity.name}: paging by cursor cannot sort by {entity.sort}, which may be null: make it required"


def _stalled_faults(entity: Entity) -> Iterator[str]:
    length = entity.writes_stalled_after
    if length is not None and not re.fullmatch(r"[1-9][0-9]{0,3}[mhd]", length):
        yield f"{entity.name}: writes_stalled_after is {brief(length)}: write minutes, hours or days like 30m, 6h or 2d"
    if length is not None and not {"create", "update", "delete"} & set(entity.operations):
        yield f"{entity.name}: writes_stalled_after, but nobody can write: remove it, or add an operation"


def _unique_faults(entity: Entity) -> Iterator[str]:
    columns = [field.name for field in entity.fields if field.type == "reference" or field.kind.indexable]
    for group in entity.unique:
        if len(group) == 1:
            yield f"{entity.name}: unique {group} needs two fields: set unique: true on the field itself"
        if not group or twice(group):
            yield f"{entity.name}: unique {brief(group)} must name different fields: correct or remove it"
        if not set(group) - set(columns):
            yield from _group_size_faults(entity, group)
        for name in group:
            if name not in columns:
                known = ", ".join(columns)
                yield f"{entity.name}: unique names {brief(name)}, which cannot be: write some of {known}"


def _group_size_faults(entity: Entity, group: list[str]) -> Iterator[str]:
    fields = [field for field in entity.fields if field.name in group]
    needed = sum(map(index_bytes, fields))
    if needed > LARGEST_INDEX_ROW:
        lengths = ", ".join(f"{field.name} {field.length}" for field in fields if field.length is not None)
        room = (LARGEST_INDEX_ROW - sum(index_bytes(field) for field in fields if field.length is None)) // 4
        mend = f"lower max_length, to {max(room - len(fields), 0)} in all"
        yield f"{entity.name}: unique {brief(group)} is too long for an index ({lengths} characters): {mend}"


def _is_identifier(name: str) -> bool:
    return name.isascii() and name.isidentifier() and name == name.lower() and len(name) <= LONGEST_TABLE


def relation_clashes(found: list[Entity]) -> Iterator[str]:
    """Yield inverse names that an entity uses already, and link tables that are tables already."""
    by_name = {entity.name: entity for entity in found}
    taken = {one.name: {name for f in one.fields for name in (f.name, f.column)} | OWN_COLUMNS for one in found}
    tables = {entity.table_name for entity in found}
    for entity in found:
        for field in entity.fields:
            if field.inverse is not None and field.to in by_name:
                if field.inverse in taken[field.to]:
                    mend = f"{field.to} has that name already: choose another"
                    yield f"{entity.name}.{field.name}: inverse {brief(field.inverse)}: {mend}"
                taken[field.to].add(field.inverse)
            if field.type == "many_to_many":
                if field.link_table in tables:
                    yield f"{entity.name}.{field.name}: the table {field.link_table} exists already: rename the field"
                tables.add(field.link_table)


RESERVED_METRICS = frozenset(
    {
        "app_info", "cache_reads", "database_slow_queries", "entity_operations", "entity_rows", "http_requests",
        "process", "python",
    }
)  # fmt: skip
"""Metrics of our own, and of Prometheus's Python client."""


def clashes(found: list[Entity]) -> Iterator[str]:
    """Yield names that two entities would share, the first one for each entity; and old names that are none."""
    owners: dict[tuple[str, str], Entity] = {}
    for entity in found:
        others = [other for other in found if other is not entity]
        taken = {entity.name, *(other.name for other in others), *(other.renamed_from or "" for other in others)}
        if entity.renamed_from is not None and (fault := _old_name_fault(entity.renamed_from, taken)):
            yield f"{entity.name}: renamed_from {fault}"
    for entity in found:
        for kind, value in _claims(entity):
            other = owners.setdefault((kind, value), entity)
            if other is entity:
                continue
            if kind == "name":
                yield f"{entity.name}: the entity is there twice: rename or remove one"
            elif kind in {"route", "table", "metric"}:
                yield f"{entity.name}: shares the {kind} {value} with {other.name}: give one a plural of its own"
            else:
                yield f"{entity.name}: shares the {kind} {value} with {other.name}: rename one"
            break
        if entity.plural_snake in RESERVED_METRICS or entity.plural_snake.endswith(("_created", "_total", "_info")):
            yield f"{entity.name}: its metrics would be called {entity.plural_snake}: give it another plural"
        if entity.table_name == "alembic_version":
            yield f"{entity.name}: the table alembic_version belongs to the migrations: write another table"


def _claims(entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield every name that must be one entity's alone (metrics: `_created` is reserved by Prometheus clients)."""
    yield "name", entity.name
    yield "file name", entity.snake.replace("_", "")
    yield "route", entity.plural_kebab
    yield "table", entity.table_name
    for metric in ("", "_created", "_updated", "_deleted"):
        yield "metric", entity.plural_snake + metric


def endless(found: list[Entity]) -> Iterator[str]:
    """Yield required references that go round in a circle: no first row could ever be made."""
    for entity in found:
        path = [entity]
        stack = [(entity, iter(required_targets(entity)))]
        visited = {entity.name}
        while stack:
            _, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                path.pop()
            elif target is entity:
                names = " -> ".join([*(e.name for e in path), entity.name])
                if entity.name == min(e.name for e in path):
                    yield f"{entity.name}: required references go round, no first row can be made ({names}): drop one"
                return
            elif target.name not in visited:
                visited.add(target.name)
                path.append(target)
                stack.append((target, iter(required_targets(target))))
