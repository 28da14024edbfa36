"""Column types and defaults of existing databases, in the words of the entity format."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from .answers_file import FieldDraft, Report

_Type = TypeEngine[Any]

NO_LITERAL: Final = object()
"""Stands for a default that is no literal."""

_MOST_DIGITS: Final = 38
_SQLITE_DIGITS: Final = 18
_NOW: Final = frozenset(
    {
        "now()", "current_timestamp", "current_timestamp()", "current_date", "current_time", "localtimestamp",
        "localtime", "statement_timestamp()", "transaction_timestamp()", "clock_timestamp()", "'now'", "date('now')",
        "datetime('now')", "time('now')",
    }
)  # fmt: skip
_UUID: Final = frozenset({"gen_random_uuid()", "uuid_generate_v4()", "uuidv4()", "uuidv7()"})
_CAST: Final = re.compile(r"::[\w .\"]+(?:\([0-9, ]+\))?(?:\[\])?$")


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


def literal(source: str, kind: str) -> object:
    """Return the value of a column's default, `now` or `uuid`; NO_LITERAL where it is none of these."""
    text = _bare(source)
    lower = text.lower()
    if lower == "null":
        return None
    if kind in {"date", "time", "datetime"} and lower in _NOW:
        return "now"
    if kind == "uuid" and lower in _UUID:
        return "uuid"
    quoted = re.fullmatch(r"'((?:[^']|'')*)'", text, re.DOTALL)
    return _value(quoted[1].replace("''", "'") if quoted else None, text, kind)


def array_of(kind: _Type) -> str | None:
    """Return the type of an array's items, the empty text where none of ours fits; None for what is no array."""
    kind = _inner(kind)
    if not isinstance(kind, sa.ARRAY):
        return None
    made = field_type(kind.item_type, "", Report(), sqlite=False)
    return made["type"] if made is not None else ""


def array_literal(source: str, kind: str) -> object:
    """Return the list that an array's default is, such as `'{1,2}'::integer[]`; NO_LITERAL where it is none.

    `kind` is the type of its items, which are written as JSON has them.
    """
    text = _bare(source)
    if text.lower() in {"null", "array[]"}:
        return None if text.lower() == "null" else []
    quoted = re.fullmatch(r"'((?:[^']|'')*)'", text, re.DOTALL)
    if quoted is None:
        return NO_LITERAL
    tokens = re.findall(_ITEM, quoted[1].replace("''", "'"))
    try:
        value = _array(tokens, kind)
    except (ValueError, IndexError):
        return NO_LITERAL
    return NO_LITERAL if tokens else value


_ITEM: Final = re.compile(r'\s*([{},]|"(?:[^"\\]|\\.)*"|(?:[^{},"\\]|\\.)+|["\\])\s*', re.DOTALL)


def _array(tokens: list[str], kind: str) -> list[object]:
    """Take an array from the tokens. Raises ValueError or IndexError where there is none that JSON can hold."""
    found: list[object] = []
    if tokens.pop(0) != "{":
        raise ValueError
    if tokens[0] == "}":
        tokens.pop(0)
        return found
    while True:
        found.append(_array(tokens, kind) if tokens[0] == "{" else _item(tokens.pop(0), kind))
        end = tokens.pop(0)
        if end == "}":
            return found
        if end != ",":
            raise ValueError


def _item(token: str, kind: str) -> object:
    if token in {"}", ",", '"', "\\"}:
        raise ValueError
    if token.upper() == "NULL":
        return None
    quoted = token.startswith('"')
    text = re.sub(r"\\(.)", r"\1", token[1:-1] if quoted else token.rstrip(), flags=re.DOTALL)
    value = NO_LITERAL if kind in {"", "datetime", "date", "time"} else _value(text, text, kind)
    if value is NO_LITERAL or (kind in {"decimal", "float"} and isinstance(value, str)):
        raise ValueError
    return value


def _bare(source: str) -> str:
    """Return an expression without the brackets and casts around it."""
    text = source.strip()
    bare = _CAST.sub("", text[1:-1] if text.startswith("(") and text.endswith(")") else text)
    return text if bare == text else _bare(bare)


def _value(quoted: str | None, bare: str, kind: str) -> object:
    """Return a literal as the value of a type: `quoted` is what stood in quotes, if it did."""
    text = bare if quoted is None else quoted
    if kind == "boolean":
        return {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}.get(
            text.lower(), NO_LITERAL
        )
    if kind in {"integer", "bigint", "float", "decimal"}:
        return _number(text, kind)
    if kind == "json" and quoted is not None:
        try:
            value: object = json.loads(quoted)
        except ValueError:
            return NO_LITERAL
        return NO_LITERAL if value is None else value
    if kind == "datetime" and quoted is not None:
        return NO_LITERAL if re.search(r"(?:Z|[+-]\d\d(?::?\d\d)?)$", quoted) is None else _iso(quoted)
    return NO_LITERAL if quoted is None else quoted


def _number(text: str, kind: str) -> object:
    if not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]*)?", text):
        return NO_LITERAL
    number = Decimal(text)
    if number == number.to_integral_value():
        return int(number)
    return float(number) if kind == "float" or Decimal(str(float(number))) == number else text


def _iso(text: str) -> str:
    """Return a time stamp with the T and the minutes of its zone, as ISO 8601 has it."""
    text = text.replace(" ", "T", 1)
    return text + ":00" if re.search(r"[+-]\d\d$", text) else text
