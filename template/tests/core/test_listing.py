"""Cursors come back as the values they were made of, and those that are not ours are refused."""

import base64
import datetime as dt
import json
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    String,
    Time,
    Uuid,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from app.core.db import with_connection
from app.core.errors import InvalidError
from app.core.listing import decode, encode, ordering
from app.core.settings import Settings
from app.entities.registry import ENTITIES, Entity

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


def test_empty_fields_last() -> None:
    """It is said where a field can be empty, and only there: no index has that order both ways."""
    table: Any = SimpleNamespace(
        id=Column("id", Integer(), primary_key=True),
        name=Column("name", String(), nullable=False),
        seen=Column("seen", Date()),
    )
    assert [str(one) for one in ordering(table, ["-name", "name"])] == [
        "name DESC",
        "name ASC",
        "id ASC",
    ]
    assert [str(one) for one in ordering(table, ["-seen", "seen"])] == [
        "seen DESC NULLS LAST",
        "seen ASC NULLS LAST",
        "id ASC",
    ]


def sorts(connection: Connection, statement: str) -> bool:
    """Say whether the database sorts all rows of a statement, though it may use every index."""
    if connection.dialect.name == "sqlite":
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()
        return any("TEMP B-TREE FOR ORDER BY" in row[-1] for row in plan)
    for kind in ("seqscan", "bitmapscan", "sort"):
        connection.execute(text(f"SET LOCAL enable_{kind} = off"))
    plan = connection.execute(text(f"EXPLAIN {statement}")).all()
    return any(row[0].lstrip(" ->").startswith("Sort  (") for row in plan)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_order_by_index(settings: Settings, entity: Entity) -> None:
    """The default order of a list, and the order of its keys, are those of an index if there is one."""
    routes = import_module(f"app.entities.{entity.name}.routes")
    default = (routes.repository.sort or ["id"])[0]
    column = entity.model.__table__.c[default.removeprefix("-")]
    indexed = (column.index or column.unique) and not column.nullable
    for key in ["id", "-id", *([default] if indexed else [])]:
        statement = select(entity.model.id).order_by(*ordering(entity.model, [key]))

        def sorted_by_database(connection: Connection, asked: str = str(statement)) -> bool:
            return sorts(connection, asked)

        assert not with_connection(settings, sorted_by_database), key
