"""Names that are declared twice, are too long or have no values."""

from __future__ import annotations

from collections.abc import Sequence

from extensions import naming

from . import model
from .step import Step


class Duplicates(Step):
    """Check the names of entities, enums and fields."""

    def run(self) -> None:
        """Find what is declared twice, empty or called too long.

        An entity and an enum may share a name, as in JHipster: a field is of the enum, a relationship of the entity.
        """
        self._check_twice(self._found.entities)
        self._check_twice(self._found.enums)
        for entity in self._found.entities:
            if len(entity.name) > naming.LONGEST_NAME:
                fix = f"use at most {naming.LONGEST_NAME}"
                self._error(entity.place, f"the name {entity.name} has {len(entity.name)} characters", fix)
            self._merge_fields(entity)
        for enum in self._found.enums:
            if not enum.values:
                self._error(enum.place, f"enum {enum.name} has no values", "write names such as OPEN, with commas")

    def _check_twice(self, declared: Sequence[model.Entity | model.Enum]) -> None:
        seen: dict[str, model.Place] = {}
        for one in declared:
            first = seen.setdefault(one.name, one.place)
            if first is not one.place:
                self._error(
                    one.place, f"{one.name} is declared twice, first in line {first.line}", "rename or remove one"
                )

    def _merge_fields(self, entity: model.Entity) -> None:
        """Keep one of the fields that are declared twice alike; others of one name are errors."""
        seen: dict[str, model.Field] = {}
        for field in entity.fields:
            first = seen.setdefault(field.name, field)
            if first is field:
                continue
            if first.signature() == field.signature():
                self._note(field.place, f"{entity.name}.{field.name} is there twice, and alike: carried over once")
            else:
                self._error(field.place, f"{entity.name}.{field.name} is there twice", "rename or remove one")
        entity.fields = list(seen.values())
