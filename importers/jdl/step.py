"""What the steps of a conversion share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from importers.draft import EntityDraft, Report

from . import model

BUILT_IN: Final = ("User", "Authority", "UserManagement")
"""Entities that every JHipster application has without declaring them."""


class Step(ABC):
    """What every step of a conversion shares: the document, the drafts made so far, errors and the report."""

    def __init__(self, found: model.Document, file_name: str, report: Report, drafts: dict[str, EntityDraft]) -> None:
        self._found = found
        self._file = file_name
        self._report = report
        self._drafts = drafts

    @abstractmethod
    def run(self) -> None:
        """Do this step. Errors are added to those of the document."""

    def _error(self, place: model.Place, what: str, fix: str) -> None:
        self._found.errors.append(model.JdlError(place, what, fix))

    def _where(self, place: model.Place) -> str:
        return f"{self._file}:{place}"

    def _note(self, place: model.Place, what: str) -> None:
        self._report.note(self._where(place), what)
