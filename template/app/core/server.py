"""What uvicorn leaves open: connections that never send a request, and time to leave a load balancer."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from fastapi import FastAPI
from uvicorn.protocols.http.auto import AutoHTTPProtocol


class Protocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # (chosen at run time)
    """uvicorn's HTTP, which closes a connection that sends no whole request head in time.

    uvicorn has a time limit after the first response only.
    """

    HEAD_SECONDS = 10.0
    waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.watch()

    def data_received(self, data: bytes) -> None:
        """Wait no longer when a head is complete, and again when a part of another one comes."""
        super().data_received(data)
        self.watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self.wait_no_longer()
        super().connection_lost(exc)

    def watch(self) -> None:
        """Let the time run while no request is being worked on, however slowly one trickles in."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.wait_no_longer()
        elif self.waiting is None:
            self.waiting = self.loop.call_later(self.HEAD_SECONDS, self.close)

    def wait_no_longer(self) -> None:
        """Stop the time."""
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    def close(self) -> None:
        """Close the connection, unless it is a web socket by now."""
        if self.transport.get_protocol() is self:
            self.transport.close()


@contextmanager
def draining(app: FastAPI) -> Iterator[None]:
    """On SIGTERM, say for DRAIN_SECONDS that the service is not ready, and only then let it stop.

    Meanwhile it serves as before: a load balancer that asks for readiness sends its requests
    elsewhere before connections are refused. A second SIGTERM stops it at once.
    """
    app.state.draining = False
    seconds: float = app.state.settings.drain_seconds
    in_main_thread = threading.current_thread() is threading.main_thread()
    stop = signal.getsignal(signal.SIGTERM) if in_main_thread else None
    if not seconds or not callable(stop):
        yield  # nothing here stops a server
        return
    loop = asyncio.get_running_loop()

    def drain(number: int, frame: FrameType | None) -> None:
        if app.state.draining:
            stop(number, frame)
        else:
            app.state.draining = True
            loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, frame)

    signal.signal(signal.SIGTERM, drain)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, stop)
