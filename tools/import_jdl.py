"""Turn a JHipster JDL file into an answers file: `python -m tools.import_jdl model.jdl -o answers.yml`."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from extensions import entities, naming
from extensions.entities.types import TYPES as TYPES_OF_FIELDS

from . import jdl
from .answers_file import (
    EntityDraft,
    FieldDraft,
    Report,
    add_field,
    app_name,
    deliver,
    document,
    faults_of,
    loosen_circles,
    name_entities,
    one_line,
    settle_inverses,
)

TYPES: Final = {
    "String": "string", "TextBlob": "text", "Integer": "integer", "Long": "bigint", "BigDecimal": "decimal",
    "Float": "float", "Double": "float", "Boolean": "boolean", "LocalDate": "date", "LocalTime": "time",
    "Instant": "datetime", "ZonedDateTime": "datetime", "OffsetDateTime": "datetime", "LocalDateTime": "datetime",
    "UUID": "uuid", "Duration": "string",
}  # fmt: skip
"""A type of JDL, and ours."""

BINARY: Final = ("Blob", "AnyBlob", "ImageBlob")
BUILT_IN: Final = ("User", "Authority", "UserManagement")
"""Entities that every JHipster application has without declaring them."""

_ON_DELETE: Final = {"CASCADE": "cascade", "SET NULL": "set_null", "RESTRICT": "restrict", "NO ACTION": "restrict"}
_DIGITS: Final = (18, 2)
"""Precision and scale of a BigDecimal, which has neither: SQLite holds no more, and JHipster's columns have 2."""
_DURATION: Final = {"max_length": 64, "example": "PT1H30M"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0: done, 1: the file has faults, 2: it was called wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tools.import_jdl", description="JHipster JDL to answers file")
    parser.add_argument("file", type=Path, help="the JDL file")
    parser.add_argument("-o", "--output", type=Path, help="the answers file to write (printed unless given)")
    options = parser.parse_args(arguments)
    try:
        text = options.file.read_text(encoding="utf-8-sig")
    except OSError as error:
        parser.error(f"cannot read {options.file}: {error.strerror}")
    except UnicodeDecodeError:
        print(f"{options.file}:1:1: the file is not UTF-8: save it as UTF-8", file=sys.stderr)
        return 1
    report = Report()
    made, faults = convert(text, options.file.name, report)
    report.lines.sort(key=_line_number)
    report.print()
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    try:
        deliver(made, options.output)
    except OSError as error:
        parser.error(f"cannot write {options.output}: {error.strerror}")
    return 0


def convert(text: str, file_name: str, report: Report) -> tuple[str, list[str]]:
    """Return the answers file made of a JDL text, and the faults of that text: with any, there is no file."""
    found = jdl.parse(text)
    importer = _Importer(found, file_name, report)
    drafts = importer.drafts() if not found.faults else []
    faults = [f"{file_name}:{fault}" for fault in sorted(found.faults, key=lambda fault: fault.place)]
    faults = faults or [f"{file_name}: {line}" for line in faults_of(drafts)]
    if not faults and not drafts:
        faults = [f"{file_name}: there is no entity: declare one, such as entity Product {{ name String }}"]
    if faults:
        return "", faults
    stem = Path(file_name).stem
    name = app_name(found.base_name or "", stem)
    comment = f"Made from {file_name} (JHipster JDL) by tools.import_jdl."
    return document(drafts, comment=comment, name=name, description=f"Made from {one_line(file_name)}."), []


class _Importer:
    """Turns what a JDL file says into drafts."""

    def __init__(self, found: jdl.Document, file_name: str, report: Report) -> None:
        self._found = found
        self._file = file_name
        self._report = report
        self._enums = {enum.name: enum for enum in found.enums}
        self._drafts: dict[str, EntityDraft] = {}

    def drafts(self) -> list[EntityDraft]:
        """Return the entities; faults go to the document's."""
        self._check_names()
        if self._found.faults:
            return []
        for entity in self._found.entities:
            self._drafts[entity.name] = self._entity(entity)
        for relationship in self._found.relationships:
            self._relationship(relationship)
        if self._found.faults:
            return []
        self._options()
        self._enum_labels()
        drafts = list(self._drafts.values())
        settle_inverses(drafts, self._report)
        name_entities(drafts, self._report)
        loosen_circles(drafts, self._report)
        return drafts

    # ---------------------------------------------------------------------------------------------------------- faults
    def _fault(self, place: jdl.Place, what: str, mend: str) -> None:
        self._found.faults.append(jdl.JdlError(place, what, mend))

    def _where(self, place: jdl.Place) -> str:
        return f"{self._file}:{place}"

    def _note(self, place: jdl.Place, what: str) -> None:
        self._report.note(self._where(place), what)

    def _check_names(self) -> None:
        """Find what is declared twice, empty or called too long.

        An entity and an enum may share a name, as in JHipster: a field is of the enum, a relationship of the entity.
        """
        self._check_twice(self._found.entities)
        self._check_twice(self._found.enums)
        for entity in self._found.entities:
            if len(entity.name) > naming.LONGEST_NAME:
                mend = f"use at most {naming.LONGEST_NAME}"
                self._fault(entity.place, f"the name {entity.name} has {len(entity.name)} characters", mend)
            self._merge_fields(entity)
        for enum in self._found.enums:
            if not enum.values:
                self._fault(enum.place, f"enum {enum.name} has no values", "write names such as OPEN, with commas")

    def _check_twice(self, declared: Sequence[jdl.Entity | jdl.Enum]) -> None:
        seen: dict[str, jdl.Place] = {}
        for one in declared:
            first = seen.setdefault(one.name, one.place)
            if first is not one.place:
                self._fault(
                    one.place, f"{one.name} is declared twice, first in line {first.line}", "rename or remove one"
                )

    def _merge_fields(self, entity: jdl.Entity) -> None:
        """Keep one of the fields that are declared twice alike; others of one name are faults."""
        seen: dict[str, jdl.Field] = {}
        for field in entity.fields:
            first = seen.setdefault(field.name, field)
            if first is field:
                continue
            if first.says() == field.says():
                self._note(field.place, f"{entity.name}.{field.name} is there twice, and alike: carried over once")
            else:
                self._fault(field.place, f"{entity.name}.{field.name} is there twice", "rename or remove one")
        entity.fields = list(seen.values())

    # -------------------------------------------------------------------------------------------------------- entities
    def _entity(self, entity: jdl.Entity) -> EntityDraft:
        where = self._where(entity.place)
        draft = EntityDraft(entity.name, entity.name, where, description=one_line(entity.doc))
        draft.table = self._table(entity)
        for field in entity.fields:
            self._field(draft, field)
        return draft

    def _table(self, entity: jdl.Entity) -> str | None:
        if entity.table is None:
            return None
        name = naming.snake(entity.table)
        try:
            entities.parse([{"name": "Probe", "table": name}])
        except entities.EntityFaults:
            self._note(entity.place, f"table name {entity.table} not carried over: it is no plain name")
            return None
        if name != entity.table:
            self._note(entity.place, f"table name {entity.table} is written {name}")
        return name

    def _field(self, draft: EntityDraft, field: jdl.Field) -> None:
        label = f"{draft.key}.{field.name}"
        where = f"{self._where(field.place)}: {label}"
        if field.name == "id" or any(one.name == "id" for one in field.annotations):
            self._primary_key(draft, field)
            return
        if naming.snake(field.name) in {"created_at", "updated_at"} and TYPES.get(field.type) == "datetime":
            self._note(field.place, f"{label} comes from timestamps, which set it")
            return
        if field.type in BINARY:
            self._note(field.place, f"{label} not carried over: {field.type} holds a file, and no type does")
            return
        made = self._typed(draft, field)
        if made is None:
            return
        made["description"] = one_line(field.doc)
        for validation in field.validations:
            self._validation(made, validation, label)
        for annotation in field.annotations:
            self._note(annotation.place, f"{label}: annotation @{annotation.name} not carried over")
        if made["type"] == "decimal":
            made |= _digits(made)
        add_field(draft, made, where, self._report)

    def _primary_key(self, draft: EntityDraft, field: jdl.Field) -> None:
        """Make of a field the entity's primary key, which is always there and called id."""
        if field.type == "UUID":
            draft.primary_key = "uuid"
        elif field.type not in {"Long", "Integer"}:
            self._note(
                field.place, f"{draft.key}.{field.name}: a {field.type} is no primary key here: id is an integer"
            )
        if field.name != "id":
            self._note(field.place, f"{draft.key}.{field.name}: the primary key is called id")

    def _typed(self, draft: EntityDraft, field: jdl.Field) -> FieldDraft | None:
        """Return the field with its type, or None after a fault."""
        if (enum := self._enums.get(field.type)) is not None:
            return {"name": field.name, "type": "enum", "values": [value.name for value in enum.values]}
        if field.type not in TYPES:
            near = difflib.get_close_matches(field.type, [*TYPES, *BINARY, *self._enums], n=1)
            mend = f"did you mean {near[0]}?" if near else f"declare enum {field.type}, or write {', '.join(TYPES)}"
            self._fault(field.type_place, f"{draft.key}.{field.name} has an unknown type {field.type}", mend)
            return None
        made: FieldDraft = {"name": field.name, "type": TYPES[field.type]}
        if field.type == "Duration":
            made |= _DURATION
            self._note(field.place, f"{draft.key}.{field.name}: a Duration is carried over as a string such as PT1H30M")
        if field.type == "LocalDateTime":
            self._note(field.place, f"{draft.key}.{field.name}: a LocalDateTime is carried over with a time zone")
        return made

    def _validation(self, made: FieldDraft, validation: jdl.Validation, label: str) -> None:
        rules = TYPES_OF_FIELDS[made["type"]].options
        option = {"minlength": "min_length", "maxlength": "max_length"}.get(validation.name, validation.name)
        if option in {"required", "unique"}:
            made[option] = True
        elif option not in rules:
            self._note(validation.place, f"{label}: {validation.name} not carried over: it fits no {made['type']}")
        elif option == "pattern":
            made["pattern"] = _anchored(validation.value or "")
        else:
            made[option] = self._number(made, validation, label, whole=option in {"min_length", "max_length"})

    def _number(
        self, made: FieldDraft, validation: jdl.Validation, label: str, *, whole: bool
    ) -> int | float | str | None:
        """Return the number of a validation, be it written or a constant."""
        text = validation.value or ""
        if not text[0].isdigit() and text[0] != "-":
            near = difflib.get_close_matches(text, self._found.constants, n=1)
            mend = f"did you mean {near[0]}?" if near else f"declare {text} = 10, or write the number"
            if text not in self._found.constants:
                self._fault(validation.place, f"{label}: there is no constant {text}", mend)
                return None
            text = self._found.constants[text]
        number = Decimal(text)
        if number == number.to_integral_value():
            if whole and number < (0 if validation.name == "minlength" else 1):
                self._note(validation.place, f"{label}: {validation.name}({text}) not carried over: it is too small")
                return None
            return int(number)
        if whole or made["type"] in {"integer", "bigint"}:
            self._note(validation.place, f"{label}: {validation.name}({text}) not carried over: it is no whole number")
            return None
        return float(number) if made["type"] == "float" or Decimal(str(float(number))) == number else str(number)

    # --------------------------------------------------------------------------------------------------- relationships
    def _relationship(self, found: jdl.Relationship) -> None:
        if not self._both_declared(found):
            return
        source, target = found.source, found.target
        for side in (source, target):
            if side.display is not None:
                what = f"{_sides(found)}: display field {side.display} not carried over: it is about pages"
                self._note(side.place, what)
        for method in found.methods:
            if method != "builtInEntity":
                self._note(found.place, f"{_sides(found)}: {method} not carried over")
        if found.kind == "ManyToMany":
            self._many_to_many(found)
        elif found.kind == "OneToMany":
            self._reference(found, owner=target, other=source)
        else:
            self._reference(found, owner=source, other=target, unique=found.kind == "OneToOne")

    def _both_declared(self, found: jdl.Relationship) -> bool:
        for side in (found.source, found.target):
            if side.entity in self._drafts:
                continue
            if side.entity in BUILT_IN or "builtInEntity" in found.methods:
                what = f"{_sides(found)} not carried over: {side.entity} is JHipster's own and not declared here"
                self._note(found.place, what)
            else:
                near = difflib.get_close_matches(side.entity, self._drafts, n=1)
                mend = f"did you mean {near[0]}?" if near else f"declare entity {side.entity}"
                self._fault(side.place, f"there is no entity {side.entity}", mend)
            return False
        return True

    def _reference(self, found: jdl.Relationship, *, owner: jdl.Side, other: jdl.Side, unique: bool = False) -> None:
        """Add the reference that holds a relationship: it stands in the owner's table."""
        draft = self._drafts[owner.entity]
        name = owner.attribute or naming.snake(other.entity)
        made: dict[str, Any] = {"name": name, "type": "reference", "to": other.entity, "required": owner.required}
        made |= {"unique": unique, "on_delete": self._on_delete(other), "description": one_line(owner.doc)}
        made["inverse"] = other.attribute
        for annotation in owner.annotations:
            reason = ": on this side it has no effect, only before the entity that is referred to"
            self._spare(annotation, owner, reason if annotation.name == "ondelete" else "")
        if other.required:
            what = f"{_sides(found)}: required on {other.entity}'s side not carried over: no row holds it"
            self._note(other.place, what)
        add_field(draft, made, f"{self._where(owner.place)}: {draft.key}.{name}", self._report)

    def _many_to_many(self, found: jdl.Relationship) -> None:
        """Add the field of the side that is named first; the other side shows it under its own name."""
        source, target = found.source, found.target
        draft = self._drafts[source.entity]
        name = source.attribute or naming.plural(naming.snake(target.entity))
        made: dict[str, Any] = {"name": name, "type": "many_to_many", "to": target.entity, "inverse": target.attribute}
        made["description"] = one_line(source.doc)
        for side in (source, target):
            for annotation in side.annotations:
                self._spare(annotation, side)
            if side.required:
                self._note(side.place, f"{_sides(found)}: required not carried over: a row is added after it is made")
        add_field(draft, made, f"{self._where(source.place)}: {draft.key}.{name}", self._report)

    def _on_delete(self, other: jdl.Side) -> str | None:
        """Return what happens to a reference when its row goes.

        JHipster writes it before the entity that is referred to: `Book to @OnDelete("CASCADE") Author`.
        """
        action: str | None = None
        for annotation in other.annotations:
            value = annotation.value or ""
            if annotation.name == "ondelete" and value in _ON_DELETE:
                action = _ON_DELETE[value]
            else:
                self._spare(annotation, other)
        return None if action == "restrict" else action

    def _spare(self, annotation: jdl.Annotation, side: jdl.Side, reason: str = "") -> None:
        value = f"({annotation.value})" if annotation.value else ""
        self._note(annotation.place, f"{side.entity}: annotation @{annotation.name}{value} not carried over{reason}")

    # --------------------------------------------------------------------------------------------------------- options
    def _options(self) -> None:
        """Carry over `readOnly` and `filter`; the others are about JHipster's own code."""
        for block in self._found.skipped:
            self._note(block.place, f"{block.text} not carried over: it is about JHipster's own code")
        for option in self._found.options:
            self._check_option(option)
            for name in self._drafts:
                if option.applies_to(name):
                    self._option(name, option.name, option.value, option.place)
        for entity in self._found.entities:
            for one in entity.annotations:
                self._option(entity.name, one.name, one.value, one.place)

    def _check_option(self, option: jdl.Option) -> None:
        for name in (*option.entities, *option.excluded):
            if name not in self._drafts and name not in {"*", "all", *BUILT_IN}:
                self._note(option.place, f"option {option.name} names {name}, which is no entity here")

    def _option(self, entity: str, option: str, value: str | None, place: jdl.Place) -> None:
        draft = self._drafts[entity]
        if option.lower() == "readonly" and value != "false":
            draft.operations = ["list", "read"]
        elif option.lower() == "paginate":
            draft.paging = "cursor" if value == "infinite-scroll" else "offset"
        elif option.lower() == "filter" and value != "false":
            draft.fields = [_filtered(one) for one in draft.fields]
        else:
            what = f" {value}" if value else ""
            self._note(place, f"option {option}{what} not carried over: it is about JHipster's own code")

    def _enum_labels(self) -> None:
        for enum in self._found.enums:
            labelled = next((value for value in enum.values if value.label is not None), None)
            if labelled is not None:
                what = f"enum {enum.name}: labels such as {labelled.label!r} not carried over"
                self._note(labelled.place, f"{what}: the API says {labelled.name}")


def _line_number(line: str) -> tuple[int, ...]:
    """Return the place that a line of the report tells of."""
    found = re.search(r":(\d+):(\d+): ", line)
    return tuple(map(int, found.groups())) if found else ()


def _sides(found: jdl.Relationship) -> str:
    return f"{found.source.entity} to {found.target.entity}"


def _anchored(pattern: str) -> str:
    r"""Return a pattern of Java, which must match the whole text, as one that may match anywhere."""
    pattern = pattern.replace(r"\/", "/")
    if pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith(r"\$") and "|" not in pattern:
        return pattern
    inner = pattern.removeprefix("^")
    if inner.endswith("$") and not inner.endswith(r"\$"):
        inner = inner[:-1]
    return f"^(?:{inner})$" if "|" in inner else f"^{inner}$"


def _digits(made: FieldDraft) -> dict[str, int]:
    """Return precision and scale that hold a decimal's bounds."""
    precision, scale = _DIGITS
    whole = precision - scale
    for bound in (made.get("min"), made.get("max")):
        if bound is not None:
            number = Decimal(str(bound))
            exponent = number.as_tuple().exponent
            scale = max(scale, -exponent if isinstance(exponent, int) else 0)
            whole = max(whole, number.adjusted() + 1)
    return {"precision": max(precision, whole + scale), "scale": scale}


def _filtered(made: FieldDraft) -> FieldDraft:
    """Return a field that lists can be filtered by, where its type allows."""
    kind = TYPES_OF_FIELDS[made["type"]]
    long_string = made["type"] == "string" and made.get("max_length", 255) > 600
    filterable = kind.operators and not long_string and not made.get("write_only")
    return {**made, "filter": True} if filterable else made


if __name__ == "__main__":
    raise SystemExit(main())
