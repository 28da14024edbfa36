"""The profile "logs": what its reader may see, on a real engine; with the real images, lines that reach Loki."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extensions import pins

from .engine import Stack, provide, provide_for, python_image

pytestmark = pytest.mark.containers

READER = """
import glob, json, os

project = os.environ["COMPOSE_PROJECT_NAME"]
found, refused = {}, 0
for name in glob.glob("/var/log/containers/*/*-json.log"):
    for text in open(name, encoding="utf-8"):
        line = json.loads(text)
        labels = line.get("attrs", {})
        if labels.get("com.docker.compose.project") == project:
            found.setdefault(labels["com.docker.compose.service"], []).append(line["log"])
    try:
        open(name, "a").close()
    except OSError:
        refused += 1
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({"found": found, "refused": refused, "capabilities": status["CapEff"].strip()}))
"""
"""Does in the place of Alloy what Alloy does: finds the files, and the lines of this project by their labels."""


def test_its_reader_sees_the_lines_and_can_change_none(stack: Stack) -> None:
    """As root without a capability it reads each service's file, may not write, and the app's lines have a level."""
    stack.until("/health/ready", 200)
    stack.get("/api/v1/tasks")
    stack.configure(ALLOY_IMAGE=python_image())
    words = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "python3", "alloy", "-c", READER)
    seen = json.loads(stack.compose("--profile", "logs", *words).stdout)
    assert seen["found"].keys() >= {"app", "grafana", "postgres", "prometheus", "redis"}
    assert seen["refused"] >= len(seen["found"])
    assert int(seen["capabilities"], 16) == 0
    (level,) = re.findall(r"expression = `(.+)`", (stack.docker / "logs.alloy").read_text(encoding="utf-8"))
    assert all(re.search(level, line) for line in seen["found"]["app"])
    assert any(re.search(level, line) for line in seen["found"]["postgres"])


@pytest.fixture
def logged(new_folder: Path) -> Iterator[Stack]:
    """Return a stack with the profile; skipped where Loki and Alloy cannot be pulled, as nothing stands in for them."""
    if os.environ.get("CONTAINERS_SH"):
        pytest.skip("LOKI AND ALLOY NOT STARTED: there is no stand-in for them; their images have to be pulled")
    provide_for()
    for name in ("alloy", "loki"):
        provide(pins.images[name])
    one = Stack.rendered(new_folder, "logs")
    one.compose("--profile", "logs", "up", "--build", "--detach", "--wait", "--wait-timeout", "240")
    yield one
    one.remove()


@pytest.mark.slow
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
