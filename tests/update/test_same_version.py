"""An untouched app stays as it is when it is updated to the version it has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import example
from tests.render.matrix import combinations
from tests.shares import share
from tests.update.project import new_project

PARTS = 47  # shares no factor with the number of versions of Python
COMBINATIONS = combinations()
FEW = [
    {"name": "Note", "fields": [{"title": "string"}, {"state": {"type": "enum", "values": ["new", "old"]}}]},
    {"name": "Tag", "fields": [{"word": "string"}, {"name": "notes", "type": "many_to_many", "to": "Note"}]},
]

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
    project = new_project(tmp_path, APPS[name])
    project.update()
    assert project.changed() == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", share(list(COMBINATIONS), PARTS))
def test_every_combination(name: str, tmp_path: Path) -> None:
    project = new_project(tmp_path, {**COMBINATIONS[name], "entities": FEW})
    project.update()
    assert project.changed() == {}


def test_config_on_update(tmp_path: Path) -> None:
    """A platform's `config` is followed on update too, though the answers are stored by then."""
    project = new_project(tmp_path, {"config": {"redis": True}})
    project.update(config={"redis": False})
    assert project.answers()["redis"] is False
    assert not (project.app / "app" / "core" / "cache.py").exists()


def test_message_after_update(tmp_path: Path) -> None:
    """What to do next: four lines, the real commands."""
    project = new_project(tmp_path, {})
    (project.template / "template" / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    project.release("0.2.0")
    command = [sys.executable, "-m", "copier", "update", "--trust", "--defaults"]
    done = subprocess.run(command, cwd=project.app, check=True, capture_output=True, text=True)
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    assert said[-4:] == ["git status", "git diff", 'make setup migration m="after the update"', "make test lint"]
