"""The pages of this repository: generated ones are current, links lead somewhere, the Python shown in them runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier.errors import UserMessageError
from jsonschema import Draft7Validator

from extensions.entities import EntitiesError, parse
from tests.conftest import EXAMPLES, ROOT, commit_all, copy_of_template, example, git
from tools import reference

PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "template" / "docs").glob("*.md")))
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SHORT_FORMS: list[Any] = [
    ["Task"],
    [{"name": "Task"}],
    [{"name": "Task", "fields": None}],
    [{"name": "Task", "fields": [{"title": "String"}, {"done": None}, {"name": "string"}]}],
    [
        {
            "name": "Task",
            "fields": [{"id": {"type": "uuid", "primary_key": True}}, {"a": {"type": "int", "nullable": False}}],
        }
    ],
    ["Project", {"name": "Task", "fields": [{"project": "reference:Project"}]}],
    [{"name": "Task", "fields": [{"name": "state", "type": "enum", "values": ["open", 2]}]}],
]
WRONG: list[Any] = [
    "Task",
    {"Task": {}},
    ["order items"],
    [{"fields": []}],
    [{"name": "Task", "fields": {"title": "string"}}],
    [{"name": "Task", "fields": ["title"]}],
    [{"name": "Task", "fields": [{"title": "strng"}]}],
    [{"name": "Task", "fields": [{"title": "string", "done": "boolean"}]}],
    [{"name": "Task", "fields": [{"name": "title", "requird": True}]}],
    [{"name": "Task", "fields": [{"name": "title", "required": "yes"}]}],
    [{"name": "Task", "fields": [{"name": "state", "type": "Enum"}]}],
    [{"name": "Task", "fields": [{"state": {"type": "ref:Task", "values": ["open"]}}]}],
    [{"name": "Task", "operations": ["destroy"]}],
]


def name_of(path: Path) -> str:
    """Return a page's path for the name of a test."""
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    return [code for _, found, code in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings, as GitHub links them."""
    heads = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_generated_pages_are_current() -> None:
    assert not reference.outdated(), "make reference"


def test_the_check_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    path = reference.FOLDER / "questions.md"
    monkeypatch.setattr(reference, "pages", lambda: {path: "something else\n"})
    assert reference.outdated() == [path]


def test_every_question_is_documented() -> None:
    text = (reference.FOLDER / "questions.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in reference.questions():
        assert f"### `{name}`\n" in text
        assert name == "config" or re.search(rf"`[^`]*\b{name}\b[^`]*`", readme)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        # the pages of an app link to one that is rendered
        found = [page.parent / path, page.parent / f"{path}.jinja"] if path else [page]
        there = [one for one in found if one.exists()]
        assert there, target
        assert not anchor or anchor in anchors(there[0]), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_are_tidy(page: Path) -> None:
    """One title, blank lines around fences, headings and lists, a language for every fence."""
    text = page.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    bare = BLOCK.sub(lambda found: f"{found[1]}```", text)
    assert "\n\n\n" not in bare
    assert len(re.findall(r"^# ", bare, re.MULTILINE)) == 1
    assert all(language for _, language, _ in BLOCK.findall(text))
    assert not re.search(r"^#+ .*\n[^\n]", bare, re.MULTILINE)
    assert not re.search(r"^[^\n]+\n(?: *```|#+ )", bare, re.MULTILINE)
    assert not re.search(r"^```\n[^\n]", bare, re.MULTILINE)
    assert not re.search(r"^(?![-|\d ])[^\n]+\n- ", bare, re.MULTILINE)


def test_the_documented_python_call_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The blocks of the page, in their order, as a reader would run them."""
    template = copy_of_template(tmp_path / "src")
    commit_all(template, tag="0.1.0")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"template": str(template)}
    target = tmp_path / "generated" / "task-api"
    define, make, define_update, update = blocks(ROOT / "docs" / "how-to" / "use-from-python.md", "python")

    exec(compile(define, "use-from-python.md", "exec"), names)  # noqa: S102  (our own page)
    exec(compile(make, "use-from-python.md", "exec"), names)  # noqa: S102
    assert names["errors"] == []
    assert (target / "docker" / "Dockerfile").is_file()
    answers = yaml.safe_load((target / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert {name: answers[name] for name in names["context"]["config"]} == names["context"]["config"]
    assert answers["entities"] == names["context"]["entities"]
    with pytest.raises(FileExistsError):
        names["generate_production_app"](names["context"], target, str(template))

    wrong = {"app_name": "Task API", "entities": [{"name": "Task", "fields": [{"title": "strng"}]}]}
    elsewhere = tmp_path / "elsewhere"
    shown = blocks(ROOT / "docs" / "how-to" / "use-from-python.md", "text")[0]
    printed = names["generate_production_app"](wrong, elsewhere, str(template))
    assert [line.strip() for line in printed] == shown.splitlines()
    assert not elsewhere.exists()

    commit_all(target)
    exec(compile(define_update, "use-from-python.md", "exec"), names)  # noqa: S102
    exec(compile(update, "use-from-python.md", "exec"), names)  # noqa: S102
    assert names["errors"] == []
    assert not (target / "docker").exists()
    assert " D docker/Dockerfile" in git(target, "status", "--short").splitlines()
    assert (target / "migrations" / "versions" / "0001_initial.py").is_file()

    with pytest.raises(UserMessageError, match="dirty"):
        names["update_production_app"]({"config": {"redis": False}}, target)
    rules = target / "app" / "entities" / "project" / "rules.py"
    rules.write_text(rules.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    commit_all(target)
    capfd.readouterr()
    (why,) = names["update_production_app"]({"entities": ["Task"]}, target)
    assert "took itself back" in why
    assert "Nothing was updated: " in (printed := capfd.readouterr().err)
    assert "app/entities/project/rules.py" in printed
    assert git(target, "status", "--porcelain") == ""


def schema() -> Draft7Validator:
    """Return the validator of answer files."""
    found = json.loads((reference.FOLDER / "entities.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(found)
    return Draft7Validator(found)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_the_schema(name: str) -> None:
    schema().validate(example(name))
    first = (ROOT / "examples" / f"{name}.yml").read_text(encoding="utf-8").splitlines()[1]
    path = first.removeprefix("# yaml-language-server: $schema=")
    assert (ROOT / "examples" / path).resolve() == reference.FOLDER / "entities.schema.json"


@pytest.mark.parametrize("entities", SHORT_FORMS, ids=str)
def test_what_is_accepted_fits_the_schema(entities: Any) -> None:
    parse(entities)
    schema().validate({"entities": entities})


@pytest.mark.parametrize("entities", WRONG, ids=str)
def test_what_is_rejected_does_not(entities: Any) -> None:
    with pytest.raises(EntitiesError):
        parse(entities)
    assert not schema().is_valid({"entities": entities})


def test_entities_in_pages_are_valid() -> None:
    """Every YAML block that shows entities."""
    found = [block for page in PAGES for block in blocks(page, "yaml") if "entities:" in block]
    assert len(found) > 3
    for block in found:
        answers = yaml.safe_load(block)
        parse(answers["entities"])
        schema().validate(answers)


def test_the_schema_says_what_is_wrong() -> None:
    """The form that was meant is what the error is about."""
    schema = Draft7Validator(json.loads((reference.FOLDER / "entities.schema.json").read_text(encoding="utf-8")))
    answers = {
        "entities": [{"name": "Task", "fields": [{"name": "title", "requird": True}, {"state": {"type": "enum"}}]}]
    }
    said = [error.message for error in schema.iter_errors(answers)]
    assert said == [
        "Additional properties are not allowed ('requird' was unexpected)",
        "'values' is a required property",
    ]
