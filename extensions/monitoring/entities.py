"""Panels about entities: a table of all of them, and the row of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import increase, quantile, rate, series, share
from .panels import BLUE, GREEN, RED, YELLOW, Json, override, panel, sized, stat, steps, target, timeseries

if TYPE_CHECKING:
    from ..entities import Entity


def entity_matcher(value: str) -> str:
    """The label that every business metric carries."""
    return f'entity="{value}"'


def entities_overview(link: str = "") -> Json:
    """One line per entity: what to open first when there are many; a name may be a link."""
    name = "entity_operations_total"
    failures = rate(name, 'outcome="error"', by="entity")
    table = {"format": "table", "instant": True}
    writes = 'operation=~"create|update|delete", outcome="ok"'
    columns = (
        (f"max by (entity) ({series('entity_rows')})", "Rows", "short"),
        (rate(name, by="entity"), "Operations", "ops"),
        (rate(name, writes, by="entity"), "Writes", "wps"),
        (f"{failures} / clamp_min({rate(name, by='entity')}, 1e-9)", "Failures", "percentunit"),
        (
            f"time() - max by (entity) ({series('entity_last_write_timestamp_seconds')})",
            "Last write",
            "s",
        ),
    )
    letters = "ABCDE"
    return panel(
        "table",
        "Entities",
        "Every entity in one line. Last write counts from the start of the app until one happens.",
        [target(expr, title, **table) for expr, title, _ in columns],
        unit="short",
        overrides=[
            *(override(title, "unit", unit) for _, title, unit in columns),
            *([override("Entity", "links", [{"title": "Show", "url": link}])] if link else []),
        ],
        options={"showHeader": True, "cellHeight": "sm"},
        transformations=[
            {"id": "joinByField", "options": {"byField": "entity", "mode": "outer"}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {f"Time {n}": True for n in range(1, len(columns) + 1)},
                    "indexByName": {},
                    "renameByName": {
                        "entity": "Entity",
                        **{f"Value #{letter}": title for letter, (_, title, _) in zip(letters, columns, strict=True)},
                    },
                },
            },
        ],
    )


def entity_rows(entity: str) -> Json:
    """Rows in the table."""
    return stat(
        "Rows",
        "Rows in the table. Every replica reports the same number, so the largest is shown.",
        target(f"max({series('entity_rows', entity_matcher(entity))})", "rows"),
        unit="short",
        thresholds=steps((None, BLUE)),
        noValue="not counted",
    )


def entity_created(created: str, *matchers: str) -> Json:
    """Rows created since this time yesterday."""
    return stat(
        "Created in 24 h",
        "Rows created through the API in the last 24 hours.",
        target(increase(created, *matchers, over="24h"), "created"),
        unit="short",
        thresholds=steps((None, BLUE)),
        decimals=0,
    )


def entity_last_write(entity: str) -> Json:
    """How long ago the last row was created, changed or deleted."""
    newest = f"max({series('entity_last_write_timestamp_seconds', entity_matcher(entity))})"
    return stat(
        "Last write age",
        "Time since the last write; counted from the start of the app until one happens.",
        target(f"time() - {newest}", "age"),
        unit="s",
        thresholds=steps((None, BLUE)),
    )


def entity_failures(entity: str) -> Json:
    """Share of operations that failed through no fault of the client."""
    name = "entity_operations_total"
    failed = rate(name, entity_matcher(entity), 'outcome="error"')
    return stat(
        "Failure ratio",
        "Share of operations that failed inside the service (rejected requests do not count).",
        target(share(failed, rate(name, entity_matcher(entity))), "failures"),
        unit="percentunit",
        thresholds=steps((None, GREEN), (0.01, YELLOW), (0.05, RED)),
        decimals=2,
    )


def entity_writes(*kinds: tuple[str, str]) -> Json:
    """Rows created, updated and deleted over time."""
    return timeseries(
        "Writes",
        "Rows created, updated and deleted per second, counted after the commit.",
        *(target(expr, legend) for legend, expr in kinds),
        unit="wps",
        stacked=True,
    )


def entity_operations(entity: str) -> Json:
    """What clients do with this entity."""
    return timeseries(
        "Operations by kind",
        "Operations per second: list, get, create, update, delete.",
        target(rate("entity_operations_total", entity_matcher(entity), by="operation"), "{{operation}}"),
        unit="ops",
    )


def entity_rejections(entity: str) -> Json:
    """Why operations were rejected."""
    rejected = 'outcome=~"not_found|conflict|invalid"'
    return timeseries(
        "Rejections by reason",
        "Operations rejected per second: row not found, conflict, invalid input.",
        target(
            rate("entity_operations_total", entity_matcher(entity), rejected, by="outcome"),
            "{{outcome}}",
        ),
        unit="ops",
        stacked=True,
    )


def entity_duration(entity: str) -> Json:
    """How long the work on the database takes."""
    return timeseries(
        "Operation duration (p95)",
        "95 % of the operations of a kind are faster than this, database included.",
        target(
            quantile(
                0.95,
                "entity_operation_duration_seconds",
                entity_matcher(entity),
                by="operation",
            ),
            "{{operation}}",
        ),
        unit="s",
    )


def entity_values(entity: str) -> Json:
    """How the rows are spread over the values of enum and boolean fields."""
    values = series("entity_rows_by_value", entity_matcher(entity))
    return timeseries(
        "Rows by value",
        "Rows by the value of each enum and boolean field.",
        target(f"max by (field, value) ({values})", "{{field}} = {{value}}"),
        unit="short",
        stacked=True,
    )


def entity_cache(entity: str) -> Json:
    """How often the cache had what was asked of it."""
    name = "cache_reads_total"
    reads = rate(name, entity_matcher(entity))
    hits = rate(name, entity_matcher(entity), 'result="hit"')
    return stat(
        "Cache hit ratio",
        "Share of cache reads that found a value, of all whose key begins with the name of this entity.",
        target(f"{hits} / ({reads} > 0)", "hits"),
        unit="percentunit",
        thresholds=steps((None, BLUE)),
        decimals=0,
        noValue="not used",
    )


def _row_of_panels(entity: str, created: Json, writes: Json, *, by_value: bool, cached: bool) -> list[Json]:
    """The panels of one entity, in three lines."""
    return [
        sized(5 if cached else 6, 4, entity_rows(entity)),
        sized(5 if cached else 6, 4, created),
        sized(5 if cached else 6, 4, entity_last_write(entity)),
        sized(5 if cached else 6, 4, entity_failures(entity)),
        *([sized(4, 4, entity_cache(entity))] if cached else []),
        sized(8, 7, writes),
        sized(8, 7, entity_operations(entity)),
        sized(8, 7, entity_rejections(entity)),
        sized(12 if by_value else 24, 7, entity_duration(entity)),
        *([sized(12, 7, entity_values(entity))] if by_value else []),
    ]


def entity_panels(entity: Entity, *, cached: bool) -> list[Json]:
    """The panels of one entity of this service."""
    kinds = ("created", "updated", "deleted")
    return _row_of_panels(
        entity.snake,
        entity_created(f"{entity.plural_snake}_created_total"),
        entity_writes(*((kind, rate(f"{entity.plural_snake}_{kind}_total")) for kind in kinds)),
        by_value=bool(entity.enum_fields or entity.boolean_fields),
        cached=cached,
    )


def chosen_entity_panels(*, by_value: bool, cached: bool) -> list[Json]:
    """The same panels for the entity that the reader chooses."""
    name, chosen = "entity_operations_total", entity_matcher("$entity")
    kinds = ("create", "update", "delete")
    done = 'outcome="ok"'
    return _row_of_panels(
        "$entity",
        entity_created(name, chosen, 'operation="create"', done),
        entity_writes(*((k, rate(name, chosen, f'operation="{k}"', done)) for k in kinds)),
        by_value=by_value,
        cached=cached,
    )
