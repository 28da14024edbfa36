"""Relationships of JDL: owners, inverses, deletions, circles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.importers.jdl import convert, fields_of


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
