"""Case styles: a name as words, as order_item, order-item, OrderItem and Order item."""

from __future__ import annotations

import re
from typing import Final

# One word: an acronym's plural (URLs), an acronym before a word or at the end (HTTP|Server),
# or a run of lower case letters and digits with at most one capital before it (Sha256|Sum).
WORD: Final = re.compile(r"[A-Z]{2,}[0-9]*s(?![a-z0-9])|[A-Z]+[0-9]*(?![a-z0-9])|[A-Z]?[a-z0-9]+")


def words(name: str) -> tuple[str, ...]:
    """Split a name of any case style into lower-case words."""
    return tuple(found.lower() for found in WORD.findall(name))


def snake(name: str) -> str:
    """Write a name as order_item."""
    return "_".join(words(name))


def kebab(name: str) -> str:
    """Write a name as order-item."""
    return "-".join(words(name))


def pascal(name: str) -> str:
    """Write a name as OrderItem."""
    return "".join(word.capitalize() for word in words(name))


def title(name: str) -> str:
    """Write a name as a label: Order item."""
    return " ".join(words(name)).capitalize()


def set_of(text: str) -> frozenset[str]:
    """Read a set of names written with blanks between them."""
    return frozenset(text.split())
