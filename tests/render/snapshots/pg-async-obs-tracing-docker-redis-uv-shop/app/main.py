"""The application: core, your own additions and the entities."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from difflib import get_close_matches
from typing import Any, cast

from fastapi import Depends, FastAPI

from app import about, extra
from app.core import docs, errors, health, http, limits, openapi
from app.core.cache import Cache
from app.core.db import Database
from app.core.etag import reject_ignored_conditions
from app.core.migrate import Migration
from app.core.query_parameters import reject_unknown_parameters
from app.core.server import draining
from app.core.settings import Settings, load_settings
from app.entities.registry import ENTITIES
from app.observability import setup as setup_observability

API_PREFIX = "/api/v1"
EXTRA_NAMES = ("routers", "entity_dependencies", "extend", "lifespan")


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
            async with added("lifespan", nullcontext)(app):
                yield
    finally:
        migration.stop()
        await cache.close()
        await database.close()


def added(name: str, default: Any) -> Any:
    """Return what `app/extra.py` has by a name, or the default: that file is yours."""
    return getattr(extra, name, default)


def check_names() -> None:
    """Raise NameError for a misspelt name in `app/extra.py`: it would be ignored silently.

    A similar name, such as `router`, may stand beside the right one if it is of another type.
    """
    names = vars(extra)
    for known in EXTRA_NAMES:
        for name in get_close_matches(known, [*names], cutoff=0.8):
            if name in EXTRA_NAMES or name.startswith("_"):
                continue
            if known not in names or type(names[name]) is type(names[known]):
                usable = ", ".join(EXTRA_NAMES)
                message = f"app/extra.py: {name} is not used: rename it to {known} ({usable})"
                raise NameError(message)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a new application; without settings it reads them from the environment."""
    settings = settings or load_settings()
    check_names()
    app = FastAPI(
        title=about.TITLE,
        description=about.DESCRIPTION,
        version=about.VERSION,
        contact=about.CONTACT,
        license_info=about.LICENSE,
        lifespan=lifespan,
        separate_input_output_schemas=False,
        openapi_url=None,  # see app/core/docs.py
        redirect_slashes=False,  # to an address made of the Host header
    )
    app.state.settings = settings
    openapi.setup(app, ENTITIES)
    errors.setup(app)
    http.setup(app, settings)
    limits.setup(app, settings)
    setup_observability(app)
    guards = added("entity_dependencies", [])
    docs.setup(app, settings, guards)
    app.include_router(health.router)
    for router in added("routers", []):
        app.include_router(router)
    checks = [Depends(reject_unknown_parameters), Depends(reject_ignored_conditions)]
    dependencies = [*guards, *checks]
    for entity in ENTITIES:
        app.include_router(entity.router, prefix=API_PREFIX, dependencies=dependencies)
    added("extend", id)(app)
    limits.allow_origins(app, settings)
    return app


def __getattr__(name: str) -> FastAPI:
    """Create `app` when it is first asked for: importing this module needs no settings.

    `uvicorn app.main:app`, `fastapi dev` and `fastapi run` get their application here.
    """
    if name != "app":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return cast("FastAPI", globals().setdefault(name, create_app()))


def __dir__() -> list[str]:
    """Return the names of this module; `fastapi dev` looks for `app` among them."""
    return sorted({*globals(), "app"})
