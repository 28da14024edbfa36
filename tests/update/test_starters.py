"""Starters that migrate one PostgreSQL at once: an index made concurrently, processes killed, other people's tables."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Render
from tests.entities.apps import LEAN, VARIANTS, apps_python
from tests.environments import clean_environment
from tests.update.project import new_project

pytestmark = [pytest.mark.slow, pytest.mark.turns(2)]

COMMON = '''
import json, os, signal, subprocess, sys, time
from pathlib import Path
import sqlalchemy as sa
from pydantic import SecretStr
from app.core.db import with_connection
from app.core.migrate import OtherTablesError, at_head, configuration, upgrade
from app.core.settings import Settings
from tools.database import embedded

MIGRATION = """
import os
from pathlib import Path
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    Path("holder").write_text(str(os.getpid()))
    with op.get_context().autocommit_block():
        op.create_index("ix_{revision}", "things", ["word"], postgresql_concurrently=True)
"""


def run(settings, *statements):
    def work(connection):
        for statement in statements:
            result = connection.execute(sa.text(statement))
        return [list(row) for row in result] if result.returns_rows else []

    return with_connection(settings, work)


def write(revision, before):
    Path(f"migrations/versions/{revision}.py").write_text(MIGRATION.format(revision=revision, before=before))


def starters(number, url):
    environment = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "-m", "app", "migrate"]
    return [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(number)]


ROWS = "INSERT INTO things SELECT md5(n::text) FROM generate_series(1, 200000) n"
BACKEND = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
VALID = "SELECT c.relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relname LIKE 'ix_r%' AND indisvalid"

'''
KILLED = """
with embedded("starters", fresh=True) as url:
    settings = Settings(database_url=SecretStr(url))
    upgrade(settings)
    run(settings, "CREATE TABLE things (word TEXT)", ROWS)
    found = {"killed": 0, "failed": 0, "built again": 0, "kept": 0, "waited": 0, "said": []}
    before = "0001"
    holder = Path("holder")
    delays = [0, 0.05, 0.1, 0.2, 0.4, 0.8]
    for number, delay in enumerate(delays):
        holder.unlink(missing_ok=True)
        write(f"r{number}", before)
        before = f"r{number}"
        running = starters(5, url)
        while not holder.exists() or not holder.read_text():
            time.sleep(0.01)
        time.sleep(delay)
        (backend,) = run(settings, BACKEND) or [[None]]
        os.kill(int(holder.read_text()), signal.SIGKILL)
        if number % 2 and backend[0]:
            run(settings, f"SELECT pg_terminate_backend({backend[0]})")
        for one in running:
            said = one.communicate(timeout=120)[1]
            found["killed"] += one.returncode == -9
            if one.returncode not in (0, -9):
                found["failed"] += 1
                found["said"].append(said)
            found["built again"] += "dropped and built again" in said
            found["kept"] += "is there already" in said
            found["waited"] += "waiting for another process" in said
    found["valid"] = len(run(settings, VALID))
    found["of"] = len(delays)
    found["at head"] = at_head(settings)
    print(json.dumps(found))
"""
OLD_TRANSACTION = """
with embedded("starters", fresh=True) as url:
    settings = Settings(database_url=SecretStr(url))
    upgrade(settings)
    run(settings, "CREATE TABLE things (word TEXT)")
    write("r0", "0001")

    def hold(connection):
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(sa.text("SELECT count(*) FROM things"))
        running = starters(2, url)
        time.sleep(14)
        waiting = [one.poll() for one in running]
        connection.rollback()
        return waiting, [one.wait(120) for one in running]

    waiting, ended = with_connection(settings, hold)
    print(json.dumps([waiting, ended, len(run(settings, VALID))]))
"""
EXTENSIONS = """
with embedded("starters", fresh=True) as url:
    settings = Settings(database_url=SecretStr(url))
    run(
        settings,
        "CREATE TABLE spatial_ref_sys (id INTEGER)",
        "ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys",
        "CREATE SCHEMA others",
        "CREATE TABLE others.customers (id INTEGER)",
    )
    upgrade(settings)
    run(settings, "DROP TABLE alembic_version")
    try:
        upgrade(settings)
    except OtherTablesError as error:
        print(json.dumps([at_head(settings), str(error)]))
"""


def ran(script: str, variant: str, folder: Path, render: Render) -> object:
    """Run a script in an app of that variant; return what it printed last."""
    project = new_project(folder, {**LEAN, **VARIANTS[variant], "entities": ["Note"]})
    environment = clean_environment(XDG_DATA_HOME=str(folder / "data"))
    command = [apps_python(render), "-c", COMMON + script]
    done = subprocess.run(command, cwd=project.app, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("variant", ["postgresql-async", "postgresql-sync"])
def test_a_killed_starter_does_not_stop_the_others(
    variant: str, tmp_path: Path, render: Render, record_property: pytest.RecordProperty
) -> None:
    """Five starters, six times: the one that makes an index is killed, every other time with its connection.

    The others bring the index to its end: without its client the server goes on, without the connection it stops.
    """
    found = ran(KILLED, variant, tmp_path, render)
    assert isinstance(found, dict)
    record_property("figure", f"{variant}, starters killed while they made an index: {found}")
    assert found["failed"] == 0, found["said"]
    assert found["killed"] > 0
    assert (found["valid"], found["at head"]) == (found["of"], True)


def test_an_index_waits_for_old_transactions(tmp_path: Path, render: Render) -> None:
    """Longer than a change of tables may wait for its lock: writes are not blocked meanwhile."""
    assert ran(OLD_TRANSACTION, "postgresql-async", tmp_path, render) == [[None, None], [0, 0], 1]


def test_tables_of_extensions_and_of_other_schemas_do_not_count(tmp_path: Path, render: Render) -> None:
    """A database with nothing else in it is migrated; with a table of its own and no version it is rejected."""
    found = ran(EXTENSIONS, "postgresql-async", tmp_path, render)
    assert isinstance(found, list)
    assert found[0] is False
    assert "contains tables (notes) but no alembic_version" in found[1]
