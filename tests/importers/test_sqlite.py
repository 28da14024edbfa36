"""The importer of existing databases on SQLite files."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")

from importers.database.__main__ import main
from tests.importers.databases import SHOP, by_name, convert, sqlite_file


def test_a_shop_in_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers, report = convert(sqlite_file(tmp_path, SHOP), capsys=capsys)
    found = by_name(answers)
    assert answers["app_name"] == "corner-shop"
    assert answers["database"] == "sqlite"
    assert found["Customer"] == {
        "name": "Customer",
        "fields": [
            {"name": "name", "type": "string", "max_length": 120, "required": True},
            {"name": "email", "type": "string", "max_length": 254, "required": True, "unique": True},
            {"name": "password_hash", "type": "string", "max_length": 200, "write_only": True},
        ],
    }
    assert found["Order"]["fields"] == [
        {"name": "state", "type": "enum", "values": ["open", "paid", "it's gone"], "required": True, "default": "open"},
        {"name": "total", "type": "decimal", "precision": 12, "scale": 2, "min": 0, "required": True, "default": 0},
        {"name": "weight", "type": "decimal", "precision": 18, "scale": 4},
        {"name": "rating", "type": "integer", "min": 1, "max": 5},
        {"name": "paid", "type": "boolean", "required": True, "default": False},
        {"name": "placed_at", "type": "datetime", "default": "now"},
        {"name": "due", "type": "date", "index": True},
        {"name": "opens", "type": "time"},
        {"name": "extra", "type": "json"},
        {"name": "big", "type": "bigint", "default": 7},
        {"name": "ratio", "type": "float", "default": 0.5},
        {"name": "note", "type": "string", "max_length": 20, "default": 'a "quoted" it\'s'},
        {"name": "customer", "type": "reference", "to": "Customer", "required": True, "on_delete": "cascade"},
        {"name": "agent", "type": "reference", "to": "Person", "on_delete": "set_null"},
    ]
    assert found["Order"]["unique"] == [["customer", "placed_at"]]
    assert found["Order"]["timestamps"] is False
    assert found["Person"] == {
        "name": "Person",
        "primary_key": "uuid",
        "timestamps": False,
        "fields": [{"name": "nick", "type": "string", "max_length": 255, "unique": True}],
    }
    assert found["OrderItem"] == {
        "name": "OrderItem",
        "timestamps": False,
        "fields": [
            {"name": "order", "type": "reference", "to": "Order", "required": True, "on_delete": "cascade"},
            {"name": "sku", "type": "reference", "to": "Product", "required": True},
            {"name": "quantity", "type": "integer", "min": 1, "max": 99, "required": True, "default": 1},
        ],
        "unique": [["order", "sku"]],
    }
    assert found["Category"]["fields"][1] == {"name": "parent", "type": "reference", "to": "Category"}
    assert found["User"]["table"] == "user"
    assert found["User"]["fields"][0]["name"] == "category"
    assert found["Profile"]["fields"][0] == {
        "name": "user", "type": "reference", "to": "User", "required": True, "unique": True,
    }  # fmt: skip
    said = "\n".join(report)
    for what in (
        "alembic_version: not carried over: a tool keeps it for itself",
        "paid_orders: not carried over: it is a view",
        "people.photo: not carried over: the type BLOB has no counterpart",
        "people: its primary key person_id is called id",
        "orders: index (due, opens) not carried over: it has several columns",
        "orders: index partial not carried over: it covers some rows only",
        "orders.weight: precision 30 is more than can be held: 18 now",
        "order_items: its primary key has 2 columns: an integer id is added; they are unique together",
        "products: its primary key sku is a VARCHAR(8): an integer id is added",
        "item_notes: foreign key (o, s) not carried over: it has several columns",
        "profiles: its primary key user_id refers to another table: an integer id is added",
        "logs: it has no primary key: an integer id is added",
        "user.class: the name 'class' is not free: called category",
        "customers.password_hash: looks like a secret: write_only, so that no response shows it",
    ):
        assert what in said


def test_an_empty_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "answers.yml"
    for source in ("VACUUM", "CREATE TABLE alembic_version (version_num TEXT)"):
        url = sqlite_file(tmp_path, source)
        assert main([url, "-o", str(target)]) == 1
        expected = "there are no tables in the SQLite database corner_shop.db: is it the right one?"
        assert capsys.readouterr().err.splitlines()[-1] == expected
        assert not target.exists()


def test_odd_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
    CREATE TABLE "2 Weird--Täble" (id INTEGER PRIMARY KEY, "Größe" INT, "1st" INT, "st" INT, "a__b" INT, "名前" INT);
    CREATE TABLE "OrderItems" (id INTEGER PRIMARY KEY, "CustomerID" INT, import INT, "x.y{{ 1 }}" INT);
    CREATE TABLE order_item (id INTEGER PRIMARY KEY, metadata TEXT);
    CREATE TABLE "select" (id INTEGER PRIMARY KEY);
    CREATE TABLE setting (id INTEGER PRIMARY KEY, customer TEXT, customer_id INTEGER REFERENCES "select" (id));
    """
    answers, report = convert(sqlite_file(tmp_path, source, "2020 Räder & more.db"), capsys=capsys)
    fields = {one["name"]: [field["name"] for field in one["fields"]] for one in answers["entities"]}
    assert answers["app_name"] == "rader-more"
    assert fields == {
        "WeirdTable": ["grosse", "st", "st_value", "a_b"],
        "OrderItem": ["customer_id", "import_name", "x_y_1"],
        "OrderItemRecord": ["details"],
        "Select": [],
        "Setting": ["customer", "customer_value"],
    }
    assert any("名前" in line and "gives no name" in line for line in report)


def test_foreign_keys_that_lead_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "CREATE TABLE things (id INTEGER PRIMARY KEY, gone_id INTEGER NOT NULL REFERENCES gone (id));"
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    assert answers["entities"][0]["fields"] == [{"name": "gone_id", "type": "integer", "required": True}]
    assert report == ["things.gone_id: its foreign key to gone not carried over: no table here"]


def test_a_circle_of_required_references(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
    CREATE TABLE hens (id INTEGER PRIMARY KEY, egg_id INTEGER NOT NULL REFERENCES eggs (id));
    CREATE TABLE eggs (id INTEGER PRIMARY KEY, hen_id INTEGER NOT NULL REFERENCES hens (id) ON DELETE SET NULL);
    """
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    required = [field.get("required", False) for one in answers["entities"] for field in one["fields"]]
    assert sorted(required) == [False, True]
    assert any("go round" in line for line in report)
    assert any("set null not carried over" in line for line in report)


def test_only_one_time_stamp(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "CREATE TABLE notes (id INTEGER PRIMARY KEY, created_at DATETIME);"
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    assert answers["entities"] == [{"name": "Note", "fields": []}]
    assert report == ["notes: created_at comes from timestamps, which add updated_at"]


@pytest.mark.parametrize(
    ("created", "updated"),
    [
        ("createdAt", "updatedAt"),
        ("CreatedAt", "UpdatedAt"),
        ("CREATED_AT", "UPDATED_AT"),
        ("created-at", "updated at"),
    ],
)
def test_time_stamps_in_any_spelling(
    created: str, updated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"""
    CREATE TABLE posts (id INTEGER PRIMARY KEY, title VARCHAR(9),
      "{created}" TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, "{updated}" TIMESTAMP NOT NULL);
    """
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    assert answers["entities"] == [{"name": "Post", "fields": [{"name": "title", "type": "string", "max_length": 9}]}]
    assert report == [
        f"posts: {created} is called created_at and comes from timestamps",
        f"posts: {updated} is called updated_at and comes from timestamps",
    ]


def test_a_text_called_like_a_time_stamp(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "CREATE TABLE notes (id INTEGER PRIMARY KEY, created_at DATETIME, updated_at VARCHAR(9));"
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    assert answers["entities"][0]["fields"] == [{"name": "changed_at", "type": "string", "max_length": 9}]
    assert len(report) == 2


def test_texts_that_are_unique_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
    CREATE TABLE rooms (id INTEGER PRIMARY KEY, house TEXT, name TEXT, n INT, UNIQUE (house, n));
    CREATE TABLE words (a TEXT, b TEXT, PRIMARY KEY (a, b));
    CREATE TABLE long (id INTEGER PRIMARY KEY, a VARCHAR(9000), b INT, UNIQUE (a, b));
    """
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    rooms, words, long = (by_name(answers)[name] for name in ("Room", "Word", "Long"))
    assert rooms["fields"][0] == {"name": "house", "type": "string", "max_length": 255}
    assert rooms["fields"][1]["type"] == "text"
    assert rooms["unique"] == [["house", "n"]]
    assert [field["max_length"] for field in words["fields"]] == [255, 255]
    assert words["unique"] == [["a", "b"]]
    assert "unique" not in long
    assert sum("a text that is unique with others needs a length" in line for line in report) == 3
    assert any(
        line.startswith("long: unique (a, b) not carried over: unique ['a', 'b'] is too long") for line in report
    )


def test_tables_that_only_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
    CREATE TABLE a (id INTEGER PRIMARY KEY, other INTEGER REFERENCES a (id));
    CREATE TABLE links (x INTEGER REFERENCES a (id), y INTEGER REFERENCES a (id), PRIMARY KEY (x, y));
    """
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    assert by_name(answers)["Link"]["unique"] == [["x", "y"]]
    assert [line for line in report if "many_to_many" in line] == [
        "links: it only links two tables: an entity of its own, could be a many_to_many"
    ]


def test_generated_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "CREATE TABLE notes (id INTEGER PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a * 2) STORED);"
    answers, report = convert(sqlite_file(tmp_path, source), capsys=capsys)
    assert [field["name"] for field in answers["entities"][0]["fields"]] == ["a"]
    assert "notes.b: not carried over: the database computes it" in report


def test_the_database_is_not_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = sqlite_file(tmp_path, SHOP)
    before = (tmp_path / "corner_shop.db").read_bytes()
    convert(url, capsys=capsys)
    assert (tmp_path / "corner_shop.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["corner_shop.db"]
