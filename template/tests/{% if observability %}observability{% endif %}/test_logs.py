"""Log lines are JSON, carry the request's id and never a secret."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.observability import logs

HIDDEN = "hunter2"


@pytest.fixture(name="visitor")
def make_visitor() -> Iterator[TestClient]:
    """Return a client of an application that logs JSON."""
    write = logs.configure(level="INFO", json=True)
    app = FastAPI()

    @app.get("/things/{thing_id}")
    def read(thing_id: int) -> int:
        structlog.get_logger("shop").info("reading", password=HIDDEN)
        logging.getLogger("uvicorn.error").warning("an old-style %s", "line")
        return 1 // thing_id

    app.add_middleware(logs.LogMiddleware, write=write)
    with TestClient(app, raise_server_exceptions=False) as visitor:
        yield visitor


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_one_line_per_request(visitor: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says which route, which response, how long; query strings may hold secrets."""
    visitor.get(f"/things/7?token={HIDDEN}")
    requests = [line for line in _lines(capsys) if line["event"] == "request"]
    assert len(requests) == 1
    assert requests[0]["route"] == "/things/{thing_id}"
    assert requests[0]["status"] == 200
    assert requests[0]["level"] == "info"
    assert HIDDEN not in str(requests[0])


def test_all_lines_have_one_shape(visitor: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """Uvicorn's lines and structlog's carry the same keys and the request's id."""
    response = visitor.get("/things/7")
    lines = _lines(capsys)
    assert {line["event"] for line in lines} == {"reading", "an old-style line", "request"}
    for line in lines:
        assert {"event", "level", "logger", "request_id", "timestamp"} <= line.keys()
        assert line["request_id"] == response.headers["X-Request-ID"]


def test_secrets_are_hidden(visitor: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that sounds like a secret has no value."""
    visitor.get("/things/7")
    assert [line["password"] for line in _lines(capsys) if line["event"] == "reading"] == ["***"]


@pytest.mark.parametrize(
    ("given", "kept"), [("order-42_a.b", True), ("a b", False), ("x" * 65, False), ("", False)]
)
def test_request_id(visitor: TestClient, given: str, *, kept: bool) -> None:
    """A harmless id of the caller is used; anything else is replaced."""
    response = visitor.get("/things/7", headers={"X-Request-ID": given})
    assert (response.headers["X-Request-ID"] == given) is kept


def test_failures_are_logged_once(visitor: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """A request that ends in an exception still has its line, with status 500."""
    visitor.get("/things/0")
    requests = [line for line in _lines(capsys) if line["event"] == "request"]
    assert [line["status"] for line in requests] == [500]


def test_console(capsys: pytest.CaptureFixture[str]) -> None:
    """In development a line is for people."""
    write = logs.configure(level="INFO", json=False)
    logging.getLogger("app.shop").info("open")
    write({"event": "request", "logger": "app.requests", "route": "/things"})
    lines = capsys.readouterr().err.splitlines()
    assert "open" in lines[0]
    assert "/things" in lines[1]
    assert not any(line.startswith("{") for line in lines)


def test_only_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    """A level above INFO leaves the lines of requests out."""
    write = logs.configure(level="WARNING", json=True)
    write({"event": "request"})
    logging.getLogger("app.shop").info("open")
    assert capsys.readouterr().err == ""
