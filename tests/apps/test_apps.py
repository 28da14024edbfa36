"""Whole apps as their owners have them: make setup, test and lint, with the package manager that was chosen."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import copier
import pytest

from tests.apps.owner import make, python, rendered, set_up_and_try, without
from tests.conftest import commit_all, copy_of_template, example, git

APPS: dict[str, dict[str, Any]] = {
    "default-poetry": {},
    "shop-uv-async-postgresql": {**example("shop"), "package_manager": "uv"},
    "shop-uv-sync-postgresql": {**example("shop"), "package_manager": "uv", "async": False, "tracing": True},
    "shop-uv-async-sqlite": {**example("shop"), "package_manager": "uv", "database": "sqlite"},
    "everything-off-uv-sync-sqlite": example("everything-off"),
    "minimal-pip": example("minimal"),
    "no-entities-uv": {"entities": [], "package_manager": "uv", "docker": False},
}
NEWEST = "3.13"


@pytest.mark.slow
@pytest.mark.parametrize("name", APPS)
def test_app(name: str, place: Path) -> None:
    """`make setup test lint` in a fresh app, the package manager really used."""
    app = rendered(APPS[name], place)
    if not name.endswith("pip"):
        set_up_and_try(app, APPS[name].get("package_manager", "poetry"))
        return
    printed = make(app, python(None), "setup", "test", "lint", PATH=without(("poetry", "uv")))
    assert "Required test coverage of 80.0% reached" in printed
    assert "Poetry is missing (pipx install poetry)" in printed
    assert not (app / "poetry.lock").exists()


@pytest.mark.slow
def test_app_on_newest_python(place: Path) -> None:
    app = rendered({**example("shop"), "app_name": "newest-api"}, place)
    printed = make(app, python(NEWEST), "setup", "test", "lint", PATH=without(("poetry", "uv")))
    assert "passed" in printed


@pytest.mark.slow
def test_change_of_entities(place: Path) -> None:
    """After entities change, a test says what to run; that command writes the migration, and then all is well."""
    template = copy_of_template(place / "template")
    commit_all(template, "first", tag="0.1.0")
    app = place / "app"
    answers = {"entities": ["Note"], "package_manager": "uv", "redis": False, "observability": False, "docker": False}
    copier.run_copy(str(template), app, data=answers, defaults=True, unsafe=True, quiet=True)
    path = without(("poetry", "uv"))
    make(app, python(None), "setup", PATH=path)
    commit_all(app)
    before = (app / "migrations" / "versions" / "0001_initial.py").read_bytes()
    fields = [{"title": "string"}, {"note": "ref:Note"}]
    changed = {"entities": ["Note", {"name": "Comment", "fields": fields}]}
    copier.run_update(app, data=changed, defaults=True, unsafe=True, overwrite=True, quiet=True)
    touched = {line[3:] for line in git(app, "status", "--porcelain", "--untracked-files=all").splitlines()}
    own = ("app/entities/comment/", "tests/entities/comment/")
    allowed = {".copier-answers.yml", "app/entities/registry.py", "README.md"}
    assert {name for name in touched if not name.startswith(own)} <= allowed
    failing = subprocess.run(
        [app / ".venv/bin/python", "-m", "pytest", "-q", "tests/core/test_migrations.py"],
        cwd=app, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert failing.returncode == 1
    assert 'run make migration m="what changed"' in failing.stdout
    make(app, python(None), "migration", "m=add comment", PATH=path)
    assert len(list((app / "migrations" / "versions").glob("*_add_comment.py"))) == 1
    assert (app / "migrations" / "versions" / "0001_initial.py").read_bytes() == before
    make(app, python(None), "test", "lint", PATH=path)
