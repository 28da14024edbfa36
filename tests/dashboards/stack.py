"""A rendered app and a real Prometheus beside it, as processes on the loopback."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier
import yaml

from tests.dashboards import linter

ROOT = Path(__file__).parents[2]
TOOLS = ("prometheus", "promtool")
NEEDED = ("aiosqlite", "alembic", "fastapi", "prometheus_client", "pydantic_settings", "structlog", "uvicorn")
PATIENCE = 60.0

Json = dict[str, Any]


def render(folder: Path, answers: Path, **more: Any) -> Path:
    """Render the template with an answers file."""
    data = {**yaml.safe_load(answers.read_text(encoding="utf-8")), **more}
    copier.run_copy(str(ROOT), folder, data, vcs_ref="HEAD", defaults=True, unsafe=True, quiet=True)
    return folder


def python_for(app: Path) -> str:
    """A Python that has what the app needs: this one, or a new environment inside the app."""
    if all(importlib.util.find_spec(name) for name in NEEDED):
        return sys.executable
    subprocess.run(["make", "setup"], cwd=app, check=True)
    return str(app / ".venv/bin/python")


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(url: str) -> str:
    """The body of an answer."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a process answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            fetch(url)
            return
        time.sleep(0.2)
    raise AssertionError(f"{url} does not answer:\n{log.read_text(encoding='utf-8')}")


@contextlib.contextmanager
def running(command: list[str], ready: str, log: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process from its readiness to the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        try:
            wait_for(ready, process, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class Stack:
    """The app, its Prometheus and its dashboards."""

    folder: Path
    app_url: str
    url: str
    job: str
    dashboards: dict[str, Json]
    python: str
    environment: dict[str, str]
    app: subprocess.Popen[bytes]

    def load(self, rounds: int) -> None:
        """Touch every entity."""
        script = Path(__file__).with_name("load.py")
        command = [self.python, str(script), self.app_url, str(rounds)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr

    def ask(self, path: str, **parameters: Any) -> Any:
        """Prometheus's answer to a question of its HTTP API."""
        query = urllib.parse.urlencode(parameters)
        answer = json.loads(fetch(f"{self.url}/api/v1/{path}?{query}"))
        assert answer["status"] == "success", answer
        return answer["data"]

    def values_of(self, variable: Json) -> list[str]:
        """The values that a template variable offers."""
        match = re.fullmatch(r"label_values\((.+),\s*(\w+)\)", variable["query"]["query"])
        assert match, variable
        values: list[str] = self.ask(f"label/{match[2]}/values", **{"match[]": self.fill(match[1])})
        return values

    def fill(self, expression: str, entity: str = "") -> str:
        """An expression with the variables as Grafana fills them in."""
        values = {
            "$__rate_interval": "1m",
            "$__range": "10m",
            "$job": self.job,
            "$instance": ".+",
            "$entity": entity,
        }
        for variable, value in values.items():
            expression = expression.replace(variable, value)
        return expression

    def finite(self, expression: str) -> bool:
        """Whether a query has at least one finite value now."""
        result = self.ask("query", query=expression)["result"]
        return any(math.isfinite(float(sample["value"][1])) for sample in result)

    def silent(self, dashboard: Json, entities: list[str]) -> list[str]:
        """The queries that show nothing."""
        return [
            f"{title}: {expression}"
            for title, expression in linter.targets(dashboard)
            for entity in (entities if "$entity" in expression else [""])
            if not self.finite(self.fill(expression, entity))
        ]


def configure(folder: Path, port: int, own_port: int) -> None:
    """Point the rendered prometheus.yml at the loopback, and let it hurry."""
    path = folder / "docker/prometheus.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["global"].update(scrape_interval="1s", scrape_timeout="1s", evaluation_interval="1s")
    app, itself = config["scrape_configs"]
    del app["dns_sd_configs"]
    app.update(scrape_interval="1s", scrape_timeout="1s", static_configs=[{"targets": [f"127.0.0.1:{port}"]}])
    itself["static_configs"][0]["targets"] = [f"127.0.0.1:{own_port}"]
    itself.update(scrape_interval="1s", scrape_timeout="1s")
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


@contextlib.contextmanager
def stack(folder: Path, logs: Path) -> Iterator[Stack]:
    """Start the rendered app in `folder` on SQLite, and a Prometheus with its rules."""
    port, prometheus_port = free_port(), free_port()
    url, app_url = f"http://127.0.0.1:{prometheus_port}", f"http://127.0.0.1:{port}"
    python = python_for(folder)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{logs}/app.db",
        "ENTITY_ROWS_INTERVAL": "1",
        "ENVIRONMENT": "test",
        "PORT": str(port),
        "PYTHONPATH": str(folder),
    }
    configure(folder, port, prometheus_port)
    prometheus = [
        shutil.which("prometheus") or "prometheus",
        f"--config.file={folder}/docker/prometheus.yml",
        f"--storage.tsdb.path={logs}/data",
        f"--web.listen-address=127.0.0.1:{prometheus_port}",
    ]
    with (
        running(
            [python, "-m", "app"],
            f"{app_url}/health/ready",
            logs / "app.log",
            cwd=folder,
            env=environment,
        ) as app,
        running(prometheus, f"{url}/-/ready", logs / "prometheus.log"),
    ):
        answers = yaml.safe_load((folder / ".copier-answers.yml").read_text(encoding="utf-8"))
        boards = sorted((folder / "docker/grafana/dashboards").glob("*.json"))
        dashboards = {board.stem: json.loads(board.read_text(encoding="utf-8")) for board in boards}
        yield Stack(folder, app_url, url, answers["app_name"], dashboards, python, environment, app)
