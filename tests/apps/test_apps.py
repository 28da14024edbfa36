"""Whole apps as their owners have them: make setup, test and lint, with the package manager that was chosen."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import copier
import pytest

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


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder that others may enter: PostgreSQL runs as a user of its own where root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="apps-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def python(version: str | None) -> str:
    """Return an interpreter of a version, skipping loudly where there is none."""
    found = shutil.which(f"python{version}" if version else "python3")
    runs = found and subprocess.run([found, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    if not found or not runs:
        pytest.skip(f"NOT TESTED on Python {version}: no such interpreter on this machine")
    return found


def without(tools: tuple[str, ...]) -> str:
    """Return a PATH on which the tools cannot be found, whatever this machine has."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(f for f in folders if not any((Path(f) / tool).exists() for tool in tools))


def make(folder: Path, interpreter: str, *goals: str, **environment: str) -> str:
    """Run make in an app as a user without our environment; return what it printed, or fail with it."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "COV_", "PYTEST"))
    }
    own = {"XDG_DATA_HOME": str(folder.parent / "data")}  # where its embedded PostgreSQL lives, gone with the test
    done = subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={interpreter}", *goals],
        cwd=folder,
        env=clean | own | environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
    return done.stdout + done.stderr


def rendered(answers: dict[str, Any], folder: Path) -> Path:
    """Render an app into a folder whose path holds a blank."""
    target = folder / "an app"
    template = copy_of_template(folder / "template")
    copier.run_copy(str(template), target, data=answers, defaults=True, unsafe=True, quiet=True)
    return target


@pytest.mark.slow
@pytest.mark.parametrize("name", APPS)
def test_app(name: str, place: Path) -> None:
    """`make setup test lint` in a fresh app, the package manager really used."""
    app = rendered(APPS[name], place)
    manager = APPS[name].get("package_manager", "poetry")
    path = os.environ["PATH"]
    if name.endswith("pip"):
        path = without(("poetry", "uv"))
    elif shutil.which(manager) is None:
        pytest.skip(f"NOT TESTED with {manager}: it is not installed on this machine")
    printed = make(app, python(None), "setup", "test", "lint", PATH=path)
    assert "passed" in printed
    assert "Required test coverage of 80.0% reached" in printed
    lock = app / f"{manager}.lock"
    if name.endswith("pip"):
        assert "Poetry is missing (pipx install poetry)" in printed
        assert not lock.exists()
    else:
        assert lock.exists()


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
