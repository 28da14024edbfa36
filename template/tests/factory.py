"""Valid rows and requests for tests: the examples that the API documents, as `tests/extra.py` adapts them."""

from importlib import import_module
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.core.db import with_connection
from app.core.settings import Settings
from app.entities.registry import ENTITIES
from tests import extra


def added(function: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as a function of `tests/extra.py` adapts them; it is yours, and may be missing."""
    adapted: dict[str, Any] = getattr(extra, function, lambda _name, fields: fields)(name, fields)
    return adapted


def prepare(client: TestClient) -> None:
    """Prepare a client as your `prepare` does, for example with a token."""
    getattr(extra, "prepare", id)(client)


class Factory:
    """Makes requests and rows of the entities; the rows they reference are stored first."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.entities = {entity.name: entity for entity in ENTITIES}
        self.names = {entity.model.__tablename__: entity.name for entity in ENTITIES}
        self.rows: dict[str, Any] = {}

    def body(self, name: str, /, **changes: Any) -> dict[str, Any]:
        """Return a valid request that creates an entity: the example as your `valid_body` adapts it."""
        body = self.example(name, **changes)
        return {**added("valid_body", name, body), **changes}

    def patch(self, name: str, fields: dict[str, Any], /) -> dict[str, Any]:
        """Return a valid PATCH of a row created with `body`: the fields as your `valid_patch` adapts them."""
        return added("valid_patch", name, dict(fields))

    def example(self, name: str, /, **changes: Any) -> dict[str, Any]:
        """Return the documented example of an entity; optional references are left out."""
        body = dict(import_module(f"app.entities.{name}.schemas").EXAMPLE)
        for column in self.entities[name].model.__table__.columns:
            for foreign_key in column.foreign_keys:
                if column.nullable:
                    body.pop(column.name, None)
                elif column.name not in changes:
                    body[column.name] = self.row(self.names[foreign_key.column.table.name])
        return {**body, **changes}

    def row(self, name: str, /) -> Any:
        """Return the id of the one row that others refer to; it is stored at its first use."""
        if name not in self.rows:
            self.rows[name] = self.stored(name)
        return self.rows[name]

    def stored(self, name: str, /, **changes: Any) -> Any:
        """Store a new row without the API and return its id as JSON has it."""
        entity = self.entities[name]
        schemas = import_module(f"app.entities.{name}.schemas")
        schema = getattr(schemas, f"{entity.model.__name__}Create")
        values = schema.model_validate(self.body(name, **changes)).model_dump()

        def store(connection: sa.Connection) -> Any:
            with Session(connection) as session:
                row = entity.model(**values)
                session.add(row)
                session.commit()
                return row.id

        row_id = with_connection(self.settings, store)
        return row_id if isinstance(row_id, int) else str(row_id)

    def found(self, name: str, /, row_id: Any) -> dict[str, Any]:
        """Return the columns of a row as they are stored, those that the API never shows too."""
        table = self.entities[name].model.__table__
        statement = sa.select(table).where(self.has_id(name, row_id))

        def read(connection: sa.Connection) -> dict[str, Any]:
            return dict(connection.execute(statement).mappings().one())

        return with_connection(self.settings, read)

    def overwrite(self, name: str, /, row_id: Any, **values: Any) -> None:
        """Write columns of a row without the API, as another program would."""
        table = self.entities[name].model.__table__
        statement = sa.update(table).where(self.has_id(name, row_id)).values(values)
        with_connection(self.settings, lambda connection: connection.execute(statement))

    def has_id(self, name: str, /, row_id: Any) -> sa.ColumnElement[bool]:
        """Return the condition that finds a row by its id as JSON has it."""
        column = self.entities[name].model.__table__.c.id
        value = UUID(row_id) if isinstance(row_id, str) else row_id
        found: sa.ColumnElement[bool] = column == value
        return found
