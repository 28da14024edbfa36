"""What the importers share: drafts of entities, names that are free, and the answers file made of them."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from extensions import entities, naming
from extensions.entities.types import LONGEST_INDEXED

from .pattern_example import example_for

FieldDraft = dict[str, Any]

_LINE = 120
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


@dataclass
class Report:
    """What could not be carried over, a line for each."""

    lines: list[str] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        """Keep one line, without control characters."""
        line = f"{where}: {what}"
        line = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in line)
        if line not in self.lines:
            self.lines.append(line)

    def print(self) -> None:
        """Print all lines to standard error."""
        for line in self.lines:
            print(line, file=sys.stderr)


@dataclass
class EntityDraft:
    """An entity on its way into the answers file.

    `where` tells people where it comes from; references mean it by its `key` until it has a name for good.
    """

    key: str
    name: str
    where: str
    table: str | None = None
    description: str | None = None
    primary_key: str = "integer"
    timestamps: bool = True
    paging: str = "offset"
    operations: list[str] | None = None
    fields: list[FieldDraft] = field(default_factory=list)
    unique: list[list[str]] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        """Return the entity as it is written, without what is a default."""
        written: dict[str, Any] = {"name": self.name}
        written |= {"table": self.table} if self.table else {}
        written |= {"description": self.description} if self.description else {}
        written |= {"primary_key": self.primary_key} if self.primary_key != "integer" else {}
        written |= {} if self.timestamps else {"timestamps": False}
        written |= {"paging": self.paging} if self.paging != "offset" else {}
        written["fields"] = self.fields
        written |= {"unique": self.unique} if self.unique else {}
        written |= {"operations": self.operations} if self.operations is not None else {}
        return written


# ------------------------------------------------------------------------------------------------------------ texts
def one_line(text: str | None) -> str | None:
    """Return a text on one line without control characters, or None where nothing is left."""
    if text is None:
        return None
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split()) or None


# ------------------------------------------------------------------------------------------------------------ names
def plain(text: str) -> str:
    """Spell a name in ASCII, from its first letter on."""
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    text = "".join(char for char in spread if not unicodedata.combining(char))
    return re.sub(r"^[^A-Za-z]+", "", re.sub(r"[^A-Za-z0-9]+", "_", text))


def free_field_name(text: str, taken: Iterable[str]) -> str | None:
    """Return a valid name near to some text that is not taken yet, or None where there is none."""
    used = set(taken)
    near = naming.snake(plain(text))
    candidates = [near, naming.BETTER_FIELDS.get(near, f"{near}_value")]
    candidates += [f"{near}_value", *(f"{near}_{number}" for number in range(2, 10))]
    short = near[: naming.LONGEST_NAME - 2].rstrip("_")
    candidates += [short, *(f"{short}_{number}" for number in range(2, 10))]
    return next((one for one in candidates if naming.field_name_fault(one) is None and one not in used), None)


def free_entity_name(text: str) -> Iterator[str]:
    """Yield valid entity names near to some text, the nearest first."""
    near = text if entities.entity_name_fault(text) is None else naming.pascal(plain(text))
    short = near[: naming.LONGEST_NAME - len("Record2")]
    for one in (near, f"{near}Record", short, f"{short}Record", *(f"{short}Record{n}" for n in range(2, 10))):
        if entities.entity_name_fault(one) is None:
            yield one


def app_name(*texts: str) -> str:
    """Return the first text that gives a valid application name."""
    for text in texts:
        near = naming.kebab(plain(text))
        for one in (near, f"{near}-api"):
            if naming.app_name_fault(one) is None:
                return one
    return "imported-api"


def name_entities(drafts: list[EntityDraft], report: Report) -> None:
    """Give every draft a name that clashes with no other; references follow."""
    taken: set[tuple[str, str]] = set()
    for draft in drafts:
        before = draft.name
        draft.name = next((one for one in free_entity_name(before) if not _claims(one, draft.table) & taken), before)
        taken |= _claims(draft.name, draft.table)
        if draft.name != before:
            report.note(draft.where, f"the name {before} is not free: called {draft.name}")
        if draft.table == naming.snake(naming.plural(draft.name)):
            draft.table = None
    names = {draft.key: draft.name for draft in drafts}
    for draft in drafts:
        for one_field in draft.fields:
            if "to" in one_field:
                one_field["to"] = names[one_field["to"]]


def _claims(name: str, table: str | None) -> set[tuple[str, str]]:
    """Return every name that an entity would take for itself."""
    entity = entities.Entity(name=name, table=table)
    claims = {("file", entity.snake.replace("_", "")), ("route", entity.plural_kebab), ("table", entity.table_name)}
    return claims | {("metric", entity.plural_snake + end) for end in ("", "_created", "_updated", "_deleted")}


# ----------------------------------------------------------------------------------------------------------- fields
def add_field(draft: EntityDraft, made: FieldDraft, where: str, report: Report) -> str | None:
    """Add a field under a free name and without what the entity format refuses; return the name it got."""
    before = made["name"]
    is_reference = made["type"] == "reference"
    taken = {name for one in draft.fields for name in (one["name"], _column(one))}
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
    made = {key: value for key, value in {**made, "name": name}.items() if _says_something(key, value)}
    if made["type"] in _TEXT_TYPES and _SECRET.search(name):
        report.note(where, "looks like a secret: write_only, so that no response shows it")
        made["write_only"] = True
    made = accepted(made, where, report)
    draft.fields.append({key: made[key] for key in sorted(made, key=_ORDER.index)})
    return name


def _says_something(option: str, value: object) -> bool:
    """Tell whether an option is more than its own default; a default of false is."""
    return value is not None and (value is not False or option == "default")


def _column(one: FieldDraft) -> str:
    return f"{one['name']}_id" if one["type"] == "reference" else str(one["name"])


def accepted(made: FieldDraft, where: str, report: Report) -> FieldDraft:
    """Return a field that the entity format accepts: what it refuses is left out, and that is noted."""
    made = _fitted(made, where, report)
    while faults := _faults(made):
        option = next(
            (one for one in _DISPENSABLE if one in made and len(_faults(_without(made, one))) < len(faults)), ""
        )
        if option:
            report.note(where, f"{option} not carried over: {faults[0]}")
            made = _without(made, option)
        elif made["type"] == "enum":
            report.note(where, f"made a string: {faults[0]}")
            made = {**_without(made, "values"), "type": "string"}
        else:
            report.note(where, faults[0])
            break
    return made


def _without(made: FieldDraft, option: str) -> FieldDraft:
    return {key: value for key, value in made.items() if key != option}


def _faults(made: FieldDraft) -> list[str]:
    """Return what the entity format has against one field."""
    alone = dict(made)
    if "to" in made:
        alone["to"] = "Probe"  # it refers to itself, which must not be required
        alone.pop("required", None)
        alone.pop("inverse", None)  # settle_inverses looks after it
    if made["type"] == "reference" and made.get("required") and made.get("on_delete") == "set_null":
        return ["set null needs a field that may be null"]
    try:
        entities.parse([{"name": "Probe", "fields": [alone]}])
    except entities.EntityFaults as error:
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
        if example is None or _faults(made):
            report.note(where, f"pattern not carried over, no example was found for it: {made['pattern']!r}")
            made.pop("pattern")
            made.pop("example", None)
    return made


def settle_inverses(drafts: list[EntityDraft], report: Report) -> None:
    """Spell the inverse of each relation as a field's name, and drop those that are not free where they would be."""
    taken = {one.key: {name for made in one.fields for name in (made["name"], _column(made))} for one in drafts}
    for draft in drafts:
        for made in draft.fields:
            if made.get("inverse") is None:
                continue
            name, others = naming.snake(made["inverse"]), taken[made["to"]]
            if naming.field_name_fault(name) is None and name not in others:
                made["inverse"] = name
                others.add(name)
            else:
                where = f"{draft.where}: {draft.key}.{made['name']}"
                report.note(where, f"inverse {made.pop('inverse')} not carried over: {made['to']} has no room for it")


def settle_groups(draft: EntityDraft, report: Report) -> None:
    """Drop the groups of unique fields that no index holds."""
    fields = [
        {**one, "to": "Probe", "required": False, "default": None} if "to" in one else one for one in draft.fields
    ]
    for group in list(draft.unique):
        try:
            entities.parse([{"name": "Probe", "fields": fields, "unique": [group]}])
        except entities.EntityFaults as error:
            told = next((line for line in error.lines if line.startswith("Probe: unique")), None)
            if told is not None:
                report.note(draft.where, f"unique ({', '.join(group)}) not carried over: {told.partition(': ')[2]}")
                draft.unique.remove(group)


def loosen_circles(drafts: list[EntityDraft], report: Report) -> None:
    """Drop `required` from references that go round in a circle: no first row could ever be made."""
    by_name = {draft.name: draft for draft in drafts}
    done: set[str] = set()

    def visit(draft: EntityDraft, path: list[str]) -> None:
        for one in draft.fields:
            if one["type"] != "reference" or not one.get("required") or one["to"] not in by_name:
                continue
            if one["to"] in [*path, draft.name]:
                del one["required"]
                names = " -> ".join([*path, draft.name, one["to"]])
                report.note(draft.where, f"field {one['name']}: required references go round ({names}): may be null")
            elif one["to"] not in done:
                visit(by_name[one["to"]], [*path, draft.name])
        done.add(draft.name)

    for draft in drafts:
        if draft.name not in done:
            visit(draft, [])


# ------------------------------------------------------------------------------------------------------------- file
def faults_of(drafts: list[EntityDraft], *, sqlite: bool = False) -> list[str]:
    """Return what the entity format has against the drafts: nothing, unless an importer is at fault."""
    try:
        entities.parse([draft.answer() for draft in drafts], sqlite=sqlite)
    except entities.EntityFaults as error:
        return error.lines
    return []


def document(
    drafts: list[EntityDraft], *, comment: str, name: str, description: str, database: str | None = None
) -> str:
    """Return the answers file: long form, one field a line."""
    lines = [
        "---",
        f"# {one_line(comment)}"[:_LINE],
        _scalar("app_name", name),
        _scalar("app_description", description),
    ]
    if database is not None:
        lines.append(_scalar("database", database))
    if not drafts:
        return "\n".join([*lines, "entities: []", ""])
    lines.append("entities:")
    for draft in drafts:
        lines += _entity_lines(draft.answer())
    return "\n".join([*lines, ""])


def _entity_lines(answer: dict[str, Any]) -> Iterator[str]:
    bullet = "  - "
    for key, value in answer.items():
        if key == "fields" and value:
            yield "    fields:"
            for one in value:
                yield from _field_lines(one)
        else:
            yield from _indented(_block(key, value, 4), bullet, "    ")
        bullet = "    "


def _field_lines(one: FieldDraft) -> Iterator[str]:
    line = "      - " + _dump(one, default_flow_style=True, width=10**9)
    if len(line) <= _LINE:
        yield line
        return
    bullet = "      - "
    for key, value in one.items():
        yield from _indented(_block(key, value, 8), bullet, "        ")
        bullet = "        "


def _indented(text: str, first: str, other: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n")):
        yield (other if number else first) + line if line else ""


def _block(key: str, value: object, indent: int) -> str:
    """Return `key: value`, broken where it is too long for a line; lists and mappings in flow style."""
    width = _LINE - indent - 20
    if not isinstance(value, (list, dict)):
        text = _dump({key: value}, default_flow_style=False, width=width)
        too_long = max(map(len, text.split("\n"))) > _LINE - indent
        return _cut(key, value, width) if too_long and isinstance(value, str) else text
    first, *others = _dump(value, default_flow_style=True, width=width).split("\n")
    return "\n".join([f"{key}: {first}", *(f"  {line}" for line in others)])


def _cut(key: str, value: str, width: int) -> str:
    """Return `key: "value"` with a long word cut into pieces: a backslash at a line's end joins it to the next."""
    quoted = yaml.dump(value, default_style='"', width=10**9, allow_unicode=True).rstrip("\n")
    pieces = [""]
    for char in re.findall(r"\\x..|\\u.{4}|\\U.{8}|\\.|.", quoted):
        if len(pieces[-1]) + len(char) >= width - len(key):
            pieces.append("")
        pieces[-1] += "\\ " if char == " " and not pieces[-1] else char
    return f"{key}: " + "\\\n  ".join(pieces)


def _scalar(key: str, value: str) -> str:
    return _dump({key: value}, default_flow_style=False, width=_LINE - 20)


def _dump(value: object, *, default_flow_style: bool, width: int) -> str:
    text = yaml.safe_dump(
        value, default_flow_style=default_flow_style, width=width, sort_keys=False, allow_unicode=True
    )
    return text.rstrip("\n")


def deliver(text: str, output: Path | None) -> None:
    """Write the file, or print it."""
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")
