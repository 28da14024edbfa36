"""An app with code of its owner's: a rule, a token, endpoints. What came with the template stays green."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Render
from tests.entities import apps
from tests.environments import clean_environment

ANSWERS = {
    **apps.LEAN,
    "database": "sqlite",
    "app_name": "stay-api",
    "entities": [
        {"name": "Room", "fields": [{"name": "number", "type": "integer", "required": True, "unique": True}]},
        {
            "name": "Stay",
            "fields": [
                {"name": "arrives_on", "type": "date", "required": True, "filter": True},
                {"name": "leaves_on", "type": "date", "required": True, "filter": True},
                {"name": "note", "type": "string", "max_length": 50},
                {"name": "room", "type": "reference", "to": "Room", "required": True},
            ],
        },
    ],
}
RULE = '''"""Business rules of stays."""

from datetime import date
from typing import Any

from app.core.errors import InvalidError
from app.core.rules import Rules
from app.core.session import Context
from app.entities.stay.model import Stay


def check_days(arrives_on: date, leaves_on: date) -> None:
    """Reject a stay without a night."""
    if leaves_on <= arrives_on:
        message = "A stay ends after it begins."
        raise InvalidError(message, fields={"body.leaves_on": "must be after arrives_on"})


class StayRules(Rules[Stay]):
    """A stay lasts at least one night."""

    async def before_create(self, context: Context, row: Stay) -> None:
        check_days(row.arrives_on, row.leaves_on)

    async def before_update(self, context: Context, row: Stay, changes: dict[str, Any]) -> None:
        check_days(changes.get("arrives_on", row.arrives_on), changes.get("leaves_on", row.leaves_on))
'''
# Ordinary FastAPI: no docstring, no return type, a message where it is raised, a magic number.
EXTRA = """from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from app.core.dependencies import SessionDep, SettingsDep
from app.entities.stay.model import Stay

router = APIRouter()


class Summary(BaseModel):
    stays: int
    environment: str


@router.get("/api/v1/stays/summary")
async def summary(session: SessionDep, settings: SettingsDep) -> Summary:
    count = await session.scalar(sa.select(sa.func.count(Stay.id)))
    if count is not None and count > 1000:
        raise HTTPException(422, f"{count} stays are too many")
    return Summary(stays=count or 0, environment=settings.environment)


@router.post("/api/v1/stays/{stay_id}/check-in")
async def check_in(stay_id: int, session: SessionDep):
    stay = await session.get(Stay, stay_id)
    if stay is None:
        raise HTTPException(status_code=404, detail="no such stay")
    # TODO: send a message to the guest
    return {"id": stay.id, "note": stay.note}


def check_token(token: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> None:
    if token.credentials != "right":
        raise HTTPException(401)


routers = [router]
entity_dependencies = [Depends(check_token)]
"""
TESTS_EXTRA = """def valid_body(entity, body):
    if entity == "stay":
        body["leaves_on"] = "2026-02-02"
    return body


def valid_patch(entity, patch):
    return {"note": "changed"} if entity == "stay" else patch


def prepare(client):
    client.headers["Authorization"] = "Bearer right"
"""
OWN_TEST = """def test_summary(client, factory):
    factory.stored("stay")
    assert client.get("/api/v1/stays/summary").json() == {"stays": 1, "environment": "test"}


def test_rule(client, factory):
    body = factory.body("stay")
    assert client.post("/api/v1/stays", json=body).status_code == 201
    response = client.post("/api/v1/stays", json=body | {"leaves_on": body["arrives_on"]})
    assert response.status_code == 422
    wrong = {"Authorization": "Bearer wrong"}
    assert client.post("/api/v1/stays", json=body, headers=wrong).status_code == 401
"""


@pytest.fixture(scope="module")
def app(template: Path) -> Path:
    """Return an app with the owner's files."""
    app = apps.rendered(template, "own-code", ANSWERS)
    (app / "app/entities/stay/rules.py").write_text(RULE, encoding="utf-8")
    (app / "app/extra.py").write_text(EXTRA, encoding="utf-8")
    (app / "tests/extra.py").write_text(TESTS_EXTRA, encoding="utf-8")
    (app / "tests/test_own.py").write_text(OWN_TEST, encoding="utf-8")
    return app


def run_tests(python: Path, app: Path, *words: str) -> tuple[int, str]:
    """Run tests of an app; return the exit status and the output."""
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_ordinary_code_has_no_finding(app: Path) -> None:
    """FastAPI as most teams write it passes the app's linter; code with a bug does not."""
    own = ["app/extra.py", "app/entities/stay/rules.py", "tests/extra.py", "tests/test_own.py"]
    command = [sys.executable, "-m", "ruff", "check", "--no-cache"]
    done = subprocess.run([*command, *own], cwd=app, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    bug = b"def add(rows: list = []) -> None:\n    rows.append(undefined)\n"
    done = subprocess.run([*command, "-"], cwd=app, input=bug, capture_output=True, check=False)
    assert {b"B006", b"F821"} <= set(re.findall(rb"[A-Z]+\d{3}", done.stdout))


@pytest.mark.slow
def test_tests_of_the_template_stay_green(app: Path, render: Render) -> None:
    """The rule rejects the documented example; `tests/extra.py` says what is valid instead."""
    python = apps.apps_python(render)
    core = [f"tests/core/test_{name}.py" for name in ("openapi", "extra", "health", "own_code", "dependencies")]
    status, output = run_tests(python, app, "tests/entities", *core, "tests/test_own.py")
    assert status == 0, output[-8000:]
    (app / "tests/extra.py").write_text("", encoding="utf-8")
    try:
        status, output = run_tests(python, app, "tests/entities/stay", "-k", "test_create")
        assert status == 1
        assert "401" in output
    finally:
        (app / "tests/extra.py").write_text(TESTS_EXTRA, encoding="utf-8")


COMMANDS = ("uvicorn app.main:app", "app", "app migrate", "alembic current", "alembic downgrade -1")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_setting_is_one_line(command: str, app: Path, render: Render) -> None:
    """The exit status is that of a wrong command line; there is no traceback."""
    words = [apps.apps_python(render), "-m", *command.split()]
    environment = clean_environment()
    done = subprocess.run(words, cwd=app, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    line = "stay-api cannot start: DATABASE_URL: is missing; set it in the environment or in the file .env\n"
    assert done.stderr == line


@pytest.mark.slow
def test_alembic_up_and_down(app: Path, render: Render, tmp_path: Path) -> None:
    """Its commands as everybody types them, on a database of its own."""
    environment = clean_environment(DATABASE_URL=f"sqlite:///{tmp_path / 'app.db'}")
    python = apps.apps_python(render)
    for command, said in (
        ("current", ""),
        ("history", "<base> -> 0001 (head)"),
        ("upgrade head", ""),
        ("current", "0001 (head)"),
        ("downgrade -1", ""),
        ("current", ""),
    ):
        words = [python, "-m", "alembic", *command.split()]
        done = subprocess.run(words, cwd=app, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(said)
        assert said or not done.stdout.strip()
