"""Changed entities in the database: the migration that Alembic writes keeps the rows, and the app's tests pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Render, commit_all
from tests.entities.apps import LEAN, VARIANTS, apps_python, runner
from tests.update.live import ask
from tests.update.project import new_project

pytestmark = pytest.mark.slow

BEFORE: list[dict[str, Any]] = [
    {
        "name": "Order",
        "soft_delete": True,
        "unique": [["code", "customer"]],
        "fields": [
            {"name": "code", "type": "string", "required": True, "unique": True},
            {"name": "status", "type": "enum", "values": ["open", "paid"], "default": "open", "filter": True},
            {"name": "customer", "type": "reference", "to": "Customer", "required": True},
            {"name": "labels", "type": "many_to_many", "to": "Label"},
            {"name": "note", "type": "text"},
        ],
    },
    {"name": "Customer", "fields": [{"name": "name", "type": "string", "required": True}]},
    {"name": "Label", "fields": [{"name": "word", "type": "string", "required": True, "index": True}]},
]
AFTER: list[dict[str, Any]] = [
    {
        "name": "Purchase",
        "renamed_from": "Order",
        "soft_delete": True,
        "unique": [["number", "buyer"]],
        "fields": [
            {"name": "number", "type": "string", "required": True, "unique": True, "renamed_from": "code"},
            {
                "name": "state",
                "type": "enum",
                "values": ["open", "paid", "gone"],
                "default": "open",
                "filter": True,
                "renamed_from": "status",
            },
            {"name": "buyer", "type": "reference", "to": "Customer", "required": True, "renamed_from": "customer"},
            {"name": "tags", "type": "many_to_many", "to": "Tag", "renamed_from": "labels"},
            {"name": "total", "type": "decimal", "default": 0, "required": True},
        ],
    },
    {"name": "Customer", "fields": [{"name": "name", "type": "string", "required": True}]},
    {
        "name": "Tag",
        "renamed_from": "Label",
        "fields": [{"name": "word", "type": "string", "required": True, "index": True}],
    },
]
ROWS = (
    "INSERT INTO customers (id, name) VALUES (7, 'Ada')",
    "INSERT INTO labels (id, word) VALUES (3, 'red')",
    "INSERT INTO orders (id, code, status, customer_id, note) VALUES (5, 'A-1', 'paid', 7, 'gone soon')",
    "INSERT INTO order_labels (order_id, label_id) VALUES (5, 3)",
)
JOINED = (
    "SELECT p.number, p.state, c.name, t.word FROM purchases p JOIN customers c ON c.id = p.buyer_id "
    "JOIN purchase_tags l ON l.purchase_id = p.id JOIN tags t ON t.id = l.tag_id"
)


@pytest.mark.parametrize("variant", ["postgresql-async", "sqlite-sync"])
def test_a_rename_keeps_the_rows(variant: str, tmp_path: Path, render: Render) -> None:
    project = new_project(tmp_path, {**LEAN, **VARIANTS[variant], "entities": BEFORE})
    python = apps_python(render)
    run = runner(python, project.app)
    for statement in ROWS:
        ask(python, project.app, statement)
    project.update(entities=AFTER)
    with pytest.raises(AssertionError, match=r'run make migration m="what changed"'):
        run("pytest", "-q", "-p", "no:cacheprovider", "tests/core/test_migrations.py")
    assert "a rename nobody declared" in run("tools.migration", "purchases")
    (written,) = (project.app / "migrations/versions").glob("*_purchases.py")
    text = written.read_text(encoding="utf-8")
    upgrade = text[: text.index("def downgrade")]
    assert "ALTER TABLE orders RENAME TO purchases" in upgrade
    assert "drop_table" not in upgrade
    assert upgrade.count("drop_column") == 1, "the note alone goes"
    assert ask(python, project.app, JOINED) == [["A-1", "paid", "Ada", "red"]]
    run("pytest", "-q", "-p", "no:cacheprovider")
    run("ruff", "check", "--no-cache", ".")
    run("ruff", "format", "--no-cache", "--check", ".")
    run("mypy")
    commit_all(project.app)
    project.update()
    assert project.changed() == {}


def test_tables_of_users_are_migrated_too(tmp_path: Path, render: Render) -> None:
    """A model in a module that `app/extra.py` imports; an entity that goes is dropped by the migration, not before."""
    project = new_project(tmp_path, {**LEAN, "entities": ["Note", "Tag"]})
    python = apps_python(render)
    run = runner(python, project.app)
    project.add("app/reports.py", OWN_TABLE)
    project.edit(
        "app/extra.py", "from fastapi import FastAPI\n", "from fastapi import FastAPI\n\nfrom app import reports\n"
    )
    project.edit("app/extra.py", "def extend(", '__all__ = ["extend", "reports"]\n\n\ndef extend(')
    run("tools.migration", "reports")
    assert ask(python, project.app, "SELECT count(*) FROM reports") == [[0]]
    project.commit()
    ask(python, project.app, "INSERT INTO tags (name) VALUES ('kept until the migration')")
    project.update(entities=["Note"])
    assert ask(python, project.app, "SELECT name FROM tags") == [["kept until the migration"]]
    run("tools.migration", "no tags")
    run("pytest", "-q", "-p", "no:cacheprovider", "tests/core")
    with pytest.raises(AssertionError, match="tags"):
        ask(python, project.app, "SELECT name FROM tags")


OWN_TABLE = '''"""Reports: a table of our own."""

from app.core.model import Base, IntegerKey


class Report(IntegerKey, Base):
    """A report."""

    __tablename__ = "reports"
'''
