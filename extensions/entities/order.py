"""The order in which rows of entities can be created."""

from __future__ import annotations

from .entity import Entity


def required_targets(entity: Entity) -> list[Entity]:
    """Return the entities a row of this one cannot do without."""
    return [field.target for field in entity.references if field.required]


def creation_order(found: list[Entity]) -> list[Entity]:
    """Return the entities so that each comes after what it refers to, as far as circles allow; stable."""
    ordered: list[Entity] = []
    visiting: set[str] = set()

    def visit(entity: Entity) -> None:
        if entity.name in visiting:
            return
        visiting.add(entity.name)
        for field in entity.references:
            visit(field.target)
        ordered.append(entity)

    for entity in found:
        visit(entity)
    return ordered
