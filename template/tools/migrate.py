"""Bring the developer's database to the newest migration."""

from pydantic import SecretStr

from app.core.migrate import upgrade
from app.core.settings import Settings
from tools.database import developer_database


def main() -> None:
    """Migrate."""
    with developer_database() as url:
        upgrade(Settings(database_url=SecretStr(url)))
        print("The database is at the newest migration.")


if __name__ == "__main__":
    main()
