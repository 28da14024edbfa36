"""HTTP metrics name the route template and nothing that a caller can choose."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.observability.http import MetricsMiddleware, initialise_route_counters

READ = "/api/v1/things/{thing_id}"


def _count(method: str, handler: str, status: int) -> float | None:
    labels = {"method": method, "handler": handler, "status": str(status)}
    return REGISTRY.get_sample_value("http_requests_total", labels)


def _plain(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("plain")


@pytest.fixture(name="shop")
def make_shop() -> FastAPI:
    """Return an application with every kind of route."""
    app = FastAPI()
    things = APIRouter(prefix="/things")

    @things.get("/{thing_id}")
    def read(thing_id: int) -> int:
        if thing_id == 0:
            message = "a fault of ours"
            raise RuntimeError(message)
        return thing_id

    for version in ("v1", "v2"):
        api = APIRouter(prefix=f"/api/{version}")
        api.include_router(things)
        app.include_router(api)

    @app.get("/health/health")
    def alive() -> str:
        return "alive"

    inner = FastAPI()

    @inner.get("/parts/{part_id}")
    def part(part_id: int) -> int:
        return part_id

    app.mount("/inner", inner)
    app.mount("/plain", Starlette(routes=[Route("/{name}", _plain)]))
    app.add_middleware(MetricsMiddleware)
    return app


@pytest.fixture(name="visitor")
def make_visitor(shop: FastAPI) -> Iterator[TestClient]:
    """Return a client that gets an error as a response, as a real one does."""
    with TestClient(shop, raise_server_exceptions=False, follow_redirects=False) as visitor:
        yield visitor


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/api/v1/things/7", ("GET", READ, 200)),
        ("GET", "/api/v2/things/7", ("GET", "/api/v2/things/{thing_id}", 200)),
        ("GET", "/api/v1/things/seven", ("GET", READ, 422)),
        ("GET", "/api/v1/things/0", ("GET", READ, 500)),
        ("DELETE", "/api/v1/things/7", ("DELETE", READ, 405)),
        ("HEAD", "/api/v1/things/7", ("HEAD", READ, 405)),
        ("HEAD", "/plain/anything", ("HEAD", "/plain/{name}", 200)),
        ("GET", "/inner/parts/7", ("GET", "/inner/parts/{part_id}", 200)),
        ("GET", "/inner/nothing", ("GET", "none", 404)),
        ("GET", "/plain/anything", ("GET", "/plain/{name}", 200)),
        ("GET", "/docs", ("GET", "/docs", 200)),
        ("GET", "/wp-login.php", ("GET", "none", 404)),
        ("GET", "/api/v1/things/7/", ("GET", "none", 307)),
        ("BREW", "/wp-login.php", ("OTHER", "none", 404)),
    ],
)
def test_labels(visitor: TestClient, method: str, path: str, labels: tuple[str, str, int]) -> None:
    """A request is counted once, under its template."""
    before = _count(*labels) or 0
    visitor.request(method, path)
    assert _count(*labels) == before + 1


def test_paths_make_no_series(visitor: TestClient) -> None:
    """However many paths are asked for, there is one series."""
    for number in range(20):
        visitor.get(f"/scan-{number}")
    handlers = {
        sample.labels["handler"]
        for metric in REGISTRY.collect()
        if metric.name == "http_requests"
        for sample in metric.samples
    }
    assert not [handler for handler in handlers if "scan" in handler]


def test_probes_are_not_counted(visitor: TestClient) -> None:
    """Probes would drown the requests of users."""
    assert visitor.get("/health/health").status_code == 200
    assert _count("GET", "/health/health", 200) is None


def test_nothing_stays_in_flight(visitor: TestClient) -> None:
    """The gauge is back at zero, after an error too."""
    visitor.get("/api/v1/things/0")
    assert REGISTRY.get_sample_value("http_requests_in_progress") == 0


def test_routes_begin_at_zero(shop: FastAPI) -> None:
    """A route has a series before its first request; pages for people have none."""

    @shop.post("/fresh", status_code=201)
    def fresh() -> None: ...

    initialise_route_counters(shop)
    assert _count("POST", "/fresh", 201) == 0
    assert _count("GET", READ, 200) is not None
    assert _count("GET", "/docs/oauth2-redirect", 200) is None
