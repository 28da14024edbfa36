"""The guards of every request."""

import asyncio

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.core.settings import Settings
from app.main import create_app


def guarded(settings: Settings, **limits: object) -> FastAPI:
    """Return an app with other limits, and two routes to try them on."""
    app = create_app(settings.model_copy(update=limits))

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/parsed")
    def parsed(body: list[int]) -> int:
        return len(body)

    @app.get("/slow")
    async def slow() -> None:
        await asyncio.sleep(5)

    return app


def test_large_body(settings: Settings) -> None:
    """A body over the limit is refused, declared or not."""
    with TestClient(guarded(settings, max_body_bytes=10)) as client:
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
    with TestClient(guarded(settings, request_timeout=0.05)) as client:
        answer = client.get("/slow")
        assert answer.status_code == 504
        assert answer.headers["Retry-After"] == "1"


def test_too_many_at_once(settings: Settings) -> None:
    """Over the limit of concurrency there is an answer at once, and health checks still pass."""
    with TestClient(guarded(settings, max_concurrency=0)) as client:
        answer = client.get("/slow")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert client.get("/health/health").status_code == 200


def test_headers(client: TestClient) -> None:
    """Browsers are told to be careful; transport security is for https only."""
    answer = client.get("/health/health")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in answer.headers
    secure = client.get("https://testserver/health/health")
    assert "Strict-Transport-Security" in secure.headers


def test_hosts_and_origins(settings: Settings) -> None:
    """Only the hosts and origins that were named are served."""
    app = guarded(settings, trusted_hosts=["good.example"], cors_origins=["https://ui.example"])
    with TestClient(app, base_url="http://good.example") as client:
        answer = client.get("/health/health", headers={"Origin": "https://ui.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://ui.example"
        other = client.get("/health/health", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers
    with TestClient(app, base_url="http://evil.example") as client:
        refused = client.get("/docs")
        assert refused.status_code == 400
        assert refused.headers["content-type"] == "application/problem+json"
        assert client.get("/health/health").status_code == 200


def test_lists_in_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are words separated by commas."""
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    made = Settings(_env_file=None, database_url=settings.database_url)
    assert made.cors_origins == ["https://a.example", "https://b.example"]


def test_settings_are_checked(settings: Settings) -> None:
    """A setting out of range stops the start."""
    with pytest.raises(ValidationError, match="port"):
        Settings(_env_file=None, database_url=settings.database_url, port=0)
