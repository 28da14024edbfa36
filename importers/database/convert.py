"""Tables to an answers file."""

from __future__ import annotations

from typing import Final

from importers.answers_file import document, errors_of
from importers.draft import Report, one_line
from importers.names import app_name

from .entities import Importer
from .source import Source
from .tables import Table

MIGRATION_TABLES: Final = frozenset(
    {
        "alembic_version", "ar_internal_metadata", "databasechangelog", "databasechangeloglock", "django_migrations",
        "flyway_schema_history", "goose_db_version", "knex_migrations", "knex_migrations_lock", "schema_migrations",
        "spatial_ref_sys", "sqlite_stat1", "sqlite_stat4", "_prisma_migrations",
    }
)  # fmt: skip
"""Tables that tools keep for themselves."""


def convert(tables: list[Table], source: Source, report: Report) -> tuple[str, list[str]]:
    """Return the answers file made of some tables, and why there is none: no reason where no table is left."""
    kept = []
    for table in tables:
        if table.name.lower() in MIGRATION_TABLES:
            report.note(table.name, "not carried over: a tool keeps it for itself")
        else:
            kept.append(table)
    if not kept:
        return "", []
    drafts = Importer(kept, report, sqlite=source.sqlite).drafts()
    errors = errors_of(drafts, sqlite=source.sqlite)
    if errors:
        return "", errors
    comment = f"Made from {source.label} by importers.database."
    description = f"Made from the database {one_line(source.name) or 'given'}."
    database = "sqlite" if source.sqlite else "postgresql"
    return document(drafts, comment=comment, name=app_name(source.name), description=description, database=database), []


def no_tables(source: Source, schema: str | None) -> str:
    """Return a message: there are no tables, and which other schemas have some."""
    read, names = source.names(schema)
    others = [
        other for other in sorted(names) if other != read and set(map(str.lower, names[other])) - MIGRATION_TABLES
    ]
    where = source.label if source.sqlite else f"schema {read} of {source.label}"
    if others:
        return f"there are no tables in {where}: choose another with --schema: {', '.join(others)}"
    return f"there are no tables in {where}: is it the right one?"
