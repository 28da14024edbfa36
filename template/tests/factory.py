"""Valid rows and requests for tests, made from the examples that the API documents."""

from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import with_connection
from app.core.settings import Settings
from app.entities.registry import ENTITIES


class Factory:
    """Makes what an entity needs; rows it refers to are stored first."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.entities = {entity.name: entity for entity in ENTITIES}
        self.names = {entity.model.__tablename__: entity.name for entity in ENTITIES}
        self.rows: dict[str, Any] = {}

    def body(self, name: str, /, **changes: Any) -> dict[str, Any]:
        """Return a valid request that creates an entity; optional references are left out."""
        body = dict(import_module(f"app.entities.{name}.schemas").EXAMPLE)
        for column in self.entities[name].model.__table__.columns:
            for key in column.foreign_keys:
                if column.nullable:
                    body.pop(column.name, None)
                elif column.name not in changes:
                    body[column.name] = self.row(self.names[key.column.table.name])
        return {**body, **changes}

    def row(self, name: str, /) -> Any:
        """Return the key of the one row that others refer to; it is stored at its first use."""
        if name not in self.rows:
            self.rows[name] = self.stored(name)
        return self.rows[name]

    def stored(self, name: str, /, **changes: Any) -> Any:
        """Store a new row without the API and return its key as JSON has it."""
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

        key = with_connection(self.settings, store)
        return key if isinstance(key, int) else str(key)
