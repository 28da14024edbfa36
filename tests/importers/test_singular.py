"""The way back from a plural to its singular."""

from __future__ import annotations

import pytest

from extensions import naming
from importers.singular import singular

PAIRS = {
    "abuses": "abuse", "addresses": "address", "aliases": "alias", "analyses": "analysis", "apis": "api",
    "archives": "archive", "axes": "axis", "bases": "base", "bonuses": "bonus", "boxes": "box", "buses": "bus",
    "buzzes": "buzz", "caches": "cache", "cases": "case", "categories": "category", "causes": "cause",
    "children": "child", "choices": "choice", "classes": "class", "companies": "company", "crises": "crisis",
    "criteria": "criterion", "curves": "curve", "databases": "database", "days": "day", "diagnoses": "diagnosis",
    "doses": "dose", "expenses": "expense", "feet": "foot", "heroes": "hero", "houses": "house", "ids": "id",
    "invoices": "invoice", "keys": "key", "knives": "knife", "leaves": "leaf", "lenses": "lens",
    "licenses": "license", "matches": "match", "matrices": "matrix", "men": "man", "movies": "movie",
    "order_items": "order_item", "people": "person", "phases": "phase", "photos": "photo", "potatoes": "potato",
    "prices": "price", "purchases": "purchase", "quizzes": "quiz", "responses": "response",
    "salespeople": "salesperson",
    "shelves": "shelf", "shoes": "shoe", "sizes": "size", "statuses": "status", "taxes": "tax", "ties": "tie",
    "urls": "url", "uses": "use", "users": "user", "vertices": "vertex", "viruses": "virus",
    "warehouses": "warehouse", "women": "woman",
}  # fmt: skip


@pytest.mark.parametrize(("many", "one"), PAIRS.items())
def test_there_and_back(many: str, one: str) -> None:
    assert singular(many) == one
    assert naming.plural(one) == many


@pytest.mark.parametrize("word", ["news", "series", "status", "user", "sheep", "data", "gps", "bus", "specimen", "x2"])
def test_what_is_no_plural_stays(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize(
    ("name", "expected"),
    [("OrderItems", "order_item"), ("ORDER_ITEMS", "order_item"), ("tbl_people", "tbl_person"), ("", ""), ("_", "")],
)
def test_names_in_any_style(name: str, expected: str) -> None:
    assert singular(name) == expected


def test_a_plural_that_the_rules_say_otherwise() -> None:
    assert singular("indices") == "index"
    assert naming.plural("index") == "indexes"


@pytest.mark.parametrize("table", [naming.IRREGULAR_PLURALS, naming.IRREGULAR_ENDINGS])
def test_every_irregular_word_comes_back_to_its_plural(table: dict[str, str]) -> None:
    for many in table.values():
        assert naming.plural(singular(many)) == many
