"""A database to read from: read only, and no message holds its password."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from importers.draft import Report

from .reader import TableReader
from .tables import SourceError, Table


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
            tables = TableReader(connection, schema, report).tables()
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
