"""Every combination renders, and what it renders has no finding in any linter."""

from __future__ import annotations

import ast
import json
import os
import posixpath
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from tests.conftest import Render, files_of
from tests.linters import LINTERS
from tests.render import matrix
from tests.render.rendered import RenderedApps, matches

Record = Callable[[str, object], None]

FORBIDDEN_IN_NAMES = set('"<>|:?*\\')
EXECUTABLE = re.compile(r"\.sh$")
RESIDUE = re.compile(r"\{%|%\}|\{# |#\}|(?<!\$)\{\{ (?!(?:end|range|ToLower)\b)\w")
"""What Jinja should have taken; Go's templates have words of their own, and values that begin with a sign."""

SUPPRESSION = re.compile(r"(?:noqa: |type: ignore\[|shellcheck disable=|hadolint ignore=|nosec )([\w, -]+)\]?(.*)")


class _Compose(yaml.SafeLoader):
    """YAML with the tags of Compose files."""


_Compose.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


def parse_yaml(text: str) -> None:
    """Read YAML with any tags."""
    list(yaml.load_all(text, _Compose))


PARSERS: dict[str, Callable[[str], Any]] = {
    ".py": ast.parse,
    ".json": json.loads,
    ".toml": tomllib.loads,
    ".yml": parse_yaml,
    ".yaml": parse_yaml,
}

PLAIN = (
    "*.example",
    "*.alloy",
    "*.ini",
    "*.jsonl",
    "*.mako",
    "*.sql",
    ".dockerignore",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "Caddyfile",
    "Dockerfile.dockerignore",
    "Makefile",
)
"""Files that no linter reads but those of every text."""


def test_size(rendered: RenderedApps, record_property: Record) -> None:
    """The record that counts: all combinations with one set of entities, pairs of answers with all sets."""
    assert len(matrix.combinations()) >= 256
    steady = matrix.chosen()
    assert {"pg-async-obs-docker-redis-uv-minimal", "sqlite-sync-poetry-minimal"} <= steady.keys()
    assert steady.keys() <= rendered.files_of.keys() or os.environ.get("MATRIX") == "pairs"
    files = sum(map(len, rendered.files_of.values()))
    record_property(
        "figure",
        f"{len(rendered.files_of)} apps of {len(matrix.combinations())} combinations and {len(matrix.entity_sets())}"
        f" sets of entities: {files} files, {len(rendered.origins)} of them distinct,"
        f" rendered in {rendered.seconds:.1f} s",
    )


def test_new_questions_enter_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A boolean doubles the combinations, a choice multiplies them, a condition keeps out what is not asked."""
    before = matrix.combinations()
    new: dict[str, Any] = {
        "mail": {"type": "bool", "default": False},
        "queue": {"type": "str", "choices": {"Rabbit": "rabbit", "None": "no_queue"}, "default": "no_queue"},
        "retries": {"type": "bool", "when": "{{ queue == 'rabbit' }}", "default": "{{ mail }}"},
    }
    known = {**matrix.questions(), **new}
    monkeypatch.setattr(matrix, "questions", lambda: known)
    after = matrix.combinations()
    assert len(after) == len(before) * 2 * 3
    name = next(iter(before))
    assert {f"{name}-mail-rabbit-retries", f"{name}-mail-rabbit", f"{name}-no_queue"} <= after.keys()
    assert matrix.effective({"mail": True})["retries"] is True


def test_every_run_renders_every_pair_with_every_set() -> None:
    """Far fewer than all."""
    every, steady = matrix.apps(), matrix.chosen()
    assert len(steady) < len(every) / 2
    for word in matrix.entity_sets():
        of_set = {name: answers for name, answers in every.items() if matrix.entities_of(answers) == word}
        usual = {name: answers for name, answers in of_set.items() if matrix.is_usual(answers)}
        met = set().union(*(matrix.pairs_of(answers) for name, answers in usual.items() if name in steady))
        assert met == set().union(*map(matrix.pairs_of, usual.values())), word


def test_three_more_flags_fit_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run then renders hardly more apps: new flags meet the other answers in pairs."""
    before = len(matrix.chosen())
    more = {name: {"type": "bool", "default": False} for name in ("auth", "backup", "kubernetes")}
    known = {**matrix.questions(), **more}
    monkeypatch.setattr(matrix, "questions", lambda: known)
    assert len(matrix.chosen()) < 1.2 * before < len(matrix.apps()) / 4


def test_covering_covers_every_pair() -> None:
    """Few apps, in which every two answers that can meet do meet."""
    every = matrix.apps()
    chosen = matrix.covering(every)
    assert len(chosen) < len(every) / 10
    assert set().union(*map(matrix.pairs_of, every.values())) == set().union(
        *(matrix.pairs_of(every[name]) for name in chosen)
    )
    without_the_last = set().union(*(matrix.pairs_of(every[name]) for name in chosen[:-1]))
    assert matrix.pairs_of(every[chosen[-1]]) - without_the_last


def test_quick_renders_are_renders(rendered: RenderedApps, tmp_path: Path) -> None:
    """What is left out for speed changes no byte and no mode."""
    name = next(name for name in rendered.files_of if name.endswith("-kitchen-sink"))
    template = rendered.folder / "template"
    answers = tmp_path / "answers.yml"
    answers.write_text(yaml.safe_dump(rendered.answers[name]), encoding="utf-8")
    words = ("copier", "copy", "--trust", "--defaults", "--quiet", f"--data-file={answers}")
    subprocess.run([sys.executable, "-m", *words, template, tmp_path / "app"], check=True)
    plain = {path.relative_to(tmp_path / "app").as_posix(): path for path in files_of(tmp_path / "app")}
    assert plain.keys() == rendered.files_of[name].keys()
    for path, file in plain.items():
        quick = rendered.app(name) / path
        assert (file.read_bytes(), file.stat().st_mode) == (quick.read_bytes(), quick.stat().st_mode), path


def test_answers_are_kept(rendered: RenderedApps) -> None:
    """Every app stores the answers of the questions that were asked, and no others."""
    for name, answers in rendered.answers.items():
        kept = yaml.safe_load((rendered.app(name) / ".copier-answers.yml").read_text(encoding="utf-8"))
        assert {key: value for key, value in kept.items() if key in {**matrix.questions(), "entities": 0}} == {
            key: value for key, value in answers.items() if key != "app_name"
        }, name


def test_files(rendered: RenderedApps, record_property: Record) -> None:
    """No file is wrong as a file."""
    start = time.monotonic()
    errors = [
        f"{rendered.app(name) / path}: {error}"
        for (path, stored), name in rendered.origins.items()
        if rendered.text(stored) or not path.endswith(".jsonl")  # a record of nothing is empty
        for error in errors_of_file(rendered.app(name) / path, path)
    ]
    assert not errors, "\n".join(errors)
    record_property("figure", figure("files", len(rendered.origins), start))


def errors_of_file(path: Path, name: str) -> list[str]:
    """Return what is wrong with a file of any kind."""
    text = path.read_text(encoding="utf-8")
    errors = []
    if FORBIDDEN_IN_NAMES & set(name) or name.endswith((".pyc", ".pyo")) or "__pycache__" in name:
        errors.append("the name cannot exist on Windows, or the file was compiled")
    if not text.strip() and path.name != ".gitkeep":
        errors.append("is empty")
    if not text.endswith("\n") or text.endswith("\n\n"):
        errors.append("does not end with exactly one newline")
    if re.search(r"[ \t\r]+$", text, re.MULTILINE):
        errors.append("has trailing blanks")
    outside_code = BLOCK.sub("code", text) if path.suffix == ".md" else text
    if "\n\n\n\n" in text or (path.suffix in {".yml", ".md", ".toml"} and "\n\n\n" in outside_code):
        errors.append("has too many blank lines")
    if RESIDUE.search(text):
        errors.append("holds a template tag")
    if bool(EXECUTABLE.search(name)) != bool(path.stat().st_mode & 0o100):
        errors.append("has the wrong executable bit")
    parse = PARSERS.get(path.suffix)
    if parse is not None:
        try:
            parse(text)
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            errors.append(f"does not parse: {error}")
    return errors + unexplained(text)


def unexplained(text: str) -> list[str]:
    """Return the rules that are switched off without a reason beside the first line that does it."""
    reasons: set[str] = set()
    errors = []
    for found in SUPPRESSION.finditer(text):
        codes = set(re.split(r"[, ]+", found[1].strip()))
        if "(" in found[2] or "# " in found[2]:
            reasons |= codes
        elif codes - reasons:
            errors.append(f"switches off {', '.join(sorted(codes))} and does not say why")
    return errors


BROKEN = {
    "a.py": ("x = (\n", "does not parse"),
    "b.yml": ("a: [\n", "does not parse"),
    "c.json": ("{\n", "does not parse"),
    "d.md": ("text \n", "trailing blanks"),
    "e.md": ("text", "exactly one newline"),
    "f.md": ("a\n\n\nb\n", "too many blank lines"),
    "f2.md": ("```python\na\n\n\nb\n```\n\n\nc\n", "too many blank lines"),
    "f3.md": ("```python\na\n\n\n\nb\n```\n", "too many blank lines"),
    "g.py": ("{% if x %}\n", "template tag"),
    "g.txt": ("{{ plural }}\n", "template tag"),
    "g.md": ("{# a remark #}\n", "template tag"),
    "h.sh": ("echo\n", "executable bit"),
    "i.txt": ("\n", "is empty"),
    "j?.txt": ("text\n", "Windows"),
    "k.pyc": ("text\n", "compiled"),
    "l.toml": ("a\n", "does not parse"),
    "m.py": ("import a  # noqa: F401  (a reason)\nimport b  # noqa: F401\nimport c  # noqa: E402\n", "off E402"),
    "n.sh": ("# shellcheck disable=SC2016\n", "off SC2016"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_checks_of_files_can_fail(tmp_path: Path, name: str) -> None:
    text, error = BROKEN[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert any(error in found for found in errors_of_file(path, name))


LINTS = [pytest.param(name, marks=pytest.mark.slow if linter.slow else ()) for name, linter in LINTERS.items()]


@pytest.mark.parametrize("name", LINTS)
def test_linter_finds_nothing(name: str, rendered: RenderedApps, record_property: Record) -> None:
    """One call over every distinct file of its kind."""
    start = time.monotonic()
    files = rendered.files(*LINTERS[name].patterns)
    assert files
    found = LINTERS[name].find(files)
    assert found == "", found.replace(f"{rendered.folder}/apps/", "")[-8000:]
    record_property("figure", figure(name, len(files), start))


def figure(name: str, files: int, start: float) -> str:
    """Return a line of the figures."""
    return f"  {name:20} {files:6} files {time.monotonic() - start:7.1f} s"


@pytest.mark.parametrize("name", LINTS)
def test_linter_finds_what_is_broken(name: str, tmp_path: Path) -> None:
    file, text = LINTERS[name].broken
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert LINTERS[name].says in LINTERS[name].find([path])


def test_every_kind_of_file_is_read(rendered: RenderedApps) -> None:
    """By a linter of its kind, or it is known that there is none."""
    read = [pattern for linter in LINTERS.values() for pattern in linter.patterns if pattern != "*"]
    unknown = {path for path, _ in rendered.origins if not matches(path, (*read, *PLAIN))}
    assert not unknown, "give these a linter in tests/linters.py, or name them in PLAIN"


def test_settings_are_strict_and_explained(rendered: RenderedApps) -> None:
    """A good team's rules, strict types, warnings as errors; every exception has its reason beside it."""
    for path in rendered.files("pyproject.toml"):
        text = path.read_text(encoding="utf-8")
        tools = tomllib.loads(text)["tool"]
        assert {"ASYNC", "B", "E", "F", "I", "PT", "RUF", "S", "SIM", "UP"} <= set(tools["ruff"]["lint"]["select"])
        assert tools["mypy"]["strict"] is True
        assert tools["pytest"]["ini_options"]["filterwarnings"] == ["error"]
        explained = ""
        for code, reason in re.findall(r'^    "([A-Z]+\d+)",(.*)$', text, re.MULTILINE):
            letters = code.rstrip("0123456789")
            assert "#" in reason or letters == explained, f"{code} without a reason"
            explained = letters


LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^ *(```+|~~~+).*?^ *\1`*~* *$", re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """Return where the links of a page lead inside the repository."""
    return [target for target in LINK.findall(BLOCK.sub("", text)) if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """Return the names of a page's headings, as GitHub links them."""
    heads = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


def dead_links(pages: dict[str, str], paths: set[str]) -> list[str]:
    """Return the links of an app's pages that lead nowhere."""
    errors = []
    for page, text in pages.items():
        for target in links(text):
            path, _, anchor = target.partition("#")
            there = posixpath.normpath(PurePosixPath(page).parent / path) if path else page
            exists = there in paths or any(known.startswith(f"{there}/") for known in paths)
            if not exists or (anchor and anchor not in anchors(pages.get(there, ""))):
                errors.append(f"{page}: {target}")
    return errors


def test_links_lead_somewhere(rendered: RenderedApps) -> None:
    """In every app: to a file it has, to a heading that is there."""
    seen = 0
    for name, files in rendered.files_of.items():
        pages = {path: rendered.text(stored) for path, stored in files.items() if path.endswith(".md")}
        seen += len(pages)
        assert not dead_links(pages, set(files)), name
    assert seen
    pages = {"README.md": "# A\n[a](b.md) [b](#a) [c](#b) [d](docs) [e](docs/c.md#c)\n", "docs/c.md": "# Other\n"}
    assert dead_links(pages, set(pages)) == ["README.md: b.md", "README.md: #b", "README.md: docs/c.md#c"]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_python_version(render: Render, version: str) -> None:
    """The interpreter reaches what names one; the code itself keeps running on 3.11."""
    folder = render(python_version=version)
    assert f"={version}." in (folder / "docker" / "Dockerfile").read_text(encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"


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
def test_infrastructure_files_stand_in_their_folders(render: Render, path: str) -> None:
    assert (render() / path).is_file()
