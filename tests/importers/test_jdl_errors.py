"""What the JDL importer rejects: each error with its place, and no text that breaks it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extensions import entities
from importers.draft import Report
from importers.jdl.convert import convert as convert_jdl
from importers.jdl.parser import parse
from tests.importers.jdl import convert, errors_of, fields_of


def test_an_annotation_within_braces_is_rejected() -> None:
    """As JHipster rejects it: it would be read for neither side."""
    text = 'entity A entity B relationship OneToMany { A{@OnDelete("CASCADE") bs} to B }'
    expected = "model.jdl:1:46: here is '@', not the name of a field: write it between the braces"
    assert errors_of(text) == [expected]


def test_a_field_that_is_repeated() -> None:
    answers, report = convert("entity A {\n x Long required min(1)\n y Long\n x Long min(1) required\n}")
    assert [field["name"] for field in answers["entities"][0]["fields"]] == ["x", "y"]
    assert report == ["model.jdl:4:2: A.x is there twice, and alike: carried over once"]


def test_enums_that_cannot_be_one() -> None:
    text = f"entity A {{ a E }} enum E {{ OPEN, {'X' * 51} }}"
    assert fields_of(text) == [{"name": "a", "type": "string"}]


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
