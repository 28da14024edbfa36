"""Closed lists of values: booleans and enums."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from ...wording import duplicates, shorten
from .base import EQUALITY, FieldType, from_field_types

if TYPE_CHECKING:
    from ..fields import Field

LONGEST_CHOICE = 50  # the column of an enum, app.core.model.enum_type


class Boolean(FieldType):
    """True or false."""

    name = "boolean"
    summary = "true or false"
    aliases = ("bool",)
    operators = ("eq", "isnull")
    python = "bool"
    request = "BodyBool"
    column = "sa.Boolean()"
    migration = "sa.Boolean()"
    imports = from_field_types("BodyBool", "QueryBool")
    record = "boolean"
    samples = (True, False)
    invalid = "perhaps"

    def error(self, field: Field, value: object) -> str | None:
        """Reject numbers and words."""
        return None if isinstance(value, bool) else f"is {shorten(value)}: write true or false"

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """Each database has words of its own."""
        return "sa.true()" if field.default else "sa.false()"

    def compared_type(self, field: Field, operator: str) -> str:
        """It is a word in a query string."""
        return "QueryBool"


class Enum(FieldType):
    """One of the values that the field lists; each field has a class of its own."""

    name = "enum"
    summary = "one of `values`"
    aliases = ("choice",)
    options = frozenset({"values"})
    operators = EQUALITY
    python = ""
    request = ""
    column = "enum_type({enum_class})"
    migration = f"sa.String(length={LONGEST_CHOICE})"
    imports = (*from_field_types("StoredEnum"), "app.core.model.enum_type", "enum.StrEnum")
    record = "enum"
    samples = ("", "")
    invalid = "not-a-choice"

    def error(self, field: Field, value: object) -> str | None:
        """Check that it is listed."""
        listed = field.values or []
        return None if value in listed else f"is {shorten(value)}: write one of {', '.join(listed)}"

    def adopt(self, options: dict[str, Any]) -> str | None:
        """Make text of values that YAML reads as numbers; reject what it reads as truth."""
        values = options.get("values")
        if isinstance(values, list):
            truths = [value for value in values if isinstance(value, bool)]
            if truths:
                word = "yes, on or true" if truths[0] else "no, off or false"
                return f"values holds what YAML reads as {str(truths[0]).lower()}: put {word} in quotes"
            options["values"] = [_yaml_word(value) for value in values]
        options |= {option: _yaml_word(options[option]) for option in ("default", "example") if option in options}
        return None

    def option_errors(self, field: Field, *, entities: Collection[str], sqlite: bool) -> Iterator[str]:
        """Check the values."""
        values = field.values or []
        if not values:
            yield "an enum needs values: add values: [open, done]"
        for value in duplicates(values):
            yield f"value {shorten(value)} is there twice: remove one"
        for value in values:
            if not value.strip() or len(value) > LONGEST_CHOICE or not value.isprintable():
                yield f"value {shorten(value)} must be 1 to {LONGEST_CHOICE} printable characters: shorten or rename it"

    def sample(self, field: Field, number: int) -> object:
        """Return the first or second value."""
        values = field.values or [""]
        return values[min(number, len(values)) - 1]

    def python_type(self, field: Field) -> str:
        """Return the field's class."""
        return field.enum_class

    def request_type(self, field: Field) -> str:
        """Return the field's class."""
        return field.enum_class

    def response_type(self, field: Field) -> str:
        """A row may hold a value of before."""
        return f"StoredEnum[{field.enum_class}]"

    def request_default(self, field: Field) -> str:
        """Return the member of the class."""
        return f"{field.enum_class}.{field.members[field.default]}"

    def column_options(self, field: Field) -> dict[str, object]:
        """Return the field's class."""
        return {"enum_class": field.enum_class}

    def recorded(self, field: Field) -> dict[str, Any]:
        """Add the values."""
        return {"kind": self.record, "values": list(field.members)}

    def index_bytes(self, field: Field) -> int:
        """Return those of the longest value."""
        return 4 * LONGEST_CHOICE + 4


def _yaml_word(value: object) -> object:
    """YAML reads `on`, `yes` and 1 as something else than the words that were meant."""
    return value if isinstance(value, bool) or not isinstance(value, (int, float)) else str(value)


def enum_member(value: str) -> str:
    """Return a Python name for an enum value: in-progress -> IN_PROGRESS, 2nd -> VALUE_2ND, - -> VALUE."""
    member = "_".join("".join(c if c.isascii() and c.isalnum() else " " for c in value).upper().split())
    return member if member and not member[0].isdigit() else f"VALUE_{member}".rstrip("_")
