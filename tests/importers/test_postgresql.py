"""The importer of existing databases on a real PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from importers.database.__main__ import main
from tests.importers.databases import by_name, convert, run


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
