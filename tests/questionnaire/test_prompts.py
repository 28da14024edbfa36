"""The questionnaire at a terminal: the real command, its screens, simulated key presses."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from tests.conftest import ROOT, commit_all, copy_of_template, example, git
from tests.questionnaire.terminal import DOWN, EMPTY, ENTER, FINISH, INTERRUPT, Terminal, opened

WRONG = """\
- Project
- name: Task
  fields:
    - {name: title, type: strng}
    - {name: due, type: dat}"""
"""Entities with two mistakes."""


def asked(scope: str = "service") -> dict[str, dict[str, Any]]:
    """Return the questions that are asked for a scope, in the order of copier.yml."""
    data = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    conditions = {name: str(data[name].get("when", "")) for name in data if not name.startswith("_")}
    other = {"service": "infrastructure", "infrastructure": "service"}[scope]
    return {name: data[name] for name, when in conditions.items() if when != "False" and f"'{other}'" not in when}


@contextmanager
def copying(template: Path, folder: Path) -> Iterator[Terminal]:
    """Yield a terminal in which `copier copy` asks its questions; the app comes into `folder/app`."""
    command = [sys.executable, "-m", "copier", "copy", "--trust", str(template), str(folder / "app")]
    with opened(command, folder) as terminal:
        yield terminal
        assert not re.search(r"undefined|traceback|jinja", terminal.everything, re.IGNORECASE), terminal.shown()


def answers(folder: Path) -> dict[str, Any]:
    """Return the answers that the app was made from."""
    stored: dict[str, Any] = yaml.safe_load((folder / "app" / ".copier-answers.yml").read_text(encoding="utf-8"))
    return {name: value for name, value in stored.items() if not name.startswith("_")}


def first_words(question: dict[str, Any]) -> str:
    """Return the first line of a question's help."""
    line: str = question["help"].splitlines()[0]
    return line


def typed(text: str) -> str:
    """Return the keys for a text: a new line begins where the one before it began."""
    keys, before = "", 0
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        keys += ("\r" if keys else "") + "\x7f" * (before - indent) + " " * (indent - before) + line.lstrip()
        before = indent
    return keys


def test_every_default(template: Path, tmp_path: Path) -> None:
    """Each question comes after the one before it, with the whole of its help on a screen of 80 columns."""
    questions = asked()
    with copying(template, tmp_path) as terminal:
        for number, (name, question) in enumerate(questions.items()):
            terminal.wait(first_words(question), *{"entities": ["due_at"]}.get(name, []))
            assert " ".join(question["help"].split()) in terminal.words()
            for later in list(questions.values())[number + 1 :]:
                assert first_words(later) not in terminal.words()
            terminal.type(FINISH if question.get("multiline") else ENTER)
        terminal.wait("task-api is ready. Next:")
        assert terminal.end() == 0
    assert answers(tmp_path).keys() == questions.keys()
    assert answers(tmp_path)["observability"] is True


def test_other_answers(template: Path, tmp_path: Path) -> None:
    """A choice by an arrow key, yes and no; what belongs to observability is not asked without it."""
    questions = asked()
    keys = {"entities": FINISH, "database": DOWN + ENTER, "package_manager": DOWN + ENTER}
    keys |= dict.fromkeys(("async", "observability", "docker", "redis"), "n")
    left_out = {"tracing", "objectives"}
    with copying(template, tmp_path) as terminal:
        for name, question in questions.items():
            if name not in left_out:
                terminal.wait(first_words(question), *question.get("choices", []))
                terminal.type(keys.get(name, ENTER))
        assert terminal.end() == 0
        for name in left_out:
            assert first_words(questions[name]) not in terminal.everything
    stored = answers(tmp_path)
    assert (stored["database"], stored["package_manager"]) == ("sqlite", "uv")
    assert not any(stored[name] for name in ("async", "observability", "docker", "redis"))
    assert not left_out & stored.keys()


def test_only_the_infrastructure(template: Path, tmp_path: Path) -> None:
    """Nothing is asked of code that the template does not make, but how the app that exists is started."""
    questions = asked("infrastructure")
    assert "contract" in questions
    assert not {"entities", "async", "tracing", "docker"} & questions.keys()
    with copying(template, tmp_path) as terminal:
        for name, question in questions.items():
            terminal.wait(first_words(question))
            terminal.type(DOWN + ENTER if name == "scope" else ENTER)
        terminal.wait("task-api is ready. Next:", "docker/validate-docker-setup.sh")
        assert terminal.end() == 0
    assert answers(tmp_path).keys() == questions.keys()
    assert answers(tmp_path)["scope"] == "infrastructure"
    assert not (tmp_path / "app" / "app").exists()


def test_mistakes_are_corrected_where_they_are(template: Path, tmp_path: Path) -> None:
    """What was typed stays there to be changed; below it stands what is wrong, the first error first."""
    with copying(template, tmp_path) as terminal:
        terminal.wait("What do you want to generate?")
        terminal.type(ENTER)
        terminal.wait("task-api")
        terminal.type(" 2" + ENTER)
        terminal.wait("Validation error for question 'app_name': 'task-api 2' may hold only")
        assert "task-api 2" in terminal.shown()
        terminal.type("\x08\x08-2" + ENTER)
        terminal.wait("in one sentence?")
        terminal.type(ENTER)
        terminal.wait("What does it manage?", "due_at")
        terminal.type(EMPTY)
        terminal.wait("Validation error for question 'entities': is empty: write a list")
        terminal.type(typed(WRONG) + FINISH)
        before = terminal.wait("Validation error for question 'entities': Task.title: there is no type 'strng'")
        for line in WRONG.splitlines():
            assert line in before
        # One line up and to its end, back over the brace and the `ng`.
        terminal.type("\x1b[A\x05\x1b[D\x1b[D\x1b[Di")
        terminal.wait("type: string}", "Task.due: there is no type 'dat'")
        terminal.type("\x1b[B\x05\x1b[De" + FINISH)
        terminal.wait("Where does it keep its data?")
        terminal.type(INTERRUPT)
        assert terminal.end() == 1
        assert "{name: title, type: string}" in terminal.shown()
        assert "{name: due, type: date}" in terminal.shown()
    assert not (tmp_path / "app").exists()


def test_what_is_no_yaml(template: Path, tmp_path: Path) -> None:
    """Copier says no more than that; the text stays, and is taken once it is right."""
    with copying(template, tmp_path) as terminal:
        for words in ("What do you want to generate?", "What is the service called?", "in one sentence?"):
            terminal.wait(words)
            terminal.type(ENTER)
        terminal.wait("due_at")
        terminal.type(EMPTY + "[Task, Note" + FINISH)
        terminal.wait("Invalid input", "> [Task, Note")
        terminal.type("]" + FINISH)
        terminal.wait("Where does it keep its data?", "> [Task, Note]")


def test_enter_at_every_question_of_an_update_changes_nothing(tmp_path: Path) -> None:
    """The answers of before are filled in, entities too, and come back as they were."""
    template, app = copy_of_template(tmp_path / "template"), tmp_path / "app"
    commit_all(template, tag="0.1.0")
    data = {"entities": example("shop")["entities"], "docker": False, "redis": False}
    copier.run_copy(f"git+file://{template}", app, data=data, defaults=True, unsafe=True, quiet=True)
    commit_all(app)
    command = [sys.executable, "-m", "copier", "update", "--trust", "--vcs-ref=:current:"]
    with opened(command, app) as terminal:
        for name, question in asked().items():
            terminal.wait(first_words(question), *{"entities": ["unit_price"]}.get(name, []))
            terminal.type(FINISH if question.get("multiline") else ENTER)
        assert terminal.end() == 0, terminal.shown()
        assert "undefined" not in terminal.everything.lower()
    assert git(app, "status", "--porcelain") == ""


@pytest.mark.parametrize("words", ["What is the service called?", "What does it manage?"])
def test_interrupted(words: str, template: Path, tmp_path: Path) -> None:
    """Ctrl-C leaves nothing behind."""
    with copying(template, tmp_path) as terminal:
        for question in asked().values():
            terminal.wait(first_words(question))
            if words in first_words(question):
                break
            terminal.type(ENTER)
        terminal.type(INTERRUPT)
        terminal.wait("Execution stopped by user")
        assert terminal.end() == 1
    assert list(tmp_path.iterdir()) == []


def test_the_check_of_helps_can_fail(tmp_path: Path) -> None:
    """Copier cuts a help that is longer than the screen is wide."""
    source = tmp_path / "template"
    source.mkdir()
    long = " ".join(["word"] * 17) + " end"
    (source / "copier.yml").write_text(f"one:\n  type: str\n  default: x\n  help: {long}\n", encoding="utf-8")
    with opened([sys.executable, "-m", "copier", "copy", str(source), str(tmp_path / "app")], tmp_path) as terminal:
        terminal.wait("word word")
        assert long not in terminal.words()
