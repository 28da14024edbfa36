"""A flag is one question and one place: off, nothing speaks of it; on, few files of the template ask for it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from extensions.answers.questions import QUESTIONS
from extensions.service.context import service_of
from tests.conftest import ROOT
from tests.render import matrix
from tests.render.rendered import RenderedApps, matches

WORDS: dict[tuple[str, Any], str] = {
    (question.name, answer): words for question in QUESTIONS.values() for answer, words in question.words.items()
}
"""What an app says of an answer: with another one, its files and their names say nothing of it."""

EXCEPTIONS: dict[tuple[str, Any], dict[str, str]] = {
    ("database", "sqlite"): {
        "tests/observability/test_runtime.py": "a second database of another kind, in memory",
    },
    ("async", True): {
        "app/core/cache.py": "requests read it in the loop of the server",
        "app/core/idempotency.py": "the framework awaits what handles a request",
        "app/core/db.py": "a session is opened and closed around a request by the framework",
        "app/core/dependencies.py": "dependencies that take no time run in the event loop",
        "app/core/query_parameters.py": "a dependency that takes no time runs in the event loop",
        "app/core/docs.py": "pages that take no time to make are served in the event loop",
        "app/core/etag.py": "a dependency that takes no time runs in the event loop",
        "app/core/http.py": "layers around the application are asynchronous, by ASGI",
        "app/core/openapi.py": "a document is made beside the event loop, by ASGI",
        "app/core/health.py": "checks run beside each other, however the database is called",
        "app/core/limits.py": "a layer around the application is asynchronous, by ASGI",
        "app/core/request_body.py": "bodies arrive part by part, by ASGI",
        "app/core/server.py": "a layer around the server's own protocol",
        "app/extra.py": "what runs at start and stop is asynchronous, by ASGI",
        "app/main.py": "what runs at start and stop is asynchronous, by ASGI",
        "app/observability/*.py": "layers around the application are asynchronous, by ASGI",
        "docker/grafana/dashboards/platform.json": "the event loop of the server",
        "docs/build-on-it.md": "what runs at start and stop is asynchronous, by ASGI",
        "pyproject.toml": "traces of the database import the asynchronous half of its library",
        "tests/core/test_cache.py": "tries what is asynchronous",
        "tests/core/test_extra.py": "tries what is asynchronous",
        "tests/core/test_health.py": "tries what is asynchronous",
        "tests/core/test_idempotency.py": "tries what is asynchronous",
        "tests/core/test_limits.py": "tries what is asynchronous",
        "tests/core/test_server.py": "tries what is asynchronous",
    },
    ("docker", True): {
        "tools/migration.py": "Alembic's word for operations that hold others",
    },
    ("package_manager", "uv"): {
        "Makefile": "uvx runs Copier, whatever manages the packages of the app",
        "docker/README.md": "uvx runs Copier, whatever manages the packages of the app",
        "docs/entities.md": "uvx runs Copier, whatever manages the packages of the app",
        "docs/updating.md": "uvx runs Copier, whatever manages the packages of the app",
    },
}
"""Files that may use the words of an answer that was not given, each with the reason."""

ANSWERS_FILE = ".copier-answers.yml"
"""It names every question."""

TEMPLATE = ROOT / "template"
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
BUDGET: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).with_name("flag_budget.yml")).read_text("utf-8"))


def answers() -> Iterator[tuple[str, Any]]:
    """Return every answer that leaves something behind."""
    for flag, details in matrix.questions().items():
        for value in matrix.values(details):
            if flag not in matrix.ONE_VALUE and (details["type"] != "bool" or value or (flag, value) in WORDS):
                yield flag, value


@pytest.mark.parametrize(("flag", "value"), list(answers()))
def test_a_flag_that_is_off_leaves_no_words(flag: str, value: Any, rendered: RenderedApps) -> None:
    """No file or file name of an app without the flag contains one of its words."""
    assert (flag, value) in WORDS, f"{flag}: give its record in extensions/answers/questions.py the words of {value!r}"
    words = re.compile(WORDS[flag, value], re.IGNORECASE)
    excused = EXCEPTIONS.get((flag, value), {})
    used: set[str] = set()
    files = {
        file: name
        for name, content in rendered.files_of.items()
        if matrix.effective(rendered.answers[name])[flag] != value
        for file in content.items()
        if file[0] != ANSWERS_FILE
    }
    errors = []
    for (path, stored), name in files.items():
        found = words.search(f"{path}\n{rendered.text(stored)}")
        reasons = {pattern for pattern in excused if matches(path, (pattern,))}
        if found and not reasons:
            errors.append(f"{name}/{path}: speaks of {found[0]!r}")
        used |= reasons if found else set()
    assert files
    assert not errors, "\n".join(errors)
    assert used == set(excused), "exceptions that nothing needs"


def test_every_word_occurs_with_its_flag(rendered: RenderedApps) -> None:
    """Every word in WORDS occurs in apps with that answer."""
    for (flag, value), pattern in WORDS.items():
        for word in pattern.split("|"):
            words = re.compile(word, re.IGNORECASE)
            texts = (
                f"{path}\n{rendered.text(stored)}"
                for name, content in rendered.files_of.items()
                if matrix.effective(rendered.answers[name])[flag] == value
                for path, stored in content.items()
            )
            assert any(words.search(text) for text in texts), word


@functools.cache
def guards() -> dict[str, set[str]]:
    """Return the names by which templates ask for each flag: its own, and what changes when only it does."""
    entities = matrix.entity_sets()["kitchen-sink"]
    usual = [answer for answer in matrix.combinations().values() if matrix.is_usual(answer)]
    services = [
        (known, service_of(known)) for known in (matrix.effective({**answer, "entities": entities}) for answer in usual)
    ]
    names: dict[str, set[str]] = {}
    for flag in matrix.questions():
        names[flag] = {flag}
        others = [name for name in matrix.questions() if name != flag]
        seen: dict[tuple[Any, ...], Any] = {}
        for known, service in services:
            first = seen.setdefault(tuple(known[name] for name in others), service)
            for attribute in dir(service):
                value = None if attribute.startswith("_") else getattr(service, attribute)
                if isinstance(value, bool) and value != getattr(first, attribute):
                    names[flag].add(f"service.{attribute}")
    return names


def mentions(names: set[str], template: Path) -> dict[str, int]:
    """Return how often each file of a template asks for a flag, outside the folders and files that are the flag's."""
    asked = re.compile(rf"(?<![\w.\"'])(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w.])")
    found: dict[str, int] = {}
    for path in sorted(template.rglob("*")):
        name = path.relative_to(template).as_posix()
        if path.is_file() and not any(asked.search(tag) for tag in TAG.findall(name)):
            count = sum(len(asked.findall(tag)) for tag in TAG.findall(path.read_text(encoding="utf-8")))
            if count:
                found[re.sub(r"\{\{.*?\}\}", "*", re.sub(r"\{%.*?%\}|\.jinja$", "", name))] = count
    return found


@pytest.mark.parametrize("flag", [flag for flag in matrix.questions() if flag not in matrix.ONE_VALUE])
def test_flag_keeps_its_budget(flag: str) -> None:
    """Only the files of its list ask for it, and not more often than is agreed there."""
    assert flag in BUDGET, f"{flag} has no budget: give it one in tests/render/flag_budget.yml"
    allowed, found = BUDGET[flag], mentions(guards()[flag], TEMPLATE)
    new = {path: count for path, count in found.items() if path not in allowed["files"]}
    assert not new, f"these ask for {flag} and are not in tests/render/flag_budget.yml; better is a place of its own"
    assert set(allowed["files"]) == set(found), "files that ask no more: take them off the list"
    assert sum(found.values()) <= allowed["mentions"], found


def test_the_budget_can_fail(tmp_path: Path) -> None:
    """What asks by a derived name counts, what is the flag's own does not, and neither does a name in quotes."""
    names = guards()["database"]
    assert {"database", "service.sqlite", "service.postgresql", "service.has_exporter_role"} <= names
    assert "service.redis" not in names
    assert "service.has_stack_secrets" in guards()["redis"]
    own = tmp_path / "{% if service.sqlite %}lite{% endif %}"
    own.mkdir()
    (own / "a.py.jinja").write_text("{% if service.sqlite %}\n", encoding="utf-8")
    (tmp_path / "b.py.jinja").write_text(
        '{% if service.sqlite %}\n{{ database }} {{ "database" }} database\n', encoding="utf-8"
    )
    assert mentions(names, tmp_path) == {"b.py": 2}
