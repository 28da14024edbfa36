"""The importer of JHipster's JDL: what it carries over, what it reports, what it rejects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yamllint import linter
from yamllint.config import YamlLintConfig

from extensions import entities
from importers.draft import Report
from importers.jdl import entities as jdl_entities
from importers.jdl.__main__ import main
from importers.jdl.convert import convert as convert_jdl
from importers.jdl.parser import parse
from importers.pattern_example import example_for
from tests.conftest import Render

BLOG = """\
/**
 * A place where
 * somebody writes.
 */
entity Blog (writers_blog) {
  name String required minlength(3) maxlength(LONGEST)   /** What it is called */
  /** The last part of its address */
  handle String required unique pattern(/^[a-z0-9-]{2,30}$/)
}

// Posts come newest first
entity Post {
  title String required,
  content TextBlob required,
  state PostStatus required,
  publishedAt Instant,
  readingTime Duration,
  cover ImageBlob
}

@readOnly
entity Label { name String required minlength(2) }

enum PostStatus { DRAFT, PUBLISHED ("On the air"), WITHDRAWN }

LONGEST = 80

relationship ManyToOne {
  Blog{owner(login)} to User with builtInEntity
  Post{blog(name) required} to Blog{posts}
}
relationship ManyToMany {
  Post{labels(name)} to Label{posts}
}
paginate Post, Label with pagination
service * with serviceImpl except Label
"""

STORE = r"""
application {
  config { baseName cornerStore, applicationType monolith, packageName org.example.store }
  entities *
}
@filter
entity Item {
  name String required maxlength(120)
  price BigDecimal required min(0.01)
  weight Double min(0) max(1000.5)
  stock Integer min(0)
  sold Long
  code String unique pattern(/[A-Z]{2}\/[0-9]{4}|none/)
  active Boolean required
  offered LocalDate
  opens LocalTime
  changed ZonedDateTime
  token UUID
  leaflet Blob maxbytes(5000)
}
entity Buyer { email String required unique }
entity Purchase { @Id number UUID  createdAt Instant required  class String }
entity PurchaseLine { amount Integer required min(1) max(99) }
entity Voucher
relationship OneToMany {
  @OnDelete("SET NULL") Buyer{purchases} to Purchase{buyer(email)},
  @OnDelete("CASCADE") @OnUpdate("CASCADE") Purchase{lines required} to PurchaseLine{purchase required}
}
relationship ManyToOne { PurchaseLine to Item }
relationship OneToOne { Voucher{purchase} to Purchase }
relationship ManyToOne { Item{replacement} to Item }
use serviceClass, mapstruct for Item, Buyer
"""


def convert(text: str, name: str = "model.jdl") -> tuple[dict[str, Any], list[str]]:
    """Return what the importer writes, read again, and its report."""
    report = Report()
    made, errors = convert_jdl(text, name, report)
    assert errors == []
    assert_fine(made)
    answers = yaml.safe_load(made)
    entities.parse(answers["entities"])
    return answers, report.lines


def assert_fine(made: str) -> None:
    config = YamlLintConfig("extends: default\nrules: {line-length: {max: 120}}\n")
    assert list(linter.run(made, config)) == []


def errors_of(text: str) -> list[str]:
    made, errors = convert_jdl(text, "model.jdl", Report())
    assert bool(errors) != bool(made)
    return errors


def fields_of(text: str, entity: str = "A") -> list[dict[str, Any]]:
    answers, _ = convert(text)
    found = next(one for one in answers["entities"] if one["name"] == entity)
    assert isinstance(found["fields"], list)
    return found["fields"]


def test_a_blog() -> None:
    answers, report = convert(BLOG, "blog.jdl")
    assert answers["app_name"] == "blog"
    assert answers["entities"] == [
        {
            "name": "Blog",
            "table": "writers_blog",
            "description": "A place where somebody writes.",
            "fields": [
                {"name": "name", "type": "string", "max_length": 80, "min_length": 3, "required": True}
                | {"description": "What it is called"},
                {"name": "handle", "type": "string", "pattern": "^[a-z0-9-]{2,30}$", "required": True, "unique": True}
                | {"description": "The last part of its address", "example": "aa"},
            ],
        },
        {
            "name": "Post",
            "fields": [
                {"name": "title", "type": "string", "required": True},
                {"name": "content", "type": "text", "required": True},
                {"name": "state", "type": "enum", "values": ["DRAFT", "PUBLISHED", "WITHDRAWN"], "required": True},
                {"name": "published_at", "type": "datetime"},
                {"name": "reading_time", "type": "string", "max_length": 64, "example": "PT1H30M"},
                {"name": "blog", "type": "reference", "to": "Blog", "required": True, "inverse": "posts"},
                {"name": "labels", "type": "many_to_many", "to": "Label", "inverse": "posts"},
            ],
        },
        {
            "name": "Label",
            "fields": [{"name": "name", "type": "string", "min_length": 2, "required": True}],
            "operations": ["list", "get"],
        },
    ]
    assert sorted(int(line.split(":")[1]) for line in report) == [17, 18, 24, 29, 30, 33, 36]


def test_a_store() -> None:
    answers, report = convert(STORE, "store.jdl")
    by_name = {one["name"]: one for one in answers["entities"]}
    assert answers["app_name"] == "corner-store"
    assert by_name["Item"]["fields"] == [
        {"name": "name", "type": "string", "max_length": 120, "required": True, "filter": True},
        {
            "name": "price",
            "type": "decimal",
            "precision": 18,
            "scale": 2,
            "min": 0.01,
            "required": True,
            "filter": True,
        },
        {"name": "weight", "type": "float", "min": 0, "max": 1000.5, "filter": True},
        {"name": "stock", "type": "integer", "min": 0, "filter": True},
        {"name": "sold", "type": "bigint", "filter": True},
        {"name": "code", "type": "string", "pattern": "^(?:[A-Z]{2}/[0-9]{4}|none)$", "unique": True}
        | {"example": "AA/0000", "filter": True},
        {"name": "active", "type": "boolean", "required": True, "filter": True},
        {"name": "offered", "type": "date", "filter": True},
        {"name": "opens", "type": "time", "filter": True},
        {"name": "changed", "type": "datetime", "filter": True},
        {"name": "token", "type": "uuid", "filter": True},
        {"name": "replacement", "type": "reference", "to": "Item", "filter": True},
    ]
    assert by_name["Purchase"] == {
        "name": "Purchase",
        "primary_key": "uuid",
        "fields": [
            {"name": "category", "type": "string"},
            {"name": "buyer", "type": "reference", "to": "Buyer", "on_delete": "set_null"} | {"inverse": "purchases"},
        ],
    }
    assert by_name["PurchaseLine"]["fields"][1:] == [
        {"name": "purchase", "type": "reference", "to": "Purchase", "required": True, "on_delete": "cascade"}
        | {"inverse": "lines"},
        {"name": "item", "type": "reference", "to": "Item"},
    ]
    assert by_name["Voucher"]["fields"] == [{"name": "purchase", "type": "reference", "to": "Purchase", "unique": True}]
    said = "\n".join(report)
    for what in (
        "application",
        "leaflet",
        "@onupdate(CASCADE)",
        "required on Purchase's side",
        "serviceClass",
        "class",
    ):
        assert what in said


@pytest.mark.parametrize("name", sorted(jdl_entities.TYPES))
def test_every_type(name: str) -> None:
    field = fields_of(f"entity A {{ one {name} required }}")[0]
    assert field["type"] == jdl_entities.TYPES[name]
    assert field["required"] is True


@pytest.mark.parametrize("name", jdl_entities.BINARY)
def test_files_are_reported(name: str) -> None:
    answers, report = convert(f"entity A {{\n  one {name} required minbytes(3)\n}}")
    assert answers["entities"] == [{"name": "A", "fields": []}]
    assert report == [f"model.jdl:2:3: A.one not carried over: {name} holds a file, and no type does"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a String required", {"required": True}),
        ("a String unique", {"unique": True}),
        ("a String maxlength(20000)", {"type": "text", "max_length": 20000}),
        ("a String unique maxlength(2000)", {"max_length": 600, "unique": True}),
        ("a TextBlob unique", {"type": "string", "max_length": 255, "unique": True}),
        ("a TextBlob minlength(2) maxlength(9)", {"type": "text", "min_length": 2, "max_length": 9}),
        ("a Integer min(-5) max(5)", {"type": "integer", "min": -5, "max": 5}),
        ("a Long max(9999999999)", {"type": "bigint", "max": 9999999999}),
        ("a Integer max(9999999999)", {"type": "integer"}),
        ("a Integer min(0.5)", {"type": "integer"}),
        ("a Float min(0.5)", {"type": "float", "min": 0.5}),
        ("a BigDecimal", {"type": "decimal", "precision": 18, "scale": 2}),
        ("a BigDecimal min(0.0001)", {"type": "decimal", "precision": 20, "scale": 4, "min": 0.0001}),
        ("a String min(3)", {}),
        ("a String maxlength(0)", {}),
        ("a Boolean minlength(3)", {"type": "boolean"}),
        ("a String pattern(/^a+$/) maxlength(5)", {"max_length": 5, "pattern": "^a+$", "example": "a"}),
        ("a String pattern(/(?=.*x)y/)", {}),
        ("a String pattern(/a(b)/) required", {"pattern": "^a(b)$", "example": "ab", "required": True}),
        ("a String pattern(/[/)]x/)", {"pattern": "^[/)]x$", "example": ")x"}),
        ("password String", {"name": "password", "write_only": True}),
        ("HTTPStatus String", {"name": "http_status"}),
        ("import String", {"name": "import_name"}),
    ],
)
def test_a_field(source: str, expected: dict[str, Any]) -> None:
    assert fields_of(f"entity A {{ {source} }}") == [{"name": "a", "type": "string"} | expected]


@pytest.mark.parametrize("separator", [",", "\n", " ", " , \n"])
def test_fields_with_commas_and_without(separator: str) -> None:
    names = [
        field["name"] for field in fields_of(f"entity A {{ a String{separator}b Long required{separator}c Float }}")
    ]
    assert names == ["a", "b", "c"]


def test_stamps_are_the_templates_own() -> None:
    answers, report = convert("entity A { createdAt Instant updatedAt Instant b Long }")
    assert answers["entities"][0]["fields"] == [{"name": "b", "type": "bigint"}]
    assert [line.partition(": ")[2] for line in report] == [
        "A.createdAt comes from timestamps, which set it",
        "A.updatedAt comes from timestamps, which set it",
    ]


def test_endless_lists_are_paged_by_cursor() -> None:
    answers, report = convert("entity A entity B paginate A with infinite-scroll paginate B with pagination")
    assert [one.get("paging") for one in answers["entities"]] == ["cursor", None]
    assert report == []


def test_inverses() -> None:
    """Each side keeps its name for the other, in snake_case, unless that is taken there."""
    text = "entity A { x Long } entity B entity C\nrelationship ManyToOne {\n"
    sides = ["B{a} to A{theBees}", "C{a} to A{x}", "C{other} to A{theBees}", "C{list} to C{id}"]
    answers, report = convert(text + ",\n".join(sides) + "\n}")
    inverses = {one["name"]: [made.get("inverse") for made in one["fields"]] for one in answers["entities"]}
    assert inverses == {"A": [None], "B": ["the_bees"], "C": [None, None, None]}
    assert len([line for line in report if "inverse" in line]) == 3
    same = "entity A entity B relationship OneToOne { A{partner} to B{partner} }"
    assert fields_of(same)[0]["inverse"] == "partner"


@pytest.mark.parametrize("source", ["id Long", "@Id key Long", "id UUID", "id String"])
def test_the_primary_key_is_called_id(source: str) -> None:
    answers, _ = convert(f"entity A {{ {source}  b Long }}")
    assert answers["entities"][0].get("primary_key") == ("uuid" if "UUID" in source else None)
    assert [field["name"] for field in answers["entities"][0]["fields"]] == ["b"]


@pytest.mark.parametrize(
    ("relationship", "owner", "expected"),
    [
        ("OneToMany { A{bs} to B{a required} }", "B", {"name": "a", "to": "A", "required": True, "inverse": "bs"}),
        ("OneToMany { A{bs} to B }", "B", {"name": "a", "to": "A", "inverse": "bs"}),
        ("OneToMany { A to B }", "B", {"name": "a", "to": "A"}),
        ("ManyToOne { A{theB(name) required} to B{as} }", "A", {"name": "the_b", "to": "B", "required": True}),
        ("ManyToOne { A to B }", "A", {"name": "b", "to": "B"}),
        ("OneToOne { A{b} to B{a} }", "A", {"name": "b", "to": "B", "unique": True, "inverse": "a"}),
        ("OneToOne { A{b required} to B }", "A", {"name": "b", "to": "B", "required": True, "unique": True}),
        ("ManyToOne { A{parent} to A }", "A", {"name": "parent", "to": "A"}),
        ("ManyToOne { A{parent required} to A }", "A", {"name": "parent", "to": "A"}),
        ('ManyToOne { A{b} to @OnDelete("RESTRICT") B }', "A", {"name": "b", "to": "B"}),
        ('ManyToOne { A{b required} to @OnDelete("SET NULL") B }', "A", {"name": "b", "to": "B", "required": True}),
        ("ManyToOne {\n/** whose */ A{b} to B }", "A", {"name": "b", "to": "B", "description": "whose"}),
    ],
)
def test_a_relationship(relationship: str, owner: str, expected: dict[str, Any]) -> None:
    text = f"entity A {{ x Long }} entity B {{ x Long }} relationship {relationship}"
    assert fields_of(text, owner)[1:] == [{"type": "reference"} | expected]


CARS = """\
entity Owner entity Car entity Truck entity Wheel entity Seat entity Plate entity Badge entity Fuse entity Part
relationship OneToMany { @OnDelete("CASCADE") Owner{cars} to Car{owner} }
relationship OneToMany { Owner{trucks} to @OnDelete("CASCADE") Truck{owner} }
relationship ManyToOne { Wheel{car} to @OnDelete("CASCADE") Car{wheels} }
relationship ManyToOne { @OnDelete("CASCADE") Seat{car} to Car{seats} }
relationship OneToOne { Plate{car} to @OnDelete("CASCADE") Car{plate} }
relationship OneToOne { @OnDelete("CASCADE") Badge{car} to Car{badge} }
relationship ManyToOne { @OnDelete("SET NULL") Fuse{car(id) required} to @OnDelete("CASCADE") Car }
relationship OneToMany { @OnDelete("CASCADE") Owner{parts(id) required} to @OnDelete("SET NULL") Part{owner(id)} }
relationship ManyToOne { Part{whole} to @OnDelete("SET NULL") Part{pieces} }
relationship ManyToOne { Part{spare} to @OnDelete("cascade") Car }
"""
"""The keys below are those of the tables that JHipster 8.11.0 makes of it."""


def test_what_happens_on_a_deletion() -> None:
    """An annotation is about the key that refers to the entity behind it; one before the other side has no effect."""
    answers, report = convert(CARS)
    found = {
        f"{one['name']}.{field['name']}": field.get("on_delete")
        for one in answers["entities"]
        for field in one["fields"]
    }
    assert found == {
        "Car.owner": "cascade",
        "Truck.owner": None,
        "Wheel.car": "cascade",
        "Seat.car": None,
        "Plate.car": "cascade",
        "Badge.car": None,
        "Fuse.car": "cascade",
        "Part.owner": "cascade",
        "Part.whole": "set_null",
        "Part.spare": None,
    }
    no_effect = ": on this side it has no effect, only before the entity that is referred to"
    said = [line.partition(": ")[2] for line in report if "@ondelete" in line]
    assert said == [
        f"Truck: annotation @ondelete(CASCADE) not carried over{no_effect}",
        f"Seat: annotation @ondelete(CASCADE) not carried over{no_effect}",
        f"Badge: annotation @ondelete(CASCADE) not carried over{no_effect}",
        f"Fuse: annotation @ondelete(SET NULL) not carried over{no_effect}",
        f"Part: annotation @ondelete(SET NULL) not carried over{no_effect}",
        "Car: annotation @ondelete(cascade) not carried over",
    ]


def test_an_annotation_within_braces_is_rejected() -> None:
    """As JHipster rejects it: it would be read for neither side."""
    text = 'entity A entity B relationship OneToMany { A{@OnDelete("CASCADE") bs} to B }'
    expected = "model.jdl:1:46: here is '@', not the name of a field: write it between the braces"
    assert errors_of(text) == [expected]


def test_two_relations_between_the_same_entities() -> None:
    text = "entity A entity B relationship ManyToOne { A to B, A to B, A{other} to B }"
    assert [field["name"] for field in fields_of(text)] == ["b", "b_value", "other"]


def test_a_circle_of_required_references() -> None:
    text = "entity A entity B relationship ManyToOne { A{b required} to B, B{a required} to A }"
    answers, report = convert(text)
    assert [one["fields"][0].get("required") for one in answers["entities"]] == [True, None]
    assert "go round" in report[0]


def test_many_to_many() -> None:
    """The side named first holds the field; the other side shows it under its own name."""
    answers, report = convert("entity A entity B entity C\nrelationship ManyToMany { A{bs} to B{as_seen}\n B to C }")
    tables = {one["name"]: one["fields"] for one in answers["entities"]}
    assert tables["A"] == [{"name": "bs", "type": "many_to_many", "to": "B", "inverse": "as_seen"}]
    assert [(one["type"], one["to"]) for one in tables["B"]] == [("many_to_many", "C")]
    assert tables["C"] == []
    assert report == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("entity Settings", "SettingsRecord"),
        ("entity order_item", "OrderItem"),
        ("entity Order", "Order"),
    ],
)
def test_names_of_entities(text: str, expected: str) -> None:
    answers, _ = convert(text)
    assert answers["entities"][0]["name"] == expected


def test_names_that_clash() -> None:
    text = "entity Task { state State } entity TaskState entity Session entity SessionRecord enum State { A, B }"
    text += " relationship ManyToMany { TaskState{tasks} to Session }"
    answers, report = convert(text)
    names = [one["name"] for one in answers["entities"]]
    assert names == ["Task", "TaskState", "SessionRecord", "SessionRecordRecord"]
    assert answers["entities"][0]["fields"][0]["name"] == "state"
    assert answers["entities"][1]["fields"][0]["to"] == "SessionRecord"
    assert len(report) == 2


def test_an_entity_and_an_enum_of_one_name() -> None:
    """A field is of the enum, a relationship leads to the entity, as in JHipster."""
    text = "entity Currency { kind Currency } enum Currency { TAKA, DOLLAR } entity Price"
    answers, report = convert(f"{text} relationship ManyToOne {{ Price to Currency }}")
    assert [one["fields"] for one in answers["entities"]] == [
        [{"name": "kind", "type": "enum", "values": ["TAKA", "DOLLAR"]}],
        [{"name": "currency", "type": "reference", "to": "Currency"}],
    ]
    assert report == []


def test_a_field_that_is_repeated() -> None:
    answers, report = convert("entity A {\n x Long required min(1)\n y Long\n x Long min(1) required\n}")
    assert [field["name"] for field in answers["entities"][0]["fields"]] == ["x", "y"]
    assert report == ["model.jdl:4:2: A.x is there twice, and alike: carried over once"]


def test_enums_that_cannot_be_one() -> None:
    text = f"entity A {{ a E }} enum E {{ OPEN, {'X' * 51} }}"
    assert fields_of(text) == [{"name": "a", "type": "string"}]


@pytest.mark.parametrize(
    ("option", "operations"),
    [
        ("readOnly A", ["list", "get"]),
        ("readOnly for A", ["list", "get"]),
        ("readOnly *", ["list", "get"]),
        ("readOnly all except B", ["list", "get"]),
        ("readOnly * except A", None),
        ("dto A with mapstruct", None),
        ("use dto, paginate for A, B except B", None),
    ],
)
def test_options(option: str, operations: list[str] | None) -> None:
    answers, report = convert(f"entity A entity B {option}")
    assert answers["entities"][0].get("operations") == operations
    assert bool(report) == (operations is None and "readOnly" not in option)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("entitty A", "1:1: there is no declaration 'entitty': did you mean entity?"),
        ("entity A {\n  x Strin\n}", "2:5: A.x has an unknown type Strin: did you mean String?"),
        ("entity A { x String\n maxlenght(3) }", "2:2: there is no validation 'maxlenght': did you mean maxlength?"),
        (
            "entity A { x Integer min(LOW) }",
            "1:26: A.x: there is no constant LOW: declare LOW = 10, or write the number",
        ),
        ("entity A { x String pattern(abc) }", "1:29: a pattern is /.../, not 'abc': write it between two slashes"),
        ("entity A { x String", "1:20: the file ends within braces: close them with }"),
        ("entity A { x }", "1:14: here is '}', not the type of x: write one after x, such as String"),
        ("entity A\nentity A", "2:8: A is declared twice, first in line 1: rename or remove one"),
        ("enum E { A }\nenum E { A }", "2:6: E is declared twice, first in line 1: rename or remove one"),
        ("entity A { x Long x String }", "1:19: A.x is there twice: rename or remove one"),
        ("entity A { x Long x Long required }", "1:19: A.x is there twice: rename or remove one"),
        ("enum E { }", "1:6: enum E has no values: write names such as OPEN, with commas"),
        ("relationship OneToFew { A to B }", "1:14: there is no relationship 'OneToFew': did you mean OneToOne?"),
        ("entity A relationship ManyToOne { A to B }", "1:40: there is no entity B: declare entity B"),
        ("entity A relationship ManyToOne { A B }", "1:37: here is 'B', not 'to': write A to another entity"),
        ("entity A /* never ends", "1:10: the comment that begins here has no end: close it with */"),
        ('entity A @x("never', '1:13: the text that begins here has no end: close it with "'),
        ("application { config { }", "1:1: the application that begins here has no end: close it with }"),
        ("MAX = many", "1:7: a constant is a number, not 'many': write a number"),
        (f"entity {'A' * 41}", f"1:8: the name {'A' * 41} has 41 characters: use at most 40"),
        ("use dto", "1:8: here is the end of the file, not 'for': write use dto for A, B"),
        ("entity Ä", "1:8: here is '\\xc4', not the name of an entity: write one such as Product"),
    ],
)
def test_an_error(text: str, expected: str) -> None:
    assert errors_of(text)[0] == f"model.jdl:{expected}"


def test_every_error_is_told() -> None:
    text = "entitty A {\n}\n\nentity B {\n  x String maxlenght(3)\n}\nenum E\nentity C { a Long }\n"
    assert [error.split(":")[1] for error in errors_of(text)] == ["1", "5", "8"]


def test_places_in_odd_files() -> None:
    found = parse("\ufeff".lstrip("\ufeff") + "\r\n  entity A {\r\n\tx String pattern(/a\\/b{1,2}/) }\r\n")
    assert [str(found.entities[0].place), str(found.entities[0].fields[0].place)] == ["2:10", "3:2"]
    assert found.entities[0].fields[0].validations[0].value == "a\\/b{1,2}"


WORDS = [
    "entity", "enum", "relationship", "use", "application", "dto", "readOnly", "with", "for", "to", "except",
    "required", "unique", "min", "maxlength", "pattern(", "/a+/", "(", ")", "{", "}", ",", "=", "*", "@", "A", "B", "x",
    "String", "Long", "10", "-0.5", '"text"', "OneToMany", "ManyToMany", "/**", "*/", "//", "/*", "\n",
]  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=30))
@example(["entity", "A", "{", "x", "String", "pattern(", "/a+/", ")", "}"])
def test_no_text_breaks_it(words: list[str]) -> None:
    made, errors = convert_jdl(" ".join(words), "model.jdl", Report())
    assert bool(made) != bool(errors)
    if made:
        entities.parse(yaml.safe_load(made)["entities"])


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
def test_no_character_breaks_it(text: str) -> None:
    convert_jdl(text, "model.jdl", Report())
    convert_jdl(f"/** {text} */ entity A {{ a String }}", "model.jdl", Report())


def test_hostile_texts_stay_texts() -> None:
    doc = "a: b # {{ 7 * 7 }} {% raw %} 'quoted' \"twice\" \\n ü 🐘 " + "long " * 60
    answers, _ = convert(f"/** {doc} */ entity A {{ a String /** {doc} */ }}", "odd\nname {{.jdl")
    assert answers["entities"][0]["description"] == " ".join(doc.split())
    assert answers["entities"][0]["fields"][0]["description"] == " ".join(doc.split())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^[A-Z]{2}-[0-9]{4}$", "AA-0000"),
        (r"^\d{3}\.\d+$", "000.0"),
        (r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", "a@a.aa"),
        (r"^(?:\+49|0)[1-9][0-9]*$", "+491"),
        ("^a?b*c{2,3}$", "cc"),
        (r"^\w+\s\S$", "a a"),
        ("^[]x]$", "]"),
        ("^(?<year>[0-9]{4})$", None),
        ("^(?=x)y$", None),
        (r"^(a)\1$", None),
        ("^a{2000}$", None),
        ("a|", "a"),
        ("(", None),
    ],
)
def test_examples_for_patterns(pattern: str, expected: str | None) -> None:
    assert example_for(pattern) == expected


def test_examples_have_the_length_asked_for() -> None:
    assert example_for("^[a-z]+$", shortest=5) == "aaaaa"
    assert example_for("^[a-z]{3,}$", longest=2) is None


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "shop.jdl", tmp_path / "answers.yml"
    source.write_text(STORE, encoding="utf-8-sig")
    assert main([str(source), "-o", str(target)]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("shop.jdl:2:1: application not carried over")
    assert main([str(source)]) == 0
    assert capsys.readouterr().out == target.read_text(encoding="utf-8")


def test_the_command_with_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "bad.jdl", tmp_path / "answers.yml"
    source.write_text("entity A { x Strin }", encoding="utf-8")
    assert main([str(source), "-o", str(target)]) == 1
    assert capsys.readouterr().err == "bad.jdl:1:14: A.x has an unknown type Strin: did you mean String?\n"
    assert not target.exists()
    source.write_text("application { config { baseName shop } }", encoding="utf-8")
    assert main([str(source), "-o", str(target)]) == 1
    error = "bad.jdl: there is no entity: declare one, such as entity Product { name String }"
    assert capsys.readouterr().err.splitlines()[-1] == error
    assert not target.exists()
    source.write_bytes(b"entity \xff")
    assert main([str(source)]) == 1


@pytest.mark.parametrize("arguments", [[], ["none.jdl"], ["a", "b"], ["."]])
def test_the_command_called_wrongly(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "module"), [(BLOG, "post"), (STORE, "purchase_line")])
def test_it_renders(text: str, module: str, render: Render) -> None:
    answers, _ = convert(text)
    app = render(answers)
    for path in app.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    assert (app / "app" / "entities" / module).exists()
