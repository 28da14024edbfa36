"""Write a migration from what changed in the models: `python -m tools.migration "add invoice"`."""

import sys

from alembic import command
from alembic.operations.ops import MigrationScript
from alembic.util import CommandError
from pydantic import SecretStr

from app.core.migrate import configuration, upgrade
from app.core.settings import Settings
from tools.database import database_for_tests


def drop_empty(_context: object, _revision: object, scripts: list[MigrationScript]) -> None:
    """Leave no script to write where nothing has changed."""
    if all(one.upgrade_ops is None or one.upgrade_ops.is_empty() for one in scripts):
        scripts.clear()


def main() -> None:
    """Migrate an empty database to the newest migration, compare it with the models, write the difference."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what changes: make migration m="add invoice"')
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        config = configuration(settings)
        try:
            script = command.revision(
                config,
                message=message,
                autogenerate=True,
                process_revision_directives=drop_empty,
            )
        except CommandError as error:
            sys.exit(f"{error}")
    if script:
        print("Read it before you commit it: a rename looks like a drop and an add.")
    else:
        print("The models are as the migrations leave the tables: there is nothing to write.")


if __name__ == "__main__":
    main()
