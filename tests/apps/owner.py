"""What the owner of an app does with it, on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import copier
import pytest

from tests.conftest import copy_of_template
from tests.environments import clean_environment


def python(version: str | None) -> str:
    """Return an interpreter of a version, skipping loudly where there is none."""
    found = shutil.which(f"python{version}" if version else "python3")
    runs = found and subprocess.run([found, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    if not found or not runs:
        pytest.skip(f"NOT TESTED on Python {version}: no such interpreter on this machine")
    return found


def without(tools: tuple[str, ...]) -> str:
    """Return a PATH without the tools, even if this machine has them."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(f for f in folders if not any((Path(f) / tool).exists() for tool in tools))


def make(folder: Path, interpreter: str, *goals: str, **environment: str) -> str:
    """Run make in an app as a user without our environment; return what it printed, or fail with it."""
    own = {"XDG_DATA_HOME": str(folder.parent / "data")}  # where its embedded PostgreSQL lives, gone with the test
    done = subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={interpreter}", *goals],
        cwd=folder,
        env=clean_environment(**own, **environment),
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


def set_up_and_try(app: Path, manager: str) -> None:
    """`make setup test lint`, with the package manager really used; skip loudly where it is missing."""
    if shutil.which(manager) is None:
        pytest.skip(f"NOT TESTED with {manager}: it is not installed on this machine")
    printed = make(app, python(None), "setup", "test", "lint", PATH=os.environ["PATH"])
    assert "passed" in printed
    assert "Required test coverage of 80.0% reached" in printed
    assert (app / f"{manager}.lock").exists()
