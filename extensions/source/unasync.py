"""Asynchronous source is what we write; this filter derives the synchronous variant from it."""

from __future__ import annotations

import re

_KEYWORDS = re.compile(r"\basync (?=def\b|with\b|for\b)|\bawait (?=[\w(])")
_NAMES = {"AsyncIterator": "Iterator", "AsyncGenerator": "Generator", "asynccontextmanager": "contextmanager"}


def unasync(source: str) -> str:
    """Return asynchronous Python source as synchronous source: no `async`, no `await`, plain iterators."""
    source = _KEYWORDS.sub("", source)
    for asynchronous, synchronous in _NAMES.items():
        source = re.sub(rf"\b{asynchronous}\b", synchronous, source)
    return source


def unasync_unless(source: str, asynchronous: bool) -> str:  # noqa: FBT001  (a filter)
    """Return the source as it is for an asynchronous app, and its synchronous twin otherwise."""
    return source if asynchronous else unasync(source)
