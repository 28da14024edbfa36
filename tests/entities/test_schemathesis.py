"""The API does what its OpenAPI document says, whatever is sent: no server error, no breach of a schema."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Render, example
from tests.entities import apps
from tests.entities.strategies import IN_CI
from tests.environments import clean_environment

TOOL = ["schemathesis==4.32.5"]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
SEED = os.environ.get("RANDOM_SEED", "1")
CASES_OF_AN_OPERATION = 1 if IN_CI else 30
LEAST = 300 if IN_CI else 2000
START_SECONDS = 60


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


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


@pytest.mark.slow
@pytest.mark.turns(2)
@pytest.mark.parametrize("variant", apps.VARIANTS)
def test_api_keeps_its_word(variant: str, template: Path, render: Render) -> None:
    """Every check of Schemathesis; the configuration has the reason for each changed default."""
    python = apps.apps_python(render)
    fuzzer = apps.environment("schemathesis-venv", TOOL).with_name("st")
    app = apps.rendered(template, "kitchen-sink", {**example("kitchen-sink"), **apps.VARIANTS[variant]})
    with running(python, app) as address:
        command = [fuzzer, "--config-file", CONFIGURATION, "run", f"{address}/openapi.json", "--no-color"]
        limits = ["--seed", SEED, "--max-examples", str(CASES_OF_AN_OPERATION), "--continue-on-failure", "--no-shrink"]
        done = subprocess.run(
            [*command, *limits],
            cwd=app.parent,
            env=clean_environment(SCHEMATHESIS_HOOKS=str(HOOKS)),
            capture_output=True,
            text=True,
            check=False,
        )
    log = app.with_suffix(".log").read_text(encoding="utf-8")
    print(done.stdout[-1500:])
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout[-20000:]}\n{done.stderr[-2000:]}\n{log[-5000:]}"
    assert "Traceback" not in log, log[-5000:]
    generated = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert generated, done.stdout[-1500:]
    assert int(generated[1]) == int(generated[2]) >= LEAST
