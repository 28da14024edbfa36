"""Upgrade the database to the latest migration; safe if several processes start at once."""

import logging
import threading
import time
from collections.abc import Collection
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import with_connection
from app.core.settings import Settings

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 60.0
PAUSE_SECONDS = 5.0
START_SECONDS = 1.0
NAMES_TO_SHOW = 5


class OtherTablesError(RuntimeError):
    """The database contains tables, but no migration was ever applied to it."""

    def __init__(self, tables: Collection[str]) -> None:
        names = sorted(tables)
        more = len(names) - NAMES_TO_SHOW
        shown = ", ".join(names[:NAMES_TO_SHOW]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            f"the database contains tables ({shown}) but no alembic_version: they may belong to another service; "
            "nothing was changed. Use a separate database. To create the tables beside them, set "
            "MIGRATE_BESIDE_OTHER_TABLES=true; if they are this service's tables already, run "
            "`python -m alembic stamp head`"
        )


def configuration(settings: Settings) -> Config:
    """Return Alembic's configuration with the settings for migrations/env.py."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["settings"] = settings
    return config


def at_head(settings: Settings) -> bool:
    """Return whether every migration is applied: one query, no lock."""
    script = ScriptDirectory.from_config(configuration(settings))
    heads = set(script.get_heads())

    def current(connection: Connection) -> set[str]:
        return set(MigrationContext.configure(connection).get_current_heads())

    found = with_connection(settings, current)
    if found - {revision.revision for revision in script.walk_revisions()}:
        logger.warning(
            "the database has migrations that this version does not know: %s",
            ", ".join(sorted(found)),
        )
        return True
    return found == heads


def reason(error: Exception) -> str:
    """Return the first line of an error, without statements and parameters."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def upgrade(
    settings: Settings,
    *,
    patience: float = WAIT_SECONDS,
    stopped: threading.Event | None = None,
) -> None:
    """Apply the pending migrations, if any.

    Retries until the database responds; raises its error after `patience` seconds or once `stopped`
    is set. Raises OtherTablesError if the database contains tables of another service.
    """
    stopped = stopped or threading.Event()
    end = time.monotonic() + patience
    pause = 0.2
    while True:
        try:
            current = at_head(settings)
            break
        except (SQLAlchemyError, OSError) as error:
            logger.warning("waiting for the database: %s", reason(error))
            if time.monotonic() + pause > end or stopped.wait(pause):
                raise
            pause = min(pause * 1.5, 5.0)
    if current:
        logger.info("the database is up to date")
        return
    config = configuration(settings)
    config.attributes["stopped"] = stopped
    config.attributes["reject_other_tables"] = not settings.migrate_beside_other_tables
    command.upgrade(config, "head")
    logger.info("all migrations are applied")


class Migration:
    """Applies the migrations in a background thread and retries until the database responds.

    Until then the service is live but not ready.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.done = False
        self.stopped = threading.Event()

    def start(self) -> None:
        """Start the thread and wait briefly: usually the database is up to date."""
        thread = threading.Thread(target=self.run, name="migrations", daemon=True)
        thread.start()
        thread.join(START_SECONDS)

    def stop(self) -> None:
        """Stop retrying."""
        self.stopped.set()

    def run(self) -> None:
        """Retry until the migrations are applied: an outage of the database needs no restart."""
        while not self.stopped.is_set():
            try:
                if self.settings.migrate_on_start:
                    upgrade(self.settings, stopped=self.stopped)
                elif not at_head(self.settings):
                    logger.warning("waiting for migrations to be applied by another process")
                    self.stopped.wait(PAUSE_SECONDS)
                    continue
            except Exception as error:  # any error means not ready
                if self.stopped.is_set():
                    return
                logger.error("migrations could not be applied: %s", reason(error))
                self.stopped.wait(PAUSE_SECONDS)
            else:
                self.done = True
                return
