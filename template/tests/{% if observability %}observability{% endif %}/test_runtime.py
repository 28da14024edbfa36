"""What runs beside the requests: rows are counted, the pool and the event loop are watched."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from sqlalchemy.exc import SQLAlchemyError

from app import about
from app.core.db import with_connection
from app.core.model import SoftDelete
from app.core.settings import Settings
from app.entities.registry import ENTITIES
from app.observability import database, runtime
from tests.factory import Factory


def _value(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, labels)


def _delete_all(connection: sa.Connection, name: str) -> None:
    model = next(entity.model for entity in ENTITIES if entity.name == name)
    if issubclass(model, SoftDelete):
        connection.execute(sa.update(model).values(deleted_at=dt.datetime.now(dt.UTC)))
    else:
        connection.execute(sa.delete(model))


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
    with_connection(settings, lambda connection: _delete_all(connection, name))
    with_connection(settings, database.count_rows)
    assert _value("entity_rows", entity=name) == 0


def test_pool(client: TestClient, settings: Settings) -> None:
    """The pool says how large it is and how much of it is in use."""
    assert client.get("/health/ready").status_code == 200
    database.read_pool(client.app.state.database)  # type: ignore[attr-defined]  # (a FastAPI)
    assert _value("database_pool_size") == settings.database_pool_size
    assert _value("database_pool_connections", state="in_use") is not None
    assert _value("database_pool_connections", state="idle") is not None


def test_migrations_and_disk(client: TestClient) -> None:
    """The tables are those of the code, and there is room on the disk."""
    assert client is not None
    end = time.monotonic() + 10
    while _value("migrations_at_head") != 1 and time.monotonic() < end:
        time.sleep(0.1)
    assert _value("migrations_at_head") == 1
    free, size = _value("disk_free_bytes"), _value("disk_size_bytes")
    assert free is not None
    assert size is not None
    assert 0 < free <= size


@pytest.fixture(name="watched")
def make_watched() -> Iterator[sa.Engine]:
    """Return an engine that is looked at as the application's is."""
    engine = sa.create_engine("sqlite://")
    for name, listener in database.LISTENERS.items():
        sa.event.listen(engine, name, listener)
    yield engine
    engine.dispose()


def test_the_database_is_watched(client: TestClient) -> None:
    """The application's engine has every listener."""
    assert isinstance(client.app, FastAPI)
    engine = client.app.state.database.engine
    for name, listener in database.LISTENERS.items():
        assert sa.event.contains(getattr(engine, "sync_engine", engine), name, listener)


@pytest.mark.parametrize(("seconds", "slow"), [(database.SLOW_SECONDS, 0), (-1, 1)])
def test_slow_statements(
    watched: sa.Engine,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    slow: int,
) -> None:
    """A statement that takes long counts and leaves a line without its values, others do not."""
    monkeypatch.setattr(database, "SLOW_SECONDS", seconds)
    before = _value("database_slow_queries_total") or 0
    with watched.connect() as connection:
        connection.execute(sa.text("SELECT  :value"), {"value": "somebody's name"})
    assert _value("database_slow_queries_total") == before + slow
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition("s: ")[2] for line in lines] == ["SELECT ?"] * slow


def test_statements_that_fail_count(watched: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ran into a time limit was slow as well."""
    monkeypatch.setattr(database, "SLOW_SECONDS", -1)
    before = _value("database_slow_queries_total") or 0
    with watched.connect() as connection, pytest.raises(SQLAlchemyError):
        connection.execute(sa.text("SELECT nothing"))
    assert _value("database_slow_queries_total") == before + 1


def test_version_and_event_loop(client: TestClient) -> None:
    """What runs, and whether its event loop keeps up."""
    assert client is not None
    assert _value("app_info", version=about.VERSION, commit="unknown") == 1
    end = time.monotonic() + 10
    while _value("event_loop_lag_seconds") is None and time.monotonic() < end:
        time.sleep(0.1)
    assert (_value("event_loop_lag_seconds") or 0) < runtime.SAMPLES
