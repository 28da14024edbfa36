"""The check of each question that has one: what is wrong with an answer, a line each.

A check gets the answer and the answers known so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import naming
from ..entities import EntitiesError, parse
from .contract import contract_errors
from .objectives import objective_errors

DEFAULT_PORTS = {"app": 8000, "grafana": 3000, "postgres": 5432, "prometheus": 9090, "redis": 6379}
"""Host port of every published service."""

_DESCRIPTION_LIMIT = 10_000


def app_name(answer: object, _answers: Mapping[str, Any]) -> list[str]:
    """Check the name of the application."""
    error = naming.app_name_error(answer)
    return [error] if error else []


def contract(answer: object, answers: Mapping[str, Any]) -> list[str]:
    """Check what an app that exists says of itself."""
    return contract_errors(answer, answers.get("database"))


def objectives(answer: object, _answers: Mapping[str, Any]) -> list[str]:
    """Check what the service promises."""
    return objective_errors(answer)


def app_description(text: object, _answers: Mapping[str, Any]) -> list[str]:
    """Check the description: some text without control characters."""
    if not isinstance(text, str) or not text.strip():
        return ["is empty: say in one sentence what the service is for"]
    if len(text) > _DESCRIPTION_LIMIT:
        return [f"has {len(text)} characters: shorten it to {_DESCRIPTION_LIMIT}"]
    odd = sorted(
        {f"U+{ord(c):04X}" for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029")}
    )
    odd += sorted({f"U+{ord(c):04X}" for c in text if 0xD800 <= ord(c) <= 0xDFFF})
    return [f"holds control characters ({', '.join(odd)}): remove them"] if odd else []


def entities(answer: object, answers: Mapping[str, Any]) -> list[str]:
    """Check the entities, with the limits of the database."""
    config = answers.get("config")
    config = config if isinstance(config, dict) else {}
    sqlite = answers.get("database", config.get("database")) == "sqlite"
    try:
        parse(answer, sqlite=sqlite)
    except EntitiesError as error:
        return error.lines
    return []


def scope(answer: object, answers: Mapping[str, Any]) -> list[str]:
    """Check that the answer to `docker` does not contradict it."""
    config = answers.get("config")
    docker = config["docker"] if isinstance(config, dict) and "docker" in config else answers.get("docker")
    if answer == "infrastructure" and str(docker).lower() in {"false", "no", "n", "0", "off"}:
        return ["infrastructure is made of containers, but docker is false: leave docker out"]
    return []


def ports(answer: object, _answers: Mapping[str, Any]) -> list[str]:
    """Check the ports: known services, valid numbers, no port twice."""
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
