"""Turn an existing database into an answers file: `python -m importers.database URL -o answers.yml`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from importers.answers_file import finish
from importers.draft import Report

try:
    from .convert import convert, no_tables
    from .source import Source
    from .tables import SourceError
except ModuleNotFoundError as missing:  # an optional dependency
    if (missing.name or "").partition(".")[0] != "sqlalchemy":
        raise
    _INSTALLED = False
else:
    _INSTALLED = True

MISSING: Final = "this command needs SQLAlchemy and psycopg: pip install sqlalchemy 'psycopg[binary]'"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0: done, 1: the database cannot be carried over, 2: it was called wrongly or cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m importers.database", description="Database to answers file")
    parser.add_argument("url", help="postgresql://user@host/database or sqlite:///file.db")
    parser.add_argument("-o", "--output", type=Path, help="the answers file to write (printed unless given)")
    parser.add_argument("--schema", help="the schema to read (PostgreSQL; public unless given)")
    options, more = parser.parse_known_args(arguments)
    if more:  # they are not repeated: a URL may hold a password
        parser.error(f"there are {len(more)} arguments too many: write one URL, in quotes")
    if not _INSTALLED:
        parser.error(MISSING)
    report = Report()
    try:
        source = Source.of(options.url)
        tables = source.tables(options.schema, report)
    except SourceError as error:
        parser.error(str(error))
    made, errors = convert(tables, source, report)
    if not made and not errors:
        errors = [no_tables(source, options.schema)]
    return finish(parser, report, errors, made, options.output)


if __name__ == "__main__":
    raise SystemExit(main())
