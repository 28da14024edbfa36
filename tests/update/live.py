"""An app's development database, beside the app: statements on it, after the migrations that the app has by then."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.environments import clean_environment

SCRIPT = """
import json, sys
import sqlalchemy as sa
from pydantic import SecretStr
from app.core.db import with_connection
from app.core.migrate import upgrade
from app.core.settings import Settings
from tools.database import developer_database


def run(connection):
    result = connection.execute(sa.text(sys.argv[1]))
    return [list(row) for row in result] if result.returns_rows else []


with developer_database() as url:
    settings = Settings(database_url=SecretStr(url))
    upgrade(settings)
    print(json.dumps(with_connection(settings, run), default=str))
"""


def ask(python: Path, app: Path, statement: str) -> list[list[Any]]:
    """Run a statement in an app's environment; return its rows."""
    command = [python, "-c", SCRIPT, statement]
    environment = clean_environment(XDG_DATA_HOME=str(app.parent / "data"))
    done = subprocess.run(command, cwd=app, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    rows: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows
