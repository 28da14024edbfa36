"""The other targets of the Dockerfile as the compose files use them: work on the code, and the smallest image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .engine import Stack, inspect, provide_for, run

pytestmark = pytest.mark.containers

CHANGED = '''"""Changed while the service runs."""

from fastapi import FastAPI


def extend(app: FastAPI) -> None:
    """Add a route."""
    app.add_api_route("/changed", lambda: {"number": NUMBER})
'''


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Stack]:
    """Return a stack of app, database and redis, not started."""
    provide_for()
    one = Stack.rendered(tmp_path / "app", "target", observability=False, package_manager="uv")
    yield one
    one.remove()


def test_development_reloads_what_changes(small: Stack) -> None:
    """A change of the source is served without a build and without a restart, again and again."""
    small.overlays.append("docker-compose.dev.yml")
    small.up()
    (one,) = small.containers("app")
    started = inspect(one, "{{.State.StartedAt}}")
    small.until("/changed", 404)
    for number in ("1", "2"):
        (small.folder / "app" / "extra.py").write_text(CHANGED.replace("NUMBER", number), encoding="utf-8")
        small.until("/changed", 200)
        while json.loads(small.until("/changed", 200)) != {"number": int(number)}:
            pass
    assert small.containers("app") == [one]
    assert inspect(one, "{{.State.StartedAt}} {{.RestartCount}}") == f"{started} 0"
    # The terminal of a debugger.
    assert inspect(one, "{{.Config.Tty}} {{.Config.OpenStdin}}") == "true true"


def test_the_minimal_image_serves_on_postgresql(small: Stack) -> None:
    """Without a shell it migrates, becomes healthy and ready, reads its secrets, and stops well."""
    small.configure(APP_TARGET="minimal")
    small.up()
    small.until("/health/ready", 200)
    status, body = small.get("/api/v1/tasks", title="In a small image")
    assert status == 201
    assert "In a small image" in small.get(f"/api/v1/tasks/{json.loads(body)['id']}")[1]
    assert json.loads(small.get("/health/ready")[1])["checks"]["redis"] == "ok"
    (one,) = small.containers("app")
    assert inspect(one, "{{.State.Health.Status}} {{.RestartCount}}") == "healthy 0"
    assert run("docker", "exec", one, "sh", "-c", ":", check=False).returncode != 0
    small.compose("stop", "app")
    # It ended by the signal that asked, not by the one that kills.
    assert inspect(one, "{{.State.ExitCode}}") == "143"
