"""The profile "logs" with the real images: lines reach Loki. What its reader may see is in test_stack.py."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extensions import pins

from .engine import Stack, provide, provide_for

pytestmark = [pytest.mark.containers, pytest.mark.slow]


@pytest.fixture
def logged(new_folder: Path) -> Iterator[Stack]:
    """Return a stack with the profile; skipped where Loki and Alloy cannot be pulled, as nothing stands in for them."""
    if os.environ.get("CONTAINERS_SH"):
        pytest.skip("LOKI AND ALLOY NOT STARTED: there is no stand-in for them; their images have to be pulled")
    provide_for()
    for name in ("alloy", "loki"):
        provide(pins.images[name])
    one = Stack.rendered(new_folder, "logs")
    try:
        one.compose("--profile", "logs", "up", "--build", "--detach", "--wait", "--wait-timeout", "240")
        yield one
    finally:
        one.remove()


def test_lines_reach_loki(logged: Stack) -> None:
    """Both programs take their configuration; a request's line is in Loki, under two labels."""
    for words in (
        ("loki", "-config.file=/etc/loki/loki.yml", "-verify-config"),
        ("alloy", "validate", "/etc/alloy/config.alloy"),
    ):
        logged.compose("--profile", "logs", "run", "--rm", "--no-deps", "-T", *words)
    logged.get("/api/v1/tasks")
    ask = "wget -q -O - 'http://loki:3100/loki/api/v1/"
    query = "query_range?query=%7Bservice%3D%22app%22%2Clevel%3D%22info%22%7D%7C%3D%22app.requests%22'"
    end, streams = time.monotonic() + 60, []
    while not streams and time.monotonic() < end:
        time.sleep(1)
        streams = json.loads(logged.inside("grafana", f"{ask}{query}").stdout)["data"]["result"]
    assert streams, logged.logs("alloy", "loki")
    labels = json.loads(logged.inside("grafana", f"{ask}labels'").stdout)["data"]
    assert sorted(labels) == ["level", "service"]
