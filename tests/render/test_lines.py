"""YAML keeps to yamllint's own rules, lines of 80 columns included, however long the names are."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from extensions.answers.answers_file import answers_yaml
from extensions.naming import LONGEST_NAME
from tests.conftest import Render
from tests.linters import LINTERS

RULES = YamlLintConfig("extends: default")
APP = "long-words-".ljust(LONGEST_NAME, "a")
ENTITY = "LongWords".ljust(LONGEST_NAME, "a")
FIELD = "long_words_".ljust(LONGEST_NAME, "a")
SENTENCE = "Keeps track of all that anybody might ever want to keep track of, and of more than that besides."
ANSWERS: dict[str, Any] = {
    "app_name": APP,
    "app_description": SENTENCE,
    "entities": [
        {
            "name": ENTITY,
            "fields": [{"name": FIELD, "type": "string", "example": SENTENCE}],
            "writes_stalled_after": "2d",
        }
    ],
}
ADDRESS = "https://git.example.com/platform/templates/services/python/fastapi-template.git"
VALUES = {
    "words": SENTENCE,
    "words in quotes": f"It's: {SENTENCE}",
    "lines": f"{SENTENCE}\n{SENTENCE}",
    "one word": ADDRESS,
    "one word in quotes": f"{ADDRESS}:",
    "a long first word": f"{ADDRESS} {SENTENCE}",
    "a long last word": f"{SENTENCE} {ADDRESS}",
    "letters beyond ASCII": SENTENCE.replace("a", "ä"),
}


@pytest.mark.parametrize("more", [{}, {"database": "sqlite"}, {"scope": "infrastructure"}], ids=str)
def test_the_longest_names(render: Render, more: dict[str, Any]) -> None:
    app = render(ANSWERS, redis=True, tracing=True, **more)
    files = [path for path in app.rglob("*.y*ml") if path.is_file()]
    assert len(files) > 10
    assert LINTERS["yamllint"].find(files) == ""


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_answers(value: str) -> None:
    answers = {"_src_path": value, "entities": [{"name": "Note", "fields": [{"name": "text", "example": value}]}]}
    written = f"---\n{answers_yaml(answers)}"
    assert [str(problem) for problem in linter.run(written, RULES)] == []
    assert yaml.safe_load(written) == answers


def test_numbers_stay_numbers() -> None:
    answers = {"entities": [{"name": "Note", "fields": [{"name": "size", "max": 10**90}]}]}
    assert yaml.safe_load(answers_yaml(answers)) == answers
