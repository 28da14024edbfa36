"""Fields that the entity format accepts: options that it rejects are left out and reported."""

from __future__ import annotations

import re

from extensions import entities, naming
from extensions.entities.types import LONGEST_INDEXED

from .draft import EntityDraft, FieldDraft, Report
from .names import free_field_name, plain
from .pattern_example import example_for

_TEXT_TYPES = ("string", "text")

_LONGEST_STRING = 10_000

# What no response should show.
_SECRET = re.compile(r"(?:^|_)(?:password|passwd|pwd|secret|token|api_key|private_key|salt)(?:_|$)")

# In which order the options of a field are written.
_ORDER = (
    "name", "type", "to", "values", "max_length", "min_length", "precision", "scale", "min", "max", "pattern",
    "required", "unique", "index", "default", "on_delete", "inverse", "filter", "read_only", "write_only",
    "description", "example",
)  # fmt: skip

# What may be left out of a field so that the rest is accepted, the least missed first.
_DISPENSABLE = (
    "example", "filter", "index", "pattern", "default", "min", "max", "min_length", "max_length", "on_delete",
    "inverse", "description", "read_only", "unique", "scale", "precision",
)  # fmt: skip


def add_field(draft: EntityDraft, made: FieldDraft, where: str, report: Report) -> str | None:
    """Add a field under a free name and without what the entity format rejects; return the name it got."""
    before = made["name"]
    is_reference = made["type"] == "reference"
    taken = {name for one in draft.fields for name in (one["name"], column_of(one))}
    near = naming.snake(plain(before))
    name = free_field_name(before, taken)
    while is_reference and name is not None and f"{name}_id" in taken:
        taken.add(name)
        name = free_field_name(before, taken)
    if name is None:
        report.note(where, f"not carried over: {before!r} gives no name for a field")
        return None
    if name != near:
        report.note(where, f"the name {near or before!r} is not free: called {name}")
    made = {key: value for key, value in {**made, "name": name}.items() if _is_set(key, value)}
    if made["type"] in _TEXT_TYPES and _SECRET.search(name):
        report.note(where, "looks like a secret: write_only, so that no response shows it")
        made["write_only"] = True
    made = accepted(made, where, report)
    draft.fields.append({key: made[key] for key in sorted(made, key=_ORDER.index)})
    return name


def _is_set(option: str, value: object) -> bool:
    """Return whether an option is more than its own default; a default of false is."""
    return value is not None and (value is not False or option == "default")


def column_of(one: FieldDraft) -> str:
    """Return the name of the column that holds a field."""
    return f"{one['name']}_id" if one["type"] == "reference" else str(one["name"])


def accepted(made: FieldDraft, where: str, report: Report) -> FieldDraft:
    """Return a field that the entity format accepts: what it rejects is left out, and that is noted."""
    made = _fitted(made, where, report)
    while errors := _errors(made):
        option = next(
            (one for one in _DISPENSABLE if one in made and len(_errors(_without(made, one))) < len(errors)), ""
        )
        if option:
            report.note(where, f"{option} not carried over: {errors[0]}")
            made = _without(made, option)
        elif made["type"] == "enum":
            report.note(where, f"made a string: {errors[0]}")
            made = {**_without(made, "values"), "type": "string"}
        else:
            report.note(where, errors[0])
            break
    return made


def _without(made: FieldDraft, option: str) -> FieldDraft:
    return {key: value for key, value in made.items() if key != option}


def _errors(made: FieldDraft) -> list[str]:
    """Return what the entity format has against one field."""
    alone = dict(made)
    if "to" in made:
        alone["to"] = "Probe"  # it refers to itself, which must not be required
        alone.pop("required", None)
        alone.pop("inverse", None)  # drop_taken_inverses looks after it
    if made["type"] == "reference" and made.get("required") and made.get("on_delete") == "set_null":
        return ["set null needs a field that may be null"]
    try:
        entities.parse([{"name": "Probe", "fields": [alone]}])
    except entities.EntitiesError as error:
        return [line.removeprefix(f"Probe.{made['name']}: ") for line in error.lines]
    return []


def _fitted(made: FieldDraft, where: str, report: Report) -> FieldDraft:
    """Choose between string and text by length and uniqueness, and find the example that a pattern needs."""
    made = dict(made)
    if made["type"] == "string" and made.get("max_length", 0) > _LONGEST_STRING:
        made["type"] = "text"
    if made["type"] in _TEXT_TYPES and made.get("unique"):
        if made["type"] == "text" and "max_length" not in made:
            report.note(where, "a text that is unique needs a length: made a string of 255 characters")
            made["max_length"] = 255
        if made.get("max_length", 255) > LONGEST_INDEXED:
            report.note(where, f"a unique string may be {LONGEST_INDEXED} characters long: max_length is that now")
            made["max_length"] = LONGEST_INDEXED
        made["type"] = "string"
    if made["type"] in _TEXT_TYPES and "pattern" in made and "example" not in made:
        longest = made.get("max_length", 255 if made["type"] == "string" else _LONGEST_STRING)
        example = example_for(made["pattern"], shortest=made.get("min_length", 0), longest=longest)
        made |= {"example": example} if example is not None else {}
        if example is None or _errors(made):
            report.note(where, f"pattern not carried over, no example was found for it: {made['pattern']!r}")
            made.pop("pattern")
            made.pop("example", None)
    return made
