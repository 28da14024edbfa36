"""Field types reject every value that the database cannot store."""

import datetime as dt
import json
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.core import clock, field_types
from app.core.schemas import Schema

PRICE = Annotated[Decimal, field_types.Digits(5, 2, least=Decimal(0))]
SHARE = Annotated[Decimal, field_types.Digits(4, 2, least=Decimal(0), most=Decimal("0.9"))]
FRACTION = Annotated[Decimal, field_types.Digits(3, 3)]
MANY_DIGITS = Annotated[Decimal, field_types.Digits(38, 10)]
LONG = "1234567890123456789012345678.1234567891"
MORNING = dt.datetime(2026, 1, 31, 6, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (field_types.Text, "NUL \x00"),
        (field_types.Text, "half \ud800"),
        (field_types.Int32, 2**31),
        (field_types.Int64, 2**63),
        (field_types.RowId, 0),
        (field_types.RowId, 2**63),
        (field_types.Float, float("nan")),
        (field_types.Float, float("inf")),
        (field_types.UtcDateTime, "2026-01-31T08:30:00"),
        (field_types.UtcDateTime, "0001-01-01T00:00:00+23:00"),
        (field_types.UtcDateTime, 0),
        (field_types.UtcDateTime, "2026-01-31"),
        (field_types.Date, 0),
        (field_types.Date, "2026-01-31T00:00:00"),
        (field_types.LocalTime, "08:30:00Z"),
        (field_types.LocalTime, "08:30"),
        (field_types.QueryBool, "1"),
        (field_types.BodyBool, 0),
        (field_types.BodyInt32, True),
        (field_types.BodyInt64, "1"),
        (field_types.BodyRowId, 1.5),
        (field_types.BodyFloat, False),
        (PRICE, True),
        (PRICE, ""),
        (PRICE, "1e2"),
        (PRICE, "-0.01"),
        (PRICE, "1000"),
        (PRICE, 0.001),
        (MANY_DIGITS, 12345678901.123456),
        (PRICE, 1000),
        (SHARE, "9"),
        (SHARE, 9),
        (SHARE, "0.95"),
        (SHARE, 0.95),
        (field_types.Json, {"key": "NUL \x00"}),
        (field_types.Json, {"NUL \x00": 1}),
        (field_types.Json, [float("nan")]),
        (field_types.Json, json.loads("[" * 101 + "]" * 101)),
        (field_types.Json, None),
        (field_types.Url, "ftp://example.org"),
        (field_types.Url, "no address"),
        (field_types.Url, "https://"),
        (field_types.Url, "https://example.org/a b"),
        (field_types.Ip, "256.0.0.1"),
        (field_types.Ip, "010.0.0.1"),
        (field_types.Ip, "192.0.2.0/24"),
        (field_types.Ip, "fe80::1%eth0"),
        (field_types.Ip, 3221225985),
    ],
)
def test_rejected(kind: Any, value: object) -> None:
    """Reject what cannot be stored."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (field_types.Text, "日本語 🚀", "日本語 🚀"),
        (field_types.Int32, -(2**31), -(2**31)),
        (field_types.Int64, -(2**63), -(2**63)),
        (field_types.BodyRowId, 2**63 - 1, 2**63 - 1),
        (field_types.Float, 0.5, 0.5),
        (field_types.Int32, "5", 5),
        (field_types.QueryBool, "true", True),
        (field_types.BodyInt32, 5.0, 5),
        (field_types.BodyFloat, 5, 5.0),
        (PRICE, "4.20", Decimal("4.2")),
        (PRICE, 4.2, Decimal("4.2")),
        (PRICE, 100, Decimal(100)),
        (MANY_DIGITS, LONG, Decimal(LONG)),
        (SHARE, "0.90", Decimal("0.9")),
        (SHARE, 0.9, Decimal("0.9")),
        (FRACTION, 0, Decimal(0)),
        (FRACTION, "0.5", Decimal("0.5")),
        (field_types.Date, "2026-01-31", dt.date(2026, 1, 31)),
        (field_types.UtcDateTime, "2026-01-31T08:30:00+02:00", MORNING),
        (field_types.LocalTime, "08:30:00", dt.time(8, 30)),
        (field_types.Json, {"a": [1, None, "ü"]}, {"a": [1, None, "ü"]}),
        (field_types.Json, "\\u0000", "\\u0000"),
        (field_types.Url, "https://example.org/a?b=c", "https://example.org/a?b=c"),
        (field_types.Ip, "192.0.2.1", "192.0.2.1"),
        (field_types.Ip, "2001:DB8:0:0::1", "2001:db8::1"),
        (field_types.Ip, "::FFFF:c000:201", "::ffff:192.0.2.1"),
    ],
)
def test_accepted(kind: Any, value: object, stored: object) -> None:
    """Accept what can be stored; convert datetimes to UTC."""
    assert TypeAdapter(kind).validate_python(value) == stored


def test_documented() -> None:
    """The documented schema matches the validation."""
    price = TypeAdapter(PRICE).json_schema()
    pattern = r"^\d{1,3}(\.\d{1,2})?$"
    assert price == {"type": "string", "pattern": pattern, "description": "At least 0."}
    assert TypeAdapter(SHARE).json_schema()["pattern"] == r"^0(\.\d{1,2})?$"
    assert TypeAdapter(field_types.OptionalParam[str]).json_schema() == {"type": "string"}
    assert TypeAdapter(field_types.OptionalParam[PRICE]).json_schema() == price
    assert TypeAdapter(field_types.Json | None).json_schema()["anyOf"][0] == {}
    short = Annotated[field_types.Text, Field(max_length=3)]
    assert TypeAdapter(short).json_schema()["pattern"]


def test_decimals_are_written_in_full() -> None:
    """Decimals are written without an exponent."""
    written = TypeAdapter(field_types.ExactDecimal).dump_json(Decimal("0.0000001"))
    assert written == b'"0.0000001"'


def test_clock() -> None:
    """The clock is in UTC."""
    assert clock.now().tzinfo is dt.UTC
    assert clock.today() in {clock.now().date(), (clock.now() - dt.timedelta(seconds=1)).date()}
    assert clock.time_of_day().microsecond == 0


def test_unknown_field() -> None:
    """Reject unknown fields."""
    with pytest.raises(ValidationError, match="none_such"):
        Schema.model_validate({"none_such": Decimal(1)})
