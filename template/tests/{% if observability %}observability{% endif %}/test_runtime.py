"""What runs beside the requests: rows are counted, the pool and the event loop are watched."""

import time

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app import about
from app.core.db import with_connection
from app.core.settings import Settings
from app.entities.registry import ENTITIES
from app.observability import database, runtime
from tests.factory import Factory


def _value(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, labels)


@pytest.mark.parametrize("name", [entity.name for entity in ENTITIES])
def test_rows_are_counted(
    client: TestClient, settings: Settings, factory: Factory, name: str
) -> None:
    """Every entity reports its rows, and those of each value of its enums and booleans."""
    assert client is not None
    with_connection(settings, database.count_rows)
    assert _value("entity_rows", entity=name) == 0
    factory.stored(name)
    with_connection(settings, database.count_rows)
    assert _value("entity_rows", entity=name) == 1
    columns = next(entity.model for entity in ENTITIES if entity.name == name).__table__.columns
    for column in columns:
        for value in database.values_of(column):
            label = str(value).lower() if isinstance(value, bool) else value
            labels = {"entity": name, "field": column.name, "value": label}
            assert _value("entity_rows_by_value", **labels) in {0, 1}


def test_pool(client: TestClient, settings: Settings) -> None:
    """The pool says how large it is and how much of it is in use."""
    assert client.get("/health/ready").status_code == 200
    database.read_pool(client.app.state.database)  # type: ignore[attr-defined]
    assert _value("database_pool_size") == settings.database_pool_size
    assert _value("database_pool_connections", state="in_use") is not None
    assert _value("database_pool_connections", state="idle") is not None


def test_version_and_event_loop(client: TestClient) -> None:
    """What runs, and whether its event loop keeps up."""
    assert client is not None
    assert _value("app_info", version=about.VERSION, commit="unknown") == 1
    end = time.monotonic() + 10
    while _value("event_loop_lag_seconds") is None and time.monotonic() < end:
        time.sleep(0.1)
    assert (_value("event_loop_lag_seconds") or 0) < runtime.SAMPLES
