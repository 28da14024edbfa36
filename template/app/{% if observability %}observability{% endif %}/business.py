"""Business metrics: operations on each entity, counted after the commit."""

import logging
from functools import cache
from time import time
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from app.core.outcomes import OperationOutcome, subscribe
from app.entities.registry import ENTITIES

logger = logging.getLogger(__name__)

SLOW_SECONDS: Final = 1.0
OPERATIONS: Final = ("list", "get", "create", "update", "delete")
OUTCOMES: Final = ("ok", "not_found", "conflict", "invalid", "error")
WRITES: Final = {"create": "created", "update": "updated", "delete": "deleted"}

ENTITY_OPERATIONS: Final = Counter(
    "entity_operations",
    "Operations on entities by operation and outcome.",
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


def record(outcome: OperationOutcome) -> None:
    """Count one operation, and log it if it was slow."""
    counter(outcome.entity, outcome.operation, outcome.outcome).inc()
    duration(outcome.entity, outcome.operation).observe(outcome.seconds)
    if outcome.seconds > SLOW_SECONDS:
        logger.warning(
            "slow operation: %s %s took %.3f s", outcome.operation, outcome.entity, outcome.seconds
        )
    written = ENTITY_WRITES.get((outcome.entity, outcome.operation))
    if written is not None and outcome.outcome == "ok":
        written.inc()
        ENTITY_LAST_WRITE.labels(outcome.entity).set(time())


@cache
def start() -> None:
    """Subscribe once per process, and initialise every series to zero."""
    for entity in ENTITIES:
        ENTITY_LAST_WRITE.labels(entity.name).set(time())
        for operation in OPERATIONS:
            ENTITY_OPERATION_DURATION.labels(entity.name, operation)
            for outcome in OUTCOMES:
                ENTITY_OPERATIONS.labels(entity.name, operation, outcome)
    subscribe(record)
