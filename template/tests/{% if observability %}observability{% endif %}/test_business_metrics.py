"""Business metrics: every entity has its counters from the start, and they count once."""

from dataclasses import asdict

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.core.outcomes import OperationOutcome
from app.entities.registry import ENTITIES
from app.observability import business

NAMES = [entity.name for entity in ENTITIES]
PLURALS = {entity.name: entity.plural for entity in ENTITIES}


def _value(metric: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(metric, labels)
    assert value is not None, f"{metric}{labels} does not exist"
    return value


def test_page(client: TestClient) -> None:
    """Prometheus finds the page, and the documentation does not show it."""
    page = client.get("/metrics/metrics")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/plain")
    assert "http_requests_total" in page.text
    assert "_created{" not in page.text
    assert "/metrics/metrics" not in client.get("/openapi.json").json()["paths"]
    other = client.get("/metrics/metrics", headers={"Accept": "application/openmetrics-text"})
    assert other.headers["content-type"].startswith("application/openmetrics-text")
    assert other.text.endswith("# EOF\n")


@pytest.mark.parametrize("entity", NAMES)
def test_series_exist_before_the_first_event(client: TestClient, entity: str) -> None:
    """Panels show zero, not "No data", on the first day."""
    assert client is not None
    for operation in business.OPERATIONS:
        _value("entity_operation_duration_seconds_count", entity=entity, operation=operation)
        for outcome in business.OUTCOMES:
            labels = {"entity": entity, "operation": operation, "outcome": outcome}
            _value("entity_operations_total", **labels)
    for done in business.WRITES.values():
        _value(f"{PLURALS[entity]}_{done}_total")
    assert _value("entity_last_write_timestamp_seconds", entity=entity) > 0


@pytest.mark.parametrize("entity", NAMES)
@pytest.mark.parametrize("operation", business.WRITES)
@pytest.mark.parametrize("outcome", ["ok", "conflict"])
def test_only_what_was_written_counts(entity: str, operation: str, outcome: str) -> None:
    """A rejected write is an operation, but no row."""
    event = OperationOutcome(entity=entity, operation=operation, outcome=outcome, seconds=0.25)
    counter = f"{PLURALS[entity]}_{business.WRITES[operation]}_total"
    labels = {key: value for key, value in asdict(event).items() if key != "seconds"}
    rows, operations = _value(counter), _value("entity_operations_total", **labels)
    business.record(event)
    assert _value(counter) - rows == (outcome == "ok")
    assert _value("entity_operations_total", **labels) - operations == 1


def test_starting_again_changes_nothing() -> None:
    """A second application in the same process does not count everything twice."""
    business.start()
    business.start()
    assert business.start.cache_info().misses == 1


@pytest.mark.parametrize("entity", NAMES[:1])
def test_slow_operations_are_logged(entity: str, caplog: pytest.LogCaptureFixture) -> None:
    """A slow operation is logged with its name."""
    for seconds in (0.1, business.SLOW_SECONDS + 1):
        business.record(OperationOutcome(entity, "get", "ok", seconds))
    assert [record.getMessage() for record in caplog.records] == [
        f"slow operation: get {entity} took {business.SLOW_SECONDS + 1:.3f} s"
    ]
