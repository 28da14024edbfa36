"""Defaults of columns, from SQL to values of the entity format."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

NO_LITERAL: Final = object()
"""Stands for a default that is no literal."""

_NOW: Final = frozenset(
    {
        "now()", "current_timestamp", "current_timestamp()", "current_date", "current_time", "localtimestamp",
        "localtime", "statement_timestamp()", "transaction_timestamp()", "clock_timestamp()", "'now'", "date('now')",
        "datetime('now')", "time('now')",
    }
)  # fmt: skip

_UUID: Final = frozenset({"gen_random_uuid()", "uuid_generate_v4()", "uuidv4()", "uuidv7()"})

_CAST: Final = re.compile(r"::[\w .\"]+(?:\([0-9, ]+\))?(?:\[\])?$")


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
