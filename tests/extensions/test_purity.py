"""Extensions are pure, and copying runs nothing: what `--trust` is asked for is what README.md says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

EXTENSIONS = sorted((ROOT / "extensions").glob("*.py"))
ALLOWED = frozenset(
    [
        *("__future__", "ast", "builtins", "collections", "contextlib", "dataclasses", "decimal", "difflib"),
        *("enum", "functools"),
        *(
            "hashlib",
            "itertools",
            "json",
            "math",
            "operator",
            "re",
            "textwrap",
            "typing",
            "unicodedata",
            "uuid",
            "warnings",
        ),
        *("copier_template_extensions", "jinja2", "pydantic", "yaml"),
    ]
)
"""Modules that reach neither files nor network, programs or the environment, nor a clock or chance."""

CALLS_OF_CHANCE = frozenset(
    ["now", "today", "utcnow", "uuid1", "uuid4", "open", "exec", "eval", "__import__", "getenv"]
)


def faults(source: str) -> list[str]:
    """Return what a module imports or calls that a pure one would not."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        found += [name for name in names if name.partition(".")[0] not in ALLOWED | {"datetime"}]
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [f"{called}()"] if called in CALLS_OF_CHANCE else []
    return found


@pytest.mark.parametrize("path", EXTENSIONS, ids=lambda path: path.stem)
def test_an_extension_is_pure(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_check_can_fail() -> None:
    source = "import os\nfrom pathlib import Path\nimport datetime as dt\ndt.datetime.now()\nopen('x')\n"
    assert faults(source) == ["os", "pathlib", "now()", "open()"]


def test_copying_runs_nothing_and_updating_one_script() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert "_tasks" not in settings
    (migration,) = settings["_migrations"]
    assert migration["when"] is True, "before and after"
    assert "--stage={{ _stage }}" in migration["command"]
    program, script, *options = migration["command"]
    assert program == "{{ _copier_python }}"
    assert script == "{{ _copier_conf.src_path }}/updates/keep_edits"
    assert all(option.startswith("--") for option in options)


def test_every_extension_is_listed_after_those_it_imports() -> None:
    """One that is not listed works on update and fails on copy; one out of order fails on both."""
    listed = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))["_jinja_extensions"][1:]
    order = [Path(entry.partition(":")[0]).stem for entry in listed]
    assert sorted(order) == [path.stem for path in EXTENSIONS if path.stem != "__init__"]
    for path in EXTENSIONS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                needed = [node.module] if node.module else [alias.name for alias in node.names]
                assert all(order.index(name) < order.index(path.stem) for name in needed if name), path.stem
