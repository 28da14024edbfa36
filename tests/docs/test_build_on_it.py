"""An app's page docs/build-on-it.md: its code is pasted into an app, linted, type-checked and run."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Render, example
from tests.environments import python_with, requirements_of

PART = re.compile(r"^## (.+?)\n(.*?)^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RULE, ENDPOINT, WORK = "Write a rule", "Add an endpoint", "Run work while the service runs"
BATCH, GUARD, CACHE = "Write in one transaction", "Guard every entity", "Use the cache"
SOFT_DELETE: dict[str, Any] = {"entities": [{"name": "StockItem", "soft_delete": True}], "redis": True}
APPS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "shop, synchronous": {**example("shop"), "async": False, "redis": True},
    "kitchen sink": example("kitchen-sink"),
    "soft deletion": SOFT_DELETE,
    "soft deletion, synchronous": {**SOFT_DELETE, "async": False},
    "everything off": example("everything-off"),
}
RUN = {
    "asynchronous": {**SOFT_DELETE, "database": "sqlite"},
    "synchronous": {**example("shop"), "database": "sqlite", "async": False},
}
TRY_IT = '''\
"""The code of the page does what the page says."""

import logging

from fastapi.testclient import TestClient

from app.entities.{snake} import rules
from app.main import create_app

ROUTE, REPORT = "/api/v1/{kebab}", "/reports/{kebab}"


def test_rule(client, factory, monkeypatch):
    body = factory.body("{snake}")
    assert client.post(ROUTE, json=body).status_code == 201
    monkeypatch.setattr(rules, "MAX_ROWS", 1)
    response = client.post(ROUTE, json=body)
    assert response.status_code == 409
    assert response.json()["detail"].startswith("No more than 1 ")


def test_endpoint(client, factory):
    assert client.get(REPORT).json() == {{"count": 0}}
    factory.stored("{snake}")
    assert client.get(REPORT).json() == {{"count": 1}}
    assert REPORT in client.get("/openapi.json").json()["paths"]


def test_batch(client, factory, monkeypatch):
    body = factory.body("{snake}")
    monkeypatch.setattr(rules, "MAX_ROWS", 1)
    assert client.post("/batches/{kebab}", json=[body, body]).status_code == 409
    assert client.get(ROUTE).json()["total"] == 0
    response = client.post("/batches/{kebab}", json=[body])
    assert response.status_code == 201, response.text
    assert client.get(ROUTE).json()["total"] == 1
    assert client.post("/batches/{kebab}", json=[body] * 101).status_code == 422


def test_work(settings, caplog):
    with caplog.at_level(logging.INFO), TestClient(create_app(settings)) as client:
        assert client.get("/health/health").status_code == 200
    assert "still running" in caplog.text


def test_guard(settings, monkeypatch):
    with TestClient(create_app(settings)) as client:
        monkeypatch.setenv("API_TOKEN", "token")
        assert client.get(ROUTE).status_code == 401
        assert client.get(ROUTE, headers={{"Authorization": "Bearer other"}}).status_code == 401
        assert client.get("/health/ready").status_code == 200
        assert client.get(ROUTE, headers={{"Authorization": "Bearer token"}}).status_code == 200
        assert client.get("/openapi.json").json()["paths"][ROUTE]["get"]["security"]


def test_cached_endpoint(client, factory, monkeypatch):
    kept = {{}}

    async def get(key):
        return kept.get(key)

    async def set_value(key, value, seconds=None):
        kept[key] = value

    monkeypatch.setattr(client.app.state.cache, "get", get)
    monkeypatch.setattr(client.app.state.cache, "set", set_value)
    assert client.get(REPORT).json() == {{"count": 0}}
    factory.stored("{snake}")
    assert client.get(REPORT).json() == {{"count": 0}}
    assert kept == {{"{snake}:report": {{"count": 0}}}}
'''


def section(app: Path) -> str:
    """Return the page of an app, or nothing where it has none."""
    page = app / "docs" / "build-on-it.md"
    return page.read_text(encoding="utf-8") if page.exists() else ""


def code_of(app: Path) -> dict[str, tuple[str, str]]:
    """Return the file and the code of each part; the text before the code names the file, or it is the last one."""
    found: dict[str, tuple[str, str]] = {}
    path = ""
    for title, text, code in PART.findall(section(app)):
        path = next(iter(re.findall(r"`(app/[\w/]+\.py)`", text)), path)
        found[title] = (path, code)
    return found


def paste(app: Path, part: str) -> Path:
    """Write the code of a part into its file, as a reader would; return the file."""
    path, code = code_of(app)[part]
    (app / path).write_text(code, encoding="utf-8")
    return app / path


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command, which must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


def test_parts(render: Render) -> None:
    """The cache only with Redis, nothing without an entity."""
    app = render(example("shop"))
    assert list(code_of(app)) == [RULE, ENDPOINT, BATCH, WORK, GUARD, CACHE]
    assert [path for path, _ in code_of(app).values()] == ["app/entities/customer/rules.py", *["app/extra.py"] * 5]
    assert list(code_of(render(example("shop"), redis=False))) == [RULE, ENDPOINT, BATCH, WORK, GUARD]
    empty = render(example("shop"), entities=[])
    assert section(empty) == ""
    assert "build-on-it" not in (empty / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", APPS)
def test_code_is_clean(name: str, render: Render, tmp_path: Path) -> None:
    """It has no finding in the app's linter, is formatted, and imports only what the app has."""
    app = tmp_path / "app"
    shutil.copytree(render(APPS[name]), app)
    for part, (_, code) in code_of(app).items():
        file = paste(app, part)
        for words in (["check", "--no-cache"], ["format", "--no-cache", "--check"]):
            run(sys.executable, "-m", "ruff", *words, file, cwd=app)
        assert missing(code, app) == []


def missing(code: str, app: Path) -> list[str]:
    """Return the names that code imports from the app though their module does not have them."""
    return [
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.")
        for alias in node.names
        if not (app / (node.module or "").replace(".", "/") / f"{alias.name}.py").is_file()
        and not re.search(rf"\b{alias.name}\b", module_text(app, node.module or ""))
    ]


def module_text(app: Path, module: str) -> str:
    """Return the source of a module; nothing where there is none."""
    file = app.joinpath(*module.split(".")).with_suffix(".py")
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_the_check_of_imports_can_fail(render: Render) -> None:
    code = "from app.core.db import SessionDep, Nothing\nfrom app.core.nowhere import Rules\n"
    assert missing(code, render(example("shop"))) == ["app.core.db.Nothing", "app.core.nowhere.Rules"]


@pytest.fixture(scope="module")
def python(render: Render) -> str:
    """Return a Python with the packages of the apps that are run."""
    projects = [render(answers) / "pyproject.toml" for answers in RUN.values()]
    return python_with(line for path in projects for line in requirements_of(path, development=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_code_runs(name: str, render: Render, python: str, tmp_path: Path) -> None:
    """It has strict types, does what the text says, and the app's own tests still pass."""
    app = tmp_path / "app"
    shutil.copytree(render(RUN[name]), app)
    file = paste(app, RULE)
    paste(app, ENDPOINT)
    found = re.search(r'^@router\.get\("/(.+)"\)$', code_of(app)[ENDPOINT][1], re.MULTILINE)
    assert found
    snake = file.parent.name
    own = tmp_path / "app" / "tests" / "test_readme.py"
    run(python, "-m", "mypy", cwd=app)
    own.write_text(TRY_IT.format(snake=snake, kebab=found[1]), encoding="utf-8")
    tests = ["tests/test_readme.py", "tests/core/test_openapi.py", f"tests/entities/{snake}"]
    run(python, "-m", "pytest", "-q", *tests, "-k", "not (cached_endpoint or batch or work or guard)", cwd=app)
    for part, test in ((CACHE, "cached"), (BATCH, "batch"), (WORK, "work"), (GUARD, "guard")):
        paste(app, part)
        run(python, "-m", "mypy", "app", cwd=app)
        run(python, "-m", "pytest", "-q", "tests/test_readme.py", "-k", test, cwd=app)
