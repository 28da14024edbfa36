"""What uvicorn leaves open: connections that never send a request, and time to leave a load balancer."""

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
    """uvicorn's HTTP, which ends a connection that sends no whole request head in time, or reads nothing.

    uvicorn has a time limit after the first response only, and none for those that do not read.
    """

    HEAD_SECONDS = 10.0
    READ_SECONDS = 60.0
    waiting: asyncio.TimerHandle | None = None
    unread: asyncio.TimerHandle | None = None

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
        self.stop_unread()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait for a client that does not read: closing would wait for it, too."""
        super().pause_writing()
        if self.unread is None:
            self.unread = self.loop.call_later(self.READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Wait no longer: it reads."""
        self.stop_unread()
        super().resume_writing()

    def stop_unread(self) -> None:
        """Stop the time of a client that does not read."""
        if self.unread is not None:
            self.unread.cancel()
            self.unread = None

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
    elsewhere before connections are refused. A SIGTERM more than a second later stops it at once:
    process managers send the first one to workers twice.
    """
    app.state.draining = False
    seconds: float = app.state.settings.drain_seconds
    in_main_thread = threading.current_thread() is threading.main_thread()
    stop = signal.getsignal(signal.SIGTERM) if in_main_thread else None
    if not seconds or not callable(stop):
        yield  # nothing here stops a server
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
