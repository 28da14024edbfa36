"""The answers file that is written from drafts."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from extensions import entities

from .draft import EntityDraft, FieldDraft, Report, one_line

_LINE = 120


def errors_of(drafts: list[EntityDraft], *, sqlite: bool = False) -> list[str]:
    """Return what the entity format has against the drafts: nothing, unless an importer is at fault."""
    try:
        entities.parse([draft.answer() for draft in drafts], sqlite=sqlite)
    except entities.EntitiesError as error:
        return error.lines
    return []


def document(
    drafts: list[EntityDraft], *, comment: str, name: str, description: str, database: str | None = None
) -> str:
    """Return the answers file: long form, one field a line."""
    lines = [
        "---",
        f"# {one_line(comment)}"[:_LINE],
        _scalar("app_name", name),
        _scalar("app_description", description),
    ]
    if database is not None:
        lines.append(_scalar("database", database))
    if not drafts:
        return "\n".join([*lines, "entities: []", ""])
    lines.append("entities:")
    for draft in drafts:
        lines += _entity_lines(draft.answer())
    return "\n".join([*lines, ""])


def _entity_lines(answer: dict[str, Any]) -> Iterator[str]:
    bullet = "  - "
    for key, value in answer.items():
        if key == "fields" and value:
            yield "    fields:"
            for one in value:
                yield from _field_lines(one)
        else:
            yield from _indented(_block(key, value, 4), bullet, "    ")
        bullet = "    "


def _field_lines(one: FieldDraft) -> Iterator[str]:
    line = "      - " + _dump(one, default_flow_style=True, width=10**9)
    if len(line) <= _LINE:
        yield line
        return
    bullet = "      - "
    for key, value in one.items():
        yield from _indented(_block(key, value, 8), bullet, "        ")
        bullet = "        "


def _indented(text: str, first: str, other: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n")):
        yield (other if number else first) + line if line else ""


def _block(key: str, value: object, indent: int) -> str:
    """Return `key: value`, broken where it is too long for a line; lists and mappings in flow style."""
    width = _LINE - indent - 20
    if not isinstance(value, (list, dict)):
        text = _dump({key: value}, default_flow_style=False, width=width)
        too_long = max(map(len, text.split("\n"))) > _LINE - indent
        return _cut(key, value, width) if too_long and isinstance(value, str) else text
    first, *others = _dump(value, default_flow_style=True, width=width).split("\n")
    return "\n".join([f"{key}: {first}", *(f"  {line}" for line in others)])


def _cut(key: str, value: str, width: int) -> str:
    """Return `key: "value"` with a long word cut into pieces: a backslash at a line's end joins it to the next."""
    quoted = yaml.dump(value, default_style='"', width=10**9, allow_unicode=True).rstrip("\n")
    pieces = [""]
    for char in re.findall(r"\\x..|\\u.{4}|\\U.{8}|\\.|.", quoted):
        if len(pieces[-1]) + len(char) >= width - len(key):
            pieces.append("")
        pieces[-1] += "\\ " if char == " " and not pieces[-1] else char
    return f"{key}: " + "\\\n  ".join(pieces)


def _scalar(key: str, value: str) -> str:
    return _dump({key: value}, default_flow_style=False, width=_LINE - 20)


def _dump(value: object, *, default_flow_style: bool, width: int) -> str:
    text = yaml.safe_dump(
        value, default_flow_style=default_flow_style, width=width, sort_keys=False, allow_unicode=True
    )
    return text.rstrip("\n")


def finish(parser: ArgumentParser, report: Report, errors: list[str], text: str, output: Path | None) -> int:
    """Print the report and the errors of a conversion, and write its answers file, or print it; return the exit status.

    0: done, 1: there are errors, and nothing is written. A file that cannot be written ends the program with 2.
    """
    report.print()
    for error in errors:
        print(error, file=sys.stderr)
    if errors:
        return 1
    try:
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        parser.error(f"cannot write {output}: {error.strerror}")
    return 0
