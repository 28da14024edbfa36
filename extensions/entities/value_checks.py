"""Whether a default or an example is a valid value of its field."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pydantic

from ..wording import describe_type, digits_of, number, shorten
from .fields import Field
from .types import INT32, INT64, MADE_DEFAULTS

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


def number_type_fault(field: Field, value: Decimal) -> str | None:
    """Return why a column of the field's type cannot hold a number, or None."""
    if field.type == "float":
        return None if math.isfinite(float(value)) else f"is {shorten(str(value))}: no float is that large"
    if field.type == "decimal":
        whole, after = digits_of(value)
        precision, scale = field.digits
        fits = whole <= max(precision - scale, 0) and after <= scale
        return None if fits else f"{value} does not fit precision {precision} and scale {scale}: change one of them"
    if value != value.to_integral_value():
        return f"is {shorten(value)}: write a whole number"
    largest = INT32 if field.type == "integer" else INT64
    if not -largest - 1 <= value <= largest:
        larger = "bigint" if field.type == "integer" else "decimal"
        return f"is out of the range of {field.type}: use {larger}"
    return None


def pattern_type(pattern: str) -> Any:
    """Return the type of texts that match a regular expression."""
    return pydantic.constr(pattern=pattern)


def value_fault(field: Field, value: object, *, default: bool = False) -> str | None:
    """Return why a default or an example is no valid value of the field, or None."""
    if default and field.type in MADE_DEFAULTS and value == MADE_DEFAULTS[field.type]:
        return None
    if field.type in {"string", "text", "email", "url"}:
        return _text_fault(field, value)
    if field.type in {"integer", "bigint", "float", "decimal"}:
        return _number_fault(field, value)
    if field.type == "boolean":
        return None if isinstance(value, bool) else f"is {shorten(value)}: write true or false"
    if field.is_enum:
        return (
            None
            if value in (field.values or [])
            else f"is {shorten(value)}: write one of {', '.join(field.values or [])}"
        )
    if field.type in {"date", "time", "datetime", "uuid"}:
        return _parsed_fault(field, value)
    return json_fault(value) if field.type == "json" else None


def json_fault(value: object) -> str | None:
    """Return why a value cannot be written as JSON or stored in a database, or None."""
    left: list[tuple[object, int]] = [(value, 1)]
    while left:
        part, depth = left.pop()
        if depth > DEEPEST_JSON:
            return f"is nested more than {DEEPEST_JSON} times, or holds itself: make it flatter"
        if isinstance(part, dict):
            if odd := [key for key in part if not isinstance(key, str)]:
                return f"has the key {shorten(odd[0])}: put it in quotes"
            left += [(item, depth + 1) for item in (*part, *part.values())]
        elif isinstance(part, list):
            left += [(item, depth + 1) for item in part]
        elif isinstance(part, str):
            if "\x00" in part or any("\ud800" <= char <= "\udfff" for char in part):
                return f"holds {shorten(part)}, which no database stores: remove NUL and unpaired surrogates"
        elif isinstance(part, float) and not math.isfinite(part):
            return f"holds {part}, which JSON does not have: write a number"
        elif part is not None and not isinstance(part, (bool, int, float)):
            return f"holds {describe_type(part)}, which JSON does not have: put it in quotes"
    return None


def _text_fault(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        return f"is {describe_type(value)}: write text, in quotes"
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        return f"is {shorten(value)}, which no database stores: remove NUL and unpaired surrogates"
    if field.length is not None and len(value) > field.length:
        return f"has {len(value)} characters, and max_length is {field.length}: shorten it"
    if field.min_length is not None and len(value) < field.min_length:
        return f"has {len(value)} characters, and min_length is {field.min_length}: lengthen it"
    if field.pattern is not None:
        try:
            pydantic.TypeAdapter(pattern_type(field.pattern)).validate_python(value)
        except pydantic.ValidationError:
            return f"{shorten(value)} does not match the pattern {shorten(field.pattern)}: change one"
        except Exception:  # noqa: BLE001  (the pattern's own fault is reported elsewhere)
            return None
    if field.type == "email" and not _is_address(value):
        return f"is {shorten(value)}: write an address like someone@example.org"
    if field.type == "url" and not WEB_ADDRESS.fullmatch(value):
        return f"is {shorten(value)}: write an address like https://example.org/page"
    return None


def _is_address(value: str) -> bool:
    """Return whether a text is an e-mail address that the API takes."""
    before, _, domain = value.lower().rpartition("@")
    last = domain.rpartition(".")[2]
    fits = ADDRESS.fullmatch(value) is not None and len(before) <= 64 and len(domain) <= 253
    return fits and last[-1:].isalpha() and last not in NO_DOMAINS


def _number_fault(field: Field, value: object) -> str | None:
    found = number(value)
    if found is None:
        return f"is {shorten(value)}: write a number"
    if fault := number_type_fault(field, found):
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
    return f"is {shorten(value)}: write a {field.type} in quotes, e.g. {shorten(field.kind.samples[0])}"
