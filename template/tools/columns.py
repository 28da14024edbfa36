"""What the rows of each column may hold, as the newest migration knows it: `migrations/versions/columns.jsonl`.

The database does not know all of it: an enum is text there, and where it has no exact decimals, one
is a whole number. A comparison with the database misses a change after which rows are not read as they
were written; this record does not.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import sqlalchemy as sa

import app.extra  # noqa: F401  (for your own tables)
from app.core.db import DRIVER
from app.core.migrate import ROOT
from app.core.model import Base
from app.entities.registry import RENAMED_COLUMNS, RENAMED_TABLES
from tools.conversions import TRUE, stored, unreadable
from tools.kinds import Kind

RECORD = ROOT / "migrations" / "versions" / "columns.jsonl"


class Change(NamedTuple):
    """A change of a column after which rows that are there would not be read as they were written."""

    table: str
    column: str
    what: str
    statement: str
    after: bool
    """Whether the statement belongs behind the other operations: the new type holds its values, the old one does not."""

    def line(self) -> str:
        """Say where, what, and how to go on."""
        shown = self.statement.replace('"', r"\"")
        way = f'rows="{shown}"' if shown else "rows=keep where that is meant"
        return f"{self.table}.{self.column}: {self.what}: {way}"


Record = dict[tuple[str, str], list[Kind]]
"""Kinds by table and column; several of one column where branches with different ones were merged."""


def read() -> Record | None:
    """Return what is recorded; None where there is no record, ValueError where it cannot be read."""
    if not RECORD.exists():
        return None
    record: Record = {}
    for number, line in enumerate(RECORD.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            one = json.loads(line)
            kind = Kind(one["kind"], tuple(one.get("values", ())), one.get("scale"))
            record.setdefault((one["table"], one["column"]), []).append(kind)
        except (TypeError, ValueError, LookupError) as error:
            message = f"{RECORD}, line {number}: not a column; keep the lines of both branches"
            raise ValueError(message) from error
    return record


def write(record: Record) -> None:
    """Record what the newest migration knows: one line for each column, so that branches can be merged."""
    lines = []
    for (table, column), kinds in sorted(record.items()):
        for kind in kinds:
            line: dict[str, object] = {"table": table, "column": column, "kind": kind.name}
            if kind.values:
                line["values"] = kind.values
            if kind.scale is not None:
                line["scale"] = kind.scale
            lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    RECORD.write_text("".join(lines), encoding="utf-8")


def of_models() -> Record:
    """Return what the models say."""
    return {
        (table.fullname, column.name): [stored(column.type)]
        for table in Base.metadata.tables.values()
        for column in table.columns
    }


def changes(record: Record) -> Iterator[Change]:
    """Find the columns whose rows break where the models are as they are and the rows as they are recorded."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            new = stored(column.type)
            for old in before(record, table.fullname, column.name):
                if found := change(old, new, column):
                    yield found


def before(record: Record, table: str, column: str) -> Sequence[Kind]:
    """Return what is recorded of a column, also by the names that it and its table had before."""
    tables = [table, *(old for old, new in RENAMED_TABLES if new == table)]
    columns = [column, *(old for of, old, new in RENAMED_COLUMNS if (of, new) == (table, column))]
    return next((record[names] for names in product(tables, columns) if names in record), ())


def change(old: Kind, new: Kind, column: sa.Column[Any]) -> Change | None:
    """Return what breaks where a column that held one thing is to hold another; None where nothing does."""
    preparer = sa.make_url(f"{DRIVER}://").get_dialect()().identifier_preparer
    name, table = preparer.quote(column.name), preparer.format_table(column.table)
    if new.name == "enum":
        what, value = unlisted(old, new, name)
    else:
        what, value = unreadable(old, new, name)
    if not what:
        return None
    if column.primary_key or column.foreign_keys:
        what, value = f"{what}, and other rows refer to it", ""
    elif value == "NULL" and not column.nullable:
        value = "..."
    statement = f"UPDATE {table} SET {name} = {value}" if value else ""  # noqa: S608  # nosec B608  (to be read)
    text = {"text", "enum"}
    after = new.name in text and old.name not in text
    return Change(column.table.fullname, column.name, what, statement, after)


def literal(value: str) -> str:
    """Return text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"


def unlisted(old: Kind, new: Kind, name: str) -> tuple[str, str]:
    """Return what breaks where a column becomes an enum, or an enum loses values; and what to set."""
    gone = [value for value in old.values if value not in new.values]
    if old.name == "enum":
        if not gone:
            return "", ""
        added = [value for value in new.values if value not in old.values]
        value = added[0] if len(added) == len(gone) == 1 else new.values[0]
        shown = ", ".join(json.dumps(one, ensure_ascii=False) for one in gone)
        what = f"rows may hold {shown}, which {'is' if len(gone) == 1 else 'are'} no longer listed"
        return what, f"{literal(value)} WHERE {name} IN ({', '.join(map(literal, gone))})"
    what = f"rows may hold {old.name} values that are not listed"
    if old.name == "boolean":
        yes, no = literal(new.values[-1]), literal(new.values[0])
        case = f"CASE {name} WHEN {TRUE} THEN {yes} ELSE {no} END"
        return what, f"{case} WHERE {name} IS NOT NULL"
    listed = ", ".join(map(literal, new.values))
    return what, f"{literal(new.values[0])} WHERE {name} NOT IN ({listed})"
