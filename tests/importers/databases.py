"""Databases for tests, and what the importer makes of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from extensions import entities

pytest.importorskip("sqlalchemy")

from importers.database.__main__ import main

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


def run(engine: Any, source: str) -> str:
    """Run SQL and return the URL of the database."""
    with engine.connect() as connection:
        for statement in source.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    return str(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
