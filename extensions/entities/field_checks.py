"""What must hold of the options of one field."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from decimal import Decimal

import pydantic

from .. import naming
from ..wording import duplicates, last_line, number, shorten, unprintable
from .entity import Entity
from .fields import Field
from .relation_checks import old_name_fault
from .types import LONGEST_INDEXED
from .value_checks import LARGEST_BIGINT, SHORTEST_TEXT, number_type_fault, pattern_type, value_fault

COMMON_RULES = frozenset(
    {
        "name", "type", "required", "unique", "index", "default", "description", "example", "read_only", "write_only",
        "filter", "renamed_from",
    }
)  # fmt: skip
"""The options that every type takes."""

LONGEST_CHOICE = 50  # the column of an enum, app.core.model.choice

LONGEST_TEXT = {"string": 10_000, "email": 254, "url": 10_000}

LIST_PARAMETERS = frozenset({"cursor", "include", "limit", "offset", "sort"})

SQLITE_DIGITS = 18  # what a 64-bit integer holds in full


def field_faults(field: Field, by_name: dict[str, Entity], *, sqlite: bool) -> Iterator[str]:
    """Yield what is wrong with one field, each with how to fix it."""
    for option in sorted(field.model_fields_set - COMMON_RULES - field.kind.rules):
        fitting = ", ".join(sorted(field.kind.rules)) or "none beside the common ones"
        yield f"{option} does not apply to type {field.type}: remove it (this type takes {fitting})"
    if field.description is not None and (found := unprintable(field.description)):
        yield f"description holds the control character {found}: remove it"
    if field.is_enum:
        yield from _enum_faults(field)
    if field.points:
        yield from _reference_faults(field, by_name)
    if field.renamed_from is not None and (fault := old_name_fault(field.renamed_from, _other_fields(field))):
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
    for value in duplicates(values):
        yield f"value {shorten(value)} is there twice: remove one"
    for value in values:
        if not value.strip() or len(value) > LONGEST_CHOICE or not value.isprintable():
            yield f"value {shorten(value)} must be 1 to {LONGEST_CHOICE} printable characters: shorten or rename it"


def _reference_faults(field: Field, by_name: dict[str, Entity]) -> Iterator[str]:
    if field.to is None:
        yield f"a {field.type} needs an entity: add to: Project"
    elif field.to not in by_name:
        near = difflib.get_close_matches(field.to, by_name, n=1)
        known = f"did you mean {near[0]}?" if near else f"write one of {', '.join(by_name)}"
        yield f"there is no entity {shorten(field.to)} to refer to: {known}"
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
            yield f"{option} is {shorten(value)}: write a number"
        elif fault := number_type_fault(field, bound):
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


def _digit_faults(field: Field, *, sqlite: bool) -> Iterator[str]:
    precision, scale = field.digits
    if scale > precision:
        yield f"scale {scale} is larger than precision {precision}: a decimal has precision digits in all"
    if sqlite and precision > SQLITE_DIGITS:
        fix = "lower precision, or use database postgresql"
        yield f"SQLite holds {SQLITE_DIGITS} digits exactly, not {precision}: {fix}"


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
        fix = f"at most {LONGEST_INDEXED}, or drop unique, index and filter"
        yield f"max_length {field.length} is too long for an index: {fix}"


def _pattern_faults(field: Field) -> Iterator[str]:
    try:
        pydantic.TypeAdapter(pattern_type(str(field.pattern)))
    except pydantic.PydanticSchemaGenerationError:
        yield "pattern is not a regular expression"
        return
    except Exception as error:  # noqa: BLE001  (the regex engine has an exception type of its own)
        yield f"pattern is not a regular expression the API can check (no look-around): {last_line(error)}"
        return
    if field.example is None:
        yield "a pattern needs an example for documentation and tests: add example: ..."
