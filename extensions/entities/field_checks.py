"""What must hold of the options of one field."""

from __future__ import annotations

from collections.abc import Iterator

from ..wording import unprintable
from .entity import Entity
from .fields import Field
from .relation_checks import old_name_error

COMMON_RULES = frozenset(
    {
        "name", "type", "required", "unique", "index", "default", "description", "example", "read_only", "write_only",
        "filter", "renamed_from",
    }
)  # fmt: skip
"""The options that every type takes."""

LIST_PARAMETERS = frozenset({"cursor", "include", "limit", "offset", "sort"})


def field_errors(field: Field, by_name: dict[str, Entity], *, sqlite: bool) -> Iterator[str]:
    """Yield what is wrong with one field, each with how to fix it."""
    for option in sorted(field.model_fields_set - COMMON_RULES - field.kind.options):
        fitting = ", ".join(sorted(field.kind.options)) or "none beside the common ones"
        yield f"{option} does not apply to type {field.type}: remove it (this type takes {fitting})"
    if field.description is not None and (found := unprintable(field.description)):
        yield f"description holds the control character {found}: remove it"
    if field.renamed_from is not None and (error := old_name_error(field.renamed_from, _other_fields(field))):
        yield f"renamed_from {error}"
    yield from _access_errors(field)
    yield from _operator_errors(field)
    yield from field.kind.option_errors(field, entities=by_name, sqlite=sqlite)
    if field.has_default and not field.default_is_made and (error := field.kind.error(field, field.default)):
        yield f"default {error}"
    if field.example is not None and (error := field.kind.error(field, field.example)):
        yield f"example {error}"


def _other_fields(field: Field) -> set[str]:
    """Return the names of an entity's fields, as they are and as they were, without those of one field."""
    others = [other for other in field.entity.fields if other is not field]
    return {field.name, *(other.name for other in others), *(other.renamed_from or "" for other in others)}


def _access_errors(field: Field) -> Iterator[str]:
    if not field.kind.indexable and (field.unique or field.index):
        yield f"type {field.type} cannot be unique or indexed: use string with max_length, or remove it"
    if field.read_only and field.write_only:
        yield "read_only and write_only exclude each other: remove one"
    if field.read_only and field.required and not field.has_default:
        yield "read_only and required, and nothing ever sets it: give it a default, or drop required"
    if field.write_only and field.filter:
        yield "write_only fields cannot be filtered: their values would show: remove filter"
    if field.write_only and field.search:
        yield "write_only fields cannot be searched: their values would show: remove search"


def _operator_errors(field: Field) -> Iterator[str]:
    if field.filter and field.column in LIST_PARAMETERS:
        yield f"lists have a parameter {field.column} already: rename the field, or remove filter"
    if field.filter and field.column == "q" and field.entity.search_fields:
        yield "lists have a parameter q already, for search: rename the field, or remove filter"
    if field.filter and not field.kind.operators:
        yield f"type {field.type} cannot be filtered: remove filter"
    if isinstance(field.filter, list):
        for operator in field.filter:
            if operator not in field.kind.operators:
                yield f"filter {operator} does not fit type {field.type}: use {', '.join(field.kind.operators)}"
