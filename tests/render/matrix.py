"""Every combination of answers, derived from copier.yml: a new question enters by itself."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import yaml
from jinja2 import Template
from jinja2.nativetypes import NativeEnvironment

from tests.conftest import EXAMPLES, ROOT, example

Answers = dict[str, Any]

SHORT = {"postgresql": "pg", "observability": "obs", "service": ""}
"""How a value or a question is written in the name of a combination, where not in full."""

ONE_VALUE = {"python_version": "3.13"}
"""Questions whose values change single words of a few files: with the others, one set of entities is enough."""

CROSSED = {"scope", "database", "async", "observability", "tracing", "docker", "redis", "package_manager"}
"""Questions of which every run renders all combinations; other flags meet each answer in pairs."""

APP = {"app_name": "some-api"}
"""One name for all, so that what differs in nothing else is one file."""

NO_ENTITIES = "none"
"""The set of entities that no example has."""

ONE_SET = "minimal"
"""The set of entities that goes with every combination, unusual or not."""


@functools.cache
def _every_question() -> dict[str, dict[str, Any]]:
    data = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return {name: details for name, details in data.items() if not name.startswith("_")}


def questions() -> dict[str, dict[str, Any]]:
    """Return the visible questions with a closed list of answers."""
    return {
        name: details
        for name, details in _every_question().items()
        if details.get("when") is not False and ("choices" in details or details["type"] == "bool")
    }


def values(details: dict[str, Any]) -> list[Any]:
    """Return the answers a question allows."""
    choices = details.get("choices", [True, False])
    return list(choices.values()) if isinstance(choices, dict) else list(choices)


def combinations() -> dict[str, Answers]:
    """Return every combination under a readable name; what is not asked is left out."""
    found: list[Answers] = [{}]
    for name, details in questions().items():
        found = [
            {**answers, **more}
            for answers in found
            for more in ([{name: value} for value in values(details)] if _is_asked(details, answers) else [{}])
        ]
    return {"-".join(filter(None, _words(answers))): answers for answers in found}


def is_usual(answers: Answers) -> bool:
    """Return whether each question of `ONE_VALUE` is answered with that value."""
    return all(answers[name] == usual for name, usual in ONE_VALUE.items())


def _is_asked(details: dict[str, Any], answers: Answers) -> bool:
    return bool(_evaluated(details.get("when", True), answers))


def _evaluated(value: Any, answers: Answers) -> Any:
    return _compiled(value).render({"config": {}, **answers}) if isinstance(value, str) else value


@functools.cache
def _compiled(text: str) -> Template:
    environment = NativeEnvironment()
    environment.filters["to_json"] = lambda data: data
    return environment.from_string(text)


def effective(answers: Answers) -> Answers:
    """Return the answers with the defaults of all questions that they leave out."""
    known = dict(answers)
    for name, details in {**_every_question(), **questions()}.items():
        if name not in known:
            known[name] = _evaluated(details["default"], known)
    return known


def _words(answers: Answers) -> Iterator[str]:
    for name, value in answers.items():
        if value == ONE_VALUE.get(name):
            continue
        if not isinstance(value, bool):
            yield SHORT.get(value, str(value))
        elif value:
            yield SHORT.get(name, name)
        elif name == "async":
            yield "sync"


@functools.cache
def entity_sets() -> dict[str, Any]:
    """Return the entities of every example, and none at all."""
    sets = {name: example(name).get("entities") for name in EXAMPLES}
    assert all(sets.values())
    return {**sets, NO_ENTITIES: []}


def entities_of(answers: Answers) -> str:
    """Return the name of the set of entities in the answers of an app."""
    return next((name for name, entities in entity_sets().items() if entities == answers.get("entities")), "not asked")


def apps() -> dict[str, Answers]:
    """Return the answers of every app to render: all combinations; the usual ones with all sets of entities."""
    every: dict[str, Answers] = {}
    for name, answers in combinations().items():
        if not _is_asked(_every_question()["entities"], answers):
            every[name] = {**APP, **answers}
            continue
        for word in entity_sets() if is_usual(answers) else [ONE_SET]:
            every[f"{name}-{word}"] = {**APP, **answers, "entities": entity_sets()[word]}
    return every


def chosen() -> dict[str, Answers]:
    """Return the apps that every run renders: all combinations of `CROSSED` with one set of entities.

    With each other set, with each other Python and with each other flag, few in which every pair of answers meets.
    """
    every = apps()
    usual = [name for name, answers in every.items() if is_usual(answers)]
    others = questions().keys() - CROSSED
    whole = [name for name in usual if not any(every[name].get(flag) is True for flag in others)]
    names = {name for name in whole if entities_of(every[name]) in {ONE_SET, "not asked"}}
    for word in entity_sets():
        names.update(covering({name: every[name] for name in usual if entities_of(every[name]) == word}))
    names.update(covering(every))
    return {name: answers for name, answers in every.items() if name in names}


def covering(every: Mapping[str, Answers]) -> list[str]:
    """Choose few of them in which every pair of values that can meet does meet: greedily, in their order."""
    pairs = {name: pairs_of(answers) for name, answers in every.items()}
    missing, chosen = set().union(*pairs.values()), []
    while missing:
        best = max(pairs, key=lambda name: len(pairs[name] & missing))
        chosen.append(best)
        missing -= pairs[best]
    return chosen


def pairs_of(answers: Answers) -> set[tuple[Hashable, ...]]:
    """Return each two answers that stand side by side; one that is not asked is an answer, too."""
    asked = [(name, str(answers.get(name))) for name in (*questions(), "entities")]
    return set(itertools.combinations(asked, 2))
