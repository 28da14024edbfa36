"""Metrics and logs; the rest of the application does not know that this package exists."""

from fastapi import FastAPI

from app.core.settings import Settings
from app.observability import business, exposition, logs, runtime
from app.observability.http import MetricsMiddleware

__all__ = ["setup"]


def setup(app: FastAPI) -> None:
    """Make an application observable; the middleware added last meets a request first."""
    settings: Settings = app.state.settings
    write = logs.configure(level=settings.log_level, json=settings.log_format == "json")
    business.start()
    runtime.start(app)
    app.include_router(exposition.router)
    app.add_middleware(MetricsMiddleware)
    app.add_middleware(logs.LogMiddleware, write=write)
