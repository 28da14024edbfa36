"""What the server adds to uvicorn: connections that send nothing are closed, and SIGTERM calls a hook first."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from app.core.server import Protocol
from app.core.settings import Settings

ROOT = Path(__file__).parents[2]


class Impatient(Protocol):
    """The same, sooner."""

    HEAD_SECONDS = 0.3


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Return the port of a server that waits a moment for a request."""
    app = FastAPI()

    @app.post("/slow")
    async def slow() -> str:
        time.sleep(0.6)  # noqa: ASYNC251  (longer than the time for a head)
        return "done"

    server = uvicorn.Server(uvicorn.Config(app, port=0, http=Impatient, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"GET / HT"],
        [b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 20],
        [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HT"],
    ],
    ids=["nothing", "half a head", "trickle", "half of a second head"],
)
def test_connections_without_a_request(port: int, parts: list[bytes]) -> None:
    """They are closed, however slowly a head trickles in."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            time.sleep(0.05)
            try:
                connection.sendall(part)
            except OSError:
                return  # closed meanwhile
        try:
            while connection.recv(4096):
                pass
        except ConnectionResetError:
            pass


def test_requests_take_their_time(port: int) -> None:
    """A connection with a request is left alone, and so is one between two requests."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(2):
            assert client.post("/slow").json() == "done"


def free_port() -> int:
    """Return a port without a listener."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        number: int = listening.getsockname()[1]
        return number


def status(client: httpx2.Client, path: str) -> int:
    """Return the status of a response, 0 without a listener."""
    try:
        return client.get(path).status_code
    except httpx2.TransportError:
        return 0


def wait_for(client: httpx2.Client, path: str, wanted: int) -> None:
    """Wait until a path responds with a status."""
    for _ in range(600):
        if status(client, path) == wanted:
            return
        time.sleep(0.05)
    pytest.fail(f"{path} does not response {wanted}")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_sigterm_is_told_first(settings: Settings) -> None:
    """After SIGTERM the service is not ready, but it serves; a second one ends DRAIN_SECONDS."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "MIGRATE_ON_START": "false",
        "PORT": str(port),
        "DRAIN_SECONDS": "60",
    }
    command = [sys.executable, "-m", "app"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_for(client, "/health/ready", 200)
            server.send_signal(signal.SIGTERM)
            wait_for(client, "/health/ready", 503)
            assert client.get("/health/ready").json()["status"] == "stopping"
            assert status(client, "/health/health") == 200
            assert status(client, "/openapi.json") == 200
            time.sleep(1.5)
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) in {0, -signal.SIGTERM}
    finally:
        server.kill()
        server.wait()
