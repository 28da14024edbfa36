"""Outcomes of repository operations, published to whatever subscribes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import status_of

logger = logging.getLogger(__name__)

# Outcome of a failed operation, by the status of its response; other 4xx count as invalid.
OUTCOMES = {404: "not_found", 409: "conflict", 412: "conflict"}


@dataclass(frozen=True, slots=True)
class OperationOutcome:
    """How one operation on an entity ended; published after its commit or rollback."""

    entity: str
    operation: str
    outcome: str
    seconds: float


Listener = Callable[[OperationOutcome], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Call `listener` for every outcome from now on; subscribing it twice has no effect."""
    if listener not in _listeners:
        _listeners.append(listener)


def unsubscribe(listener: Listener) -> None:
    """Stop calling `listener`."""
    if listener in _listeners:
        _listeners.remove(listener)


def publish(outcome: OperationOutcome) -> None:
    """Call every listener; an error in one is logged and never fails the request."""
    for listener in _listeners:
        try:
            listener(outcome)
        except Exception:
            logger.exception("a listener failed on %s", outcome)


def outcome_of(error: BaseException) -> str:
    """Return the outcome of an operation that ended with an error."""
    status = status_of(error)
    return OUTCOMES.get(status, "invalid" if status in range(400, 500) else "error")
