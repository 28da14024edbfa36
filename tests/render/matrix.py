"""Every combination of answers, derived from copier.yml: a new flag enters by itself."""

from __future__ import annotations

import itertools
from typing import Any

import yaml

from tests.conftest import ROOT

SHORT = {
    "postgresql": "pg",
    "service": "",
    "package_manager": "",
    "python_version": "py",
}
"""How a value or a question is written in the name of a combination."""

ONE_VALUE = {"python_version": "3.13"}
"""Questions whose values change single words of a few files: one value in the product, the others tried alone."""


NEEDS = {"tracing": "observability"}
"""Questions that are asked only where another one was answered with yes: their answer means nothing without it."""

SERVICE_ONLY = {"async": True, "tracing": False, "docker": True}
"""Questions that are asked for a whole service only, with the one value they have in the product elsewhere."""


def questions() -> dict[str, dict[str, Any]]:
    """Return the visible questions with a closed list of answers."""
    data = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return {
        name: details
        for name, details in data.items()
        if not name.startswith("_")
        and details.get("when") is not False
        and ("choices" in details or details["type"] == "bool")
    }


def values(details: dict[str, Any]) -> list[Any]:
    """Return the answers a question allows."""
    choices = details.get("choices", [True, False])
    return list(choices.values()) if isinstance(choices, dict) else list(choices)


def combinations() -> dict[str, dict[str, Any]]:
    """Return every combination under a readable name, e.g. pg-async-obs..."""
    asked = {name: values(details) for name, details in questions().items()}
    asked |= {name: [value] for name, value in ONE_VALUE.items()}
    found: dict[str, dict[str, Any]] = {}
    for picked in itertools.product(*asked.values()):
        answers = dict(zip(asked, picked, strict=True))
        if any(answers[name] and not answers[other] for name, other in NEEDS.items()):
            continue
        if answers["scope"] != "service" and any(answers[name] != value for name, value in SERVICE_ONLY.items()):
            continue
        found["-".join(word for word in map(_word, answers.items()) if word)] = answers
    return found


def _word(item: tuple[str, Any]) -> str:
    name, value = item
    if isinstance(value, bool):
        return name if value else f"no_{name}"
    return SHORT.get(name, "") + SHORT.get(value, str(value)) if name != "package_manager" else str(value)
