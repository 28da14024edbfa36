"""The migrations make the tables that the models describe, and can be taken back."""

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations.ops import DowngradeOps, ExecuteSQLOp, MigrationScript, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from app.core.db import with_connection
from app.core.migrate import at_head, configuration, upgrade
from app.core.model import Base
from app.core.settings import Settings
from tools.database import database_for_tests
from tools.migration import drop_empty

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


def test_a_migration_without_a_change_is_not_written() -> None:
    """`make migration` leaves no empty file behind; one change is enough for a file."""
    empty = [MigrationScript("1", UpgradeOps([]), DowngradeOps([]))]
    drop_empty(empty)
    assert empty == []
    full = [MigrationScript("1", UpgradeOps([ExecuteSQLOp("SELECT 1")]), DowngradeOps([]))]
    drop_empty(full)
    assert len(full) == 1
