"""Business metrics: what happens to the rows of each entity, counted after the commit."""

import logging
from functools import cache
from time import time
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from app.core.events import EntityEvent, subscribe
from app.entities.registry import ENTITIES

logger = logging.getLogger(__name__)

SLOW_SECONDS: Final = 1.0
OPERATIONS: Final = ("list", "read", "create", "update", "delete")
OUTCOMES: Final = ("ok", "not_found", "conflict", "invalid", "error")
WRITES: Final = {"create": "created", "update": "updated", "delete": "deleted"}

ENTITY_OPERATIONS: Final = Counter(
    "entity_operations",
    "Operations on entities by kind and outcome.",
    ["entity", "operation", "outcome"],
)
ENTITY_OPERATION_DURATION: Final = Histogram(
    "entity_operation_duration_seconds",
    "Duration of operations on entities in seconds, the database included.",
    ["entity", "operation"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
ENTITY_LAST_WRITE: Final = Gauge(
    "entity_last_write_timestamp_seconds",
    "Time of the last write as a Unix timestamp; the start of the process until one happens.",
    ["entity"],
    multiprocess_mode="max",
)
ENTITY_WRITES: Final = {
    (entity.name, operation): Counter(
        f"{entity.plural}_{done}", f"Rows of {entity.plural} {done} through the API."
    )
    for entity in ENTITIES
    for operation, done in WRITES.items()
}


counter: Final = cache(ENTITY_OPERATIONS.labels)
duration: Final = cache(ENTITY_OPERATION_DURATION.labels)


def record(event: EntityEvent) -> None:
    """Count one operation, and say so when it was slow."""
    counter(event.entity, event.operation, event.outcome).inc()
    duration(event.entity, event.operation).observe(event.seconds)
    if event.seconds > SLOW_SECONDS:
        logger.warning("slow: %s %s took %.3f s", event.operation, event.entity, event.seconds)
    written = ENTITY_WRITES.get((event.entity, event.operation))
    if written is not None and event.outcome == "ok":
        written.inc()
        ENTITY_LAST_WRITE.labels(event.entity).set(time())


@cache
def start() -> None:
    """Listen to the repositories, once per process, and begin every series at zero."""
    for entity in ENTITIES:
        ENTITY_LAST_WRITE.labels(entity.name).set(time())
        for operation in OPERATIONS:
            ENTITY_OPERATION_DURATION.labels(entity.name, operation)
            for outcome in OUTCOMES:
                ENTITY_OPERATIONS.labels(entity.name, operation, outcome)
    subscribe(record)
