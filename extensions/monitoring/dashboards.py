"""The two dashboards of a service, as plain dicts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .entities import chosen_entity_panels, entities_overview, entity_panels
from .exporters import postgres_panels, redis_panels
from .frame import dashboard, entity_variable, uid
from .grid import WIDTH, arrange, row
from .http import (
    apdex,
    availability,
    error_rate,
    in_flight,
    latency_heatmap,
    request_duration,
    request_rate,
    status_codes,
)
from .panels import Json, sized
from .process import process_panels

if TYPE_CHECKING:
    from ..service.context import Service


ROW_LIMIT = 12
"""Up to this many entities have a row each; above, one row follows the variable `entity`."""


def entity_rows_of(service: Service) -> list[Json]:
    """A row per entity, the first one open; one row for the chosen entity when there are many."""
    entities = service.entities
    if len(entities) > ROW_LIMIT:
        by_value = any(e.enum_fields or e.boolean_fields for e in entities)
        return [row("Entity: $entity", chosen_entity_panels(by_value=by_value, cached=service.redis), collapsed=False)]
    return [
        row(entity.plural_words.capitalize(), entity_panels(entity, cached=service.redis), collapsed=number > 0)
        for number, entity in enumerate(entities)
    ]


def app_dashboard(service: Service) -> Json:
    """Requests first, then all entities in a table, then each of them."""
    goal = service.objectives
    first = [
        sized(12, 8, request_rate()),
        sized(12, 8, request_duration(traced=service.tracing)),
        sized(6, 8, error_rate()),
        sized(18, 8, status_codes()),
        sized(10, 8, latency_heatmap()),
        sized(6, 8, in_flight()),
        sized(4, 8, availability(goal)),
        sized(4, 8, apdex(goal)),
    ]
    entities = service.entities
    overview = min(4 + len(entities), 14)
    many = len(entities) > ROW_LIMIT
    link = f"/d/{uid(service, 'app')}?var-entity=${{__value.text}}&${{__url_time_range}}"
    table = entities_overview(link if many else "")
    rows = [
        row("All entities", [sized(WIDTH, overview, table)], collapsed=False),
        *entity_rows_of(service),
    ]
    return dashboard(
        service,
        "app",
        "Application metrics",
        "Requests, errors, durations, and what happens to each entity." if entities else "Requests, errors, durations.",
        panels=arrange(first, rows if entities else []),
        more=[entity_variable(entities[0])] if many else [],
    )


def platform_dashboard(service: Service) -> Json:
    """The process under the application, its way to the database, and what the exporters say."""
    exported = [
        *([("postgres", "PostgreSQL", postgres_panels())] if service.postgresql else []),
        *([("redis", "Redis", redis_panels())] if service.redis else []),
    ]
    return dashboard(
        service,
        "platform",
        "Platform",
        "Processes, event loop, database pool, and the servers behind them."
        if service.generated
        else "Processes, and the servers behind them.",
        panels=arrange(
            process_panels(generated=service.generated),
            [row(title, panels, collapsed=False) for _, title, panels in exported],
        ),
        exporters=[name for name, _, _ in exported],
    )


def json_file(value: object) -> str:
    """JSON as a file holds it; the template adds the newline at the end."""
    return json.dumps(value, indent=2, ensure_ascii=False)
