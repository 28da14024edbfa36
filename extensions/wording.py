"""How values of answers are shown to people: on one line, in the words of YAML, without control characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation

LONGEST = 60
EXACT = Context(prec=100)
"""For arithmetic with decimals of up to 38 digits: Python itself rounds to 28."""

BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Unicode's bidirectional controls: they change the order in which text is shown."""


def duplicates(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once, each once."""
    seen: set[str] = set()
    double: list[str] = []
    for name in names:
        if name in seen and name not in double:
            double.append(name)
        seen.add(name)
    return double


def number(value: object) -> Decimal | None:
    """Return a finite number an answer means, None where it means none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def digits_of(value: Decimal) -> tuple[int, int]:
    """Return how many digits a number needs before its point and after it, however long it is."""
    _, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    bare = text.rstrip("0")
    last = int(exponent) + len(text) - len(bare)
    return (max(len(bare) + last, 0), max(-last, 0)) if bare else (0, 0)


def unprintable(text: str) -> str | None:
    """Name the first character of a text that no page should show: a control character, also a bidirectional one."""
    for char in text:
        kind = unicodedata.category(char)
        if (kind == "Cc" and char not in "\t\n\r") or kind == "Cs" or char in BIDIRECTIONAL:
            return f"U+{ord(char):04X}"
    return None


def shorten(value: object) -> str:
    """Show a value on one line, without control characters, at most 60 characters."""
    text = ascii(value) if isinstance(value, str) else str(value)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def as_yaml_word(value: object) -> str:
    """Show a word as YAML would hold it, anything else on one line."""
    return value if isinstance(value, str) and value.isascii() and value.isidentifier() else shorten(value)


def describe_type(value: object) -> str:
    """Name the kind of a value in the words of YAML."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {shorten(value)}"
    if isinstance(value, str):
        return f"the text {shorten(value)}"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"


def last_line(error: Exception) -> str:
    """Return the last line of an error's text, where a parser says what is wrong, or the error's name."""
    lines = str(error).split("\n")
    return lines[-1].strip().removeprefix("error: ") or type(error).__name__
