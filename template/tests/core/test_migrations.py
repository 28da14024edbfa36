"""The migrations make the tables that the models describe, and can be taken back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations.ops import DowngradeOps, ExecuteSQLOp, MigrationScript, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from app.core.db import with_connection
from app.core.migrate import ROOT, at_head, configuration, upgrade
from app.core.model import Base
from app.core.settings import Settings
from tools.database import database_for_tests
from tools.migration import drop_empty

BROKEN = '''"""A table, and then a fault."""

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
MEND = 'the models differ from the migrations: run make migration m="what changed"'


def differences(connection: sa.Connection) -> list[object]:
    """Compare the database with the models."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def tables(connection: sa.Connection) -> list[str]:
    """List the tables that exist."""
    return sa.inspect(connection).get_table_names()


def test_models_equal_migrations(settings: Settings) -> None:
    """What Alembic would still change is nothing."""
    assert with_connection(settings, differences) == [], MEND


def test_one_head(settings: Settings) -> None:
    """Migrations form one line."""
    assert len(ScriptDirectory.from_config(configuration(settings)).get_heads()) == 1


def test_upgrade_is_repeatable(settings: Settings) -> None:
    """A second upgrade finds nothing to do."""
    upgrade(settings)
    assert at_head(settings)


def test_down_and_up_again() -> None:
    """Every migration can be taken back, and applied again."""
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        command.downgrade(configuration(settings), "base")
        left = with_connection(settings, tables)
        assert left == ["alembic_version"]
        command.upgrade(configuration(settings), "head")
        assert at_head(settings)


def test_a_failed_migration_leaves_nothing(tmp_path: Path) -> None:
    """It can be mended and tried again: the tables it made before it failed are gone."""
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
            return subprocess.Popen(words, cwd=ROOT, env=environment)  # noqa: S603  (ours)

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
