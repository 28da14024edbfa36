"""Relationships, as references and links."""

from __future__ import annotations

import difflib
from typing import Any, Final

from extensions import naming
from importers.draft import one_line
from importers.fields import add_field

from . import model
from .step import BUILT_IN, Step

_ON_DELETE: Final = {"CASCADE": "cascade", "SET NULL": "set_null", "RESTRICT": "restrict", "NO ACTION": "restrict"}


class Relationships(Step):
    """Add the relationships of a document to the drafts."""

    def run(self) -> None:
        """Add every relationship."""
        for relationship in self._found.relationships:
            self._relationship(relationship)

    def _relationship(self, found: model.Relationship) -> None:
        if not self._both_declared(found):
            return
        source, target = found.source, found.target
        for side in (source, target):
            if side.display is not None:
                what = f"{_sides(found)}: display field {side.display} not carried over: it is about pages"
                self._note(side.place, what)
        for method in found.methods:
            if method != "builtInEntity":
                self._note(found.place, f"{_sides(found)}: {method} not carried over")
        if found.kind == "ManyToMany":
            self._many_to_many(found)
        elif found.kind == "OneToMany":
            self._reference(found, owner=target, other=source)
        else:
            self._reference(found, owner=source, other=target, unique=found.kind == "OneToOne")

    def _both_declared(self, found: model.Relationship) -> bool:
        for side in (found.source, found.target):
            if side.entity in self._drafts:
                continue
            if side.entity in BUILT_IN or "builtInEntity" in found.methods:
                what = f"{_sides(found)} not carried over: {side.entity} is JHipster's own and not declared here"
                self._note(found.place, what)
            else:
                near = difflib.get_close_matches(side.entity, self._drafts, n=1)
                fix = f"did you mean {near[0]}?" if near else f"declare entity {side.entity}"
                self._error(side.place, f"there is no entity {side.entity}", fix)
            return False
        return True

    def _reference(
        self, found: model.Relationship, *, owner: model.Side, other: model.Side, unique: bool = False
    ) -> None:
        """Add the reference that holds a relationship: it stands in the owner's table."""
        draft = self._drafts[owner.entity]
        name = owner.attribute or naming.snake(other.entity)
        made: dict[str, Any] = {"name": name, "type": "reference", "to": other.entity, "required": owner.required}
        made |= {"unique": unique, "on_delete": self._on_delete(other), "description": one_line(owner.doc)}
        made["inverse"] = other.attribute
        for annotation in owner.annotations:
            reason = ": on this side it has no effect, only before the entity that is referred to"
            self._annotation_not_carried_over(annotation, owner, reason if annotation.name == "ondelete" else "")
        if other.required:
            what = f"{_sides(found)}: required on {other.entity}'s side not carried over: no row holds it"
            self._note(other.place, what)
        add_field(draft, made, f"{self._where(owner.place)}: {draft.key}.{name}", self._report)

    def _many_to_many(self, found: model.Relationship) -> None:
        """Add the field of the side that is named first; the other side shows it under its own name."""
        source, target = found.source, found.target
        draft = self._drafts[source.entity]
        name = source.attribute or naming.plural(naming.snake(target.entity))
        made: dict[str, Any] = {"name": name, "type": "many_to_many", "to": target.entity, "inverse": target.attribute}
        made["description"] = one_line(source.doc)
        for side in (source, target):
            for annotation in side.annotations:
                self._annotation_not_carried_over(annotation, side)
            if side.required:
                self._note(side.place, f"{_sides(found)}: required not carried over: a row is added after it is made")
        add_field(draft, made, f"{self._where(source.place)}: {draft.key}.{name}", self._report)

    def _on_delete(self, other: model.Side) -> str | None:
        """Return what happens to a reference when its row goes.

        JHipster writes it before the entity that is referred to: `Book to @OnDelete("CASCADE") Author`.
        """
        action: str | None = None
        for annotation in other.annotations:
            value = annotation.value or ""
            if annotation.name == "ondelete" and value in _ON_DELETE:
                action = _ON_DELETE[value]
            else:
                self._annotation_not_carried_over(annotation, other)
        return None if action == "restrict" else action

    def _annotation_not_carried_over(self, annotation: model.Annotation, side: model.Side, reason: str = "") -> None:
        value = f"({annotation.value})" if annotation.value else ""
        self._note(annotation.place, f"{side.entity}: annotation @{annotation.name}{value} not carried over{reason}")


def _sides(found: model.Relationship) -> str:
    return f"{found.source.entity} to {found.target.entity}"
