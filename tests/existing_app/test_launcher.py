"""The program that starts an app we did not make: secrets, migrations, health, and what it says of the module."""

from __future__ import annotations

import http.server
import importlib.util
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.conftest import Render
from tests.existing_app.existing import answers


@pytest.fixture
def launch(render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the launcher as it is rendered, with secrets of the test's own and the port of a container."""
    spec = importlib.util.spec_from_file_location("launch", render(answers()) / "docker" / "launch.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SECRETS", tmp_path / "secrets")
    monkeypatch.setenv("HOST", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("PORT", "8000")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "postgres_password").write_text("a/b@c:d\n", encoding="utf-8")
    return module


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgresql://app:{postgres_password}@postgres/x", "postgresql://app:a%2Fb%40c%3Ad@postgres/x"),
        ("{postgres_password}{postgres_password}", "a%2Fb%40c%3Ada%2Fb%40c%3Ad"),
        ("{redis_password}", "{redis_password}"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        ("{../postgres_password}", "{../postgres_password}"),
        ("nothing", "nothing"),
    ],
)
def test_secrets_take_the_place_of_their_names(launch: ModuleType, value: str, expected: str) -> None:
    assert launch.filled(value) == expected


@pytest.fixture
def became(launch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the programs it would have become."""
    found: list[list[str]] = []
    monkeypatch.setattr(launch, "become", found.append)
    return found


@pytest.fixture
def migrated(launch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """Return the migrations it ran; they end with the status that the environment gives."""
    found: list[list[str]] = []

    def run(command: list[str], *, check: bool) -> Any:
        assert not check
        found.append(command)
        return SimpleNamespace(returncode=3 if launch.os.environ.get("BROKEN") else 0)

    monkeypatch.setattr(launch.subprocess, "run", run)
    return found


SERVER = [sys.executable, "-m", "uvicorn", "shop.web:app", "--host", "0.0.0.0", "--port", "8000"]  # noqa: S104


def test_it_migrates_and_serves(launch: ModuleType, became: list[list[str]], migrated: list[list[str]]) -> None:
    launch.main(["serve", "--reload"])
    assert migrated == [["alembic", "upgrade", "head"]]
    assert became == [[*SERVER, "--reload"]]


def test_a_factory(launch: ModuleType, became: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a command to migrate with, nothing else runs."""
    monkeypatch.setattr(launch, "FACTORY", True)
    monkeypatch.setattr(launch, "MIGRATE", "")
    launch.main(["serve"])
    assert became == [[*SERVER[:4], "--factory", *SERVER[4:]]]


def test_migrations_can_be_left_to_somebody_else(
    launch: ModuleType, became: list[list[str]], migrated: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATE_ON_START", "false")
    launch.main(["serve"])
    assert (migrated, became) == ([], [SERVER])


def test_a_failed_migration_stops_the_start(
    launch: ModuleType, became: list[list[str]], migrated: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKEN", "yes")
    with pytest.raises(SystemExit, match="alembic upgrade head failed with exit status 3"):
        launch.main(["serve"])
    assert (len(migrated), became) == (1, [])


def test_any_other_program(launch: ModuleType, became: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the secrets in its environment."""
    monkeypatch.setenv("URL", "x:{postgres_password}")
    launch.main(["alembic", "current"])
    assert became == [["alembic", "current"]]
    assert launch.os.environ["URL"] == "x:a%2Fb%40c%3Ad"


def test_without_words_it_says_what_it_can_do(launch: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main([]) == 64
    assert "launch.py serve" in capsys.readouterr().err


MODULES = {
    "good.py": "app = print\nclass made:\n    app = print\n",
    "text.py": "app = 'text'\n",
    "broken.py": "import a_package_that_is_not_there\n",
}


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("good:app", "good:app can be started"),
        ("good:made.app", "good:made.app can be started"),
        ("good:other", "FAIL good:other cannot be started: AttributeError: module 'good' has no attribute 'other'"),
        ("text:app", "FAIL text:app cannot be started: it is no application, but a str"),
        ("absent:app", "FAIL absent:app cannot be started: ModuleNotFoundError: No module named 'absent'"),
        ("broken:app", "FAIL broken:app cannot be started: ModuleNotFoundError: No module named 'a_package"),
    ],
)
def test_what_it_says_of_the_module(  # noqa: PLR0913, PLR0917  (fixtures)
    launch: ModuleType,
    module: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, code in MODULES.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name.removesuffix(".py"), raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(launch, "MODULE", module)
    monkeypatch.setattr(launch.importlib.util, "find_spec", lambda name: name)
    assert launch.main(["check"]) == said.startswith("FAIL")
    assert capsys.readouterr().out.startswith(said)


def test_it_misses_the_server(launch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch.importlib.util, "find_spec", lambda _: None)
    assert launch.missing() == "uvicorn is not among the packages of the app: add it"


class _Answers(http.server.BaseHTTPRequestHandler):
    """200 for the path of the contract, 503 for any other."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/alive" else 503)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_health(launch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive is status 200, and neither another one nor silence."""
    with http.server.HTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PORT", str(server.server_port))
        assert launch.main(["health"]) == 0
        monkeypatch.setattr(launch, "HEALTH", "/other")
        assert launch.main(["health"]) == 1
        server.shutdown()
    assert launch.main(["health"]) == 1
