"""The application: core, entities, what the flags brought, and then your own additions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import about
from app.core import errors, health, limits, openapi
from app.core.cache import Cache
from app.core.db import Database
from app.core.migrate import Migration
from app.core.server import draining
from app.core.settings import Settings, load_settings
from app.entities.registry import ENTITIES
from app.extra import extend
from app.observability import setup as setup_observability

API_PREFIX = "/api/v1"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the connections of the app, and close them when it stops."""
    settings: Settings = app.state.settings
    database = app.state.database = Database(settings)
    migration = app.state.migration = Migration(settings)
    cache = app.state.cache = Cache(settings)
    app.state.readiness = health.ReadinessChecks(database, cache, timeout=settings.health_timeout)
    migration.start()
    try:
        with draining(app):
            yield
    finally:
        migration.stop()
        await cache.close()
        await database.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a new application; without settings it reads them from the environment."""
    settings = settings or load_settings()
    app = FastAPI(
        title=about.TITLE,
        description=about.DESCRIPTION,
        version=about.VERSION,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    openapi.setup(app)
    errors.setup(app)
    limits.setup(app, settings)
    setup_observability(app)
    app.include_router(health.router)
    for entity in ENTITIES:
        app.include_router(entity.router, prefix=API_PREFIX)
    extend(app)
    limits.allow_origins(app, settings)
    return app
