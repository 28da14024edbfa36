"""Tables of an existing database, as SQLAlchemy reflects them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedForeignKeyConstraint


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
