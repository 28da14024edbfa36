"""Decimals: numbers of so many digits, kept exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...wording import digits_of, shorten
from .base import from_field_types
from .numbers import RANGE, Number

if TYPE_CHECKING:
    from ..fields import Field

SQLITE_DIGITS = 18  # what a 64-bit integer holds in full


class ExactDecimal(Number):
    """A number of so many digits in all, so many of them after the point."""

    name = "decimal"
    summary = "an exact number of at most `precision` digits, such as money"
    aliases = ("numeric", "money")
    options = RANGE | {"precision", "scale"}
    python = "Decimal"
    request = "Decimal"
    column = "sa.Numeric({precision}, {scale})"
    migration = "sa.Numeric(precision={precision}, scale={scale})"
    sqlite_column = "ScaledDecimal({scale})"
    sqlite_migration = "sa.BigInteger()"
    imports = (*from_field_types("Digits", "ExactDecimal"), "app.core.model.ScaledDecimal", "decimal.Decimal")
    record = "decimal"
    samples = ("1.00", "2.00")

    def column_error(self, field: Field, value: Decimal) -> str | None:
        """Check that the digits suffice."""
        whole, after = digits_of(value)
        precision, scale = field.digits
        fits = whole <= max(precision - scale, 0) and after <= scale
        if fits:
            return None
        return f"{shorten(value)} does not fit precision {precision} and scale {scale}: change one of them"

    def option_errors(self, field: Field, *, entities: Collection[str], sqlite: bool) -> Iterator[str]:
        """Check the digits, too."""
        yield from super().option_errors(field, entities=entities, sqlite=sqlite)
        precision, scale = field.digits
        if scale > precision:
            yield f"scale {scale} is larger than precision {precision}: a decimal has precision digits in all"
        if sqlite and precision > SQLITE_DIGITS:
            fix = "lower precision, or use database postgresql"
            yield f"SQLite holds {SQLITE_DIGITS} digits exactly, not {precision}: {fix}"

    def json(self, field: Field, value: Any) -> Any:
        """Return it as text with all digits after the point: a JSON number would lose some."""
        return f"{Decimal(str(value)):.{field.digits[1]}f}"

    def step(self, field: Field) -> Decimal:
        """Return the last digit where there are none before the point."""
        precision, scale = field.digits
        return Decimal(1).scaleb(-scale) if precision == scale else Decimal(1)

    def column_options(self, field: Field) -> dict[str, object]:
        """How many digits it holds."""
        precision, scale = field.digits
        return {"precision": precision, "scale": scale}

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """SQLite stores it as a whole number."""
        if not sqlite:
            return super().stored_default(field, sqlite=sqlite)
        return f'sa.text("{int(Decimal(self.json(field, field.default)).scaleb(field.digits[1]))}")'

    def recorded(self, field: Field) -> dict[str, Any]:
        """Add the digits after the point."""
        return {"kind": self.record, "scale": field.digits[1]}

    def rules(self, field: Field) -> list[str]:
        """None: `Digits` holds the bounds."""
        return []

    def narrowed(self, field: Field, parts: list[str]) -> list[str]:
        """Return the digits, always."""
        return ["Decimal", _digits(field, least=field.min, most=field.max), *parts]

    def request_default(self, field: Field) -> str:
        """Return a Decimal."""
        return _source(field.default)

    def response_type(self, field: Field) -> str:
        """Return the type that is text in JSON."""
        return "ExactDecimal"

    def compared_type(self, field: Field, operator: str) -> str:
        """Return the alias of the digits."""
        return field.filter_alias

    def compared_rules(self, field: Field) -> list[str]:
        """Return the digits, without bounds."""
        return ["Decimal", _digits(field)]


def _digits(field: Field, **bounds: object) -> str:
    given = [f"{name}={_source(value)}" for name, value in bounds.items() if value is not None]
    return f"Digits({', '.join([*map(str, field.digits), *given])})"


def _source(value: object) -> str:
    """Return a Decimal as source: whole numbers without quotes."""
    found = Decimal(str(value))
    return f"Decimal({int(found)})" if found == found.to_integral_value() else f'Decimal("{found}")'
