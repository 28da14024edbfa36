"""Tokens of a JDL file, and a cursor over them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from .model import JdlError, Place, Token

_Thing = TypeVar("_Thing")

_TOKENS: Final = re.compile(
    r"""
      (?P<comment>/\*\*(?!/).*?\*/)
    | (?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    | (?P<string>"[^"\n]*"|'[^'\n]*')
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
    | (?P<mark>[^"'])
    """,
    re.VERBOSE | re.DOTALL,
)

# Within pattern(...): up to the first slash that only the closing bracket follows.
_REGEX: Final = re.compile(r"/(?P<regex>(?:\\.|[^\\\n])*?)/(?=[ \t]*\)(?:[\s,}/@]|$))")


def tokens(text: str, errors: list[JdlError]) -> Iterator[Token]:
    """Yield the tokens of a text, last of all its end; what is none is added to the errors."""
    line_starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    at = 0
    before = ["", ""]
    while at < len(text):
        place = _place(line_starts, at)
        regex = _REGEX.match(text, at) if before == ["pattern", "("] else None
        found = regex or _TOKENS.match(text, at)
        if found is None or (found.lastgroup == "mark" and text.startswith("/*", at)):
            what, fix = ("comment", "*/") if text[at] == "/" else ("text", text[at])
            errors.append(JdlError(place, f"the {what} that begins here has no end", f"close it with {fix}"))
            break
        kind = str(found.lastgroup)
        if kind != "skip":
            content = found.group(kind)
            yield Token(kind, content, place, _place(line_starts, found.end() - 1).line)
            before = [before[1], content]
        at = found.end()
    end = _place(line_starts, at)
    yield Token("end", "", end, end.line)


def _place(line_starts: list[int], at: int) -> Place:
    line = bisect.bisect_right(line_starts, at)
    return Place(line, at - line_starts[line - 1] + 1)


def _doc_text(comment: str) -> str:
    """Return what a comment says, without its stars."""
    lines = comment.removeprefix("/**").removesuffix("*/").splitlines()
    return " ".join(line.strip().removeprefix("*").strip() for line in lines).strip()


class Cursor:
    """The tokens of a text, read one after the other; comments become documentation of what follows."""

    def __init__(self, text: str, errors: list[JdlError]) -> None:
        self._tokens = list(tokens(text, errors))
        self._at = 0
        self._doc: str | None = None

    def _peek(self) -> Token:
        """Return the next token; comments on the way are kept as documentation of what follows."""
        while self._tokens[self._at].kind == "comment":
            self._doc = _doc_text(self._tokens[self._at].text)
            self._at += 1
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._peek()
        if token.kind != "end":
            self._at += 1
        return token

    def _take_doc(self) -> str | None:
        self._peek()
        doc, self._doc = self._doc, None
        return doc or None

    def _trailing_doc(self) -> str | None:
        """Return the comment that ends the line of the token just read."""
        token = self._tokens[self._at]
        if self._at and token.kind == "comment" and token.place.line == self._tokens[self._at - 1].last_line:
            self._at += 1
            return _doc_text(token.text) or None
        return None

    def _is(self, *texts: str) -> bool:
        token = self._peek()
        return token.kind in {"mark", "name"} and token.text in texts

    def _skip(self, *texts: str) -> bool:
        if self._is(*texts):
            self._next()
            return True
        return False

    def _expect(self, text: str, fix: str) -> Token:
        token = self._next()
        if token.kind not in {"mark", "name"} or token.text != text:
            raise JdlError(token.place, f"here is {token}, not {text!r}", fix)
        return token

    def _name(self, what: str, fix: str) -> Token:
        token = self._next()
        if token.kind != "name":
            raise JdlError(token.place, f"here is {token}, not {what}", fix)
        return token

    def _several(self, one: Callable[[], _Thing], fix: str) -> list[_Thing]:
        """Read things between braces, with commas or without."""
        self._expect("{", fix)
        things: list[_Thing] = []
        while not self._is("}"):
            if self._peek().kind == "end":
                raise JdlError(self._peek().place, "the file ends within braces", "close them with }")
            things.append(one())
            self._skip(",")
        self._doc = None
        self._next()
        return things
