"""What must hold between entities: names that only one may have, and references that can be satisfied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..naming.reserved import OWN_FIELDS
from ..wording import shorten
from .entity import Entity
from .order import required_targets
from .types.relations import ManyToMany

IN_TWO_STEPS = "remove renamed_from, or rename in two updates with a migration between them"
"""How to fix a rename to a name that something else has; an update says it, too."""


def old_name_error(name: str, taken: Iterable[str]) -> str | None:
    """Return why something cannot have had a name (it is none, or something else has it), or None."""
    if not name.isidentifier():
        return f"is {shorten(name)}: write the name it had before"
    return f"is {name}, which is there, too: {IN_TWO_STEPS}" if name in taken else None


def relation_clashes(found: list[Entity]) -> Iterator[str]:
    """Yield inverse names that an entity uses already, and link tables that are tables already."""
    by_name = {entity.name: entity for entity in found}
    taken = {one.name: {name for f in one.fields for name in (f.name, f.column)} | OWN_FIELDS for one in found}
    tables = {entity.table_name for entity in found}
    for entity in found:
        for field in entity.fields:
            if field.inverse is not None and field.to in by_name:
                if field.inverse in taken[field.to]:
                    fix = f"{field.to} has that name already: choose another"
                    yield f"{entity.name}.{field.name}: inverse {shorten(field.inverse)}: {fix}"
                taken[field.to].add(field.inverse)
            if isinstance(field.kind, ManyToMany):
                if field.link_table in tables:
                    yield f"{entity.name}.{field.name}: the table {field.link_table} exists already: rename the field"
                tables.add(field.link_table)


RESERVED_METRICS = frozenset(
    {
        "app_info", "cache_reads", "database_slow_queries", "entity_operations", "entity_rows", "http_requests",
        "process", "python",
    }
)  # fmt: skip
"""Metrics of our own, and of Prometheus's Python client."""

OWN_TABLES = {"alembic_version": "belongs to the migrations", "idempotency_keys": "holds responses for retries"}
"""Tables that an app has besides those of its entities, and what they are for."""


def clashes(found: list[Entity]) -> Iterator[str]:
    """Yield names that two entities would share, the first one for each entity; and old names that are none."""
    owners: dict[tuple[str, str], Entity] = {}
    for entity in found:
        others = [other for other in found if other is not entity]
        taken = {entity.name, *(other.name for other in others), *(other.renamed_from or "" for other in others)}
        if entity.renamed_from is not None and (error := old_name_error(entity.renamed_from, taken)):
            yield f"{entity.name}: renamed_from {error}"
    for entity in found:
        for kind, value in _claims(entity):
            other = owners.setdefault((kind, value), entity)
            if other is entity:
                continue
            if kind == "name":
                yield f"{entity.name}: the entity is there twice: rename or remove one"
            elif kind in {"route", "table", "metric"}:
                yield f"{entity.name}: shares the {kind} {value} with {other.name}: give one a plural of its own"
            else:
                yield f"{entity.name}: shares the {kind} {value} with {other.name}: rename one"
            break
        if entity.plural_snake in RESERVED_METRICS or entity.plural_snake.endswith(("_created", "_total", "_info")):
            yield f"{entity.name}: its metrics would be called {entity.plural_snake}: give it another plural"
        if use := OWN_TABLES.get(entity.table_name):
            yield f"{entity.name}: the table {entity.table_name} {use}: write another table"


def _claims(entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield every name that must be one entity's alone (metrics: `_created` is reserved by Prometheus clients)."""
    yield "name", entity.name
    yield "file name", entity.snake.replace("_", "")
    yield "route", entity.plural_kebab
    yield "table", entity.table_name
    for metric in ("", "_created", "_updated", "_deleted"):
        yield "metric", entity.plural_snake + metric


def required_cycles(found: list[Entity]) -> Iterator[str]:
    """Yield the cycles of required references: no row could be inserted first."""
    for entity in found:
        path = [entity]
        stack = [(entity, iter(required_targets(entity)))]
        visited = {entity.name}
        while stack:
            _, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                path.pop()
            elif target is entity:
                names = " -> ".join([*(e.name for e in path), entity.name])
                if entity.name == min(e.name for e in path):
                    error = f"required references form a cycle, no row can be inserted first ({names})"
                    yield f"{entity.name}: {error}: drop one"
                return
            elif target.name not in visited:
                visited.add(target.name)
                path.append(target)
                stack.append((target, iter(required_targets(target))))
