"""Fixtures of tests that write migrations of their own: into another folder, on a database that gets its state back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from pydantic import SecretStr

from app.core import migrate
from app.core.migrate import ROOT, configuration, upgrade
from app.core.settings import Settings
from tests.database import run
from tools import columns, migration
from tools.database import database_for_tests


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a copy of the migrations, which takes the place of theirs."""
    folder = tmp_path / "versions"
    shutil.copytree(ROOT / "migrations" / "versions", folder)

    def elsewhere(settings: Settings) -> Config:
        config = configuration(settings)
        config.set_main_option("version_locations", str(folder).replace("%", "%%"))
        return config

    monkeypatch.setattr(migrate, "configuration", elsewhere)
    monkeypatch.setattr(migration, "configuration", elsewhere)
    monkeypatch.setattr(columns, "RECORD", folder / columns.RECORD.name)
    return folder


@pytest.fixture
def things(versions: Path) -> Iterator[Settings]:
    """Return settings of a database with one more table, at the newest migration."""
    assert versions.is_dir()
    with database_for_tests() as url:
        settings = Settings(database_url=SecretStr(url))
        upgrade(settings)
        (version,) = run(settings, "SELECT version_num FROM alembic_version")
        run(settings, "CREATE TABLE things (id INTEGER, CONSTRAINT pk_things PRIMARY KEY (id))")
        try:
            yield settings
        finally:
            run(
                settings,
                "DROP TABLE things",
                f"UPDATE alembic_version SET version_num = '{version[0]}'",
            )
