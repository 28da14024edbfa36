"""Write a migration from what changed in the models: `python -m tools.migration "add invoice"`."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.operations.ops import (
    DropColumnOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrationScript,
    OpContainer,
)
from alembic.util import CommandError
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import with_connection
from app.core.migrate import configuration, reason, upgrade
from app.core.settings import Settings
from tools import columns, renames
from tools.columns import Change
from tools.database import database_for_tests

KEEP = "keep"
HELP = """\
Nothing was written: rows that are there would not be read as they were written.
Add to the command what stands behind each column, changed to what you mean; with ; between
several statements: they become part of the migration. rows=keep says that the rows fit as they are."""


def drop_empty(scripts: list[MigrationScript]) -> None:
    """Leave no script to write where nothing has changed."""
    if all(one.upgrade_ops is None or one.upgrade_ops.is_empty() for one in scripts):
        scripts.clear()


def dropped(operations: OpContainer | None) -> Iterator[str]:
    """Yield the tables and columns that operations drop."""
    for one in operations.ops if operations else ():
        if isinstance(one, OpContainer):
            yield from dropped(one)
        elif isinstance(one, DropTableOp):
            yield f"the table {one.table_name}"
        elif isinstance(one, DropColumnOp):
            yield f"the column {one.column_name} of {one.table_name}"


def unsettled(changes: Sequence[Change], rows: str) -> list[Change]:
    """Return the changes for which there is no statement."""
    words = set(re.findall(r"\w+", rows))
    named = [{*re.findall(r"\w+", f"{one.table} {one.column}")} <= words for one in changes]
    return [one for one, is_named in zip(changes, named, strict=True) if not is_named]


def statements(rows: str) -> list[ExecuteSQLOp]:
    """Return statements with semicolons between them as operations; a colon in them is no parameter."""
    found = re.findall(r"(?:[^;'\"]|'[^']*'|\"[^\"]*\"|['\"])+", "" if rows == KEEP else rows)
    plain = (re.sub(r"(?<![:\w\\]):(?=\w)", r"\:", one.strip()) for one in found)
    return [ExecuteSQLOp(one) for one in plain if one]


def write(settings: Settings, message: str, rows: str = KEEP, *, after: bool = False) -> bool:
    """Compare a database at the newest migration with the models, and write the difference.

    The database stays as it is: what renames would do is rolled back.
    """

    def compare(connection: sa.Connection) -> bool:
        steps = renames.apply(connection)

        def complete(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
            for script in scripts:
                if script.upgrade_ops and script.downgrade_ops:
                    end = len(script.upgrade_ops.ops) if after else 0
                    script.upgrade_ops.ops[end:end] = statements(rows)
                    script.upgrade_ops.ops[:0] = [there for there, _ in steps]
                    script.downgrade_ops.ops += [back for _, back in reversed(steps)]
            drop_empty(scripts)
            for thing in (thing for script in scripts for thing in dropped(script.upgrade_ops)):
                print(f"It drops {thing}, and what is in there is lost.")

        config = configuration(settings)
        config.attributes["connection"] = connection
        try:
            return bool(
                command.revision(
                    config, message=message, autogenerate=True, process_revision_directives=complete
                )
            )
        finally:
            connection.rollback()

    return with_connection(settings, compare)


def main() -> None:
    """Migrate an empty database to the newest migration, compare it with the models, write the difference."""
    message = " ".join(sys.argv[1:]).strip()
    rows = os.environ.get("ROWS", "").strip()
    if not message:
        sys.exit('Say what changes: make migration m="add invoice"')
    try:
        record, models = columns.read(), columns.of_models()
        changes = list(columns.changes(record or {}))
        if rows != KEEP and (left := unsettled(changes, rows)):
            sys.exit("\n".join([*(one.line() for one in left), HELP]))
        with database_for_tests() as url:
            settings = Settings(database_url=SecretStr(url))
            upgrade(settings)
            written = write(settings, message, rows, after=any(one.after for one in changes))
    except (CommandError, RuntimeError, ValueError) as error:
        sys.exit(f"{error}")
    except (SQLAlchemyError, OSError) as error:
        sys.exit(f"The database could not be migrated: {reason(error)}")
    if record != models:
        columns.write(models)
    if record is None:
        print(
            f"{columns.RECORD.name} was missing and is written from the models as they are now; "
            "whether rows hold other values than these could not be found out."
        )
    if written:
        print("Read it before you commit it: a rename that is not declared is a drop and an add.")
    elif record != models:
        print(f"The tables stay as they are; {columns.RECORD.name} has learned what rows may hold.")
    else:
        print("The models are as the migrations leave the tables: there is nothing to write.")


if __name__ == "__main__":
    main()
