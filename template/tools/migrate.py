"""Bring the developer's database to the newest migration."""

import sys

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from app.core.migrate import reason, upgrade
from app.core.settings import Settings
from tools.database import developer_database


def main() -> None:
    """Migrate."""
    with developer_database() as url:
        try:
            upgrade(Settings(database_url=SecretStr(url)))
        except (SQLAlchemyError, OSError, RuntimeError) as error:
            sys.exit(f"The database could not be migrated: {reason(error)}")
        print("The database is at the newest migration.")


if __name__ == "__main__":
    main()
