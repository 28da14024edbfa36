"""Additions to uvicorn: timeouts for idle and stalled connections, and draining before a stop."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

from fastapi import FastAPI
from uvicorn.protocols.http.auto import AutoHTTPProtocol


class Protocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # (chosen at run time)
    """uvicorn's HTTP protocol with timeouts for request heads and for clients that do not read.

    uvicorn itself only limits the time between two requests of a connection.
    """

    HEAD_SECONDS = 10.0
    READ_SECONDS = 60.0
    head_timer: asyncio.TimerHandle | None = None
    read_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the timer of the first request head."""
        super().connection_made(transport)
        self.update_head_timer()

    def data_received(self, data: bytes) -> None:
        """Stop the timer when a head is complete; restart it for the next one."""
        super().data_received(data)
        self.update_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop both timers."""
        self.stop_head_timer()
        self.stop_read_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Start the timer of a client that does not read; `close` alone would wait for it, too."""
        super().pause_writing()
        if self.read_timer is None:
            self.read_timer = self.loop.call_later(self.READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timer: the client reads again."""
        self.stop_read_timer()
        super().resume_writing()

    def stop_read_timer(self) -> None:
        """Stop the timer of a client that does not read."""
        if self.read_timer is not None:
            self.read_timer.cancel()
            self.read_timer = None

    def update_head_timer(self) -> None:
        """Run the timer while no request is in progress, even if parts of a head arrive."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.stop_head_timer()
        elif self.head_timer is None:
            self.head_timer = self.loop.call_later(self.HEAD_SECONDS, self.close)

    def stop_head_timer(self) -> None:
        """Stop the timer of a request head."""
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None

    def close(self) -> None:
        """Close the connection, unless it was upgraded to a WebSocket."""
        if self.transport.get_protocol() is self:
            self.transport.close()


@contextmanager
def draining(app: FastAPI) -> Iterator[None]:
    """On SIGTERM, report "not ready" for DRAIN_SECONDS before the server stops.

    Requests are still served meanwhile, so a load balancer that checks readiness moves its traffic
    before connections are refused. A second SIGTERM stops the server at once if it comes more than
    a second later: process managers send the first one to workers twice.
    """
    app.state.draining = False
    seconds: float = app.state.settings.drain_seconds
    in_main_thread = threading.current_thread() is threading.main_thread()
    stop = signal.getsignal(signal.SIGTERM) if in_main_thread else None
    if not seconds or not callable(stop):
        yield  # no server handles SIGTERM here
        return
    loop = asyncio.get_running_loop()
    began = 0.0

    def drain(number: int, frame: FrameType | None) -> None:
        nonlocal began
        if app.state.draining:
            if monotonic() - began > 1:
                stop(number, frame)
        else:
            app.state.draining, began = True, monotonic()
            loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, frame)

    signal.signal(signal.SIGTERM, drain)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, stop)
