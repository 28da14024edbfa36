"""Write docs/reference from copier.yml and the entity models, and the list of decisions; `--check` only looks."""

from __future__ import annotations

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pydantic
import yaml

from extensions import naming
from extensions.answers import contract, objectives
from extensions.answers.questions import CONFIG_KEYS, QUESTIONS
from extensions.answers.validation import errors_of
from extensions.entities import EntitiesError, Entity, Field, parse
from extensions.entities.types import ALIASES, LONGEST_INDEXED, TYPES, FieldType

ENUM_WORDS = ["enum", *(alias for alias, name in ALIASES.items() if name == "enum")]
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
DECISIONS = ROOT / "docs" / "decisions"
MARK = "<!-- Written by `make reference`: change copier.yml or extensions/ instead. -->"

Schema = dict[str, Any]
Question = dict[str, Any]


# -------------------------------------------------------------------------------------------------------- questions
def questions() -> dict[str, Question]:
    """Return the questions of copier.yml, in their order, each help as one line."""
    data = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return {
        name: {**details, "help": " ".join(details["help"].split())}
        for name, details in data.items()
        if not name.startswith("_")
    }


def topics() -> dict[str, list[str]]:
    """Return the questions' names under the headings that copier.yml gives them."""
    found: dict[str, list[str]] = {}
    topic = ""
    for line in (ROOT / "copier.yml").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"# -{10,} (.+)", line):
            topic = heading[1]
        elif (name := re.match(r"([a-z]\w*):", line)) and topic:
            found.setdefault(topic, []).append(name[1])
    return found


def default_of(question: Question) -> Any:
    """Return a question's default as it is when no other answer was given."""
    default = question.get("default")
    if not isinstance(default, str):
        return default
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  (no page for a browser)
    environment.filters["to_json"] = json.dumps
    text = environment.from_string(default).render(config={})
    return text if question["type"] == "str" else yaml.safe_load(text)


def choices_of(question: Question) -> list[Any]:
    """Return the answers a question allows; none where it allows any."""
    choices = question.get("choices", [])
    return list(choices.values()) if isinstance(choices, dict) else list(choices)


def questions_page() -> str:
    """Return docs/reference/questions.md."""
    known = questions()
    sections = "\n\n".join(
        "\n\n".join((f"## {topic[:1].upper()}{topic[1:]}", *(question_part(name, known[name]) for name in names)))
        for topic, names in topics().items()
    )
    return f"""\
# Questions

{MARK}

Every answer has a default, so `copier copy --trust --defaults` asks nothing. An
answer is given at the prompt, as `--data name=value`, or with others in a YAML
file as `--data-file answers.yml`.

{sections}

## When an answer is wrong

Nothing is written, and Copier ends with exit status 1. There is one line for
each error, with the question, the place in it, what is wrong and how to fix it:

```text
{wrong_answers()}
```

{checked_together()}
"""


def checked_together() -> str:
    """Return the paragraph on errors that are reported together."""
    names = [f"`{name}`" for name, question in QUESTIONS.items() if question.check and name != "config"]
    return textwrap.fill(
        f"Errors of {', '.join(names[:-1])} and {names[-1]} are reported together. A wrong `config` or a choice that"
        " does not exist is reported alone. An answer given as data ends in a Python traceback of Copier; these lines"
        " stand at its end.",
        80,
        break_on_hyphens=False,
    )


def question_part(name: str, question: Question) -> str:
    """Return the section of one question."""
    kinds = {"str": "text", "bool": "true or false", "yaml": "YAML"}
    lines = [f"- Type: {kinds[question['type']]}"]
    if choices := choices_of(question):
        lines.append(f"- One of: {', '.join(f'`{choice}`' for choice in choices)}")
    if name == "config":
        lines.append(f"- Keys: {', '.join(f'`{key}`' for key in CONFIG_KEYS)}")
        lines.append("- Never asked at the prompt; what it holds is kept as answers of their own")
    elif name == "entities":
        lines.append("- Format: [entities.md](entities.md)")
        lines.append(
            f"- Default: an entity {', '.join(entity['name'] for entity in default_of(question))}, as an example"
        )
    else:
        lines.append(f"- Default: {value_text(default_of(question))}")
    # a dash stays with the word behind it, or it would begin a list
    text = sentence(question["help"]).replace("- ", "-\N{NO-BREAK SPACE}")
    text = textwrap.fill(text, 80, break_on_hyphens=False).replace("\N{NO-BREAK SPACE}", " ")
    items = (textwrap.fill(line, 80, subsequent_indent="  ", break_on_hyphens=False) for line in lines)
    return f"### `{name}`\n\n{text}\n\n" + "\n".join(items)


def value_text(value: Any) -> str:
    """Return a default for people."""
    if isinstance(value, dict):
        return ", ".join(f"{key} `{item}`" for key, item in value.items())
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def sentence(text: str) -> str:
    """End a text with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def wrong_answers() -> str:
    """Return what the checks say of some errors."""
    answers: dict[str, Any] = {
        "app_name": "Shop API",
        "entities": [{"name": "Task", "fields": [{"title": "strng"}, {"name": "project", "type": "reference"}]}],
        "ports": {"app": 0},
    }
    return "\n".join(line for name, value in answers.items() for line in errors_of(name, value, answers))


# --------------------------------------------------------------------------------------------------------- entities
EXAMPLE = """\
entities:
  - Note                                  # a name alone: DEFAULT
  - name: Project
    fields:
      - title: string                     # name: type
      - code: {type: string, max_length: 12, required: true, unique: true}
  - name: Task
    fields:
      - {name: title, type: string, max_length: 200, required: true}
      - {name: state, type: enum, values: [open, doing, done], default: open, index: true}
      - {name: price, type: decimal, precision: 10, scale: 2, min: 0}
      - {name: due_at, type: datetime}
      - {name: project, type: reference, to: Project, on_delete: cascade}
"""

BROKEN: list[Any] = [
    {"name": "Task", "fields": [{"titel": "strng"}, {"name": "project", "type": "reference", "to": "Projet"}]},
    {"name": "Project", "fields": {"title": "string"}},
    "order items",
]


def entities_page() -> str:
    """Return docs/reference/entities.md."""
    return f"""\
# Entities

{MARK}

The answer `entities` is a list. Each entity becomes a table, an API, tests, and,
with the flags for them, metrics and panels on a dashboard.

```yaml
{example()}```

An editor with a YAML language server completes and checks such a file after this
comment in it, with the path to [entities.schema.json](entities.schema.json):

```yaml
# yaml-language-server: $schema=../docs/reference/entities.schema.json
```

## An entity

{table(("Option", "Value", "Default", "Meaning"), option_rows(Entity))}

## A field

A field is written in one of three ways: `title: string`,
`title: {{type: string}}` or `{{name: title, type: string}}`; without a type it holds
a string. `name: string` is a field called `name`, `name: phone` one called
`phone`; `name: email` could be either, and is rejected. Fields are a list and
never a mapping: [why](../decisions/0001-fields-are-a-list.md).

{table(("Option", "Value", "Default", "For", "Meaning"), option_rows(Field, used_by))}

`nullable: false` is understood as `required: true`. A field `id` with
`primary_key: true` sets the entity's `primary_key`; no other field can be the key.

Defaults and examples must be values that the API itself would take. What is unique
or has an index must fit a row of PostgreSQL's indexes, with 4 bytes a character: a
text of {LONGEST_INDEXED} characters, or fields with as many together.

## Types

{table(("Type", "Holds", "Also written", "PostgreSQL column", "SQLite column", "Filters"), type_rows())}

The column types are SQLAlchemy's. The filters are those of `filter: true`;
`isnull` is among them only where the field may be null. Lists are filtered by
`?price=3` (`eq`) or `?price__gte=3` (any other); `in` takes up to 100 values, each
in a parameter of its own: `?price__in=3&price__in=4`. Every list has `id__in`, and a
reference has `eq` and `in` unless `filter` says otherwise. Upper and lower case of a
type do not matter.

Length of a column where no `max_length` is given: {lengths()}.

## References

A reference `project` is stored as `project_id`, with an index.
`reference:Project` is short for `type: reference` and `to: Project`. A unique
reference is a one-to-one relation. A `many_to_many` is a table of its own, with
routes that add and remove; it takes `to` and `inverse`. An entity of its own with
two references can hold more than that a link exists.

## Names

Entities are PascalCase, fields snake_case, both at most {naming.LONGEST_NAME} characters. Words that
Python, PostgreSQL, SQLite or the generated code need for themselves are rejected,
and so are two entities that would share a route, a table or a metric. Names that
are derived give way to those you chose: `Order` and `OrderDetail` go together. The
values of an enum that would share a name in Python are numbered, in their order:
`A+` and `A-` are `A` and `A_2`; in the API and the database they are as written.

## When something is wrong

Nothing is written. The errors are reported together, a line for each. This answer

```yaml
{yaml.safe_dump(BROKEN, sort_keys=False, default_flow_style=None, width=100)}```

gives

```text
{errors()}
```
"""


def example() -> str:
    """Return the example, once it was found to be valid; the defaults of a name alone are filled in."""
    parse(yaml.safe_load(EXAMPLE)["entities"])
    by_name_alone = parse(["Note"])[0].fields
    return EXAMPLE.replace("DEFAULT", " and ".join(f"{field.name} ({field.type})" for field in by_name_alone))


def errors() -> str:
    """Return what the parser says of the broken example."""
    try:
        parse(BROKEN)
    except EntitiesError as error:
        return "\n".join(error.lines)
    message = "the broken example is valid"
    raise AssertionError(message)


def option_rows(model: type[pydantic.BaseModel], more: Callable[[str], str] | None = None) -> Iterator[tuple[str, ...]]:
    """Yield the options of a model for a table; `more` gives one column before the meaning."""
    for name, schema in model.model_json_schema()["properties"].items():
        info = model.model_fields[name]
        default = info.get_default(call_default_factory=True)
        if info.is_required():
            shown = "required"
        elif default in (None, []):
            shown = ""
        elif isinstance(default, list):
            shown = "all"
        else:
            shown = value_text(default)
        between = (more(name),) if more else ()
        yield (f"`{name}`", kind(name, schema), shown, *between, str(info.description))


def kind(name: str, schema: Schema) -> str:
    """Return in words what an option may be."""
    if name in {"default", "example"}:
        return "a value"
    if name == "fields":
        return "list of fields"
    if "anyOf" in schema:
        kinds = dict.fromkeys(kind("", one) for one in schema["anyOf"] if one.get("type") != "null")
        return " or ".join(one for one in kinds if one != "whole number" or len(kinds) == 1)
    if "enum" in schema:
        return "a type below" if name == "type" else ", ".join(f"`{value}`" for value in schema["enum"])
    if schema["type"] == "array":
        inner = kind("", schema["items"])
        return (
            f"list of {inner}"
            if inner.startswith("`")
            else f"list of {inner.replace('list', 'lists')}".removesuffix("s") + "s"
        )
    return {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}[schema["type"]]


def used_by(option: str) -> str:
    """Return the types that take an option."""
    return ", ".join(name for name, row in TYPES.items() if option in row.options) or "all"


def type_rows() -> Iterator[tuple[str, ...]]:
    """Yield the types for a table."""
    for row in TYPES.values():
        aliases = ", ".join(f"`{alias}`" for alias in row.aliases)
        yield (
            f"`{row.name}`",
            row.summary,
            aliases,
            *columns(row),
            ", ".join(f"`{operator}`" for operator in row.operators),
        )


def columns(row: FieldType) -> tuple[str, str]:
    """Return what a type is stored as in each database."""
    if row.name == "reference":
        return "type of the other `id`", "the same"
    if not row.migration:
        return "a table of its own", "the same"
    shown = re.sub(r"astext_type=[\w.]+\(\)|sa\.|postgresql\.", "", row.migration)
    sqlite = row.sqlite_migration.replace("sa.", "")
    return f"`{shown}`", f"`{sqlite}`" if sqlite and sqlite != shown else "the same"


def lengths() -> str:
    """Return the default lengths in words."""
    return ", ".join(f"`{row.name}` {row.usual_length}" for row in TYPES.values() if row.usual_length)


# -------------------------------------------------------------------------------------------------------- decisions
def decisions_page() -> str:
    """Return docs/decisions/README.md: the title of every decision, with a link."""
    heads = {path: path.read_text(encoding="utf-8").partition("\n")[0] for path in DECISIONS.glob("[0-9]*.md")}
    links = "\n".join(f"- [{head.removeprefix('# ')}]({path.name})" for path, head in sorted(heads.items()))
    return f"""\
# Decisions

<!-- Written by `make reference` from the pages beside this one. -->

Why things are as they are: the question, the choice and its price.

{links}
"""


# ----------------------------------------------------------------------------------------------------------- schema
def answers_schema() -> Schema:
    """Return the JSON Schema of an answer file, draft 7 as editors know it best.

    Forms are told apart by `if`, so that what is wrong is said of the form that was meant.
    """
    named = {"properties": {"name": {"type": "string"}}, "required": ["name"]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Answers for devmatrix-app-template",
        "type": "object",
        "properties": {name: question_schema(name, question) for name, question in questions().items()},
        "additionalProperties": False,
        "definitions": {
            "entity": {"if": {"type": "object"}, "then": entity_schema(), "else": {"$ref": "#/definitions/entityName"}},
            "entityName": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*$", "maxLength": naming.LONGEST_NAME},
            "field": {"if": named, "then": long_field(), "else": short_field()},
            "typeName": type_name_schema(),
        },
    }


def question_schema(name: str, question: Question) -> Schema:
    """Return the schema of one answer."""
    schema: Schema = {"description": question["help"]}
    if name == "entities":
        return {**schema, "type": "array", "items": {"$ref": "#/definitions/entity"}}
    if name == "config":
        known = {key: question_schema(key, details) for key, details in questions().items() if key in CONFIG_KEYS}
        return {**schema, "type": "object", "properties": known, "additionalProperties": False}
    if name == "ports":
        port = {"type": "integer", "minimum": 1, "maximum": 65535}
        services = dict.fromkeys(default_of(question), port)
        return {**schema, "type": "object", "properties": services, "additionalProperties": False}
    if name == "objectives":
        promises = {
            "availability": {"type": "number", "minimum": objectives.LEAST, "maximum": objectives.MOST},
            "latency_ms": {"enum": list(objectives.LATENCIES)},
        }
        return {**schema, "type": "object", "properties": promises, "additionalProperties": False}
    if name == "contract":
        texts = {key: {"type": "string", "pattern": f"^({form.pattern})$"} for key, (form, _) in contract.FORMS.items()}
        keys: Schema = {"factory": {"type": "boolean"}, **texts}
        return {**schema, "type": "object", "properties": keys, "additionalProperties": False}
    if choices := choices_of(question):
        return {**schema, "enum": choices}
    return {**schema, "type": {"str": "string", "bool": "boolean"}[question["type"]]}


def entity_schema() -> Schema:
    """Return the schema of an entity written as a mapping."""
    properties = model_properties(Entity)
    properties["fields"] |= {"type": ["array", "null"], "items": {"$ref": "#/definitions/field"}}
    properties["name"] = {"$ref": "#/definitions/entityName"}
    return {"type": "object", "properties": properties, "required": ["name"], "additionalProperties": False}


def long_field() -> Schema:
    """Return the schema of a field with its name among its options."""
    options = {**field_options(), "name": {"type": "string"}}
    rules = {"required": ["name"], "additionalProperties": False, **values_of_enums()}
    return {"type": "object", "properties": options, **rules}


def short_field() -> Schema:
    """Return the schema of a field as `name: type` or `name: {options}`."""
    options = {
        "type": "object",
        "properties": field_options(),
        "additionalProperties": False,
        **values_of_enums(),
    }
    name = {"anyOf": [{"$ref": "#/definitions/typeName"}, {"type": "null"}]}
    value = {"if": {"type": "object"}, "then": options, "else": name}
    return {"type": "object", "additionalProperties": value, "minProperties": 1, "maxProperties": 1}


def values_of_enums() -> Schema:
    """Return the rule that an enum has values, and nothing else has."""
    enum = {"properties": {"type": {"type": "string", "pattern": f"^ *(?:{any_case(ENUM_WORDS)}) *$"}}}
    return {
        "if": {**enum, "required": ["type"]},
        "then": {"required": ["values"]},
        "else": {"not": {"required": ["values"]}},
    }


def field_options() -> Schema:
    """Return the schemas of a field's options, those of other generators included."""
    properties = model_properties(Field)
    del properties["name"]
    properties["type"] = {"$ref": "#/definitions/typeName"}
    values = properties["values"]
    values["anyOf"] = [{"type": "array", "items": {"type": ["string", "number"]}}, {"type": "null"}]
    return {**properties, "nullable": {"type": ["boolean", "null"]}, "primary_key": {"type": "boolean"}}


def model_properties(model: type[pydantic.BaseModel]) -> Schema:
    """Return the properties of a model's schema without what only programs read."""
    found: Schema = model.model_json_schema()["properties"]
    for schema in found.values():
        schema.pop("title", None)
        if schema.get("default", "") is None:
            del schema["default"]
    return found


def type_name_schema() -> Schema:
    """Return the schema of a type's name: completed in editors as documented, understood in any case."""
    words = any_case((*TYPES, *ALIASES))
    return {"anyOf": [{"enum": list(TYPES)}, {"type": "string", "pattern": rf"^ *(?:{words}) *(?::.*)?$"}]}


def any_case(words: Iterable[str]) -> str:
    """Return a pattern for some words, in capitals or not."""
    return "|".join(re.sub("[a-z]", lambda letter: f"[{letter[0].upper()}{letter[0]}]", word) for word in words)


# ----------------------------------------------------------------------------------------------------------- writing
def table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("|" + "".join(f" {cell} |" if cell else " |" for cell in map(no_column, line)) for line in lines)


def no_column(cell: str) -> str:
    """Return a cell's text without anything that would end the cell."""
    return " ".join(cell.split()).replace("|", r"\|")


def pages() -> dict[Path, str]:
    """Return every generated file with its content."""
    return {
        FOLDER / "questions.md": questions_page(),
        FOLDER / "entities.md": entities_page(),
        DECISIONS / "README.md": decisions_page(),
        FOLDER / "entities.schema.json": json.dumps(answers_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def outdated() -> list[Path]:
    """Return the files that are not as they would be written now."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file is out of date")
    check = parser.parse_args().check
    late = outdated()
    for path in late:
        name = path.relative_to(ROOT).as_posix()
        if check:
            print(f"{name} is out of date: make reference", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages()[path], encoding="utf-8")
            print(f"{name} written")
    return 1 if check and late else 0


if __name__ == "__main__":
    raise SystemExit(main())
