"""Values as source, for the places where a template, or an expression in one, prints them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal


def literal(value: object) -> str:
    """Return a Python literal for a str, bool, int, float, Decimal, None, list or dict, quoted as ruff quotes.

    Raises TypeError for anything else: an answer must never be pasted as source.
    """
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float):
        return repr(value).replace("e+", "e")
    if value is None or isinstance(value, (bool, int)):
        return repr(value)
    if isinstance(value, Decimal):
        return f'Decimal("{value}")'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    raise TypeError(f"no literal for {type(value).__name__}")


def _string(value: str) -> str:
    """Quote as ruff does: double quotes, unless single quotes need fewer escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    plain = {"'": "'", '"': '"', quote: "\\" + quote}
    return quote + "".join(plain.get(one) or repr(one)[1:-1] for one in value) + quote


def toml_text(value: str) -> str:
    """Return text as a TOML basic string (TOML 1.0: JSON's escapes are valid, DEL must be escaped as well)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def literals(values: Iterable[object]) -> str:
    """Return values as literals, with commas between."""
    return ", ".join(literal(value) for value in values)


def assigned(value: str) -> str:
    """Return what assigns a value, for the place behind a name; nothing where there is no value."""
    return f" = {value}" if value else ""
