"""Python source laid out as `ruff format` would lay it out, so that generated files need no formatter.

Source of the rules: the Black code style, which ruff follows - a call that does not fit on its line moves its
arguments to one indented line, and when they do not fit there either, to one line each with a trailing comma.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

WIDTH = 100
"""The line length of the generated app (`[tool.ruff] line-length` in its pyproject.toml)."""

Imports = dict[str, set[str]]
"""Module -> names imported from it; the empty name stands for `import module`, a name may hold ` as `."""

_STDLIB = frozenset({"__future__", "collections.abc", "datetime", "decimal", "enum", "typing", "uuid"})


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


def width(source: str) -> int:
    """Return how many columns a line takes, as ruff counts: wide characters twice, combining ones not at all."""
    if source.isascii():
        return len(source)
    return sum(
        2 if unicodedata.east_asian_width(one) in "WF" else 0 if unicodedata.category(one) in {"Mn", "Me", "Cf"} else 1
        for one in source
    )


class Call(NamedTuple):
    """`head(arguments)tail`, or with other brackets; an argument may be a call again.

    `one_per_line` is for lists and dicts: what does not fit on one line never shares a line. `comma` says that a comma
    stands behind the last argument: alone, it makes a tuple; several such arguments are written one to a line.
    """

    head: str
    arguments: Sequence[str | Call]
    tail: str = ""
    brackets: str = "()"
    one_per_line: bool = False
    comma: bool = False

    def flat(self) -> str:
        """Return the call on one line."""
        alone = "," if self.comma and len(self.arguments) == 1 else ""
        return f"{self.head}{self.brackets[0]}{_flat(self.arguments)}{alone}{self.brackets[1]}{self.tail}"

    def laid_out(self, indent: int = 0, *, behind: int = 0) -> str:
        """Return the call for a line `indent` blanks in, with `behind` characters to follow on its last line.

        The first line is not indented.
        """
        one = self.flat()
        spread = self.comma and len(self.arguments) > 1
        if not self.arguments or (not spread and indent + width(one) + behind <= WIDTH):
            return one
        outer, inner = " " * indent, " " * (indent + 4)
        start, end = self.head + self.brackets[0], self.brackets[1] + self.tail
        if len(self.arguments) == 1 and not self.comma:
            return f"{start}\n{inner}{laid_out(self.arguments[0], indent + 4, behind=0)}\n{outer}{end}"
        joined = _flat(self.arguments)
        if len(inner) + width(joined) <= WIDTH and not self.one_per_line and not self.comma:
            return f"{start}\n{inner}{joined}\n{outer}{end}"
        lines = "".join(f"{inner}{laid_out(argument, indent + 4)},\n" for argument in self.arguments)
        return f"{start}\n{lines}{outer}{end}"


def _flat(arguments: Iterable[str | Call]) -> str:
    return ", ".join(one.flat() if isinstance(one, Call) else one for one in arguments)


def laid_out(argument: str | Call, indent: int, behind: int = 1) -> str:
    """Return an argument for a line `indent` blanks in, with `behind` characters to follow."""
    return argument.laid_out(indent, behind=behind) if isinstance(argument, Call) else argument


def bracketed(head: str, value: str, indent: int) -> str:
    """Return `head` and a value without brackets of its own; in brackets where only that makes it fit."""
    if indent + width(head + value) > WIDTH >= indent + 4 + width(value):
        return f"{head}(\n{' ' * (indent + 4)}{value}\n{' ' * indent})"
    return head + value


def typed(name: str, annotation: str, value: str | Call | None = None, *, indent: int = 4) -> str:
    """Lay out `name: annotation = value`; what gives way first is the value, and then the annotation."""
    head = f"{name}: {annotation}"
    if isinstance(value, Call) and not value.arguments:
        value = value.flat()
    flat = value.flat() if isinstance(value, Call) else value
    if indent + width(head if flat is None else f"{head} = {flat}") <= WIDTH:
        return head if flat is None else f"{head} = {flat}"
    opened = f"{value.head}{value.brackets[0]}" if isinstance(value, Call) else "("
    if value is not None and indent + width(f"{head} = {opened}") <= WIDTH:
        if isinstance(value, Call) or not {"[", "|"} & set(annotation):
            return _assigned(f"{head} = ", value, indent)
        if not value.startswith(("-", "[]", "{}")):  # an operator and empty brackets give way after the annotation
            return f"{head} = (\n{' ' * (indent + 4)}{value}\n{' ' * indent})"
    outer, inner = " " * indent, " " * (indent + 4)
    if isinstance(value, Call) and indent + width(f"{head} = (") <= WIDTH:
        return f"{head} = (\n{inner}{value.laid_out(indent + 4)}\n{outer})"
    if _is_subscript(annotation):
        return _assigned(f"{name}: {_opened(annotation, indent)}", value, indent, joint=" = ")
    if " | " in annotation or (value is None and len(inner) + width(annotation) <= WIDTH):
        annotation = _on_lines(annotation, indent + 4)
        return _assigned(f"{name}: (\n{inner}{annotation}\n{outer})", value, indent, joint=" = ")
    return _assigned(head, value, indent, joint=" = ")


def _is_subscript(annotation: str) -> bool:
    return annotation.endswith("]") and " | " not in annotation.partition("[")[0]


def _opened(subscript: str, indent: int) -> str:
    """Lay out a subscript on several lines."""
    head, _, held = subscript[:-1].partition("[")
    return f"{head}[\n{' ' * (indent + 4)}{_on_lines(held, indent + 4)}\n{' ' * indent}]"


def _on_lines(annotation: str, indent: int) -> str:
    """Lay out an annotation that shares its lines with nothing else."""
    if indent + width(annotation) <= WIDTH or not {"[", "|"} & set(annotation):
        return annotation
    if _is_subscript(annotation):
        return _opened(annotation, indent)
    return f"\n{' ' * indent}| ".join(_on_lines(part, indent) for part in annotation.split(" | "))


def _assigned(head: str, value: str | Call | None, indent: int, joint: str = "") -> str:
    """Append a value to what stands before it, whose last line is what counts."""
    if value is None:
        return head
    before, _, last = (head + joint).rpartition("\n")
    before += "\n" if before else ""
    last = last[indent:] if before else last
    pad = " " * indent if before else ""
    if isinstance(value, Call):
        return f"{before}{pad}{value._replace(head=last + value.head).laid_out(indent)}"
    return f"{before}{pad}{bracketed(last, value, indent)}" if not joint else f"{head}{joint}{value}"


def imports(wanted: Imports, *, indent: int = 0) -> str:
    """Lay out import statements in isort's order: standard library, third party, the app; a blank line between.

    Every line starts `indent` blanks in.
    """
    sections: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for module in sorted(wanted, key=lambda m: (_section(m), natural(m))):
        names = wanted[module]
        section = sections[_section(module)]
        section += [f"import {module}{name}" for name in sorted(names) if name == "" or name.startswith(" as ")]
        plain = sorted((name for name in names if name and not name.startswith(" as ")), key=_import_order)
        if plain:
            section.append(import_line(module, *plain, indent=indent))
    for lines in sections.values():
        lines.sort(key=lambda line: line.startswith("from "))
    return textwrap.indent("\n\n".join("\n".join(lines) for lines in sections.values() if lines), " " * indent)


def import_line(module: str, *names: str, indent: int = 0) -> str:
    """Lay out an import statement for a place `indent` blanks in; its own lines are not indented."""
    one = f"from {module} import {', '.join(names)}"
    if indent + width(one) <= WIDTH:
        return one
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _section(module: str) -> int:
    if module in _STDLIB:
        return 0
    return 2 if module.split(".", maxsplit=1)[0] in {"app", "tests", "tools"} else 1


def natural(name: str) -> list[str | int]:
    """Return a sort key that counts as people do, and as isort does: entity2 before entity10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def _import_order(name: str) -> tuple[int, list[str | int], str]:
    """isort's order-by-type: CONSTANTS, Classes, then the rest; inside a kind without regard to case."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, natural(name.lower()), name


def merge_imports(parts: Iterable[Imports]) -> Imports:
    """Return the union of several import tables."""
    merged: Imports = {}
    for part in parts:
        for module, names in part.items():
            merged.setdefault(module, set()).update(names)
    return merged
