"""Every command that the documents of containers and docs/how-to/production.md show as bash is run, in order."""

from __future__ import annotations

import re
import sqlite3
import textwrap
from pathlib import Path

import pytest

from .engine import APP, ROOT, Stack, provide_for, restorable, run

pytestmark = [pytest.mark.containers, pytest.mark.slow]

# In this order: the README ends by removing everything, so it comes last.
DOCUMENTS = ["VALIDATION_CHECKLIST.md", "TROUBLESHOOTING.md", "README.md"]
PRODUCTION = ROOT / "docs" / "how-to" / "production.md"
PLAIN = {"database": "sqlite", "observability": False, "redis": False, "package_manager": "uv"}


def commands(text: str) -> list[str]:
    """Return the bash blocks of a document."""
    return [textwrap.dedent(block) for block in re.findall(r"^ *```bash\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize(("name", "answers"), [("docs", {}), ("docs-plain", PLAIN)])
def test_documented_commands_work(name: str, answers: dict[str, object], tmp_path: Path) -> None:
    """From the root of a fresh app, one after the other."""
    provide_for(proxy=True)
    stack = Stack.rendered(tmp_path / "app", name, **answers)
    try:
        for document in DOCUMENTS:
            blocks = commands((stack.docker / document).read_text(encoding="utf-8"))
            assert len(blocks) > 3
            for block in blocks:
                done = run(
                    "bash",
                    "-euo",
                    "pipefail",
                    "-c",
                    block,
                    cwd=stack.folder,
                    check=False,
                    COMPOSE_PROJECT_NAME=stack.project,
                )
                assert done.returncode == 0, f"{document}:\n{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    finally:
        stack.overlays.append("docker-compose.prod.yml")
        stack.remove()
        run("docker", "rmi", "--force", f"{APP}:check", check=False)


def test_the_way_to_production(tmp_path: Path) -> None:
    """From the secrets to the alerts, in one shell, as localhost: settings, backup, migration, replicas."""
    provide_for(proxy=True)
    stack = Stack.rendered(tmp_path / "app", "production", package_manager="uv")
    script = "".join(block for block in commands(PRODUCTION.read_text(encoding="utf-8")) if "app.db" not in block)
    assert script.count("docker compose") > 10
    script = restorable(script)
    there = f"https://localhost:{stack.ports['https']}"
    script = script.replace("curl ", "curl --insecure ").replace("https://shop.example.org", there)
    stack.overlays.append("docker-compose.prod.yml")
    try:
        done = run(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            script.replace("shop.example.org", "localhost"),
            cwd=stack.folder,
            check=False,
            COMPOSE_PROJECT_NAME=stack.project,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        assert "alembic_version" in done.stdout
        assert (stack.folder / "task_api.dump").read_bytes().startswith(b"PGDMP")
        assert len(stack.containers("app")) == 3
        assert stack.containers("alertmanager")
    finally:
        stack.remove()


def test_the_backup_of_sqlite(tmp_path: Path) -> None:
    """The copy is a database with the service's tables, which a failure leaves alone; it comes back."""
    provide_for()
    stack = Stack.rendered(tmp_path / "app", "lite", **PLAIN)
    backup, restore = (block for block in commands(PRODUCTION.read_text(encoding="utf-8")) if "app.db" in block)

    def page(block: str) -> int:
        environment = {"COMPOSE_FILE": "docker/docker-compose.yml", "COMPOSE_PROJECT_NAME": stack.project}
        words = ("bash", "-euo", "pipefail", "-c", block)
        return run(*words, cwd=stack.folder, check=False, **environment).returncode

    try:
        stack.up()
        stack.until("/health/ready", 200)
        assert stack.get("/api/v1/tasks", title="Kept")[0] == 201
        assert page(backup) == 0
        good = (stack.folder / "backup.db").read_bytes()
        stack.compose("stop", "app")
        assert page(backup) != 0
        stack.compose("up", "--detach", "--wait")
        assert (stack.folder / "backup.db").read_bytes() == good
        # Leftovers of an earlier run are removed first.
        stack.inside("app", "echo old >/data/backup.db")
        assert page(backup) == 0
        assert stack.get("/api/v1/tasks", title="Later")[0] == 201
        assert page(restore) == 0
        stack.until("/health/ready", 200)
        tasks = stack.get("/api/v1/tasks")[1]
        assert "Kept" in tasks
        assert "Later" not in tasks
        assert stack.get("/api/v1/tasks", title="Afterwards")[0] == 201
        with sqlite3.connect(stack.folder / "backup.db") as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        database.close()
        assert tables >= {"alembic_version", "tasks"}
        assert "backup.db" not in stack.inside("app", "ls /data").stdout
    finally:
        stack.remove()
