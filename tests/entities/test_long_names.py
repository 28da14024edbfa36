"""Entities and fields of every longer name: no line of a fresh app is laid out otherwise than ruff would."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from extensions import naming
from tests.conftest import Render
from tests.entities.apps import LEAN, VARIANTS
from tests.linters import EVERY_RULE

LENGTHS = range(24, naming.LONGEST_NAME + 1)
LETTERS = "abcdefghij"


def name_of(length: int, words: int) -> str:
    """Return a name of so many letters in so many words, another one for each pair of numbers."""
    sizes = [length // words + (number < length % words) for number in range(words)]
    letter = LETTERS[(length + words) % len(LETTERS)]
    return "".join(chr(ord("A") + number) + letter * (size - 1) for number, size in enumerate(sizes))


def relations(name: str, other: str) -> list[dict[str, Any]]:
    """Return a relation of every kind, to another entity and to itself, under short names and long ones."""
    long = naming.snake(name)[:36].rstrip("_")
    return [
        {"name": "link", "type": "reference", "to": other, "inverse": "backs"},
        {"name": "links", "type": "many_to_many", "to": other, "inverse": "linked"},
        {"name": "parent", "type": "reference", "to": name, "inverse": "kids"},
        {"name": "peers", "type": "many_to_many", "to": name},
        {"name": f"{long}_to", "type": "reference", "to": other, "on_delete": "set_null", "filter": True},
        {"name": f"{long}_all", "type": "many_to_many", "to": other},
    ]


def values(name: str) -> list[dict[str, Any]]:
    """Return fields whose types have names of their own, and those are long."""
    long = naming.snake(name)
    return [
        {"name": long[:40].rstrip("_"), "type": "decimal", "min": 1, "max": 5, "filter": True},
        {"name": f"{long[:35].rstrip('_')}_kind", "type": "enum", "values": ["old", "new"], "filter": True}
        | {"required": True, "default": "new"},
        {"name": f"{long[:35].rstrip('_')}_at", "type": "datetime", "default": "now", "filter": True},
    ]


def entities() -> list[dict[str, Any]]:
    """Return an entity for each length and some numbers of words, each related to the next."""
    names = [name_of(length, words) for length in LENGTHS for words in (1, 3, 6)]
    assert {len(name) for name in names} == set(LENGTHS)
    return [
        {
            "name": name,
            "fields": [*values(name), *relations(name, names[(number + 1) % len(names)])],
            "optimistic_locking": number % 2 == 0,
            "soft_delete": number % 3 == 0,
            "primary_key": "uuid" if number % 5 == 0 else "integer",
        }
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("variant", ["postgresql-async", "sqlite-sync"])
def test_lines_of_an_app(variant: str, render: Render) -> None:
    app = render({**LEAN, **VARIANTS[variant], "entities": entities()})
    for words in (("check", "--output-format=concise", *EVERY_RULE), ("format", "--diff")):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", "--quiet", "."]
        done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
