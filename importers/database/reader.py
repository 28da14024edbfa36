"""Tables, keys, indexes and checks of one schema."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint
from sqlalchemy.engine.reflection import Inspector

from importers.draft import Report

from .checks import read_check
from .tables import Check, SourceError, Table

_PARTITIONS: Final = sa.text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relispartition AND n.nspname = coalesce(:schema, current_schema())"
)

_SQLITE_UNIQUE: Final = sa.text(
    "SELECT i.name, c.name FROM pragma_index_list(:table) i, pragma_index_info(i.name) c"
    " WHERE i.origin = 'u' ORDER BY i.seq DESC, c.seqno"
)

_SQLITE_ON_DELETE: Final = sa.text('SELECT "from", on_delete FROM pragma_foreign_key_list(:table)')


class TableReader:
    """Reads one schema through one connection."""

    def __init__(self, connection: sa.Connection, schema: str | None, report: Report) -> None:
        self._connection = connection
        self._inspector: Inspector = sa.inspect(connection)
        self._schema = schema
        self._report = report
        self._postgresql = connection.dialect.name == "postgresql"

    def tables(self) -> list[Table]:
        """Return the tables of the schema; views and partitions are reported."""
        self._check_schema()
        names = sorted(self._inspector.get_table_names(self._schema))
        partitions = self._partitions()
        for name in sorted(partitions & set(names)):
            self._report.note(name, "not carried over: it is a partition of another table")
        views = [*self._inspector.get_view_names(self._schema)]
        views += self._inspector.get_materialized_view_names(self._schema) if self._postgresql else []
        for name in sorted(views):
            self._report.note(name, "not carried over: it is a view")
        return [self._table(name) for name in names if name not in partitions]

    def _check_schema(self) -> None:
        if self._schema is not None and self._schema not in self._inspector.get_schema_names():
            message = f"there is no schema {self._schema!r}: leave --schema out, or write another"
            raise SourceError(message)

    def _partitions(self) -> set[str]:
        if not self._postgresql:
            return set()
        return set(self._connection.scalars(_PARTITIONS, {"schema": self._schema}))

    def _table(self, name: str) -> Table:
        inspector, schema = self._inspector, self._schema
        columns = inspector.get_columns(name, schema)
        unique = self._unique(name)
        indexes: list[list[str]] = []
        for index in inspector.get_indexes(name, schema):
            self._index(name, dict(index), unique, indexes)
        return Table(
            name=name,
            schema=schema,
            comment=inspector.get_table_comment(name, schema)["text"] if self._postgresql else None,
            columns=columns,
            primary_key=list(inspector.get_pk_constraint(name, schema)["constrained_columns"]),
            foreign_keys=self._foreign_keys(name),
            unique=unique,
            indexes=indexes,
            checks=self._checks(name, {column["name"]: isinstance(column["type"], sa.Integer) for column in columns}),
        )

    def _unique(self, table: str) -> list[list[str]]:
        """Return the unique constraints; SQLAlchemy overlooks some of SQLite's, such as `a VARCHAR(9) UNIQUE`."""
        if self._postgresql:
            return [list(one["column_names"]) for one in self._inspector.get_unique_constraints(table, self._schema)]
        found: dict[str, list[str]] = {}
        for index, column in self._connection.execute(_SQLITE_UNIQUE, {"table": table}):
            found.setdefault(index, []).append(column)
        return list(found.values())

    def _foreign_keys(self, table: str) -> list[ReflectedForeignKeyConstraint]:
        """Return the foreign keys; what SQLite does on a deletion is asked of itself, not read from its SQL."""
        keys = self._inspector.get_foreign_keys(table, self._schema)
        if not self._postgresql:
            rules = {row[0]: row[1] for row in self._connection.execute(_SQLITE_ON_DELETE, {"table": table})}
            for key in keys:
                key["options"] = {"ondelete": rules.get(key["constrained_columns"][0], "NO ACTION")}
        return keys

    def _index(self, table: str, index: dict[str, Any], unique: list[list[str]], indexes: list[list[str]]) -> None:
        """Sort one index in: a unique one is a rule, another one is about speed."""
        columns = index["column_names"]
        partial = any(key.endswith("_where") for key in index.get("dialect_options", {}))
        if partial or None in columns:
            why = "it covers some rows only" if partial else "it is over an expression"
            self._report.note(table, f"index {index['name']} not carried over: {why}")
        elif not index["unique"]:
            indexes.append(list(columns))
        elif list(columns) not in unique:
            unique.append(list(columns))

    def _checks(self, table: str, columns: dict[str, bool]) -> dict[str, Check]:
        found: dict[str, Check] = {}
        for constraint in self._inspector.get_check_constraints(table, self._schema):
            source = constraint["sqltext"]
            if not read_check(source, columns, found):
                self._report.note(table, f"check not carried over: {' '.join(source.split())}")
        return found
