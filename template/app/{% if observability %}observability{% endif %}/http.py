"""HTTP metrics: one pure ASGI middleware that measures every request but probes and scrapes."""

from functools import cache
from time import perf_counter
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNMATCHED: Final = "none"
"""The handler of every request that no route answers: a scanner must not make new series."""

UNCOUNTED: Final = ("/health/", "/metrics/")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)

REQUESTS: Final = Counter(
    "http_requests",
    "HTTP requests by method, route template and status code.",
    ["method", "handler", "status"],
)
DURATION: Final = Histogram(
    "http_request_duration_seconds",
    "Duration of HTTP requests in seconds, the sending of the answer included.",
    ["method", "handler"],
    buckets=BUCKETS,
)
IN_PROGRESS: Final = Gauge(
    "http_requests_in_progress",
    "HTTP requests being worked on.",
    multiprocess_mode="livesum",
)

# Finding a child takes longer than counting; the label sets are closed, so the caches are too.
count_of: Final = cache(REQUESTS.labels)
duration_of: Final = cache(DURATION.labels)


def route_template(scope: Scope, root_path: str = "") -> str:
    """Return the full template of the route that answered, never the path that was asked for.

    FastAPI leaves only the last part of the path in `scope["route"]` and the whole of it in a
    context of its own; a mounted app leaves the path it is mounted at in `root_path`.
    """
    route = scope.get("route")
    context = scope.get("fastapi", {}).get("effective_route_context")
    mounted: str = scope.get("root_path", "").removeprefix(root_path)
    template: str | None = getattr(context or route, "path", None)
    if template is not None:
        return mounted + template
    if scope.get("endpoint") is not None and not scope.get("path_params") and not mounted:
        return str(scope["path"])  # a plain Starlette route such as /docs, which has no parameters
    return UNMATCHED


def touch_routes(app: FastAPI) -> None:
    """Begin the counter of every documented route at zero: `increase()` needs a begin."""
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path
        if path is None or not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        for method in METHODS.intersection(context.methods or ()):
            if not path.startswith(UNCOUNTED):
                count_of(method, path, route.status_code or 200)


class MetricsMiddleware:
    """Measures requests; written without BaseHTTPMiddleware, which costs a task per request."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the rest of the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure one request."""
        if scope["type"] != "http" or scope["path"].startswith(UNCOUNTED):
            await self.app(scope, receive, send)
            return

        status = 500  # what the server sends when the application raises before it answers
        root_path = scope.get("root_path", "")

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        IN_PROGRESS.inc()
        started = perf_counter()
        try:
            await self.app(scope, receive, observe)
        finally:
            seconds = perf_counter() - started
            IN_PROGRESS.dec()
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            handler = route_template(scope, root_path)
            count_of(method, handler, status).inc()
            duration_of(method, handler).observe(seconds)
