"""Changed entities in the database: the migration that Alembic writes keeps the rows, and the app's tests pass."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Render, commit_all, git
from tests.docs import snippets
from tests.entities.apps import LEAN, VARIANTS, apps_python, runner
from tests.environments import clean_environment
from tests.update.live import ask
from tests.update.project import new_project

pytestmark = [pytest.mark.slow, pytest.mark.turns(2)]

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
    assert "a rename that is not declared" in run("tools.migration", "purchases")
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
    project.edit("app/extra.py", "import Depends\n", "import Depends\n\nfrom app import reports\n")
    project.edit("app/extra.py", "# Your routers.", '__all__ = ["reports"]\n\n# Your routers.')
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


TICKET: dict[str, Any] = {
    "name": "Ticket",
    "fields": [
        {"name": "state", "type": "enum", "values": ["open", "paid", "shipped"], "required": True},
        {"name": "price", "type": "decimal", "scale": 2},
        {"name": "done", "type": "boolean"},
        {"name": "kind", "type": "enum", "values": ["big"]},
    ],
}
LATER: dict[str, Any] = {
    "name": "Ticket",
    "fields": [
        {
            "name": "status",
            "type": "enum",
            "values": ["open", "paid", "sent"],
            "required": True,
            "renamed_from": "state",
        },
        {"name": "price", "type": "decimal", "scale": 4},
        {"name": "done", "type": "enum", "values": ["no", "yes"]},
        {"name": "kind", "type": "enum", "values": ["big", "small"]},
    ],
}
STATUS = (
    'rows may hold "shipped", which is no longer listed: '
    "rows=\"UPDATE tickets SET status = 'sent' WHERE status IN ('shipped')\""
)
PRICE = '1 would be read as 0.01: rows="UPDATE tickets SET price = price * 100"'
DONE = (
    "rows may hold boolean values that are not listed: "
    "rows=\"UPDATE tickets SET done = CASE done WHEN '{}' THEN 'yes' ELSE 'no' END WHERE done IS NOT NULL\""
)
REJECTED = {
    "postgresql": [f"tickets.status: {STATUS}", f"tickets.done: {DONE.format('true')}"],
    "sqlite": [f"tickets.status: {STATUS}", f"tickets.price: {PRICE}", f"tickets.done: {DONE.format('1')}"],
}
INSERT = "INSERT INTO tickets (state, price, done) VALUES ('shipped', {}, true)"


@pytest.mark.parametrize("variant", VARIANTS)
def test_rows_that_would_break_are_spoken_of(variant: str, tmp_path: Path, render: Render) -> None:
    """The command rejects, a line for each column; with what it offers, the rows are what they were."""
    project = new_project(tmp_path, {**LEAN, **VARIANTS[variant], "entities": [TICKET]})
    python = apps_python(render)
    run = runner(python, project.app)
    ask(python, project.app, INSERT.format("1234" if "sqlite" in variant else "12.34"))
    project.update(entities=[LATER])
    before = project.changed()
    with pytest.raises(AssertionError) as rejected:
        run("tools.migration", "later")
    lines = [line for line in str(rejected.value).splitlines() if line.startswith("tickets.")]
    assert lines == REJECTED[variant.partition("-")[0]]
    assert project.changed() == before
    statements = "; ".join(line.partition('rows="')[2].removesuffix('"') for line in lines)
    run("tools.migration", "later", ROWS=statements)
    (row,) = ask(python, project.app, "SELECT status, price, done FROM tickets")
    assert [str(value) for value in row] == ["sent", "123400" if "sqlite" in variant else "12.3400", "yes"]
    if "postgresql" in variant:
        (written,) = (project.app / "migrations/versions").glob("*_later.py")
        using = "postgresql_using=\"done = 'yes'\""  # PostgreSQL makes no boolean of a text by itself
        project.edit(str(written.relative_to(project.app)), "type_=sa.BOOLEAN(),", f"type_=sa.BOOLEAN(), {using},")
        run("ruff", "format", "--no-cache", ".")
    run("pytest", "-q", "-p", "no:cacheprovider", "tests/core/test_migrations.py", "tests/core/test_columns.py")
    for command in (("ruff", "check", "--no-cache", "."), ("ruff", "format", "--no-cache", "--check", ".")):
        run(*command)
    project.commit()
    assert "nothing to write" in run("tools.migration", "again")
    assert project.changed() == {}


def test_the_command_of_the_page(tmp_path: Path, render: Render) -> None:
    """What the how-to shows, as it stands there: the statement gets through the shell and make into the migration."""
    order: dict[str, Any] = {
        "name": "Order",
        "fields": [{"name": "state", "type": "enum", "values": ["paid", "shipped"]}],
    }
    project = new_project(tmp_path, {**LEAN, "database": "sqlite", "entities": [order]})
    python = apps_python(render)
    ask(python, project.app, "INSERT INTO orders (state) VALUES ('shipped')")
    project.update(entities=[{**order, "fields": [{"name": "state", "type": "enum", "values": ["paid"]}]}])
    (project.app / ".venv").symlink_to(python.parents[1])
    block = snippets.shown("docs/how-to/change-entities.md", 'make migration m="no shipped')
    with pytest.raises(AssertionError) as rejected:
        snippets.run("make migration m=x", project.app, clean_environment())
    (line,) = (line for line in str(rejected.value).splitlines() if line.startswith("orders."))
    assert line.replace("'paid'", "'open'") in (ROOT / block.page).read_text(encoding="utf-8")
    snippets.run(block.code, project.app, clean_environment())
    assert ask(python, project.app, "SELECT state FROM orders") == [["paid"]]


def test_a_value_that_was_added_is_known(tmp_path: Path, render: Render) -> None:
    """No migration is needed, but the value is recorded: it cannot be removed in silence. A missing record is made."""
    project = new_project(tmp_path, {**LEAN, "database": "sqlite", "entities": [TICKET]})
    run = runner(apps_python(render), project.app)
    only = ("pytest", "-q", "-p", "no:cacheprovider", "tests/core/test_migrations.py")
    more = {**TICKET, "fields": [*TICKET["fields"][:3], LATER["fields"][3]]}
    project.update(entities=[more])
    with pytest.raises(AssertionError, match=r'run make migration m="what changed"'):
        run(*only)
    assert "columns.jsonl has learned" in run("tools.migration", "small")
    assert set(project.changed()) & {"migrations/versions/columns.jsonl"}
    run(*only)
    project.commit()
    project.update(entities=[TICKET])
    with pytest.raises(AssertionError, match=r'tickets.kind: rows may hold "small"'):
        run("tools.migration", "not small")
    run("tools.migration", "not small", ROWS="keep")
    project.commit()
    (project.app / RECORD).unlink()
    assert "columns.jsonl was missing" in run("tools.migration", "record")
    assert project.changed() == {}


def test_branches_with_other_values_are_merged(tmp_path: Path, render: Render) -> None:
    """The record of both branches counts, without a conflict."""
    project = new_project(tmp_path, {**LEAN, "database": "sqlite", "entities": [TICKET]})
    line = '{{"table": "tickets", "column": "{}", "kind": "enum", "values": ["big", "{}"]}}'
    text = project.read(RECORD)
    (old,) = (one for one in text.splitlines() if '"column": "kind"' in one)
    for branch in ("here", "there"):
        git(project.app, "checkout", "--quiet", "-B", branch, "main")
        project.edit(RECORD, old, line.format("kind", branch))
        project.commit()
    git(project.app, "merge", "--quiet", "--no-edit", "here")
    with pytest.raises(AssertionError) as rejected:
        runner(apps_python(render), project.app)("tools.migration", "merged")
    assert [f'rows may hold "{branch}"' in str(rejected.value) for branch in ("here", "there")] == [True, True]


@pytest.mark.parametrize("variant", ["postgresql-async", "sqlite-sync"])
def test_the_database_of_tests_stays_as_it_is(variant: str, tmp_path: Path, render: Render) -> None:
    """With TEST_DATABASE_URL, too, a rename is written each time anew, and the tests pass on that database."""
    project = new_project(tmp_path, {**LEAN, **VARIANTS[variant], "entities": BEFORE})
    python = apps_python(render)
    project.update(entities=AFTER)
    url = f"sqlite:///{tmp_path}/kept_test.db" if "sqlite" in variant else ""
    environment = clean_environment(XDG_DATA_HOME=str(tmp_path / "data"), TEST_DATABASE_URL=url)
    command = [python, "-c", ON_A_DATABASE_THAT_STAYS]
    done = subprocess.run(command, cwd=project.app, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
    first, second = json.loads(done.stdout.splitlines()[-1])
    assert "ALTER TABLE orders RENAME TO purchases" in first
    assert first == second


RECORD = "migrations/versions/columns.jsonl"
ON_A_DATABASE_THAT_STAYS = """
import contextlib, json, os, subprocess, sys
from pathlib import Path
from tools import database

kept = os.environ["TEST_DATABASE_URL"]
with contextlib.nullcontext(kept) if kept else database.embedded("kept_test") as url:
    os.environ["TEST_DATABASE_URL"] = url
    texts = []
    for _ in range(2):
        for path in Path("migrations/versions").glob("*_again.py"):
            path.unlink()
        subprocess.run([sys.executable, "-m", "tools.migration", "again"], check=True)
        (written,) = Path("migrations/versions").glob("*_again.py")
        texts.append(written.read_text(encoding="utf-8").partition("def upgrade")[2])
    tests = ["-q", "-p", "no:cacheprovider", "tests/core/test_migrations.py"]
    subprocess.run([sys.executable, "-m", "pytest", *tests], check=True)
print(json.dumps(texts))
"""
OWN_TABLE = '''"""Reports: a table of our own."""

from app.core.model import Base, IntegerKey


class Report(IntegerKey, Base):
    """A report."""

    __tablename__ = "reports"
'''
