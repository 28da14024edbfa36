"""Column types of existing databases as types of the entity format."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from importers.draft import FieldDraft, Report

_Type = TypeEngine[Any]

_MOST_DIGITS: Final = 38

_SQLITE_DIGITS: Final = 18


def key_type(kind: _Type, *, sqlite: bool) -> str | None:
    """Return integer or uuid for a type that a primary key may have, else None."""
    kind = _inner(kind)
    if isinstance(kind, sa.Integer):
        return "integer"
    if isinstance(kind, sa.Uuid) or (sqlite and isinstance(kind, sa.CHAR) and kind.length in {32, 36}):
        return "uuid"
    return None


def field_type(kind: _Type, where: str, report: Report, *, sqlite: bool) -> FieldDraft | None:
    """Return the type of a column with its options; None where there is none, and that is reported."""
    if isinstance(kind, postgresql.DOMAIN) and kind.check is not None:
        report.note(where, f"check of its domain {kind.name} not carried over: {' '.join(str(kind.check).split())}")
    kind = _inner(kind)
    if isinstance(kind, sa.Enum):
        return {"type": "enum", "values": list(kind.enums)}
    if isinstance(kind, sa.Numeric) and not isinstance(kind, (sa.Float, sa.Double)):
        return _decimal(kind, where, report, sqlite=sqlite)
    if isinstance(kind, sa.DateTime):
        if not kind.timezone and not sqlite:
            report.note(where, "had no time zone: read as UTC")
        return {"type": "datetime"}
    if isinstance(kind, sa.Time):
        if kind.timezone:
            report.note(where, "loses its time zone")
        return {"type": "time"}
    if isinstance(kind, (sa.JSON, postgresql.HSTORE, sa.ARRAY)):
        if not isinstance(kind, sa.JSON):
            report.note(where, f"the type {_shown(kind)} is carried over as json")
        return {"type": "json"}
    return _plain(kind) or _text(kind, where, report) or _foreign(kind, where, report)


def array_of(kind: _Type) -> str | None:
    """Return the type of an array's items, the empty text where none of ours fits; None for what is no array."""
    kind = _inner(kind)
    if not isinstance(kind, sa.ARRAY):
        return None
    made = field_type(kind.item_type, "", Report(), sqlite=False)
    return made["type"] if made is not None else ""


def _inner(kind: _Type) -> _Type:
    """Return the type below a domain."""
    while isinstance(kind, postgresql.DOMAIN):
        kind = kind.data_type
    return kind


def _plain(kind: _Type) -> FieldDraft | None:
    """Return a type that needs no options."""
    table: tuple[tuple[Any, str], ...] = (
        (sa.Boolean, "boolean"),
        (sa.BigInteger, "bigint"),
        (sa.Integer, "integer"),
        (sa.Float, "float"),
        (sa.Double, "float"),
        (sa.Date, "date"),
        (sa.Uuid, "uuid"),
    )
    return next(({"type": name} for kinds, name in table if isinstance(kind, kinds)), None)


def _text(kind: _Type, where: str, report: Report) -> FieldDraft | None:
    if not isinstance(kind, sa.String):
        return None
    if isinstance(kind, postgresql.CITEXT):
        report.note(where, "a citext is carried over as a text that minds upper and lower case")
    if kind.length is None:
        return {"type": "text"}
    return {"type": "string", "max_length": kind.length}


def _decimal(kind: sa.Numeric[Any], where: str, report: Report, *, sqlite: bool) -> FieldDraft:
    most = _SQLITE_DIGITS if sqlite else _MOST_DIGITS
    if kind.precision is None:
        precision, scale = (_SQLITE_DIGITS, 6) if sqlite else (28, 10)
        report.note(where, f"a number without precision: a decimal with {precision} digits, {scale} after the point")
        return {"type": "decimal", "precision": precision, "scale": scale}
    scale = max(kind.scale or 0, 0)
    precision = max(kind.precision, scale, 1)
    if precision > most:
        report.note(where, f"precision {precision} is more than can be held: {most} now")
        precision, scale = most, min(scale, most)
    return {"type": "decimal", "precision": precision, "scale": scale}


def _foreign(kind: _Type, where: str, report: Report) -> FieldDraft | None:
    """Return what comes near to a type that only PostgreSQL has."""
    if isinstance(kind, postgresql.MONEY):
        report.note(where, "money is carried over as a decimal")
        return {"type": "decimal", "precision": 18, "scale": 2}
    if isinstance(kind, (postgresql.INET, postgresql.CIDR, postgresql.MACADDR, postgresql.MACADDR8)):
        report.note(where, f"the type {_shown(kind)} is carried over as a string")
        return {"type": "string", "max_length": 64}
    name = "a type that is not known" if isinstance(kind, sa.types.NullType) else f"the type {_shown(kind)}"
    report.note(where, f"not carried over: {name} has no counterpart")
    return None


def _shown(kind: _Type) -> str:
    return kind.compile(dialect=sa.make_url("postgresql+psycopg://").get_dialect()())
