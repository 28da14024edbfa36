"""Structured logs: one JSON line per request and per event, readable lines in development."""

import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from json import JSONEncoder
from time import perf_counter
from typing import Final, TextIO, cast
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, Processor, WrappedLogger

from app.observability.http import UNCOUNTED, route_template

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECRET: Final = re.compile(r"authorization|cookie|passw|secret|token|api_?key", re.IGNORECASE)
LineWriter = Callable[[EventDict], None]

OURS: Final = ("app", "alembic", "uvicorn")
ENCODER: Final = JSONEncoder(ensure_ascii=False, default=str)


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return SECRET.search(key) is not None


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank out values whose key says that nobody should read them."""
    for key in event:
        if _is_secret(key):
            event[key] = "***"
    return event


def drop_duplicates(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop what uvicorn and other handlers put beside the text: the same text again."""
    event.pop("color_message", None)
    event.pop("message", None)
    return event


def _encode(event: EventDict, **_options: object) -> str:
    return ENCODER.encode(event)


class Stderr:
    """Whatever `sys.stderr` is at the moment of writing: test runners change it."""

    def write(self, text: str) -> int:
        """Write a line."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Send it on its way."""
        sys.stderr.flush()


class NamedLogger(structlog.WriteLogger):
    """A logger that knows its name, as those of the standard library do."""

    def __init__(self, name: str = "app") -> None:
        """Write to stderr under this name."""
        super().__init__(cast("TextIO", Stderr()))
        self.name = name


HANDLER: Final = logging.StreamHandler(Stderr())


def configure(*, level: str, json: bool) -> LineWriter:
    """Give everything that this process logs, uvicorn's lines too, one shape.

    What structlog gets is written at once; what the standard library gets is written by HANDLER.
    Returns what writes the line of a request.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    as_json: list[Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_encode),
    ]
    as_text: list[Processor] = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    last = as_json if json else as_text
    structlog.configure(
        processors=[*shared, *last],
        logger_factory=NamedLogger,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    HANDLER.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.ExtraAdder(),
                drop_duplicates,
                *shared,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.setLevel(logging.WARNING)  # other people's libraries speak up only when something is wrong
    if HANDLER not in root.handlers:
        root.addHandler(HANDLER)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # the request's line says it, and more
    if level not in {"DEBUG", "INFO"}:
        return write_nothing
    return write_json if json else write_text


def write_json(fields: EventDict) -> None:
    """Write the line of a request straight away: this runs for each of them, and half as long."""
    sys.stderr.write(ENCODER.encode(fields) + "\n")


def write_text(fields: EventDict) -> None:
    """Write the line of a request for people."""
    structlog.get_logger(fields.pop("logger")).info(**fields)


def write_nothing(_fields: EventDict) -> None:
    """Leave the line out: the level asks for warnings only."""


class LogMiddleware:
    """Writes one line per request and gives each request an id that all its lines carry."""

    def __init__(self, app: ASGIApp, write: LineWriter) -> None:
        """Wrap the rest of the application."""
        self.app = app
        self.write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log one request."""
        if scope["type"] != "http" or scope["path"].startswith(UNCOUNTED):
            await self.app(scope, receive, send)
            return

        request_id = _request_id(scope)
        header = request_id.encode()
        root_path = scope.get("root_path", "")
        status = 500

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", header)]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = perf_counter()
        try:
            await self.app(scope, receive, observe)
        finally:
            fields = {
                "timestamp": datetime.now(UTC).isoformat(),
                "level": "info",
                "logger": "app.requests",
                "event": "request",
                "request_id": request_id,
                "method": scope["method"],
                "route": route_template(scope, root_path),
                "status": status,
                "duration_ms": round((perf_counter() - started) * 1000, 2),
            }
            self.write(fields)


def _request_id(scope: Scope) -> str:
    """Return the caller's id when it is harmless, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            if REQUEST_ID.fullmatch(given):
                return str(given)
    return uuid4().hex
