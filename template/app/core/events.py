"""What happens to entities, told to whoever subscribed; the core knows nothing of its listeners."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EntityEvent:
    """One operation on one entity, told after it was committed or refused."""

    entity: str
    operation: str
    outcome: str
    seconds: float


Listener = Callable[[EntityEvent], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Call `listener` for every event from now on; a second subscription of the same one changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def unsubscribe(listener: Listener) -> None:
    """Stop calling `listener`."""
    if listener in _listeners:
        _listeners.remove(listener)


def publish(event: EntityEvent) -> None:
    """Tell every listener; one that fails never fails the request."""
    for listener in _listeners:
        try:
            listener(event)
        except Exception:
            logger.exception("a listener failed on %s", event)
