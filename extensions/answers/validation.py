"""The faults of an answer: what is wrong, where, and how to fix it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from jinja2 import pass_context
from jinja2.runtime import Context

from .. import naming
from ..entities import EntityFaults, parse
from ..wording import describe_type, shorten
from .contract import contract_faults
from .objectives import objective_faults
from .questions import ALWAYS_STORED, CHECKED_FIRST, CONFIG_KEYS, DEFAULT_PORTS, QUESTIONS, TRUTHS

_DESCRIPTION_LIMIT = 10_000


def faults_of(question: str, value: object, answers: Mapping[str, Any]) -> list[str]:
    """Return every fault of one answer, a line each; `answers` are those known so far."""
    checks: dict[str, Callable[[object, Mapping[str, Any]], list[str]]] = {
        "app_name": lambda name, _: _one(naming.app_name_fault(name)),
        "app_description": lambda text, _: _description(text),
        "entities": _entities,
        "scope": lambda scope, known: _one(_scope(scope, known)),
        "contract": lambda contract, known: contract_faults(contract, known.get("database")),
        "objectives": lambda objectives, _: objective_faults(objectives),
        "ports": lambda ports, _: _ports(ports),
        "config": lambda config, _: _config(config),
    }
    lines = checks[question](value, answers) if question in checks else []
    return [f"{question}: {line}" for line in lines] + _contradiction(question, value, answers)


def _one(line: str | None) -> list[str]:
    return [line] if line else []


def _description(text: object) -> list[str]:
    if not isinstance(text, str) or not text.strip():
        return ["is empty: say in one sentence what the service is for"]
    if len(text) > _DESCRIPTION_LIMIT:
        return [f"has {len(text)} characters: shorten it to {_DESCRIPTION_LIMIT}"]
    odd = sorted(
        {f"U+{ord(c):04X}" for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029")}
    )
    odd += sorted({f"U+{ord(c):04X}" for c in text if 0xD800 <= ord(c) <= 0xDFFF})
    return [f"holds control characters ({', '.join(odd)}): remove them"] if odd else []


def _entities(answer: object, answers: Mapping[str, Any]) -> list[str]:
    config = answers.get("config")
    config = config if isinstance(config, dict) else {}
    sqlite = answers.get("database", config.get("database")) == "sqlite"
    try:
        parse(answer, sqlite=sqlite)
    except EntityFaults as error:
        return error.lines
    return []


def _scope(scope: object, answers: Mapping[str, Any]) -> str | None:
    config = answers.get("config")
    docker = config["docker"] if isinstance(config, dict) and "docker" in config else answers.get("docker")
    if scope == "infrastructure" and str(docker).lower() in {"false", "no", "n", "0", "off"}:
        return "infrastructure is made of containers, but docker is false: leave docker out"
    return None


def _ports(answer: object) -> list[str]:
    if not isinstance(answer, dict):
        return [f"is {ascii(answer)[:60]}: write a mapping like {{app: 8000}}"]
    lines: list[str] = []
    for name, port in answer.items():
        if name not in DEFAULT_PORTS:
            lines.append(f"there is no service {ascii(name)[:60]}: write one of {', '.join(DEFAULT_PORTS)}")
        elif isinstance(port, bool) or not isinstance(port, int):
            lines.append(
                f"{name} is {ascii(port)[:60]}: write a number from 1 to 65535 (no address: all bind to 127.0.0.1)"
            )
        elif not 1 <= port <= 65535:
            lines.append(f"{name} is {port}: write a number from 1 to 65535")
    taken: dict[int, str] = {}
    for name, port in {**DEFAULT_PORTS, **answer}.items():
        if isinstance(port, int) and not isinstance(port, bool):
            other = taken.setdefault(port, str(name))
            if other != name:
                lines.append(f"{other} and {name} both want port {port}: change one")
    return lines


def _config(config: object) -> list[str]:
    if not isinstance(config, dict):
        return ["must be a mapping like {database: postgresql, async: true}"]
    unknown = [str(key) for key in config if key not in CONFIG_KEYS]
    return [f"there is no option {ascii(key)[:60]}: write some of {', '.join(CONFIG_KEYS)}" for key in unknown]


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
    if _as_yaml(given.get("tracing")) is True and _as_yaml(given.get("observability")) is False:
        return ["tracing: is true, but observability is false: turn it on, or leave tracing out"]
    return []


@pass_context
def faults(context: Context, question: str) -> str:
    """Return the faults of an answer, one a line; for the first question, those of all answers given as data too."""
    lines = faults_of(question, context.get(question), context.get_all())
    data = context["_copier_conf"]["data"] or {}
    if question == "app_name":
        lines += _other_faults(data, context) + _without_base(data)
    if lines and question not in data and all(line.startswith(f"{question}: ") for line in lines):
        return _at_the_prompt([line.removeprefix(f"{question}: ") for line in lines])
    if len(lines) == 1 and lines[0].startswith(f"{question}:"):
        return lines[0]
    return "\n".join((f"{len(lines)} fault{'s' if len(lines) > 1 else ''} in the answers:", *lines)) if lines else ""


def _at_the_prompt(lines: list[str]) -> str:
    """Return the faults of an answer that was typed: one line is shown below it, so the first fault stands there."""
    first, *others = lines
    return "\n".join((f"{first} (and {len(others)} more)" if others else first, *others))


def _other_faults(data: Mapping[str, Any], context: Context) -> list[str]:
    """Return the faults of answers to later questions: those given as data, and those stored in an app.

    A stored answer that a newer version refuses would be replaced by the question's default without a word.
    """
    lines = [] if set(ALWAYS_STORED) <= data.keys() else _unknown(data)
    for name in TRUTHS:
        if name in data and not isinstance(_as_yaml(data[name]), bool):
            lines.append(f"{name}: is {describe_type(_as_yaml(data[name]))}: write true or false")
    for name in CHECKED_FIRST:
        if name in data:
            given = data[name] if name in {"scope", "app_description"} else _as_yaml(data[name])
            lines += faults_of(name, given, data)
        elif name in context and (found := faults_of(name, context[name], context.get_all())):
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
