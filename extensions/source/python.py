"""The filter `python`: it finishes the Python that a template shows, so that the template can show it plainly.

A template writes each statement, and each element of a bracket that it spreads over several lines, on one line,
however long it gets, and imports nothing. The filter wraps the lines that are too long as `ruff format` would, writes
the imports where the template says `# imports`, and closes up brackets and blank lines that a loop has left empty.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context

from .imports import UnknownNamesError, import_block, names_of
from .layout import WIDTH, Call, bracketed, import_line, laid_out, typed, width

_STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_TOKEN = re.compile(rf"{_STRING}|[()\[\]{{}},#]| = ")
_ATOM = re.compile(rf"[rf]?(?:{_STRING})|[\w.]+")
_ANNOTATED = re.compile(r"([A-Za-z_]\w*): (.*)")
_CALLED = re.compile(r"[\w)\]]$")
_LAST_COMMA = re.compile(r",[)\]}]")
_IMPORTS = "# imports\n"
_PLACE = re.compile(rf"^{_IMPORTS}((?:(?:from|import) .*\n)*)\n*", re.MULTILINE)


@pass_context
def python(context: Context, source: str, classes: Mapping[str, str] | None = None) -> str:
    """Return the source of a module, laid out and with its imports.

    `classes` are those of entities that it may name, each with its module. Imports that a template writes itself,
    below `# imports`, are put in order with the others. Raises TemplateRuntimeError for a name that is defined nowhere
    and that the table of imports does not have, and for source that is no Python.
    """
    place = _PLACE.search(source)
    try:
        block = import_block(names_of(source), place[1].splitlines() if place else (), classes or {})
    except UnknownNamesError as unknown:
        message = f"{context.name}: no import is known for {unknown}: add it to IMPORTS in extensions/source/imports.py"
        raise TemplateRuntimeError(message) from None
    except SyntaxError as error:
        message = f"{context.name}: line {error.lineno} of what it renders is no Python: {error.msg}: {error.text}"
        raise TemplateRuntimeError(message.rstrip()) from None
    if place is None:
        if block:
            message = f"{context.name}: it uses what it does not import: write `# imports` where {block!r} belongs"
            raise TemplateRuntimeError(message)
        return lay_out(source)
    head, _, body = lay_out(source[: place.start()] + _IMPORTS + source[place.end() :]).partition(_IMPORTS)
    apart = "\n\n\n" if body.startswith(("class ", "def ", "async def ", "@")) else "\n\n"
    return head + block + (apart if block else "") + body


@lru_cache(maxsize=2048)
def lay_out(source: str) -> str:
    """Return a module of one line for each statement as `ruff format` would leave it."""
    lines, text = [], False
    for line in source.split("\n"):
        code = line.lstrip(" ")
        if text or code.startswith(('"""', 'r"""')):
            text = not code.endswith('"""') or (not text and code in {'"""', 'r"""'})
            lines.append(line)
        else:
            lines.append(wrapped(code, len(line) - len(code)))
    joined = re.sub(r"([(\[{])\n *([)\]}])", r"\1\2", "\n".join(lines).rstrip("\n"))
    return re.sub(r"\n{3,}(?= )", "\n\n", re.sub(r"\n{4,}", "\n\n\n", joined)) + "\n"


def wrapped(code: str, indent: int) -> str:
    """Return a statement, or an element with its comma, that starts `indent` blanks in, on as few lines as it fits."""
    pad = " " * indent
    if indent + width(code) <= WIDTH and not _LAST_COMMA.search(code):
        return pad + code
    found = _scanned(code)
    if found.comment or not code:
        return pad + code
    if code.startswith("from "):
        module, _, names = code.removeprefix("from ").partition(" import ")
        return textwrap.indent(import_line(module, *names.split(", "), indent=indent), pad)
    if code.startswith(("def ", "async def ", "class ")) and found.brackets:
        return pad + _head(code, found.brackets[0], indent)
    if code.endswith(","):
        return f"{pad}{laid_out(_parsed(code[:-1]), indent)},"
    return pad + _statement(code, found, indent)


class _Bracket(NamedTuple):
    """A pair of brackets that no other pair holds: where it opens and closes, and the commas right in it."""

    start: int
    commas: list[int]
    end: int

    def parts(self, code: str) -> list[str]:
        """Return what stands between the commas."""
        cuts = [self.start, *self.commas, self.end]
        found = [code[one + 1 : other].strip() for one, other in pairwise(cuts)]
        return found if found[-1] else found[:-1]


class _Scanned(NamedTuple):
    """What stands in a line outside of texts: its brackets, the first ` = ` outside of them (or -1), a comment."""

    brackets: list[_Bracket]
    equals: int
    comment: bool


def _scanned(code: str) -> _Scanned:
    brackets: list[_Bracket] = []
    commas: list[int] = []
    start, depth, equals = 0, 0, -1
    for token in _TOKEN.finditer(code):
        sign, place = token[0], token.start()
        if sign in "([{":
            depth += 1
            if depth == 1:
                start, commas = place, []
        elif sign in ")]}":
            depth -= 1
            if depth == 0:
                brackets.append(_Bracket(start, commas, place))
        elif sign == "," and depth == 1:
            commas.append(place)
        elif sign == " = " and depth == 0 and equals < 0:
            equals = place
        elif sign == "#":
            return _Scanned(brackets, equals, comment=True)
    return _Scanned(brackets, equals, comment=False)


def _parsed(code: str) -> str | Call:
    """Return an expression as a call, or another bracket, of expressions; as text where it has no bracket."""
    brackets = _scanned(code).brackets
    if not brackets:
        return code
    last = brackets[-1]
    head, tail = code[: last.start], code[last.end + 1 :]
    parts = last.parts(code)
    arguments = [_parsed(part) for part in parts]
    is_display = code[last.start] == "{" or not _CALLED.search(head)
    comma = bool(last.commas) and len(last.commas) == len(parts)
    return Call(head, arguments, tail, code[last.start] + code[last.end], one_per_line=is_display, comma=comma)


def _head(code: str, bracket: _Bracket, indent: int) -> str:
    """Lay out the first line of a function or a class; a lone parameter on a line of its own gets a comma."""
    parts = [_parameter(part, indent + 4) for part in bracket.parts(code)]
    head = Call(code[: bracket.start], parts, code[bracket.end + 1 :])
    one_line = head.laid_out(indent)
    alone = len(parts) == 1 and "\n" in one_line and "def " in head.head
    return head._replace(comma=True).laid_out(indent) if alone else one_line


def _parameter(code: str, indent: int) -> str:
    """Lay out a parameter, whose comma follows; its annotation gives way where the line is too long."""
    annotation, equals, default = code.partition(" = ")
    read = _parsed(annotation)
    return (
        read._replace(tail=f"{read.tail}{equals}{default}").laid_out(indent, behind=1)
        if isinstance(read, Call)
        else code
    )


def _statement(code: str, found: _Scanned, indent: int) -> str:
    """Lay out an assignment or an expression."""
    if annotated := _ANNOTATED.fullmatch(code):
        if found.equals < 0:
            return typed(annotated[1], annotated[2], indent=indent)
        annotation = code[len(annotated[1]) + 2 : found.equals]
        return typed(annotated[1], annotation, _parsed(code[found.equals + 3 :]), indent=indent)
    head, value = code[: found.equals + 3], code[found.equals + 3 :]
    if found.equals >= 0 and _ATOM.fullmatch(value):
        return bracketed(head, value, indent)
    return laid_out(_parsed(code), indent, behind=0)
