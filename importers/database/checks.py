"""CHECK constraints that become enums, `min` and `max`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from .tables import Check

_CAST: Final = re.compile(
    r"::(?:character varying|double precision|bit varying|\w+ with(?:out)? time zone|[\w.\"]+)"
    r"(?:\([0-9, ]+\))?(?:\[\])?",
    re.IGNORECASE,
)

_NAME: Final = r'"?(?P<column>\w+)"?'

_COMPARED: Final = re.compile(_NAME + r"\s*(?P<sign>>=|<=|>|<)\s*'?(?P<number>-?[0-9]+(?:\.[0-9]+)?)'?")

_BETWEEN: Final = re.compile(
    _NAME + r"\s+between\s+(?P<low>-?[0-9]+(?:\.[0-9]+)?)\s+and\s+(?P<high>-?[0-9]+(?:\.[0-9]+)?)", re.IGNORECASE
)

_LITERAL: Final = r"'(?:[^']|'')*'"

_ONE_OF: Final = re.compile(
    _NAME + rf"\s*(?:in|=\s*any)\s*(?:array\s*)?(?P<values>{_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.IGNORECASE
)


def read_check(source: str, columns: dict[str, bool], found: dict[str, Check]) -> bool:
    """Add what a CHECK says of single columns; False where some of it is not understood, and nothing is added.

    `columns` tells of each column whether it holds whole numbers. Understood are
    `column IN ('a', 'b')`, comparisons with a number and BETWEEN, also joined by AND.
    """
    plain = _without_casts(source)
    whole = _ONE_OF.fullmatch(plain) or _BETWEEN.fullmatch(plain)
    steps: list[Callable[[], None]] = []
    for part in [plain] if whole else re.split(r"\s+and\s+", plain, flags=re.IGNORECASE):
        step = _step(part.strip(), columns, found)
        if step is None:
            return False
        steps.append(step)
    for step in steps:
        step()
    return True


def _without_casts(source: str) -> str:
    """Leave out casts and brackets outside literals: where a check is understood, neither changes its meaning."""
    parts = re.split(f"({_LITERAL})", source)
    for number in range(0, len(parts), 2):
        parts[number] = re.sub(r"[()\[\]]", " ", _CAST.sub(" ", parts[number]))
    return "".join(parts).strip()


def _step(part: str, columns: dict[str, bool], found: dict[str, Check]) -> Callable[[], None] | None:
    """Return what one part of a check adds."""
    match = _ONE_OF.fullmatch(part) or _BETWEEN.fullmatch(part) or _COMPARED.fullmatch(part)
    if match is None or match["column"] not in columns:
        return None
    groups = match.groupdict()
    whole = columns[groups["column"]] and "." not in groups.get("number", "")
    if groups.get("sign") in {"<", ">"} and not whole:
        return None
    return lambda: _add(found.setdefault(groups["column"], Check()), groups)


def _add(check: Check, groups: dict[str, str]) -> None:
    if "values" in groups:
        check.values = [one[1:-1].replace("''", "'") for one in re.findall(_LITERAL, groups["values"])]
    elif "low" in groups:
        check.low, check.high = _number(groups["low"]), _number(groups["high"])
    elif groups["sign"].startswith(">"):
        check.low = _number(groups["number"], step=int(groups["sign"] == ">"))
    else:
        check.high = _number(groups["number"], step=-int(groups["sign"] == "<"))


def _number(text: str, *, step: int = 0) -> int | float:
    """Return a bound; `step` goes from an exclusive whole number to the next one."""
    return float(text) if "." in text else int(text) + step
