"""Environments with the packages of generated apps; they stay in build/ for the next time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "build" / "environments"
ASTRAY = ("VIRTUAL_ENV", "COV_", "PYTEST", "HYPOTHESIS", "DATABASE", "TEST_DATABASE", "PORT", "ENVIRONMENT")


def clean_environment(**more: str) -> dict[str, str]:
    """Return our environment without what would lead an app's tools astray, and with some more.

    The folder for temporary files of other pytest runs (see `temporary_files_of_other_runs`) stays in it.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ASTRAY)}
    if root := os.environ.get("PYTEST_DEBUG_TEMPROOT"):
        kept["PYTEST_DEBUG_TEMPROOT"] = root
    return kept | more


def python_with(requirements: Iterable[str]) -> str:
    """Return a Python that has what is required; parallel runs wait for the one that makes it."""
    wanted = sorted(set(requirements))
    name = hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    folder = FOLDER / name
    python = folder / "bin" / "python"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
            subprocess.run(command, check=True)
            (folder / "complete").touch()
    return str(python)


def requirements_of(project: Path, *, development: bool = False) -> list[str]:
    """Return what a pyproject.toml asks for, with its group for developers or without."""
    data = tomllib.loads(project.read_text(encoding="utf-8"))
    found: list[str] = data["project"]["dependencies"] + (data["dependency-groups"]["dev"] if development else [])
    return found


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
