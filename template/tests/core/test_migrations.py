"""The migrations create the tables that the models describe, and can be downgraded."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations.ops import DowngradeOps, ExecuteSQLOp, MigrationScript, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from app import __main__ as command_line
from app.core.db import with_connection
from app.core.migrate import ROOT, Migration, OtherTablesError, at_head, configuration, upgrade
from app.core.model import Base
from app.core.settings import Settings
from tests.database import run
from tools import columns, migration, renames
from tools.database import database_for_tests
from tools.migration import drop_empty

BROKEN = '''"""A table, and then an error."""

import sqlalchemy as sa
from alembic import op

revision = "broken"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Fail on the way."""
    op.create_table("half_made", sa.Column("id", sa.Integer()))
    op.execute("INSERT INTO no_such_table VALUES (1)")
'''
FIX = 'the models differ from the migrations: run make migration m="what changed"'


def differences(connection: sa.Connection) -> list[object]:
    """Compare the database with the models."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def tables(connection: sa.Connection) -> list[str]:
    """List the tables that exist."""
    return sa.inspect(connection).get_table_names()


def test_models_equal_migrations(settings: Settings) -> None:
    """What Alembic would still change is nothing."""
    assert with_connection(settings, differences) == [], FIX


def test_columns_equal_their_record() -> None:
    """What rows may hold is written down: the database does not know it."""
    assert columns.read() == columns.of_models(), FIX


def test_one_head(settings: Settings) -> None:
    """Migrations form one line."""
    assert len(ScriptDirectory.from_config(configuration(settings)).get_heads()) == 1


def test_upgrade_is_repeatable(settings: Settings) -> None:
    """A second upgrade finds nothing to do."""
    upgrade(settings)
    assert at_head(settings)


def test_down_and_up_again() -> None:
    """Every migration can be downgraded and applied again."""
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        command.downgrade(configuration(settings), "base")
        left = with_connection(settings, tables)
        assert left == ["alembic_version"]
        command.upgrade(configuration(settings), "head")
        assert at_head(settings)


def test_a_failed_migration_leaves_nothing(tmp_path: Path) -> None:
    """It can be fixed and run again: the tables it made before it failed are gone."""
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        config = configuration(settings)
        head = ScriptDirectory.from_config(config).get_current_head()
        (tmp_path / "broken.py").write_text(BROKEN.format(head=head), encoding="utf-8")
        folders = os.pathsep.join([str(ROOT / "migrations" / "versions"), str(tmp_path)])
        config.set_main_option("version_locations", folders.replace("%", "%%"))
        for _ in range(2):
            with pytest.raises(sa.exc.DBAPIError, match="no_such_table"):
                command.upgrade(config, "head")
        assert "half_made" not in with_connection(settings, tables)
        assert at_head(settings)


def test_starters_do_not_race() -> None:
    """Several at once, on a database without tables: each ends well."""
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        command.downgrade(configuration(settings), "base")
        environment = {**os.environ, "DATABASE_URL": url}

        def start() -> subprocess.Popen[bytes]:
            words = [sys.executable, "-m", "app", "migrate"]
            return subprocess.Popen(words, cwd=ROOT, env=environment)

        starters = [start() for _ in range(3)]
        assert [starter.wait(60) for starter in starters] == [0, 0, 0]
        assert at_head(settings)


def test_a_migration_without_a_change_is_not_written() -> None:
    """`make migration` leaves no empty file behind; one change is enough for a file."""
    empty = [MigrationScript("1", UpgradeOps([]), DowngradeOps([]))]
    drop_empty(empty)
    assert empty == []
    full = [MigrationScript("1", UpgradeOps([ExecuteSQLOp("SELECT 1")]), DowngradeOps([]))]
    drop_empty(full)
    assert len(full) == 1


@pytest.fixture
def others() -> Iterator[Settings]:
    """Return settings of a database with a table of another program, and none of this service."""
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url), migrate_beside_other_tables=True)
        upgrade(settings)
        command.downgrade(configuration(settings), "base")
        run(settings, "DROP TABLE alembic_version", "CREATE TABLE others (id INTEGER)")
        try:
            yield settings
        finally:
            run(settings, "DROP TABLE others")
            upgrade(settings)


def test_tables_of_another_program(
    others: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A database with tables and without migrations is rejected in one line, and left as it is."""
    careful = others.model_copy(update={"migrate_beside_other_tables": False})
    with pytest.raises(OtherTablesError, match=r"tables \(others\).*_OTHER_TABLES=true"):
        upgrade(careful)
    monkeypatch.setattr(sys, "argv", ["app", "migrate"])
    monkeypatch.setenv("DATABASE_URL", others.database_url.get_secret_value())
    with pytest.raises(SystemExit, match=r"^The database could not be migrated: [^\n]+$"):
        command_line.main()
    waiting = Migration(careful)
    with caplog.at_level(logging.ERROR):
        waiting.start()
        waiting.stop()
    assert not waiting.done
    assert "python -m alembic stamp head" in caplog.text
    assert with_connection(others, tables) == ["others"]


def test_tables_beside_those_of_another_program(others: Settings) -> None:
    """A setting allows it; once migrated, the database is never rejected."""
    upgrade(others)
    careful = others.model_copy(update={"migrate_beside_other_tables": False})
    command.downgrade(configuration(careful), "base")
    upgrade(careful)
    assert at_head(careful)
    assert "others" in with_connection(careful, tables)


def test_a_comparison_leaves_the_database_as_it_is(
    things: Settings, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make migration` renames nothing for real: twice, on a database that stays, it writes the same."""
    monkeypatch.setattr(renames, "RENAMED_TABLES", [("things", "renamed_things")])
    table = sa.Table("renamed_things", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
    before = with_connection(things, tables)
    texts = []
    try:
        for _ in range(2):
            assert migration.write(things, "renamed things")
            (written,) = versions.glob("*_renamed_things.py")
            texts.append(written.read_text(encoding="utf-8").partition("def upgrade")[2])
            written.unlink()
    finally:
        Base.metadata.remove(table)
    assert "ALTER TABLE things RENAME TO renamed_things" in texts[0]
    assert texts[0] == texts[1]
    assert with_connection(things, tables) == before
