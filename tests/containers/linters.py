"""The linters of container files: those of the development environment, and two that need a folder of their own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .engine import ROOT, run

BIN = Path(sys.executable).parent
FOLDER = ROOT / "build" / "linters"


def tool(name: str) -> Path:
    """Return a program of the development environment."""
    found = shutil.which(name, path=str(BIN))
    assert found, f"{name} is not installed: it is one of the development tools"
    return Path(found)


def checkov() -> tuple[Path | str, ...]:
    """Return how to call checkov, in an environment of its own: it brings ninety packages that pin what others use."""
    # Not its script: that one does not work below a path with blanks.
    return (_installed("checkov", ROOT / "pyproject.toml", _pip) / "bin" / "python", "-m", "checkov.main")


def dclint() -> Path:
    """Return dclint; where there is no npm the test is skipped, or fails where containers are required."""
    if shutil.which("npm") is None:
        reason = "no npm: the compose linter dclint was not run"
        if os.environ.get("REQUIRE_CONTAINERS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return _installed("dclint", Path(__file__).with_name("package.json"), _npm) / "node_modules" / ".bin" / "dclint"


def _installed(name: str, pins: Path, install: Callable[[Path, Path], None]) -> Path:
    """Install once for what the file of pins says; parallel runs wait for each other."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(pins.read_bytes()).hexdigest()
    folder = FOLDER / name
    stamp = folder / "installed"
    with (FOLDER / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            install(folder, pins)
            stamp.write_text(wanted, encoding="utf-8")
    return folder


def _pip(folder: Path, pins: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    run(*pip, "install", "--quiet", "--disable-pip-version-check", "--group", f"{pins}:{folder.name}")


def _npm(folder: Path, pins: Path) -> None:
    folder.mkdir()
    shutil.copy(pins, folder)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
