"""The intermediate form of the importers: drafts of entities and a report of what was left out."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

FieldDraft = dict[str, Any]


@dataclass
class Report:
    """What could not be carried over, a line for each."""

    lines: list[str] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        """Keep one line, without control characters."""
        line = f"{where}: {what}"
        line = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in line)
        if line not in self.lines:
            self.lines.append(line)

    def print(self) -> None:
        """Print all lines to standard error."""
        for line in self.lines:
            print(line, file=sys.stderr)


@dataclass
class EntityDraft:
    """An entity on its way into the answers file.

    `where` tells people where it comes from; references mean it by its `key` until it has a name for good.
    """

    key: str
    name: str
    where: str
    table: str | None = None
    description: str | None = None
    primary_key: str = "integer"
    timestamps: bool = True
    paging: str = "offset"
    operations: list[str] | None = None
    fields: list[FieldDraft] = field(default_factory=list)
    unique: list[list[str]] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        """Return the entity as it is written, without what is a default."""
        written: dict[str, Any] = {"name": self.name}
        written |= {"table": self.table} if self.table else {}
        written |= {"description": self.description} if self.description else {}
        written |= {"primary_key": self.primary_key} if self.primary_key != "integer" else {}
        written |= {} if self.timestamps else {"timestamps": False}
        written |= {"paging": self.paging} if self.paging != "offset" else {}
        written["fields"] = self.fields
        written |= {"unique": self.unique} if self.unique else {}
        written |= {"operations": self.operations} if self.operations is not None else {}
        return written


def one_line(text: str | None) -> str | None:
    """Return a text on one line without control characters, or None where nothing is left."""
    if text is None:
        return None
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split()) or None
