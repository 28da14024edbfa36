"""The importer of existing databases: tables on each of them, and the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Render

sa = pytest.importorskip("sqlalchemy")

from importers.database.__main__ import MISSING, main  # noqa: E402
from tests.importers.databases import SHOP, by_name, convert, run, sqlite_file  # noqa: E402


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_tables_of_sqlalchemy(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = sa.MetaData()
    sa.Table(
        "teams",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, unique=True),
        sa.Column("level", sa.Enum("low", "high", name="level", create_constraint=True), server_default="low"),
        sa.Column("budget", sa.Numeric(10, 2), nullable=False, server_default="1.25"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("data", sa.JSON),
    )
    sa.Table(
        "memberships",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
        sa.Column("friend_id", sa.ForeignKey("memberships.id", ondelete="SET NULL")),
        sa.Column("role", sa.String(20), nullable=False),
        sa.UniqueConstraint("team_id", "role"),
    )
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path / 'teams.db'}"
        metadata.create_all(sa.create_engine(url))
    else:
        engine = request.getfixturevalue("database")
        metadata.create_all(engine)
        url = run(engine, "")
    answers, _ = convert(url, capsys=capsys)
    assert by_name(answers)["Team"]["fields"] == [
        {"name": "name", "type": "string", "max_length": 50, "required": True, "unique": True},
        {"name": "level", "type": "enum", "values": ["low", "high"], "default": "low"},
        {"name": "budget", "type": "decimal", "precision": 10, "scale": 2, "required": True, "default": 1.25},
        {"name": "active", "type": "boolean", "required": True, "default": True},
        {"name": "data", "type": "json"},
    ]
    assert by_name(answers)["Membership"] == {
        "name": "Membership",
        "primary_key": "uuid",
        "timestamps": False,
        "fields": [
            {"name": "team", "type": "reference", "to": "Team", "required": True, "on_delete": "cascade"},
            {"name": "friend", "type": "reference", "to": "Membership", "on_delete": "set_null"},
            {"name": "role", "type": "string", "max_length": 20, "required": True},
        ],
        "unique": [["team", "role"]],
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("nonsense", "this is no URL"),
        ("mysql://root:topsecret@localhost/shop", "mysql is not supported"),
        ("sqlite:///none.db", "there is no file 'none.db'"),
        ("sqlite://", "there is no file ':memory:'"),
        ("postgresql://bob:topsecret@127.0.0.1:1/shop", "cannot read the PostgreSQL database shop: "),
        ("postgresql://bob:topsecret@127.0.0.1:none/shop", "this is no URL"),
        ("postgres://bob@127.0.0.1:1/shop?password=topsecret", "cannot read the PostgreSQL database shop: "),
        ("postgresql://bob:p@topsecret@127.0.0.1/shop", "there is more than one @ behind the user's name in the URL"),
        ("postgresql://bob:p@w/topsecret@127.0.0.1/shop", "write an @ of the password as %40"),
        ("postgresql://bob:p@w?topsecret@127.0.0.1/shop", "write an @ of the password as %40"),
        ("postgresql://b%40b:p@topsecret@127.0.0.1/shop", "write an @ of the password as %40"),
        ("postgresql://bob@server:p@topsecret@127.0.0.1:1/shop", "write an @ of the password as %40"),
        ("postgresql://bob@server:topsecret@127.0.0.1:1/shop", "cannot read the PostgreSQL database shop: "),
        ("postgresql://bob:top%40topsecret@127.0.0.1:1/shop", "cannot read the PostgreSQL database shop: "),
        ("postgresql+asyncpg://bob:topsecret@127.0.0.1:1/topsecret", "cannot read the PostgreSQL database"),
    ],
)
def test_urls_that_lead_nowhere(
    url: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main([url])
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert expected in printed.err
    assert "topsecret" not in printed.out + printed.err.replace("database topsecret", "")
    assert list(tmp_path.iterdir()) == []


def test_no_database_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.db").write_text("This is a text. " * 100, encoding="utf-8")
    with pytest.raises(SystemExit):
        main([f"sqlite:///{tmp_path / 'text.db'}"])
    assert "file is not a database" in capsys.readouterr().err


def test_arguments_too_many_are_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sqlite:///a.db", "postgresql://bob:topsecret@localhost/shop"])
    assert stopped.value.code == 2
    assert "topsecret" not in capsys.readouterr().err


def test_without_sqlalchemy(tmp_path: Path) -> None:
    (tmp_path / "sqlalchemy.py").write_text("raise ModuleNotFoundError('no', name='sqlalchemy')\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    words = [sys.executable, "-m", "importers.database", "sqlite:///a.db"]
    done = subprocess.run(words, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(MISSING)


def test_the_output_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = sqlite_file(tmp_path, SHOP)
    assert main([url, "-o", str(tmp_path / "answers.yml")]) == 0
    assert capsys.readouterr().out == ""
    made = (tmp_path / "answers.yml").read_text(encoding="utf-8")
    assert made.startswith("---\n# Made from the SQLite database corner_shop.db by importers.database.\n")


def test_it_renders(tmp_path: Path, render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    answers, _ = convert(sqlite_file(tmp_path, SHOP), capsys=capsys)
    app = render(answers)
    for path in app.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    assert (app / "app" / "entities" / "order_item").exists()
