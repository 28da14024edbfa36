"""A change of a column after which rows would not be read as they were written is rejected, with a way to go on."""

import json
import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.model import Base, TimestampUtc, enum_type
from app.core.settings import Settings
from tests.database import converted, found
from tools import columns, migration
from tools.conversions import stored
from tools.kinds import Kind


class Before(StrEnum):
    """Some values."""

    OPEN = "open"
    SENT = "sent"


class After(StrEnum):
    """One of them has another name."""

    OPEN = "open"
    SHIPPED = "it's shipped"


CHANGES: list[tuple[Any, Any, Any, Any]] = [
    (enum_type(Before), Before.SENT, enum_type(After), After.SHIPPED),
    (enum_type(Before), Before.OPEN, enum_type(After), After.OPEN),
    (sa.Boolean(), True, enum_type(Before), Before.SENT),
    (sa.Boolean(), False, enum_type(Before), Before.OPEN),
    (sa.Integer(), 7, enum_type(Before), Before.OPEN),
    (sa.String(9), "sent", enum_type(Before), Before.SENT),
    (sa.String(9), "lost", enum_type(Before), Before.OPEN),
]
"""A type, a value, another type, and the value after the statement that is offered."""

FINE: list[tuple[Any, Any]] = [
    (enum_type(Before), sa.String(50)),
    (sa.String(9), sa.Text()),
    (sa.Integer(), sa.BigInteger()),
    (sa.Integer(), sa.Double()),
    (sa.Integer(), sa.String(9)),
    (TimestampUtc(), sa.String(40)),
    (sa.Uuid(), sa.String(40)),
    (sa.LargeBinary(), sa.LargeBinary()),
]
"""Types that may follow each other: rows are read as before."""


@pytest.mark.parametrize(("old", "value", "new", "wanted"), CHANGES, ids=str)
def test_the_statement_that_is_offered(
    settings: Settings, old: Any, value: Any, new: Any, wanted: Any
) -> None:
    """The change is found; with the statement in the migration the row is read well."""
    assert converted(settings, old, value, new) == wanted


@pytest.mark.parametrize(("old", "new"), FINE, ids=str)
def test_changes_that_break_nothing(old: Any, new: Any) -> None:
    """They are not rejected, and neither is a type that stays."""
    assert found(old, new) is None
    assert found(new, new) is None


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("keep", []),
        (" A 'b;c' ; D \"e;f\";", ["A 'b;c'", 'D "e;f"']),
        ("A 'not closed; B", ["A 'not closed", "B"]),
        ("A '10:30' :b c::d e \\:f", [r"A '10:30' \:b c::d e \:f"]),
    ],
)
def test_statements(rows: str, wanted: list[str]) -> None:
    """Semicolons part them, but not in quotes; a colon begins no parameter, and nothing is left out."""
    assert [one.sqltext for one in migration.statements(rows)] == wanted


def test_keys_have_no_statement() -> None:
    """Other rows refer to them."""
    key = sa.Column("id", sa.String(9), primary_key=True)
    sa.Table("things", sa.MetaData(), key)
    change = columns.change(Kind("enum", ("a", "b")), Kind("enum", ("a",)), key)
    assert change is not None
    assert change.statement == ""


@pytest.fixture
def things(versions: Path) -> Iterator[sa.Table]:
    """Return a table with an enum that has lost a value since the newest migration."""
    assert columns.RECORD.parent == versions
    table = sa.Table("things", Base.metadata, sa.Column("state", enum_type(After)))
    record = columns.of_models() | {("things", "state"): [stored(enum_type(Before))]}
    columns.write(record)
    yield table
    Base.metadata.remove(table)


def command(monkeypatch: pytest.MonkeyPatch, rows: str = "") -> None:
    """Run the command that writes a migration."""
    monkeypatch.setattr(sys, "argv", ["migration", "things"])
    monkeypatch.setitem(os.environ, "ROWS", rows)
    migration.main()


def test_the_command_rejects(things: sa.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the column, what breaks and what to do, and writes nothing; a statement has to name the column."""
    folder = columns.RECORD.parent
    before = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.*")}
    for given in ("", "UPDATE others SET state = 'open'"):
        with pytest.raises(SystemExit) as rejected:
            command(monkeypatch, given)
        line, *more = str(rejected.value).splitlines()
        what, _, rows = line.partition(': rows="')
        assert what == f'{things.name}.state: rows may hold "sent", which is no longer listed'
        assert rows == "UPDATE things SET state = 'it''s shipped' WHERE state IN ('sent')\""
        assert "Nothing was written" in more[0]
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.*")} == before


def test_the_command_goes_on(
    things: sa.Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a statement it is in the migration, and what was rejected is known from then on."""
    rows = "UPDATE things SET state = 'it''s; :shipped' WHERE state = 'sent'; DELETE FROM things"
    command(monkeypatch, rows)
    (written,) = columns.RECORD.parent.glob("*_things.py")
    text = written.read_text(encoding="utf-8").partition("def downgrade")[0]
    assert r"SET state = 'it''s; \\:shipped' WHERE state = 'sent'" in text.replace(r"\'", "'")
    assert text.index("UPDATE things") < text.index("DELETE FROM things")
    assert columns.read() == columns.of_models()
    assert "Read it" in capsys.readouterr().out
    assert list(columns.changes(columns.of_models())) == []
    assert things.name in Base.metadata.tables


def test_rows_that_fit(
    things: sa.Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`rows=keep` is enough where they do; what changes nothing in the tables is recorded all the same."""
    command(monkeypatch, "keep")
    (written,) = columns.RECORD.parent.glob("*_things.py")
    assert "UPDATE" not in written.read_text(encoding="utf-8")
    written.unlink()
    Base.metadata.remove(things)
    command(monkeypatch)
    assert "columns.jsonl has learned" in capsys.readouterr().out
    command(monkeypatch)
    assert "nothing to write" in capsys.readouterr().out
    columns.RECORD.unlink()
    command(monkeypatch)
    assert "columns.jsonl was missing" in capsys.readouterr().out
    assert columns.read() == columns.of_models()


def test_names_from_before(things: sa.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column is known by the names that it and its table had."""
    record = {("stuff", "status"): [Kind("enum", ("open", "gone"))]}
    assert list(columns.changes(record)) == []
    monkeypatch.setattr(columns, "RENAMED_TABLES", [("stuff", "things")])
    monkeypatch.setattr(columns, "RENAMED_COLUMNS", [("things", "status", "state")])
    (change,) = columns.changes(record)
    assert (change.table, change.column) == (things.name, "state")
    assert '"gone"' in change.what


def test_a_record_of_two_branches(things: sa.Table) -> None:
    """Lines of both count; an invalid line is reported with its number."""
    line = {"table": things.name, "column": "state", "kind": "enum", "values": ["open", "lost"]}
    with columns.RECORD.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    kinds = (columns.read() or {})["things", "state"]
    assert [kind.values for kind in kinds] == [("open", "sent"), ("open", "lost")]
    found = list(columns.changes({("things", "state"): kinds}))
    assert ['"sent"' in change.what for change in found] == [True, False]
    columns.RECORD.write_text("<<<<<<< ours\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1: not a column"):
        columns.read()
