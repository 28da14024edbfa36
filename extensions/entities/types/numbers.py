"""Numbers: whole ones, and floats."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Collection, Iterator
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, ClassVar

from ...literals import literal
from ...wording import EXACT, number, shorten
from .base import ORDER, FieldType, from_field_types

if TYPE_CHECKING:
    from ..fields import Field

INT32 = 2**31 - 1
INT64 = 2**63 - 1

RANGE = frozenset({"min", "max"})


class Number(FieldType):
    """What all numbers have in common."""

    operators = ORDER
    options = RANGE
    samples: ClassVar[tuple[object, object]] = (1, 2)
    invalid = "one"

    @abstractmethod
    def column_error(self, field: Field, value: Decimal) -> str | None:
        """Return why a column of the type cannot hold a number, or None."""

    def error(self, field: Field, value: object) -> str | None:
        """Check that it is a number that the column holds, and the bounds."""
        found = number(value)
        if found is None:
            return f"is {shorten(value)}: write a number"
        return self.column_error(field, found) or _outside(field, found)

    def option_errors(self, field: Field, *, entities: Collection[str], sqlite: bool) -> Iterator[str]:
        """Check the bounds."""
        bounds: dict[str, Decimal] = {}
        for option in ("min", "max"):
            value = getattr(field, option)
            if value is None:
                continue
            bound = number(value)
            if bound is None:
                yield f"{option} is {shorten(value)}: write a number"
            elif error := self.column_error(field, bound):
                yield f"{option} {error}"
            else:
                bounds[option] = bound
        if len(bounds) > 1 and bounds["min"] > bounds["max"]:
            yield f"min {bounds['min']} is larger than max {bounds['max']}: swap them"

    def step(self, field: Field) -> Decimal:
        """Return a distance between two samples."""
        return Decimal(1)

    def sample(self, field: Field, number: int) -> object:
        """Return the first or second step up from the smallest allowed, or from 0."""
        with localcontext(EXACT):
            step = self.step(field)
            low = Decimal(str(field.min)) if field.min is not None else None
            high = Decimal(str(field.max)) if field.max is not None else None
            value = step * number
            if low is not None and value < low:
                value = low + step * (number - 1)
            if high is not None and value > high:
                value = high - step * (number - 1)
            if low is not None and value < low:
                value = low
        return self.json(field, value)

    def rejected(self, field: Field) -> list[str]:
        """A number below the smallest, and one above the largest."""
        return [literal(int(bound) + sign) for bound, sign in _bounds(field)]

    def rules(self, field: Field) -> list[str]:
        """The bounds."""
        bounds = {"ge": field.min, "le": field.max}
        return [f"{name}={literal(self.value(field, bound))}" for name, bound in bounds.items() if bound is not None]

    def value(self, field: Field, value: Any) -> Any:
        """Return a valid value as Python compares it."""
        return self.json(field, value)

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """An SQL expression, so that it has no quotes."""
        return f'sa.text("{self.json(field, field.default)}")'


def _bounds(field: Field) -> list[tuple[Decimal, int]]:
    return [(Decimal(str(bound)), sign) for bound, sign in ((field.min, -1), (field.max, 1)) if bound is not None]


def _outside(field: Field, value: Decimal) -> str | None:
    low, high = number(field.min), number(field.max)
    if low is not None and value < low:
        return f"{value} is less than min {low}"
    if high is not None and value > high:
        return f"{value} is more than max {high}"
    return None


class WholeNumber(Number):
    """What whole numbers have in common."""

    python = "int"
    record = "integer"
    largest: ClassVar[int]
    larger: ClassVar[str]
    """The type that holds larger ones."""

    def column_error(self, field: Field, value: Decimal) -> str | None:
        """Check that it is whole, and not too large."""
        if value != value.to_integral_value():
            return f"is {shorten(value)}: write a whole number"
        if not -self.largest - 1 <= value <= self.largest:
            return f"is out of the range of {self.name}: use {self.larger}"
        return None

    def json(self, field: Field, value: Any) -> Any:
        """Return it as int."""
        return int(Decimal(str(value)))

    def compared_type(self, field: Field, operator: str) -> str:
        """Return the type that is written in digits."""
        return self.request_type(field).replace("Body", "Query")

    def narrowed(self, field: Field, parts: list[str]) -> list[str]:
        """With bounds: they go before the check that it is no text."""
        return [self.request.removeprefix("Body"), *parts, "NUMBER"] if parts else []


class Integer(WholeNumber):
    """A whole number of 32 bits."""

    name = "integer"
    summary = "a whole number of 32 bits"
    aliases = ("int", "int32", "smallint")
    request = "BodyInt32"
    column = "sa.Integer()"
    migration = "sa.Integer()"
    imports = from_field_types("BodyInt32", "Int32", "NUMBER", "QueryInt32", "StoredInt32")
    largest = INT32
    larger = "bigint"

    def response_type(self, field: Field) -> str:
        """Return the type that names its size."""
        return "StoredInt32"


class BigInt(WholeNumber):
    """A whole number of 64 bits."""

    name = "bigint"
    summary = "a whole number of 64 bits"
    aliases = ("long", "int64", "biginteger")
    request = "BodyInt64"
    column = "sa.BigInteger()"
    migration = "sa.BigInteger()"
    options = RANGE | {"as_text"}
    imports = from_field_types("AsText", "BodyInt64", "Int64", "Int64Text", "NUMBER", "QueryInt64", "StoredInt64Text")
    largest = INT64
    larger = "decimal"

    def value(self, field: Field, value: Any) -> Any:
        """Return it as int."""
        return super().json(field, value)

    def json(self, field: Field, value: Any) -> Any:
        """Return it as text where the field says so."""
        return str(self.value(field, value)) if field.as_text else self.value(field, value)

    def request_type(self, field: Field) -> str:
        """Return the type that is a number in JSON, or text."""
        return "Int64Text" if field.as_text else self.request

    def response_type(self, field: Field) -> str:
        """Return the type that is a number in JSON, or text."""
        return "StoredInt64Text" if field.as_text else self.python

    def narrowed(self, field: Field, parts: list[str]) -> list[str]:
        """With bounds: they go before the mark of text, too."""
        return ["Int64", *parts, "AsText()"] if parts and field.as_text else super().narrowed(field, parts)

    def request_default(self, field: Field) -> str:
        """Return what is read as in a request."""
        found = literal(self.json(field, field.default))
        return f"Field(default={found}, validate_default=True)" if field.as_text else found


class Float(Number):
    """A number in double precision."""

    name = "float"
    summary = "a number in double precision"
    aliases = ("double", "number", "real")
    python = "float"
    request = "BodyFloat"
    column = "sa.Double()"
    migration = "sa.Double()"
    imports = from_field_types("BodyFloat", "Float")
    record = "float"
    samples = (1.5, 2.5)

    def column_error(self, field: Field, value: Decimal) -> str | None:
        """Check that it is not too large."""
        return None if math.isfinite(float(value)) else f"is {shorten(str(value))}: no float is that large"

    def json(self, field: Field, value: Any) -> Any:
        """Return it as float."""
        return float(Decimal(str(value)))

    def rejected(self, field: Field) -> list[str]:
        """A big float may have no neighbour at a distance of 1."""
        beyond = [(float(bound + sign), float(bound)) for bound, sign in _bounds(field)]
        return [literal(value) for value, bound in beyond if value != bound]
