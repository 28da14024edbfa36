"""What SQLAlchemy finds in an existing database, read only and without ever naming the password."""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedForeignKeyConstraint
from sqlalchemy.engine.reflection import Inspector

from .answers_file import Report

_PARTITIONS: Final = sa.text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relispartition AND n.nspname = coalesce(:schema, current_schema())"
)

_SQLITE_UNIQUE: Final = sa.text(
    "SELECT i.name, c.name FROM pragma_index_list(:table) i, pragma_index_info(i.name) c"
    " WHERE i.origin = 'u' ORDER BY i.seq DESC, c.seqno"
)
_SQLITE_ON_DELETE: Final = sa.text('SELECT "from", on_delete FROM pragma_foreign_key_list(:table)')


class SourceError(Exception):
    """The database cannot be read: why, and what to do."""


@dataclass
class Check:
    """What a CHECK constraint says of one column."""

    values: list[str] = field(default_factory=list)
    low: int | float | None = None
    high: int | float | None = None


@dataclass
class Table:
    """A table as it is in the database."""

    name: str
    schema: str | None
    comment: str | None
    columns: list[ReflectedColumn]
    primary_key: list[str]
    foreign_keys: list[ReflectedForeignKeyConstraint]
    unique: list[list[str]]
    indexes: list[list[str]]
    checks: dict[str, Check]

    def column(self, name: str) -> ReflectedColumn:
        """Return one of the columns."""
        return next(column for column in self.columns if column["name"] == name)

    def foreign_key_of(self, column: str) -> ReflectedForeignKeyConstraint | None:
        """Return the foreign key that consists of one column."""
        return next((key for key in self.foreign_keys if key["constrained_columns"] == [column]), None)


class Source:
    """A database to read from; `label` and `name` are fit to be shown."""

    def __init__(self, engine: sa.Engine, name: str, label: str, secrets: list[str]) -> None:
        self.name = name
        self.label = label
        self.sqlite = engine.dialect.name == "sqlite"
        self._engine = engine
        self._secrets = secrets

    @classmethod
    def of(cls, text: str) -> Source:
        """Return the source of a URL. Raises SourceError."""
        try:
            url = sa.make_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres:") else text)
        except (sa.exc.ArgumentError, ValueError):
            message = "this is no URL: write postgresql://user@host/database or sqlite:///file.db"
            raise SourceError(message) from None
        if url.password is not None and text.partition("://")[2].partition(":")[2].count("@") > 1:
            # What stands behind the first of them would be taken for the host, and be shown.
            message = "there is more than one @ behind the user's name in the URL: write an @ of the password as %40"
            raise SourceError(message)
        backend = url.get_backend_name()
        if backend == "sqlite":
            return cls._of_sqlite(url)
        if backend == "postgresql":
            return cls._of_postgresql(url)
        message = f"{backend} is not supported: write postgresql://user@host/database or sqlite:///file.db"
        raise SourceError(message)

    @classmethod
    def _of_sqlite(cls, url: sa.URL) -> Source:
        path = Path(url.database or ":memory:")
        if not path.is_file():
            message = f"there is no file {str(path)!r}: write sqlite:/// and the path of a database"
            raise SourceError(message)
        address = f"{path.resolve().as_uri()}?mode=ro"
        engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
        return cls(engine, path.stem, f"the SQLite database {path.name}", [])

    @classmethod
    def _of_postgresql(cls, url: sa.URL) -> Source:
        options = [value for key, value in url.query.items() if "password" in key]
        secrets = [str(one) for one in (url.password, *options) if one]
        try:
            engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
        except ModuleNotFoundError:
            message = "PostgreSQL needs psycopg: pip install 'psycopg[binary]'"
            raise SourceError(message) from None
        name = url.database or url.username or "database"
        return cls(engine, name, f"the PostgreSQL database {name}", secrets)

    def tables(self, schema: str | None, report: Report) -> list[Table]:
        """Return the tables; what else is there is reported. Raises SourceError."""
        with self._connected() as connection, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", sa.exc.SAWarning)
            tables = _Reader(connection, schema, report).tables()
        for warning in caught:
            if not str(warning.message).startswith("Did not recognize type"):  # reported with its column
                report.note(self.label, str(warning.message))
        return tables

    def names(self, schema: str | None) -> tuple[str, dict[str, list[str]]]:
        """Return the name of the schema that is read, and the names of the tables of each. Raises SourceError."""
        with self._connected() as connection:
            inspector = sa.inspect(connection)
            schemas = [name for name in inspector.get_schema_names() if name != "information_schema"]
            found = {name: inspector.get_table_names(name) for name in schemas}
            return schema or inspector.default_schema_name or "", found

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """Open a connection; whatever fails becomes a SourceError without a password."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except (sa.exc.SQLAlchemyError, UnicodeError) as error:
            cause = getattr(error, "orig", None) or error
            message = f"cannot read {self.label}: {self._without_secrets(str(cause))}"
            raise SourceError(message) from None
        finally:
            self._engine.dispose()

    def _without_secrets(self, message: str) -> str:
        for secret in self._secrets:
            message = message.replace(secret, "***")
        return " ".join(message.split())


class _Reader:
    """Reads one schema through one connection."""

    def __init__(self, connection: sa.Connection, schema: str | None, report: Report) -> None:
        self._connection = connection
        self._inspector: Inspector = sa.inspect(connection)
        self._schema = schema
        self._report = report
        self._postgresql = connection.dialect.name == "postgresql"

    def tables(self) -> list[Table]:
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


# ------------------------------------------------------------------------------------------------- check constraints
_CAST: Final = re.compile(
    r"::(?:character varying|double precision|bit varying|\w+ with(?:out)? time zone|[\w.\"]+)"
    r"(?:\([0-9, ]+\))?(?:\[\])?",
    re.IGNORECASE,
)
_NAME: Final = r'"?(?P<column>\w+)"?'
_COMPARED: Final = re.compile(_NAME + r"\s*(?P<sign>>=|<=|>|<)\s*'?(?P<number>-?[0-9]+(?:\.[0-9]+)?)'?")
_BETWEEN: Final = re.compile(
    _NAME + r"\s+between\s+(?P<low>-?[0-9]+(?:\.[0-9]+)?)\s+and\s+(?P<high>-?[0-9]+(?:\.[0-9]+)?)", re.IGNORECASE
)
_LITERAL: Final = r"'(?:[^']|'')*'"
_ONE_OF: Final = re.compile(
    _NAME + rf"\s*(?:in|=\s*any)\s*(?:array\s*)?(?P<values>{_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.IGNORECASE
)


def read_check(source: str, columns: dict[str, bool], found: dict[str, Check]) -> bool:
    """Add what a CHECK says of single columns; False where some of it is not understood, and nothing is added.

    `columns` tells of each column whether it holds whole numbers. Understood are
    `column IN ('a', 'b')`, comparisons with a number and BETWEEN, also joined by AND.
    """
    plain = _without_casts(source)
    whole = _ONE_OF.fullmatch(plain) or _BETWEEN.fullmatch(plain)
    steps: list[Callable[[], None]] = []
    for part in [plain] if whole else re.split(r"\s+and\s+", plain, flags=re.IGNORECASE):
        step = _step(part.strip(), columns, found)
        if step is None:
            return False
        steps.append(step)
    for step in steps:
        step()
    return True


def _without_casts(source: str) -> str:
    """Leave out casts and brackets outside literals: where a check is understood, neither changes its meaning."""
    parts = re.split(f"({_LITERAL})", source)
    for number in range(0, len(parts), 2):
        parts[number] = re.sub(r"[()\[\]]", " ", _CAST.sub(" ", parts[number]))
    return "".join(parts).strip()


def _step(part: str, columns: dict[str, bool], found: dict[str, Check]) -> Callable[[], None] | None:
    """Return what one part of a check adds."""
    match = _ONE_OF.fullmatch(part) or _BETWEEN.fullmatch(part) or _COMPARED.fullmatch(part)
    if match is None or match["column"] not in columns:
        return None
    groups = match.groupdict()
    whole = columns[groups["column"]] and "." not in groups.get("number", "")
    if groups.get("sign") in {"<", ">"} and not whole:
        return None
    return lambda: _add(found.setdefault(groups["column"], Check()), groups)


def _add(check: Check, groups: dict[str, str]) -> None:
    if "values" in groups:
        check.values = [one[1:-1].replace("''", "'") for one in re.findall(_LITERAL, groups["values"])]
    elif "low" in groups:
        check.low, check.high = _number(groups["low"]), _number(groups["high"])
    elif groups["sign"].startswith(">"):
        check.low = _number(groups["number"], step=int(groups["sign"] == ">"))
    else:
        check.high = _number(groups["number"], step=-int(groups["sign"] == "<"))


def _number(text: str, *, step: int = 0) -> int | float:
    """Return a bound; `step` goes from an exclusive whole number to the next one."""
    return float(text) if "." in text else int(text) + step
