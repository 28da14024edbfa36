"""Options of entities, such as `readOnly` and `filter`."""

from __future__ import annotations

from extensions.entities.types import TYPES as TYPES_OF_FIELDS
from importers.draft import FieldDraft

from . import model
from .step import BUILT_IN, Step


class Options(Step):
    """Apply the options of a document to the drafts."""

    def run(self) -> None:
        """Apply every option, and report what has no counterpart."""
        self._options()
        self._enum_labels()

    def _options(self) -> None:
        """Carry over `readOnly` and `filter`; the others are about JHipster's own code."""
        for block in self._found.skipped:
            self._note(block.place, f"{block.text} not carried over: it is about JHipster's own code")
        for option in self._found.options:
            self._check_option(option)
            for name in self._drafts:
                if option.applies_to(name):
                    self._option(name, option.name, option.value, option.place)
        for entity in self._found.entities:
            for one in entity.annotations:
                self._option(entity.name, one.name, one.value, one.place)

    def _check_option(self, option: model.Option) -> None:
        for name in (*option.entities, *option.excluded):
            if name not in self._drafts and name not in {"*", "all", *BUILT_IN}:
                self._note(option.place, f"option {option.name} names {name}, which is no entity here")

    def _option(self, entity: str, option: str, value: str | None, place: model.Place) -> None:
        draft = self._drafts[entity]
        if option.lower() == "readonly" and value != "false":
            draft.operations = ["list", "get"]
        elif option.lower() == "paginate":
            draft.paging = "cursor" if value == "infinite-scroll" else "offset"
        elif option.lower() == "filter" and value != "false":
            draft.fields = [_filtered(one) for one in draft.fields]
        else:
            what = f" {value}" if value else ""
            self._note(place, f"option {option}{what} not carried over: it is about JHipster's own code")

    def _enum_labels(self) -> None:
        for enum in self._found.enums:
            labelled = next((value for value in enum.values if value.label is not None), None)
            if labelled is not None:
                what = f"enum {enum.name}: labels such as {labelled.label!r} not carried over"
                self._note(labelled.place, f"{what}: the API says {labelled.name}")


def _filtered(made: FieldDraft) -> FieldDraft:
    """Return a field that lists can be filtered by, where its type allows."""
    kind = TYPES_OF_FIELDS[made["type"]]
    long_string = made["type"] == "string" and made.get("max_length", 255) > 600
    filterable = kind.operators and not long_string and not made.get("write_only")
    return {**made, "filter": True} if filterable else made
