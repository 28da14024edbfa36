"""The field types: a class for each, in files by family. What is defined there is all that there is."""

from __future__ import annotations

from collections.abc import Iterator

from . import choices, decimals, identifiers, json, moments, numbers, relations, text
from .base import EQUALITY, LONGEST_INDEXED, OPERATORS, ORDER, TEXT, FieldType

__all__ = [
    "ALIASES",
    "CLASS_NAMES",
    "EQUALITY",
    "IMPORTS",
    "LONGEST_INDEXED",
    "OPERATORS",
    "ORDER",
    "TEXT",
    "TYPES",
    "FieldType",
]

FAMILIES = (text, numbers, decimals, choices, moments, identifiers, json, relations)
"""The files with types, in the order of the documentation."""


def _types() -> Iterator[FieldType]:
    """Yield one object for each class with a name, in the order of the files and of the classes in them."""
    for family in FAMILIES:
        own = [value for value in vars(family).values() if getattr(value, "__module__", "") == family.__name__]
        yield from (value() for value in own if isinstance(value, type) and "name" in vars(value))


TYPES: dict[str, FieldType] = {kind.name: kind for kind in _types()}
"""Every type by its name."""

ALIASES: dict[str, str] = {alias: kind.name for kind in TYPES.values() for alias in kind.aliases}
"""Other words for a type, lower-case."""

IMPORTS = frozenset(name for kind in TYPES.values() for name in kind.imports)
"""The names that the source of types needs, each with its module."""

CLASS_NAMES = frozenset(name for name in (one.rpartition(".")[2] for one in IMPORTS) if name[0].isupper())
"""The names among them that an entity could have, too."""
