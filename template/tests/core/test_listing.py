"""Cursors come back as the values they were made of, and those that are not ours are refused."""

import base64
import datetime as dt
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    String,
    Time,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from app.core.errors import InvalidError
from app.core.listing import decode, encode

MOMENT = dt.datetime(2026, 1, 31, 6, 30, 0, 123456, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Integer(), -7),
        (BigInteger(), 2**53 + 1),
        (Float(), 0.1),
        (Numeric(10, 2), Decimal("4.20")),
        (String(), 'Ünïcode "quoted"'),
        (Date(), dt.date(2026, 1, 31)),
        (Time(), dt.time(6, 30)),
        (DateTime(timezone=True), MOMENT),
        (Uuid(), UUID(int=7)),
    ],
)
def test_back_and_forth(kind: TypeEngine[Any], value: object) -> None:
    """What a cursor holds is what the row held."""
    columns: list[Column[Any]] = [Column("value", kind), Column("id", Integer())]
    cursor = encode(SimpleNamespace(value=value, id=3), columns)
    assert decode(cursor, columns) == [value, 3]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Integer(), 2**31),
        (Integer(), "1"),
        (Integer(), True),
        (BigInteger(), 2**63),
        (Numeric(10, 2), "1e400"),
        (String(), "NUL \x00"),
        (Date(), "yesterday"),
        (DateTime(timezone=True), "2026-01-31T06:30:00"),
        (Uuid(), "no uuid"),
    ],
)
def test_forged(kind: TypeEngine[Any], value: object) -> None:
    """A value that the database would refuse never reaches it."""
    text = base64.urlsafe_b64encode(json.dumps([value]).encode()).decode()
    with pytest.raises(InvalidError, match="not one of this list"):
        decode(text, [Column("value", kind)])


@pytest.mark.parametrize("cursor", ["a", "AAAA", "bnVsbA", "W10", "WzEsMl0", "_-_-"])
def test_no_cursor(cursor: str) -> None:
    """Text that is no list of one value is refused."""
    with pytest.raises(InvalidError):
        decode(cursor, [Column("id", Integer())])
