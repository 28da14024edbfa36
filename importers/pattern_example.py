"""A text that a regular expression matches: the example that a `pattern` needs."""

from __future__ import annotations

import re
from typing import Final

_CLASSES: Final = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_PRINTABLE: Final = "aA0-_.@ " + "".join(chr(code) for code in range(33, 127))
_REPEAT: Final = re.compile(r"(\*|\+|\?|\{(?P<low>\d+)(?P<more>,(?P<high>\d*))?\})[?+]?")
_LONGEST: Final = 1000


class _UnsupportedError(ValueError):
    """The expression uses something that is not understood here."""


def example_for(pattern: str, *, shortest: int = 0, longest: int = _LONGEST) -> str | None:
    """Return a short text that matches the whole pattern, or None where none was found.

    Understood are characters, classes, groups, alternatives and repetitions; each repetition is tried with as few
    rounds as it allows, then with more until the text is `shortest` characters long.
    """
    for extra in (0, 1, 2, 4, 8, 16, 32, 64):
        try:
            text = _Sampler(pattern, extra).text()
            if shortest <= len(text) <= longest and re.search(pattern, text):
                return text
        except (_UnsupportedError, RecursionError, re.error):
            return None
    return None


class _Sampler:
    """Walks through an expression once and writes down a text on the way."""

    def __init__(self, pattern: str, extra: int) -> None:
        self._pattern = pattern
        self._extra = extra
        self._at = 0

    def text(self) -> str:
        text = self._alternatives()
        if self._at != len(self._pattern):
            raise _UnsupportedError(self._pattern)
        return text

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise _UnsupportedError(self._pattern)
        self._at += 1
        return char

    def _alternatives(self) -> str:
        """Read branches up to the end or a closing bracket; the first one that is not empty is taken."""
        branches = [self._branch()]
        while self._peek() == "|":
            self._next()
            branches.append(self._branch())
        return next((branch for branch in branches if branch), "")

    def _branch(self) -> str:
        text = ""
        while self._peek() and self._peek() not in "|)":
            text += self._repeated(self._atom())
            if len(text) > _LONGEST:
                raise _UnsupportedError(self._pattern)
        return text

    def _repeated(self, text: str) -> str:
        found = _REPEAT.match(self._pattern, self._at)
        if found is None:
            return text
        self._at = found.end()
        low, high = _rounds(found)
        rounds = min(low + self._extra, high)
        if rounds * len(text) > _LONGEST:
            raise _UnsupportedError(self._pattern)
        return text * rounds

    def _atom(self) -> str:
        char = self._next()
        if char in "^$":
            return ""
        if char == ".":
            return "a"
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._one_of()
        if char == "(":
            return self._group()
        if char in "*+?":
            raise _UnsupportedError(self._pattern)
        return char

    def _escape(self) -> str:
        char = self._next()
        if char in "bBAzZ":
            return ""
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char.isalnum():
            raise _UnsupportedError(self._pattern)
        return char

    def _group(self) -> str:
        if self._peek() == "?":
            opening = re.compile(r"\?(:|P?<[A-Za-z_]\w*>)").match(self._pattern, self._at)
            if opening is None:
                raise _UnsupportedError(self._pattern)
            self._at = opening.end()
        text = self._alternatives()
        if self._next() != ")":
            raise _UnsupportedError(self._pattern)
        return text

    def _one_of(self) -> str:
        """Read a class in square brackets by letting `re` judge which characters it holds."""
        end = self._at + 1 + (self._peek() == "^")
        while end < len(self._pattern) and self._pattern[end] != "]":
            end += 2 if self._pattern[end] == "\\" else 1
        source = "[" + self._pattern[self._at : end + 1]
        self._at = end + 1
        fitting = re.compile(source)
        for char in _PRINTABLE:
            if fitting.fullmatch(char):
                return char
        raise _UnsupportedError(self._pattern)


def _rounds(repeat: re.Match[str]) -> tuple[int, int]:
    """Return how often a repetition may go round, at least and at most."""
    sign = repeat.group(1)
    if sign in "*+?":
        return {"*": (0, _LONGEST), "+": (1, _LONGEST), "?": (0, 1)}[sign]
    low = int(repeat["low"])
    if repeat["more"] is None:
        return low, low
    return low, int(repeat["high"]) if repeat["high"] else _LONGEST
