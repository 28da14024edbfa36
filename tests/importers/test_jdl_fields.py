"""Fields of JDL: types, validations, keys, examples for patterns."""

from __future__ import annotations

from typing import Any

import pytest

from importers.jdl import entities as jdl_entities
from importers.pattern_example import example_for
from tests.importers.jdl import convert, fields_of


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


@pytest.mark.parametrize("source", ["id Long", "@Id key Long", "id UUID", "id String"])
def test_the_primary_key_is_called_id(source: str) -> None:
    answers, _ = convert(f"entity A {{ {source}  b Long }}")
    assert answers["entities"][0].get("primary_key") == ("uuid" if "UUID" in source else None)
    assert [field["name"] for field in answers["entities"][0]["fields"]] == ["b"]


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
