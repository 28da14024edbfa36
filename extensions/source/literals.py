"""Values as source, for the places where a template prints them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .layout import literal


def toml_text(value: str) -> str:
    """Return text as a TOML basic string (TOML 1.0: JSON's escapes are valid, DEL must be escaped as well)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def literals(values: Iterable[object]) -> str:
    """Return values as literals, with commas between."""
    return ", ".join(literal(value) for value in values)


def assigned(value: str) -> str:
    """Return what assigns a value, for the place behind a name; nothing where there is no value."""
    return f" = {value}" if value else ""
