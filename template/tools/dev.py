"""Run the service for development: its database, its migrations, and a server that reloads on changes."""

import argparse
import os
import subprocess
import sys

from app.core.settings import Settings
from tools.database import ROOT, database_for_tests, developer_database, read_env_file


def main() -> int:
    """Start everything, and stop it on Ctrl-C; return the server's exit status."""
    parser = argparse.ArgumentParser(prog="make dev", description=__doc__)
    parser.add_argument("--no-reload", action="store_true", help="do not reload, for a debugger")
    parser.add_argument("--fresh", action="store_true", help="a temporary, empty database")
    arguments = parser.parse_args()
    read_env_file()
    port = os.environ.get("PORT", str(Settings.model_fields["port"].default))
    with database_for_tests() if arguments.fresh else developer_database() as url:
        defaults = {"ENVIRONMENT": "development", "LOG_FORMAT": "console", "DRAIN_SECONDS": "0"}
        environment = {**defaults, **os.environ}
        environment["DATABASE_URL"] = url
        python = [sys.executable, "-m"]
        migrate = [*python, "app", "migrate"]
        command = [*python, "uvicorn", "app.main:create_app", "--factory", "--port", port]
        command += ["--log-level", environment.get("LOG_LEVEL", "INFO").lower()]
        if not arguments.no_reload:
            command += ["--reload", "--reload-dir", "app"]
        try:
            migrated = subprocess.run(migrate, cwd=ROOT, env=environment, check=False)
            if migrated.returncode:
                return migrated.returncode
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    raise SystemExit(main())
