"""Write a migration from what changed in the models: `python -m tools.migration "add invoice"`."""

import sys
from collections.abc import Iterator
from typing import Any

from alembic import command
from alembic.operations.ops import DropColumnOp, DropTableOp, MigrationScript, OpContainer
from alembic.util import CommandError
from pydantic import SecretStr

from app.core.db import with_connection
from app.core.migrate import configuration, upgrade
from app.core.settings import Settings
from tools import renames
from tools.database import database_for_tests


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


def write(settings: Settings, message: str) -> bool:
    """Compare a database at the newest migration with the models, and write the difference."""
    steps = with_connection(settings, renames.apply)

    def with_renames(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
        for script in scripts:
            if script.upgrade_ops and script.downgrade_ops:
                script.upgrade_ops.ops[:0] = [there for there, _ in steps]
                script.downgrade_ops.ops += [back for _, back in reversed(steps)]
        drop_empty(scripts)
        for thing in (thing for script in scripts for thing in dropped(script.upgrade_ops)):
            print(f"It drops {thing}, and what is in there is lost.")

    return bool(
        command.revision(
            configuration(settings),
            message=message,
            autogenerate=True,
            process_revision_directives=with_renames,
        )
    )


def main() -> None:
    """Migrate an empty database to the newest migration, compare it with the models, write the difference."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what changes: make migration m="add invoice"')
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        try:
            written = write(settings, message)
        except CommandError as error:
            sys.exit(f"{error}")
    if written:
        print("Read it before you commit it: a rename nobody declared is a drop and an add.")
    else:
        print("The models are as the migrations leave the tables: there is nothing to write.")


if __name__ == "__main__":
    main()
