"""Extensions are pure, and copying runs nothing: what `--trust` is asked for is what README.md says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

FOLDER = ROOT / "extensions"
EXTENSIONS = sorted(path for path in FOLDER.rglob("*.py") if path != FOLDER / "load.py")
ALLOWED = frozenset(
    [
        *(
            "__future__",
            "abc",
            "ast",
            "builtins",
            "collections",
            "contextlib",
            "dataclasses",
            "decimal",
            "difflib",
            "enum",
        ),
        *(
            "functools",
            "hashlib",
            "ipaddress",
            "itertools",
            "json",
            "math",
            "operator",
            "re",
            "textwrap",
            "typing",
            "unicodedata",
        ),
        *("uuid", "warnings"),
        *("jinja2", "pydantic", "yaml"),
    ]
)
"""Modules that reach neither files nor network, programs or the environment, nor a clock or chance."""

CALLS_OF_CHANCE = frozenset(
    ["now", "today", "utcnow", "uuid1", "uuid4", "open", "exec", "eval", "__import__", "getenv"]
)


def errors(source: str) -> list[str]:
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


@pytest.mark.parametrize("path", EXTENSIONS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_an_extension_is_pure(path: Path) -> None:
    assert errors(path.read_text(encoding="utf-8")) == []


def test_the_check_can_fail() -> None:
    source = "import os\nfrom pathlib import Path\nimport datetime as dt\ndt.datetime.now()\nopen('x')\n"
    assert errors(source) == ["os", "pathlib", "now()", "open()"]


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


def test_the_loader_only_loads() -> None:
    """`load.py` reads its own folder, as every import does; beyond that it is as pure as what it loads."""
    source = (FOLDER / "load.py").read_text(encoding="utf-8")
    loading = ["importlib", "importlib.util", "sys", "traceback", "pathlib", "types"]
    assert errors(source) == [*loading, "copier.errors", "copier_template_extensions"]
    assert not {"write_bytes", "write_text", "mkdir", "run"} & {
        node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)
    }


def test_a_folder_imports_only_what_stands_below_it() -> None:
    """The order of the map in docs/architecture.md: nothing of an app is known where its answers are read."""
    below = {"literals", "pins", "wording"}
    for name in ("naming", "entities", "answers", "source", "monitoring", "service"):
        for path in (FOLDER / name).rglob("*.py"):
            outside = len(path.relative_to(FOLDER).parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.level == outside and not node.col_offset:
                    needed = [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]
                    assert set(needed) <= below, f"{name}/{path.name}"
        below.add(name)
