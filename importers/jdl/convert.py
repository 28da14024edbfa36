"""A JDL file to drafts of entities, and drafts to an answers file."""

from __future__ import annotations

from pathlib import Path

from importers.answers_file import document, errors_of
from importers.draft import EntityDraft, Report, one_line
from importers.names import app_name, name_entities
from importers.relations import break_required_cycles, drop_taken_inverses

from . import model
from .duplicates import Duplicates
from .entities import Entities
from .options import Options
from .parser import parse
from .relationships import Relationships


def convert(text: str, file_name: str, report: Report) -> tuple[str, list[str]]:
    """Return the answers file made of a JDL text, and the errors of that text: with any, there is no file."""
    found = parse(text)
    drafts = _drafts(found, file_name, report) if not found.errors else []
    errors = [f"{file_name}:{error}" for error in sorted(found.errors, key=lambda error: error.place)]
    errors = errors or [f"{file_name}: {line}" for line in errors_of(drafts)]
    if not errors and not drafts:
        errors = [f"{file_name}: there is no entity: declare one, such as entity Product {{ name String }}"]
    if errors:
        return "", errors
    stem = Path(file_name).stem
    name = app_name(found.base_name or "", stem)
    comment = f"Made from {file_name} (JHipster JDL) by importers.jdl."
    return document(drafts, comment=comment, name=name, description=f"Made from {one_line(file_name)}."), []


def _drafts(found: model.Document, file_name: str, report: Report) -> list[EntityDraft]:
    """Return the entities; errors are added to those of the document."""
    drafts: dict[str, EntityDraft] = {}
    for steps in ([Duplicates], [Entities, Relationships]):
        for step in steps:
            step(found, file_name, report, drafts).run()
        if found.errors:
            return []
    Options(found, file_name, report, drafts).run()
    made = list(drafts.values())
    drop_taken_inverses(made, report)
    name_entities(made, report)
    break_required_cycles(made, report)
    return made
