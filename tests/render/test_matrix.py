"""Every combination renders, and what it renders has no finding in any linter and no trace of what is off."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Render, example, files_of
from tests.render.matrix import combinations

COMBINATIONS = combinations()
ENTITIES = {"shop": example("shop")["entities"], "none": []}
TREES = [(name, entities) for name in COMBINATIONS for entities in ENTITIES if entities == "shop" or "no_" not in name]

FORBIDDEN_IN_NAMES = set('"<>|:?*\\')
EXECUTABLE = re.compile(r"\.sh$")
RESIDUE = re.compile(r"\{%|%\}|\{\{ *(entity|service|app_name|pins)\b")

WORDS: dict[str, re.Pattern[str]] = {
    "observability": re.compile(r"prometheus|grafana|alloy|loki|structlog|observab|metrics", re.IGNORECASE),
    "tracing": re.compile(r"opentelemetry|otel_|otlp|jaeger|tracing|trace_id|exemplar", re.IGNORECASE),
    "docker": re.compile(r"docker|compose|container", re.IGNORECASE),
    "redis": re.compile(r"redis", re.IGNORECASE),
}
"""The words of each flag, which appear nowhere when it is off."""


class _Compose(yaml.SafeLoader):
    """YAML with the tags of Compose files."""


_Compose.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


PARSERS: dict[str, Callable[[str], Any]] = {
    ".py": ast.parse,
    ".json": json.loads,
    ".toml": tomllib.loads,
    ".yml": lambda text: list(yaml.load_all(text, _Compose)),
    ".yaml": lambda text: list(yaml.load_all(text, _Compose)),
}


def answers_of(name: str, entities: str) -> dict[str, Any]:
    """Return the answers of one tree of the matrix."""
    return {"app_name": "shop-api", **COMBINATIONS[name], "entities": ENTITIES[entities]}


@pytest.fixture(params=TREES, ids="-".join)
def tree(request: pytest.FixtureRequest, render: Render) -> tuple[Path, dict[str, Any]]:
    """Return each rendered tree with its answers."""
    answers = answers_of(*request.param)
    return render(answers), answers


def test_tree(tree: tuple[Path, dict[str, Any]]) -> None:
    folder, answers = tree
    faults: list[str] = []
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        faults += [f"{name}: {fault}" for fault in faults_of_file(path, name)]
        text = path.read_text(encoding="utf-8")
        for flag, words in WORDS.items():
            if not answers[flag] and name != ".copier-answers.yml" and (found := words.search(name + "\n" + text)):
                faults.append(f"{name}: speaks of {found[0]!r}, but {flag} is off")
    assert not faults, "\n".join(faults)


def faults_of_file(path: Path, name: str) -> list[str]:
    """Say what is wrong with a file, whatever it is."""
    text = path.read_text(encoding="utf-8")
    faults = []
    if FORBIDDEN_IN_NAMES & set(name):
        faults.append("the name cannot exist on Windows")
    if not text.strip() and path.name != ".gitkeep":
        faults.append("is empty")
    if not text.endswith("\n") or text.endswith("\n\n"):
        faults.append("does not end with exactly one newline")
    if re.search(r"[ \t]+$", text, re.MULTILINE):
        faults.append("has trailing blanks")
    if "\n\n\n\n" in text or (path.suffix in {".yml", ".md", ".toml"} and "\n\n\n" in text):
        faults.append("has too many blank lines")
    if RESIDUE.search(text):
        faults.append("holds a template tag")
    if bool(EXECUTABLE.search(name)) != bool(path.stat().st_mode & 0o100):
        faults.append("has the wrong executable bit")
    parse = PARSERS.get(path.suffix)
    if parse is not None:
        try:
            parse(text)
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            faults.append(f"does not parse: {error}")
    return faults


@pytest.fixture(scope="module")
def all_trees(render: Render) -> list[Path]:
    """Return every tree of the matrix."""
    return [render(answers_of(*tree)) for tree in TREES]


LINTERS = {
    "ruff check": [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--no-cache", "--check"],
}


@pytest.mark.parametrize("linter", LINTERS)
def test_lint(linter: str, all_trees: list[Path]) -> None:
    """One call over every tree; each has its own configuration."""
    done = subprocess.run([*LINTERS[linter], *all_trees], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]


def test_yamllint(all_trees: list[Path]) -> None:
    """With the configuration the app ships, strictly; each distinct content once."""
    distinct = {
        path.read_bytes(): path for tree in all_trees for path in files_of(tree) if path.suffix in {".yml", ".yaml"}
    }
    configuration = all_trees[0] / ".yamllint.yml"
    command = [sys.executable, "-m", "yamllint", "--strict", "-c", str(configuration), *map(str, distinct.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=all_trees[0])
    assert done.returncode == 0, done.stdout[-5000:]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_python_version(render: Render, version: str) -> None:
    """The interpreter reaches what names one; the code itself keeps running on 3.11."""
    folder = render(python_version=version)
    assert f"={version}." in (folder / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assert (
        tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"] == ">=3.11"
    )


BROKEN = {
    "a.py": ("x = (\n", "does not parse"),
    "b.yml": ("a: [\n", "does not parse"),
    "c.json": ("{\n", "does not parse"),
    "d.md": ("text \n", "trailing blanks"),
    "e.md": ("text", "exactly one newline"),
    "f.md": ("a\n\n\nb\n", "too many blank lines"),
    "g.py": ("{% if x %}\n", "template tag"),
    "h.sh": ("echo\n", "executable bit"),
    "i.txt": ("\n", "is empty"),
    "j?.txt": ("text\n", "Windows"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_checks_can_fail(tmp_path: Path, name: str) -> None:
    text, fault = BROKEN[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert any(fault in found for found in faults_of_file(path, name))


SEED_PATHS = [
    "docker/Dockerfile",
    "docker/docker-compose.yml",
    "docker/docker-compose.test.yml",
    "docker/prometheus.yml",
    "docker/grafana/datasources/prometheus.yml",
    "docker/grafana/dashboards/dashboard-provider.yml",
    "docker/grafana/dashboards/app-metrics.json",
    ".dockerignore",
    "docker/README.md",
    "docker/TROUBLESHOOTING.md",
    "docker/VALIDATION_CHECKLIST.md",
    "docker/validate-docker-setup.sh",
]


@pytest.mark.parametrize("path", SEED_PATHS)
def test_infrastructure_stands_where_the_specification_says(render: Render, path: str) -> None:
    assert (render() / path).is_file()
