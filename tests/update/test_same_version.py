"""An untouched app stays as it is when it is updated to the version it has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest

from tests.conftest import commit_all, copy_of_template, example, git

APPS: dict[str, dict[str, Any]] = {
    "default": {},
    "shop": example("shop"),
    "everything-off": example("everything-off"),
    "hostile": {
        "app_description": "a\n\nb {{ 7*7 }} {% x %} 'quoted' \"twice\" #",
        "entities": [{"name": "Zebra", "fields": [{"z": "string"}, {"a": "int"}, {"name": {"type": "text"}}]}, "Ant"],
        "ports": {"redis": 6400, "app": 8100},
    },
}


@pytest.mark.parametrize("name", APPS)
def test_update_to_same_version(name: str, tmp_path: Path) -> None:
    template = copy_of_template(tmp_path / "template")
    commit_all(template, "first", tag="0.1.0")
    app = tmp_path / "app"
    copier.run_copy(str(template), app, data=APPS[name], defaults=True, unsafe=True, quiet=True)
    commit_all(app)
    copier.run_update(app, vcs_ref=copier.VcsRef.CURRENT, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert git(app, "status", "--porcelain") == ""


def test_config_on_update(tmp_path: Path) -> None:
    """A platform's `config` is followed on update too, though the answers are stored by then."""
    template = copy_of_template(tmp_path / "template")
    commit_all(template, "first", tag="0.1.0")
    app = tmp_path / "app"
    copier.run_copy(str(template), app, data={"config": {"redis": True}}, defaults=True, unsafe=True, quiet=True)
    commit_all(app)
    copier.run_update(app, data={"config": {"redis": False}}, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert "redis: false" in (app / ".copier-answers.yml").read_text(encoding="utf-8")
    assert not (app / "app" / "core" / "cache.py").exists()


def test_message_after_update(tmp_path: Path) -> None:
    """What to do next: three lines, the real commands."""
    template = copy_of_template(tmp_path / "template")
    commit_all(template, "first", tag="0.1.0")
    app = tmp_path / "app"
    copier.run_copy(str(template), app, defaults=True, unsafe=True, quiet=True)
    commit_all(app)
    (template / "template" / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    commit_all(template, "second", tag="0.2.0")
    command = [sys.executable, "-m", "copier", "update", "--trust", "--defaults"]
    done = subprocess.run(command, cwd=app, check=True, capture_output=True, text=True)
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    assert said[-3:] == ["git diff", 'make setup migration m="after the update"', "make test lint"]
