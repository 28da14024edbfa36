"""Rendered apps to run: their packages in one environment, their folders kept, so that the database stays warm."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copier

from tests.conftest import ROOT, Render, quick_renders
from tests.environments import clean_environment

BUILD = ROOT / "build"
VARIANTS: dict[str, dict[str, Any]] = {
    f"{database}-{'async' if asynchronous else 'sync'}": {"database": database, "async": asynchronous}
    for asynchronous in (True, False)
    for database in ("postgresql", "sqlite")
}
LEAN = {"redis": False, "observability": False, "tracing": False, "docker": False}
MAIL = {"entities": [{"name": "Person", "fields": [{"name": "address", "type": "email"}]}]}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time do what follows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment(name: str, requirements: list[str]) -> Path:
    """Return the interpreter of a virtual environment in build/ with these packages; made again when they change."""
    folder = BUILD / name
    stamp = folder / "requirements.txt"
    wanted = "\n".join(sorted(requirements)) + f"\n# Python {sys.version_info[0]}.{sys.version_info[1]}\n"
    with locked(BUILD / f"{name}.lock"):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*install, *requirements], check=True)
            stamp.write_text(wanted, encoding="utf-8")
    return folder / "bin" / "python"


def apps_python(render: Render) -> Path:
    """Return an interpreter with the packages of every variant."""
    requirements: set[str] = set()
    for variant in VARIANTS.values():
        text = (render({**LEAN, **MAIL, **variant}) / "pyproject.toml").read_text(encoding="utf-8")
        project = tomllib.loads(text)
        requirements.update(project["project"]["dependencies"], project["dependency-groups"]["dev"])
    return environment("apps-venv", sorted(requirements))


def rendered(template: Path, name: str, answers: dict[str, Any]) -> Path:
    """Render an app into build/apps, always into the same folder for the same name."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    target = BUILD / "apps" / worker / name
    shutil.rmtree(target, ignore_errors=True)
    with quick_renders():
        copier.run_copy(str(template), target, data={**answers, **LEAN}, defaults=True, unsafe=True, quiet=True)
    return target


def runner(python: Path, app: Path) -> Callable[..., str]:
    """Return a function that runs a Python module in an app, with more in its environment, and says what it printed.

    It fails with what was printed where the module does not end well.
    """

    def run(*words: str | Path, **more: str) -> str:
        done = subprocess.run(
            [python, "-m", *words],
            cwd=app,
            env=clean_environment(**more),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{' '.join(map(str, words))}\n{(done.stdout + done.stderr)[-10000:]}"
        return done.stdout

    return run


def digest(text: str) -> str:
    """Return a short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
