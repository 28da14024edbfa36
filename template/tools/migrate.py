"""Bring the developer's database to the newest migration, or run Alembic on it: `python -m tools.migrate [words]`."""

import os
import sys

from alembic.config import CommandLine
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from app.core.migrate import ROOT, reason, upgrade
from app.core.settings import Settings
from tools.database import developer_database


def main(words: list[str]) -> None:
    """Run Alembic with these words, or migrate if there is none."""
    with developer_database() as url:
        if words:
            os.environ["DATABASE_URL"] = url
            CommandLine(prog="alembic").main(["--config", str(ROOT / "alembic.ini"), *words])
            return
        try:
            upgrade(Settings(database_url=SecretStr(url)))
        except (SQLAlchemyError, OSError, RuntimeError) as error:
            sys.exit(f"The database could not be migrated: {reason(error)}")
        print("The database is at the newest migration.")


if __name__ == "__main__":
    main(sys.argv[1:])
