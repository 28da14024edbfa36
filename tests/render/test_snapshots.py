"""Apps are made of what was looked at: a change shows which files come, go or change, before it reaches anybody."""

from __future__ import annotations

import os

import pytest
import yaml

from tests.render import snapshots
from tests.render.rendered import SHOWN, RenderedApps, matches

COMMAND = "not what was looked at: run `make snapshots` and review its diff"


def test_files_of_every_combination(rendered: RenderedApps) -> None:
    groups = yaml.safe_load(snapshots.FILES.read_text(encoding="utf-8"))
    for name, answers in rendered.answers.items():
        known = snapshots.described(answers)
        expected = {path for group in groups if snapshots.holds(group, known) for path in group["files"]}
        assert expected == set(rendered.files_of[name]), f"{name}: {COMMAND}"


def test_file_list_is_as_written(rendered: RenderedApps) -> None:
    """By the command, not by hand: every file stands in one group."""
    if os.environ.get("MATRIX") == "pairs":
        pytest.skip("NOT COMPARED as a whole: MATRIX=pairs renders a part of the apps")
    assert snapshots.FILES.read_text(encoding="utf-8") == snapshots.written(rendered)[snapshots.FILES], COMMAND


def test_contents(rendered: RenderedApps) -> None:
    kept = {
        path.relative_to(snapshots.FOLDER / SHOWN).as_posix(): path.read_text(encoding="utf-8")
        for path in (snapshots.FOLDER / SHOWN).rglob("*")
        if path.is_file()
    }
    files = rendered.files_of[SHOWN].items()
    contents = {path: rendered.text(stored) for path, stored in files if matches(path, snapshots.CONTENTS)}
    assert kept.keys() == contents.keys(), COMMAND
    for path, text in contents.items():
        assert kept[path] == text, f"{path}: {COMMAND}"


def test_conditions_say_what_brings_a_file() -> None:
    """All allowed answers, and no others."""
    known = {
        "a": {"redis": True, "database": "sqlite"},
        "b": {"redis": True, "database": "postgresql"},
        "c": {"redis": False, "database": "sqlite"},
        "d": {"redis": False, "database": "postgresql"},
    }
    assert snapshots.conditions({"a", "b", "c", "d"}, known) == {"when": {}}
    assert snapshots.conditions({"a", "b"}, known) == {"when": {"redis": [True]}}
    assert snapshots.conditions({"d"}, known) == {"when": {"redis": [False], "database": ["postgresql"]}}
    either = {"when": {}, "unless": {"redis": [False], "database": ["postgresql"]}}
    assert snapshots.conditions({"a", "b", "c"}, known) == either
    assert [snapshots.holds(either, known[name]) for name in known] == [True, True, True, False]
    with pytest.raises(AssertionError, match="no answers say why"):
        snapshots.conditions({"a", "d"}, known)
