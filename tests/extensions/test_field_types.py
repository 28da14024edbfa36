"""A field type is one class: it is complete, rejects what is no value, and docs/how-to/add-a-field-type.md adds one."""

from __future__ import annotations

import datetime as dt
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from extensions.entities import Field, parse
from extensions.entities.field_checks import COMMON_RULES
from extensions.entities.types import ALIASES, OPERATORS, TYPES, FieldType
from extensions.entities.types.base import from_field_types
from extensions.entities.types.moments import Moment
from extensions.entities.types.relations import Pointer
from tests.conftest import ROOT, copy_of_template
from tests.docs.snippets import snippets
from tests.entities.strategies import RULES

PAGE = ROOT / "docs" / "how-to" / "add-a-field-type.md"
NEEDED: dict[str, dict[str, Any]] = {
    "enum": {"values": ["open", "not a choice"]},
    "reference": {"to": "Probe"},
    "many_to_many": {"to": "Probe"},
}
"""Options without which a field of a type is none."""

endless: list[Any] = []
endless.append(endless)
HOSTILE = (
    *("", " ", "nonsense", "\x00", "\ud800", "x" * 100_000, "\u0661", "1" * 400, "1e999999", "now", "uuid", "{{ x }}"),
    *(True, False, 0, 12, -(10**400), 0.5, math.inf, math.nan, None),
    *([], ["a"], endless, {}, {"a": None}, {1: 2}, object(), b"a", {1}, dt.date.max, dt.time.min),
    dt.datetime(1, 1, 1),  # noqa: DTZ001  (YAML makes such ones)
)
VALUES = [kind for kind in TYPES.values() if not isinstance(kind, Pointer)]


def field_of(kind: FieldType, **options: Any) -> Field:
    """Return a field of a type."""
    field = {"name": "thing", "type": kind.name, **NEEDED.get(kind.name, {}), **options}
    (probe,) = parse([{"name": "Probe", "fields": [field]}])
    return [*probe.fields, *probe.links][0]


@pytest.fixture(params=TYPES.values(), ids=TYPES)
def kind(request: pytest.FixtureRequest) -> FieldType:
    """Return each type."""
    found: FieldType = request.param
    return found


@pytest.fixture(params=VALUES, ids=lambda kind: kind.name)
def value_type(request: pytest.FixtureRequest) -> FieldType:
    """Return each type that holds a value of its own."""
    found: FieldType = request.param
    return found


def test_what_is_said_of_a_type(kind: FieldType) -> None:
    assert TYPES[kind.name] is kind
    assert re.fullmatch("[a-z_]+", kind.name)
    assert kind.summary
    assert not kind.summary.endswith(".")
    assert all(ALIASES[alias] == kind.name and alias not in TYPES for alias in kind.aliases)
    assert set(kind.operators) <= set(OPERATORS)
    assert kind.options <= set(Field.model_fields) - COMMON_RULES
    assert bool(kind.made) == bool(kind.made_by)
    assert type(kind).__doc__


def test_options_are_drawn() -> None:
    """The strategies draw samples and spellings of other types."""
    assert {kind.name for kind in VALUES if kind.options} == set(RULES)


def test_samples(value_type: FieldType) -> None:
    field = field_of(value_type)
    first, second = (value_type.sample(field, number) for number in (1, 2))
    assert first != second
    for value in (first, second):
        assert value_type.error(field, value) is None
        assert value_type.json(field, value) == value, "it is in the form that the API shows"


def test_spellings(value_type: FieldType) -> None:
    """What may be written is accepted, has one form, and that is accepted, too."""
    for value in value_type.spellings:
        field = field_of(value_type, default=value)
        shown = value_type.json(field, value)
        assert value_type.error(field, shown) is None
        assert value_type.json(field, shown) == shown


def test_what_is_no_value(value_type: FieldType) -> None:
    """Whatever is written, a type says one line or that it is fine; it lets no object through."""
    field = field_of(value_type)
    said = [value_type.error(field, value) for value in HOSTILE]
    assert all(line is None or (line.isprintable() and len(line) < 200) for line in said)
    assert value_type.error(field, object()) is not None
    assert value_type.invalid is None or value_type.error(field, value_type.invalid) is not None


def test_source(value_type: FieldType) -> None:
    """Every answer that templates ask for is there, for a field with everything and for one without."""
    default = value_type.sample(field_of(value_type), 1)
    for options in ({}, {"required": True, "default": default}, {"default": value_type.made or default}):
        field = field_of(value_type, **options)
        for sqlite in (False, True):
            assert value_type.column_type(field, sqlite=sqlite)
            assert value_type.column_arguments(field, sqlite=sqlite)
            assert value_type.migration_type(field, sqlite=sqlite)
            if field.default_is_made:
                assert value_type.made_in_database(sqlite=sqlite)
            elif field.has_default:
                assert value_type.stored_default(field, sqlite=sqlite)
                assert value_type.request_default(field)
        assert value_type.python_type(field)
        assert value_type.request_type(field)
        assert value_type.response_type(field)
        assert all(value_type.compared_type(field, operator) for operator in value_type.operators)
        assert value_type.index_bytes(field) > 0


def test_moments_are_made_in_the_database() -> None:
    made = {kind.made_in_database(sqlite=sqlite) for kind in VALUES if isinstance(kind, Moment) for sqlite in (0, 1)}
    assert len(made) == 5, "date has one for both databases"


def test_names_are_those_of_the_app(kind: FieldType) -> None:
    for name in (one for one in kind.imports if one.startswith("app.")):
        module, _, needed = name.rpartition(".")
        folder, _, stem = module.replace(".", "/").rpartition("/")
        (path,) = (found for found in (ROOT / "template" / folder).iterdir() if f"{stem}.py" in found.name)
        assert re.search(rf"^(class |def )?{needed}\b", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_kinds_are_those_of_the_app(value_type: FieldType) -> None:
    kinds = (ROOT / "template" / "tools" / "kinds.py").read_text(encoding="utf-8")
    assert f'"{value_type.recorded(field_of(value_type))["kind"]}"' in kinds


def test_a_class_that_leaves_something_out() -> None:
    with pytest.raises(TypeError, match=r"^class Half of type half lacks column, .*, summary: add them$"):
        type("Half", (FieldType,), {"name": "half", "python": "str"})


# ---------------------------------------------------------------------------------------------------------- a new type
def test_the_how_to_adds_a_type(tmp_path: Path) -> None:
    """What add-a-field-type.md shows is all that a new type needs."""
    of_class, of_requests, of_field = (one.code for one in snippets(PAGE) if one.language in {"python", "yaml"})
    template = copy_of_template(tmp_path / "template")
    of_app = from_field_types("")[0].rstrip(".")
    schema = f"template/{of_app.replace('.', '/')}.py"
    for path, code in (("extensions/entities/types/identifiers.py", of_class), (schema, of_requests)):
        assert path.rpartition("/")[2] in PAGE.read_text(encoding="utf-8")
        with (template / path).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{code}")
    (field,) = yaml.safe_load(of_field)
    app = copied(template, tmp_path / "app", {"name": "Paint", "fields": [field]})
    model, schemas = ((app / f"app/entities/paint/{name}.py").read_text("utf-8") for name in ("model", "schemas"))
    assert 'color: Mapped[str] = mapped_column(sa.String(7), index=True, server_default="#ff8800")' in model
    assert "color: OptionalParam[Color] = None" in schemas
    check = f"import pydantic, {of_app} as a; print(pydantic.TypeAdapter(a.Color).validate_python('#FF8800'))"
    done = subprocess.run([sys.executable, "-c", check], cwd=app, capture_output=True, text=True, check=True)
    assert done.stdout == "#ff8800\n"
    wrong = {**field, "default": "nonsense", "example": 12}
    said = r"color: default is 'nonsense': write a color .*\n.*color: example is 12: write a color"
    with pytest.raises(ValueError, match=said):
        copied(template, tmp_path / "wrong", {"name": "Paint", "fields": [wrong]})
    with pytest.raises(ValueError, match="name 'Color' is a name that the generated code itself uses"):
        copied(template, tmp_path / "taken", "Color")


def copied(template: Path, app: Path, entity: object) -> Path:
    """Make an app with one entity."""
    answers = {"redis": False, "docker": False, "observability": False, "entities": [entity]}
    copier.run_copy(str(template), app, data=answers, defaults=True, unsafe=True, quiet=True)
    return app
