"""What runs beside the requests: the version, the event loop, the database pool, the row counts."""

import asyncio
import logging
import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, Final

from fastapi import FastAPI
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Database
from app.observability import database as database_metrics
from app.observability.http import touch_routes

logger = logging.getLogger(__name__)

SAMPLE_SECONDS: Final = 1.0
SAMPLES: Final = 10

APP_INFO: Final = Gauge(
    "app_info",
    "What is running; the value is always 1.",
    ["version", "commit"],
    multiprocess_mode="max",
)
LOOP_LAG: Final = Gauge(
    "event_loop_lag_seconds",
    f"How late a timer fired, the worst of the last {SAMPLES} seconds.",
    multiprocess_mode="livemax",
)


async def sample(database: Database) -> None:
    """Measure the event loop and the pool, once a second."""
    lags: deque[float] = deque(maxlen=SAMPLES)
    while True:
        database_metrics.read_pool(database)
        started = perf_counter()
        await asyncio.sleep(SAMPLE_SECONDS)
        lags.append(max(perf_counter() - started - SAMPLE_SECONDS, 0))
        LOOP_LAG.set(max(lags))


async def count_rows(database: Database, seconds: float, stopping: asyncio.Event) -> None:
    """Count the rows every so often; a database that is away is asked again later.

    It is never cancelled but asked to stop: a count in a thread would outlive its connection.
    """
    while not stopping.is_set():
        try:
            await database_metrics.read_rows(database)
        except (SQLAlchemyError, OSError) as error:
            logger.warning("the rows were not counted: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stopping.wait()


def start(app: FastAPI) -> None:
    """Run both beside the application, from the end of its start to the begin of its stop."""
    lifespan = app.router.lifespan_context
    APP_INFO.labels(app.version, os.environ.get("APP_COMMIT", "unknown")).set(1)

    @asynccontextmanager
    async def observed(app: FastAPI) -> AsyncIterator[Any]:
        async with lifespan(app) as state:
            touch_routes(app)
            database: Database = app.state.database
            seconds = app.state.settings.entity_rows_interval
            stopping = asyncio.Event()
            if not seconds:
                stopping.set()
            sampling = asyncio.create_task(sample(database))
            counting = asyncio.create_task(count_rows(database, seconds, stopping))
            try:
                yield state
            finally:
                stopping.set()
                sampling.cancel()
                await asyncio.gather(sampling, counting, return_exceptions=True)

    app.router.lifespan_context = observed
