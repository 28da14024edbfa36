"""Where apps are set up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder that others may enter: PostgreSQL runs as a user of its own where root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="apps-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
