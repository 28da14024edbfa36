"""Every answer can be changed by an update, and changed back: the app is then what a fresh copy is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from copier.errors import TaskError

from tests.conftest import git
from tests.render.matrix import questions, values
from tests.update.project import difference, new_project

pytestmark = [pytest.mark.slow, pytest.mark.turns(3)]

ONCE = {"scope"}
"""Whose app it is does not change: a service made here would lose its code, and keep what is its users'."""

OTHERS: dict[str, list[Any]] = {
    "app_description": ["Something else."],
    "objectives": [{"availability": 99.5, "latency_ms": 250}],
    "ports": [{"app": 8100, "grafana": 3100}],
}


def switches() -> dict[str, tuple[str, Any]]:
    """Return every question with each of its other answers, by a readable name."""
    asked = {name: values(details) for name, details in questions().items() if name not in ONCE} | OTHERS
    return {f"{name}-{value}": (name, value) for name, several in asked.items() for value in several}


@pytest.mark.parametrize("switch", switches())
def test_an_answer_is_changed_and_changed_back(switch: str, tmp_path: Path) -> None:
    name, value = switches()[switch]
    project = new_project(tmp_path, {})
    first = project.answers()
    if first.get(name) == value:
        pytest.skip("the default: changed to it by the others, on their way back")
    project.update(**{name: value})
    assert project.answers()[name] == value
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == []
    project.commit()
    project.update(**{name: first.get(name, False)})
    assert difference(project.app, project.fresh(tmp_path / "back")) == []
    assert git(project.app, "diff", "--stat", "HEAD~1", "--", "migrations") == ""


def test_scope_is_decided_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = new_project(tmp_path, {})
    with pytest.raises(TaskError):
        project.update(scope="infrastructure")
    assert "scope cannot change: it is service here" in capfd.readouterr().err
    assert project.changed() == {}


def test_a_platform_changes_many_at_once(tmp_path: Path) -> None:
    """By a file of answers, as DevMatrix and the command line do."""
    project = new_project(tmp_path, {"config": {"redis": True, "docker": True}})
    project.update(config={"redis": False, "docker": False, "async": False}, entities=["Book"])
    assert {name: project.answers()[name] for name in ("redis", "docker", "async")} == dict.fromkeys(
        ("redis", "docker", "async"), False
    )
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == []
