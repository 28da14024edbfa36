"""Statements on a database, and columns whose type changes."""

from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from app.core.db import with_connection
from app.core.settings import Settings
from tools import columns, migration
from tools.conversions import stored


def run(settings: Settings, *statements: str) -> list[sa.Row[tuple[Any, ...]]]:
    """Run statements; return the rows of the last one."""

    def work(connection: sa.Connection) -> list[sa.Row[tuple[Any, ...]]]:
        results = [connection.execute(sa.text(statement)) for statement in statements]
        return list(results[-1].all()) if results[-1].returns_rows else []

    return with_connection(settings, work)


def column_of(column_type: Any) -> sa.Column[Any]:
    """Return a column, in a table, whose names need quotes."""
    column = sa.Column("the value", column_type)
    sa.Table("kinds of rows", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), column)
    return column


def found(old: Any, new: Any) -> columns.Change | None:
    """Return what breaks where a column of one type gets another."""
    return columns.change(stored(old), stored(new), column_of(new))


def converted(settings: Settings, old: Any, value: Any, new: Any) -> Any:
    """Change the type of a column with the statement that is offered; return what the value has become."""
    there, then = column_of(old), column_of(new)
    change = found(old, new)
    assert change is not None
    assert "kinds of rows.the value: " in change.line()
    (statement,) = migration.statements(change.statement)

    def work(connection: sa.Connection) -> Any:
        there.table.create(connection)
        connection.execute(sa.insert(there.table), {"id": 1, "the value": value})
        operations = Operations(MigrationContext.configure(connection))
        if not change.after:
            operations.invoke(statement)
        with operations.batch_alter_table("kinds of rows") as batch:
            batch.alter_column("the value", existing_type=there.type, type_=in_migrations(new))
        if change.after:
            operations.invoke(statement)
        read = connection.scalar(sa.select(then))
        there.table.drop(connection)
        return read

    return with_connection(settings, work)


def in_migrations(column_type: Any) -> Any:
    """Return a type as migrations write it."""
    return column_type.impl_instance if isinstance(column_type, sa.TypeDecorator) else column_type
