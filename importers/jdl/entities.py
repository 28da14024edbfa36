"""Entities and their fields."""

from __future__ import annotations

import difflib
from decimal import Decimal
from typing import Final

from extensions import entities, naming
from extensions.entities.types import TYPES as TYPES_OF_FIELDS
from importers.draft import EntityDraft, FieldDraft, one_line
from importers.fields import add_field

from . import model
from .step import Step

TYPES: Final = {
    "String": "string", "TextBlob": "text", "Integer": "integer", "Long": "bigint", "BigDecimal": "decimal",
    "Float": "float", "Double": "float", "Boolean": "boolean", "LocalDate": "date", "LocalTime": "time",
    "Instant": "datetime", "ZonedDateTime": "datetime", "OffsetDateTime": "datetime", "LocalDateTime": "datetime",
    "UUID": "uuid", "Duration": "string",
}  # fmt: skip
"""A type of JDL, and ours."""

BINARY: Final = ("Blob", "AnyBlob", "ImageBlob")

_DIGITS: Final = (18, 2)
"""Precision and scale of a BigDecimal, which has neither: SQLite holds no more, and JHipster's columns have 2."""

_DURATION: Final = {"max_length": 64, "example": "PT1H30M"}


class Entities(Step):
    """Turn the entities of a document into drafts."""

    def run(self) -> None:
        """Add a draft of every entity."""
        self._enums = {enum.name: enum for enum in self._found.enums}
        for entity in self._found.entities:
            self._drafts[entity.name] = self._entity(entity)

    def _entity(self, entity: model.Entity) -> EntityDraft:
        where = self._where(entity.place)
        draft = EntityDraft(entity.name, entity.name, where, description=one_line(entity.doc))
        draft.table = self._table(entity)
        for field in entity.fields:
            self._field(draft, field)
        return draft

    def _table(self, entity: model.Entity) -> str | None:
        if entity.table is None:
            return None
        name = naming.snake(entity.table)
        try:
            entities.parse([{"name": "Probe", "table": name}])
        except entities.EntitiesError:
            self._note(entity.place, f"table name {entity.table} not carried over: it is no plain name")
            return None
        if name != entity.table:
            self._note(entity.place, f"table name {entity.table} is written {name}")
        return name

    def _field(self, draft: EntityDraft, field: model.Field) -> None:
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

    def _primary_key(self, draft: EntityDraft, field: model.Field) -> None:
        """Make of a field the entity's primary key, which is always there and called id."""
        if field.type == "UUID":
            draft.primary_key = "uuid"
        elif field.type not in {"Long", "Integer"}:
            self._note(
                field.place, f"{draft.key}.{field.name}: a {field.type} is no primary key here: id is an integer"
            )
        if field.name != "id":
            self._note(field.place, f"{draft.key}.{field.name}: the primary key is called id")

    def _typed(self, draft: EntityDraft, field: model.Field) -> FieldDraft | None:
        """Return the field with its type, or None after an error."""
        if (enum := self._enums.get(field.type)) is not None:
            return {"name": field.name, "type": "enum", "values": [value.name for value in enum.values]}
        if field.type not in TYPES:
            near = difflib.get_close_matches(field.type, [*TYPES, *BINARY, *self._enums], n=1)
            fix = f"did you mean {near[0]}?" if near else f"declare enum {field.type}, or write {', '.join(TYPES)}"
            self._error(field.type_place, f"{draft.key}.{field.name} has an unknown type {field.type}", fix)
            return None
        made: FieldDraft = {"name": field.name, "type": TYPES[field.type]}
        if field.type == "Duration":
            made |= _DURATION
            self._note(field.place, f"{draft.key}.{field.name}: a Duration is carried over as a string such as PT1H30M")
        if field.type == "LocalDateTime":
            self._note(field.place, f"{draft.key}.{field.name}: a LocalDateTime is carried over with a time zone")
        return made

    def _validation(self, made: FieldDraft, validation: model.Validation, label: str) -> None:
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
        self, made: FieldDraft, validation: model.Validation, label: str, *, whole: bool
    ) -> int | float | str | None:
        """Return the number of a validation, be it written or a constant."""
        text = validation.value or ""
        if not text[0].isdigit() and text[0] != "-":
            near = difflib.get_close_matches(text, self._found.constants, n=1)
            fix = f"did you mean {near[0]}?" if near else f"declare {text} = 10, or write the number"
            if text not in self._found.constants:
                self._error(validation.place, f"{label}: there is no constant {text}", fix)
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
