"""Types let nothing through that a database would refuse."""

import datetime as dt
import json
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.core import schema

PRICE = Annotated[Decimal, schema.Digits(5, 2, least=Decimal(0))]
FRACTION = Annotated[Decimal, schema.Digits(3, 3)]
MANY_DIGITS = Annotated[Decimal, schema.Digits(38, 10)]
LONG = "1234567890123456789012345678.1234567891"
MORNING = dt.datetime(2026, 1, 31, 6, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (schema.Text, "NUL \x00"),
        (schema.Text, "half \ud800"),
        (schema.Int32, 2**31),
        (schema.Int64, 2**63),
        (schema.RowId, 0),
        (schema.Float, float("nan")),
        (schema.Float, float("inf")),
        (schema.UtcDateTime, "2026-01-31T08:30:00"),
        (schema.UtcDateTime, "0001-01-01T00:00:00+23:00"),
        (schema.UtcDateTime, 0),
        (schema.UtcDateTime, "2026-01-31"),
        (schema.Date, 0),
        (schema.Date, "2026-01-31T00:00:00"),
        (schema.LocalTime, "08:30:00Z"),
        (schema.LocalTime, "08:30"),
        (schema.TrueOrFalse, "1"),
        (schema.BodyBool, 0),
        (schema.BodyInt32, True),
        (schema.BodyInt64, "1"),
        (schema.BodyRowId, 1.5),
        (schema.BodyFloat, False),
        (PRICE, True),
        (PRICE, ""),
        (PRICE, "1e2"),
        (PRICE, "-0.01"),
        (PRICE, "1000"),
        (PRICE, 0.001),
        (MANY_DIGITS, 12345678901.123456),
        (PRICE, 1000),
        (schema.Json, {"key": "NUL \x00"}),
        (schema.Json, {"NUL \x00": 1}),
        (schema.Json, [float("nan")]),
        (schema.Json, json.loads("[" * 101 + "]" * 101)),
        (schema.Json, None),
        (schema.Url, "ftp://example.org"),
        (schema.Url, "no address"),
        (schema.Url, "https://"),
        (schema.Url, "https://example.org/a b"),
        (schema.Ip, "256.0.0.1"),
        (schema.Ip, "010.0.0.1"),
        (schema.Ip, "192.0.2.0/24"),
        (schema.Ip, "fe80::1%eth0"),
        (schema.Ip, 3221225985),
    ],
)
def test_refused(kind: Any, value: object) -> None:
    """What cannot be stored is no valid value."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (schema.Text, "日本語 🚀", "日本語 🚀"),
        (schema.Int32, -(2**31), -(2**31)),
        (schema.Float, 0.5, 0.5),
        (schema.Int32, "5", 5),
        (schema.TrueOrFalse, "true", True),
        (schema.BodyInt32, 5.0, 5),
        (schema.BodyFloat, 5, 5.0),
        (PRICE, "4.20", Decimal("4.2")),
        (PRICE, 4.2, Decimal("4.2")),
        (PRICE, 100, Decimal(100)),
        (MANY_DIGITS, LONG, Decimal(LONG)),
        (FRACTION, 0, Decimal(0)),
        (FRACTION, "0.5", Decimal("0.5")),
        (schema.Date, "2026-01-31", dt.date(2026, 1, 31)),
        (schema.UtcDateTime, "2026-01-31T08:30:00+02:00", MORNING),
        (schema.LocalTime, "08:30:00", dt.time(8, 30)),
        (schema.Json, {"a": [1, None, "ü"]}, {"a": [1, None, "ü"]}),
        (schema.Json, "\\u0000", "\\u0000"),
        (schema.Url, "https://example.org/a?b=c", "https://example.org/a?b=c"),
        (schema.Ip, "192.0.2.1", "192.0.2.1"),
        (schema.Ip, "2001:DB8:0:0::1", "2001:db8::1"),
        (schema.Ip, "::FFFF:c000:201", "::ffff:192.0.2.1"),
    ],
)
def test_accepted(kind: Any, value: object, stored: object) -> None:
    """What can be stored is taken, moments in UTC."""
    assert TypeAdapter(kind).validate_python(value) == stored


def test_documented() -> None:
    """What clients read of a type is what is checked."""
    number, text = TypeAdapter(PRICE).json_schema()["anyOf"]
    assert number == {"type": "number", "minimum": 0, "maximum": 999.99, "multipleOf": 0.01}
    assert text == {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,2})?$"}
    assert TypeAdapter(schema.Given[str]).json_schema() == {"type": "string"}
    assert TypeAdapter(schema.Given[PRICE]).json_schema() == {"anyOf": [number, text]}
    assert TypeAdapter(MANY_DIGITS).json_schema()["type"] == "string"
    short = Annotated[schema.Text, Field(max_length=3)]
    assert TypeAdapter(short).json_schema()["pattern"]


def test_decimals_are_written_in_full() -> None:
    """JSON has no use for 1E-7."""
    written = TypeAdapter(schema.ExactDecimal).dump_json(Decimal("0.0000001"))
    assert written == b'"0.0000001"'


def test_clock() -> None:
    """Defaults are taken when a row is made, in UTC."""
    assert schema.now().tzinfo is dt.UTC
    assert schema.today() in {schema.now().date(), (schema.now() - dt.timedelta(seconds=1)).date()}
    assert schema.time_of_day().microsecond == 0


def test_requests_are_strict() -> None:
    """A field that does not exist is refused."""
    with pytest.raises(ValidationError, match="none_such"):
        schema.Schema.model_validate({"none_such": Decimal(1)})
