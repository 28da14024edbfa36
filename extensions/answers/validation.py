"""The errors of an answer: what is wrong, where, and how to fix it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import yaml
from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context

from ..wording import describe_type, shorten
from .questions import ALWAYS_STORED, BOOLEANS, CONFIG_KEYS, QUESTIONS

_FIRST = "app_name"
"""The first question that is always asked: its validator reports the errors of all answers."""


def errors_of(question: str, value: object, answers: Mapping[str, Any]) -> list[str]:
    """Return every error of one answer, a line each; `answers` are those known so far.

    Raises TemplateRuntimeError for a question without a record.
    """
    if question not in QUESTIONS:
        where = "extensions/answers/questions.py"
        raise TemplateRuntimeError(f"{question}: copier.yml asks it, but it has no record: add it to {where}")
    check = QUESTIONS[question].check
    lines = check(value, answers) if check else []
    return [f"{question}: {line}" for line in lines] + _contradiction(question, value, answers)


def _contradiction(question: str, value: object, answers: Mapping[str, Any]) -> list[str]:
    """An answer that differs from the same one inside `config`; it also makes an update follow a changed `config`."""
    config = answers.get("config")
    if question not in CONFIG_KEYS or not isinstance(config, dict) or question not in config:
        return []
    if value == config[question]:
        return []
    return [f"{question}: is {value!r}, but config says {config[question]!r}: give it once"]


def _without_base(data: Mapping[str, Any]) -> list[str]:
    """Answers that say yes to what their base, answered with no, would bring; only data can, for nobody is asked."""
    config = _as_yaml(data.get("config"))
    given = {**(config if isinstance(config, dict) else {}), **data}
    return [
        f"{one.name}: is true, but {one.base} is false: turn it on, or leave {one.name} out"
        for one in BOOLEANS
        if one.base and _as_yaml(given.get(one.name)) is True and _as_yaml(given.get(one.base)) is False
    ]


@pass_context
def errors(context: Context, question: str) -> str:
    """Return the errors of an answer, one a line; for the first question, those of all answers given as data too."""
    lines = errors_of(question, context.get(question), context.get_all())
    data = context["_copier_conf"]["data"] or {}
    if question == _FIRST:
        lines += _other_errors(data, context) + _without_base(data)
    if lines and question not in data and all(line.startswith(f"{question}: ") for line in lines):
        return _at_the_prompt([line.removeprefix(f"{question}: ") for line in lines])
    if len(lines) == 1 and lines[0].startswith(f"{question}:"):
        return lines[0]
    return "\n".join((f"{len(lines)} error{'s' if len(lines) > 1 else ''} in the answers:", *lines)) if lines else ""


def _at_the_prompt(lines: list[str]) -> str:
    """Return the errors of an answer that was typed: one line is shown below it, so the first error stands there."""
    first, *others = lines
    return "\n".join((f"{first} (and {len(others)} more)" if others else first, *others))


def _other_errors(data: Mapping[str, Any], context: Context) -> list[str]:
    """Return the errors of answers to later questions: those given as data, and those stored in an app.

    A stored answer that a newer version rejects would be replaced by the question's default without a word.
    """
    lines = [] if set(ALWAYS_STORED) <= data.keys() else _unknown(data)
    for name in (question.name for question in BOOLEANS):
        if name in data and not isinstance(_as_yaml(data[name]), bool):
            lines.append(f"{name}: is {describe_type(_as_yaml(data[name]))}: write true or false")
    for name, question in QUESTIONS.items():
        if question.check is None or name == _FIRST:
            continue
        if name in data:
            lines += errors_of(name, data[name] if question.type == "str" else _as_yaml(data[name]), data)
        elif name in context and (found := errors_of(name, context[name], context.get_all())):
            lines += [*found, f"{name}: this is the stored answer: give a better one with --data or --data-file"]
    return lines


def _unknown(data: Mapping[str, Any]) -> list[str]:
    lines = []
    for name in data:
        if name not in QUESTIONS and not name.startswith("_"):
            near = difflib.get_close_matches(name, QUESTIONS, n=1)
            fix = f"did you mean {near[0]}?" if near else f"write some of {', '.join(sorted(QUESTIONS))}"
            lines.append(f"{shorten(name)}: there is no such question: {fix}")
    return lines


def _as_yaml(value: object) -> object:
    """Answers on the command line are text; what cannot be read is reported when its question comes."""
    if not isinstance(value, str):
        return value
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return value
