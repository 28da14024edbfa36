"""Rendered apps that run, for tests that are their clients."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.environments import clean_environment, free_port

START_SECONDS = 60


@contextmanager
def running(python: Path, app: Path) -> Iterator[str]:
    """Run an app as its developers do, on an empty database; yield where it is."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = app.parent / f"{app.name}.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [python, "-m", "tools.dev", "--no-reload", "--fresh"],
            cwd=app,
            env=clean_environment(PORT=str(port), LOG_LEVEL="WARNING"),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            wait(server, f"{address}/health/ready", log)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(30)


def wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until an address answers; fail with the log when it does not."""
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the app did not start:\n{log.read_text(encoding='utf-8')[-5000:]}")
