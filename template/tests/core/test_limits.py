"""Limits of requests, security headers, hosts and CORS."""

import asyncio
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from app.core.errors import MAX_BYTES, MAX_ERRORS
from app.core.limits import RequestLimitsMiddleware
from app.core.schemas import Schema
from app.core.settings import Settings, load_settings
from app.main import create_app


def limited_app(settings: Settings, **limits: object) -> FastAPI:
    """Return an app with other limits, and two routes to try them on."""
    app = create_app(settings.model_copy(update=limits))

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/parsed")
    def parsed(body: list[int]) -> int:
        return len(body)

    @app.post("/named")
    def named(body: Named) -> str:
        return body.name

    @app.get("/slow")
    async def slow() -> None:
        await asyncio.sleep(5)

    @app.get("/broken")
    def broken() -> None:
        message = "secret"
        raise RuntimeError(message)

    return app


class Named(Schema):
    """A request with one field."""

    name: str


JSON = {"Content-Type": "application/json"}
MEGABYTE = 1_000_000
HOSTILE = {
    "unknown keys": json.dumps({str(number): 1 for number in range(80_000)}).encode(),
    "some unknown keys": json.dumps({str(number): 1 for number in range(9_000)}).encode(),
    "one long key": json.dumps({"k" * MEGABYTE: 1}).encode(),
    "empty arrays": b"[" + b"[]," * 330_000 + b"1]",
    "wrong elements": b"[" + b'"x",' * 9_000 + b'"x"]',
    "nesting": b"[" * 500_000 + b"]" * 500_000,
    "numbers": b"[" + b"1," * 400_000 + b"1]",
    "other encoding": json.dumps([[]] * 30_000).encode("utf-16"),
    "quotes": b'{"name": "' + b'\\"' * 400_000,
}


def cost_of(send: Callable[[], Response]) -> tuple[Response, float, int]:
    """Return a response, the processor time it took, and the bytes of memory at its worst."""
    tracemalloc.start()
    started = time.process_time()
    response = send()
    seconds = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return response, seconds, peak


Attacked = tuple[TestClient, float, int]


@pytest.fixture(scope="module")
def attacked(settings: Settings) -> Iterator[Attacked]:
    """Return a client, and the seconds and bytes that a normal request of a megabyte takes."""
    with TestClient(limited_app(settings), raise_server_exceptions=False) as client:
        normal = json.dumps({"name": "x" * MEGABYTE})
        for _ in range(2):
            response, seconds, peak = cost_of(
                lambda: client.post("/named", content=normal, headers=JSON)
            )
        assert response.status_code == 200
        yield client, seconds, peak


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["/named", "/parsed"])
def test_hostile_body(attacked: Attacked, path: str, name: str) -> None:
    """A body made to be expensive costs little more than a normal one of its size; so does the response."""
    client, normal_seconds, normal_peak = attacked
    response, seconds, peak = cost_of(
        lambda: client.post(path, content=HOSTILE[name], headers=JSON)
    )
    assert response.status_code in {400, 413, 422}
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) <= MAX_BYTES
    assert seconds < 20 * normal_seconds + 0.5
    assert peak < 3 * normal_peak + MEGABYTE


def test_many_errors(settings: Settings) -> None:
    """Report the first errors and their total number."""
    with TestClient(limited_app(settings)) as client:
        wrong = client.post("/parsed", json=["x"] * 100).json()
        assert len(wrong["errors"]) == MAX_ERRORS
        assert "of 100 errors" in wrong["detail"]
        unknown = client.post("/named", json={str(number): 1 for number in range(100)}).json()
        assert "100 fields" in unknown["errors"][0]["message"]
        few = client.post("/named", json={"name": "a", "more": 1}).json()
        assert few["errors"][0]["field"] == "body.more"


def test_long_path(client: TestClient) -> None:
    """A response does not repeat a long path."""
    response = client.get("/" + "é" * 10_000)
    assert response.status_code == 404
    assert len(response.content) <= MAX_BYTES


async def respond(
    middleware: RequestLimitsMiddleware, parts: list[Message], scope: Scope
) -> list[Message]:
    """Return what a limited app sends; when the parts of a body are sent, nothing more comes."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0)
        if parts:
            return parts.pop(0)
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    await middleware(scope, receive, send)
    return sent


def test_slow_bodies(settings: Settings) -> None:
    """Clients that send their body slowly do not block others, and get 408."""

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def attack() -> None:
        limits = {"body_timeout": 0.5, "max_concurrency": 2}
        middleware = RequestLimitsMiddleware(app, settings.model_copy(update=limits))
        scope: Scope = {"type": "http", "scheme": "http", "path": "/", "headers": []}
        first = {"type": "http.request", "body": b"{", "more_body": True}
        slow = [asyncio.create_task(respond(middleware, [first], scope)) for _ in range(20)]
        await asyncio.sleep(0.05)
        whole = {"type": "http.request", "body": b"{}", "more_body": False}
        assert (await respond(middleware, [whole], scope))[0]["status"] == 200
        ended = await asyncio.gather(*slow)
        assert {sent[0]["status"] for sent in ended} == {408}
        assert all((b"connection", b"close") in sent[0]["headers"] for sent in ended)
        assert middleware.bodies.bytes_in_memory == 0
        assert middleware.running == 0

    asyncio.run(attack())


def test_bodies_at_once(settings: Settings) -> None:
    """However many clients send large bodies, together they take no more memory than allowed."""

    async def app(_scope: object, _receive: object, _send: object) -> None:
        await asyncio.sleep(1)

    async def attack() -> None:
        limits = {"max_body_bytes": 100_000, "max_bodies_bytes": 500_000}
        middleware = RequestLimitsMiddleware(app, settings.model_copy(update=limits))
        scope: Scope = {"type": "http", "scheme": "http", "path": "/", "headers": []}
        part = {"type": "http.request", "body": b"x" * 100_000, "more_body": False}
        held = [asyncio.create_task(respond(middleware, [{**part}], scope)) for _ in range(20)]
        await asyncio.sleep(0.2)
        assert middleware.bodies.bytes_in_memory == 500_000
        small = {"type": "http.request", "body": b"{}", "more_body": False}
        assert await respond(middleware, [small], scope) == []  # it was let in
        ended = await asyncio.gather(*held)
        assert sorted(sent[0]["status"] for sent in ended if sent) == [503] * 15
        assert middleware.bodies.bytes_in_memory == 0

    asyncio.run(attack())


def test_client_that_goes_away(settings: Settings) -> None:
    """A body that is cut off takes neither a place nor memory, and reaches no route."""

    async def app(*_arguments: object) -> None:
        pytest.fail("the request was let in")

    async def leave() -> None:
        middleware = RequestLimitsMiddleware(app, settings)
        scope: Scope = {"type": "http", "scheme": "http", "path": "/", "headers": []}
        first = {"type": "http.request", "body": b"{", "more_body": True}
        sent = await respond(middleware, [first, {"type": "http.disconnect"}], scope)
        assert sent[0]["status"] == 400
        assert middleware.bodies.bytes_in_memory == 0

    asyncio.run(leave())


def test_large_body(settings: Settings) -> None:
    """A body over the limit is rejected, declared or not."""
    with TestClient(limited_app(settings, max_body_bytes=10)) as client:
        assert client.post("/size", content=b"x" * 10).json() == 10
        assert client.post("/size", content=b"x" * 11).status_code == 413
        streamed = client.post("/size", content=iter([b"x" * 6, b"x" * 6]))
        assert streamed.status_code == 413
        assert streamed.headers["content-type"] == "application/problem+json"
        json_body = {"Content-Type": "application/json"}
        chunks = iter([b"[1, 2", b", 3, 4, 5]"])
        assert client.post("/parsed", content=chunks, headers=json_body).status_code == 413


def test_slow_request(settings: Settings) -> None:
    """A request that takes too long is ended."""
    with TestClient(limited_app(settings, request_timeout=0.05)) as client:
        response = client.get("/slow")
        assert response.status_code == 504
        assert response.headers["Retry-After"] == "1"


def test_too_many_at_once(settings: Settings) -> None:
    """Over the limit of concurrency there is a response at once, and health checks still pass."""
    with TestClient(limited_app(settings, max_concurrency=0)) as client:
        response = client.get("/slow")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "1"
        assert client.get("/health/health").status_code == 200


def test_headers(client: TestClient) -> None:
    """Browsers are expected to be careful; transport security is for https only."""
    response = client.get("/health/health")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in response.headers
    secure = client.get("https://testserver/health/health")
    assert "Strict-Transport-Security" in secure.headers


def test_hosts_and_origins(settings: Settings) -> None:
    """Only the hosts and origins that were named are served."""
    app = limited_app(settings, trusted_hosts=["good.example"], cors_origins=["https://ui.example"])
    with TestClient(app, base_url="http://good.example") as client:
        response = client.get("/health/health", headers={"Origin": "https://ui.example"})
        assert response.headers["Access-Control-Allow-Origin"] == "https://ui.example"
        other = client.get("/health/health", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers
    with TestClient(app, base_url="http://evil.example") as client:
        rejected = client.get("/docs")
        assert rejected.status_code == 400
        assert rejected.headers["content-type"] == "application/problem+json"
        assert client.get("/health/health").status_code == 200


@pytest.mark.parametrize(
    ("path", "limits", "status"),
    [
        ("/size", {"max_body_bytes": 1}, 413),
        ("/size", {"max_concurrency": 0}, 503),
        ("/slow", {"request_timeout": 0.05}, 504),
        ("/broken", {}, 500),
        ("/parsed", {}, 415),
        ("/size", {"trusted_hosts": ["other.example"]}, 400),
    ],
)
def test_browsers_see_every_error(
    settings: Settings, path: str, limits: dict[str, object], status: int
) -> None:
    """A response without these headers is no more than "CORS error" to a script."""
    app = limited_app(settings, cors_origins=["https://ui.example"], **limits)
    with TestClient(app, raise_server_exceptions=False) as client:
        method = "GET" if path in {"/slow", "/broken"} else "POST"
        origin = {"Origin": "https://ui.example"}
        response = client.request(method, path, headers=origin, content=b"xx")
    assert response.status_code == status
    assert response.headers["Access-Control-Allow-Origin"] == "https://ui.example"
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("api.example", True),
        ("API.EXAMPLE", True),
        ("api.example:8000", True),
        ("a.suffix.example", True),
        ("[::1]:8000", True),
        ("api.example:80@evil", False),
        ("api.example:", False),
        ("api.example:port", False),
        ("api.example.evil", False),
        ("evil.example", False),
        ("suffix.example", False),
        ("user@api.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_names_of_hosts(settings: Settings, host: str, *, served: bool) -> None:
    """A name counts in any case and with any port, and with nothing else."""
    app = limited_app(settings, trusted_hosts=["Api.example", "*.suffix.example", "[::1]"])
    with TestClient(app) as client:
        response = client.get("/docs", headers={"Host": host})
    assert response.status_code == (200 if served else 400)


def test_lists_in_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are words separated by commas."""
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    made = Settings(_env_file=None, database_url=settings.database_url)
    assert made.cors_origins == ["https://a.example", "https://b.example"]


def test_settings_are_checked(settings: Settings) -> None:
    """A setting out of range stops the start."""
    with pytest.raises(ValidationError, match="port"):
        Settings(_env_file=None, database_url=settings.database_url, port=0)


HIDDEN = "hunter2"
SECRETS = {"DATABASE_URL": "{driver}://app:" + HIDDEN + "@db/name", "DATABASE_PASSWORD": HIDDEN}


@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL: is missing"),
        ({"DATABASE_URL": "{driver}://app:hun/ter2@db:x/name"}, "DATABASE_URL: is not a"),
        ({"DATABASE_URL": HIDDEN}, "DATABASE_URL: is not a"),
        ({"DATABASE_URL": "{driver}://app:a@" + HIDDEN + "@db/name"}, "DATABASE_URL: has two @"),
        ({"PORT": HIDDEN}, "PORT: Input should be"),
        ({"ENVIRONMENT": HIDDEN}, "ENVIRONMENT: Input should be"),
    ],
)
def test_invalid_settings_show_no_secret(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    invalid: dict[str, str],
    expected: str,
) -> None:
    """One line names the invalid setting, and no value: it may be a password."""
    monkeypatch.chdir("/")  # where there is no .env
    driver = settings.database_url.get_secret_value().partition(":")[0]
    for name, value in {**SECRETS, **invalid}.items():
        monkeypatch.setenv(name, value.format(driver=driver))
    with pytest.raises(SystemExit) as stopped:
        load_settings()
    assert stopped.value.code == 2
    line = capsys.readouterr().err
    assert expected in line
    assert line.count("\n") == 1
    assert "ter2" not in line
    with pytest.raises(ValidationError) as raised:
        Settings()
    assert "ter2" not in str(raised.value)
