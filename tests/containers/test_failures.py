"""Failures of services: each is reported, nothing loops, and what comes back is used again without a restart."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .engine import Stack, inspect, provide_for, run

pytestmark = pytest.mark.containers

SMALL = {"observability": False, "package_manager": "uv"}
SQL = 'psql -q -U app -d task_api -h /var/run/postgresql -Atc "{}"'
UPGRADE = "Running upgrade "
ASK = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
connection.request("GET", sys.argv[2], headers={"Host": sys.argv[1]})
print(connection.getresponse().status)
"""


def migrations(stack: Stack) -> list[str]:
    """Return the revisions of an app."""
    return sorted(path.name.partition("_")[0] for path in (stack.folder / "migrations" / "versions").glob("*.py"))


def applied(stack: Stack) -> list[str]:
    """Return the revisions that the logs of all replicas name as applied, each as often as it was."""
    lines = [line for line in stack.logs("app").splitlines() if UPGRADE in line]
    return sorted(line.rpartition("->")[2].replace(",", " ").split()[0] for line in lines)


def all_ready(stack: Stack, number: int) -> None:
    """Wait until each of so many replicas is ready, without a restart."""
    ready = ("python", "-m", "app.healthcheck", "http://127.0.0.1:8000/health/ready")
    replicas = stack.containers("app")
    assert len(replicas) == number
    end = time.monotonic() + 60
    while any(run("docker", "exec", one, *ready, check=False).returncode for one in replicas):
        assert time.monotonic() < end, stack.logs("app")
        time.sleep(0.2)
    assert {inspect(one, "{{.RestartCount}} {{.State.Status}}") for one in replicas} == {"0 running"}


def settled(stack: Stack, service: str) -> str:
    """Return how often a service was restarted, and its health."""
    return inspect(stack.containers(service)[0], "{{.RestartCount}} {{.State.Health.Status}}")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Stack]:
    """Return a stack of app, database and redis, not started."""
    provide_for()
    one = Stack.rendered(tmp_path / "app", "small", **SMALL)
    yield one
    one.remove()


@pytest.mark.slow
def test_nothing_starts_without_secrets(small: Stack) -> None:
    """The stack refuses to start, and says which file is missing."""
    (small.docker / "secrets" / "postgres_password").unlink()
    done = small.compose("up", "--build", "--detach", "--wait", check=False)
    assert done.returncode != 0
    assert "secrets/postgres_password" in done.stderr
    assert "postgres_password is missing: run docker/init-secrets.sh" in json.dumps(small.validate("--no-start"))


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(small: Stack) -> None:
    """The engine names the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", small.ports["app"]))
        taken.listen()
        done = small.compose("up", "--build", "--detach", "--wait", check=False)
    assert done.returncode != 0
    assert str(small.ports["app"]) in done.stderr


@pytest.mark.slow
def test_a_wrong_password_is_named_and_waited_for(small: Stack) -> None:
    """Alive, not ready, the reason in the log but no secret; no restart, before and after the password is fixed."""
    small.up("postgres")
    secret = small.docker / "secrets" / "postgres_password"
    right = secret.read_text(encoding="utf-8")
    secret.write_text("wrong-password", encoding="utf-8")
    small.compose("up", "--build", "--detach", "--wait", "--no-deps", "app")
    assert small.get("/health/health")[0] == 200
    checks = json.loads(small.until("/health/ready", 503))["checks"]
    assert (checks["database"], checks["migrations"]) == ("failed", "failed")
    time.sleep(8)
    log = small.logs("app")
    assert "waiting for the database: " in log
    assert "password authentication failed" in log
    assert "Traceback" not in log
    assert right not in log
    assert "wrong-password" not in log
    small.inside("postgres", SQL.format("ALTER ROLE app PASSWORD 'wrong-password'"))
    small.until("/health/ready", 200)
    assert settled(small, "app") == "0 healthy"


@pytest.mark.slow
def test_the_database_may_come_late(small: Stack) -> None:
    """30 seconds late: the app is alive and healthy, not ready, and then ready without a restart."""
    small.compose("up", "--build", "--detach", "--wait", "--no-deps", "app")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert small.get("/health/health")[0] == 200
        assert small.get("/health/ready")[0] == 503
        time.sleep(1)
    assert "waiting for the database: " in small.logs("app")
    small.compose("up", "--detach", "--wait", "postgres")
    small.until("/health/ready", 200)
    assert small.get("/api/v1/tasks", title="Was late")[0] == 201
    assert settled(small, "app") == "0 healthy"
    assert applied(small) == migrations(small)


@pytest.mark.slow
def test_a_full_disk_stops_writes_only(small: Stack) -> None:
    """The database's disk is full: writes get 503, reads and health go on; with room again, so do writes."""
    overlay = "volumes: {postgres-data: {driver_opts: {type: tmpfs, device: tmpfs, o: size=128m}}}\n"
    (small.docker / "small-disk.yml").write_text(overlay, encoding="utf-8")
    small.overlays.append("small-disk.yml")
    small.up()
    small.until("/health/ready", 200)
    status, body = small.get("/api/v1/tasks", title="Before")
    assert status == 201
    filler = "/var/lib/postgresql/data/filler"
    fill = f"dd if=/dev/zero of={filler} bs=1M || dd if=/dev/zero of={filler}2 bs=4k || sync"
    small.compose("exec", "-T", "--user", "postgres", "postgres", "sh", "-c", fill)
    statuses = [small.get("/api/v1/tasks", title=f"Number {number}")[0] for number in range(400)]
    assert set(statuses) == {201, 503}, set(statuses)
    assert "Before" in small.get(f"/api/v1/tasks/{json.loads(body)['id']}")[1]
    assert small.get("/health/ready")[0] == 200
    small.compose("exec", "-T", "--user", "postgres", "postgres", "sh", "-c", f"rm {filler}*")
    assert small.get("/api/v1/tasks", title="After")[0] == 201
    rows = small.inside("postgres", SQL.format("SELECT count(*) FROM tasks")).stdout.strip()
    assert int(rows) == statuses.count(201) + 2
    assert [settled(small, service) for service in ("app", "postgres")] == ["0 healthy"] * 2


@pytest.mark.slow
def test_lost_services_are_lived_without(small: Stack) -> None:
    """Database gone: alive 200, ready 503 in time; Redis gone: ready and degraded. Both are taken back."""
    small.up()
    small.until("/health/ready", 200)
    small.compose("stop", "redis")
    assert json.loads(small.until("/health/ready", 200))["status"] == "degraded"
    assert small.get("/api/v1/tasks", title="Without redis")[0] == 201
    small.compose("start", "redis")
    small.compose("stop", "postgres")
    started = time.monotonic()
    assert small.get("/health/ready")[0] == 503
    assert time.monotonic() - started < 10
    assert small.get("/health/health")[0] == 200
    assert small.get("/api/v1/tasks")[0] == 503
    small.compose("start", "postgres")
    small.until("/health/ready", 200)
    assert "Without redis" in small.get("/api/v1/tasks")[1]
    assert inspect(small.containers("app")[0], "{{.RestartCount}}") == "0"


HEAD = "POST /api/v1/tasks HTTP/1.1\r\nHost: app\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


def test_expensive_requests_do_not_stop_the_service(small: Stack) -> None:
    """Bodies of very many keys, hundreds of large and of slow ones: memory suffices, and others are served."""
    small.up()
    small.until("/health/ready", 200)
    keys = {str(number): 1 for number in range(80_000)}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: small.get("/api/v1/tasks", **keys), range(8)))
    assert {status for status, _ in found} <= {413, 422}
    assert max(len(body) for _, body in found) <= 16_000
    address = ("127.0.0.1", small.ports["app"])
    with contextlib.ExitStack() as held:
        for number in range(400):
            size, sent = (1_000_000, 900_000) if number % 2 else (1000, 1)
            one = held.enter_context(socket.create_connection(address, timeout=30))
            one.settimeout(0)
            with contextlib.suppress(OSError):
                one.send(HEAD.format(size).encode() + b"{" * sent)
        assert [small.get("/api/v1/tasks")[0] for _ in range(20)] == [200] * 20
        assert small.get("/api/v1/tasks", title="Served")[0] == 201
    assert settled(small, "app") == "0 healthy"
    assert inspect(small.containers("app")[0], "{{.State.OOMKilled}}") == "false"


def test_replicas_migrate_once(small: Stack) -> None:
    """Three replicas at once on an empty database, five times: all serve, each migration is applied exactly once."""
    small.overlays.append("docker-compose.prod.yml")
    for _ in range(5):
        small.down()
        small.compose("up", "--detach", "--wait", "postgres", "redis")
        small.compose("up", "--build", "--detach", "--wait", "--no-deps", "--scale", "app=3", "app")
        all_ready(small, 3)
        assert applied(small) == migrations(small)
        rows = small.inside("postgres", SQL.format("SELECT version_num FROM alembic_version")).stdout.split()
        assert rows == migrations(small)[-1:]
    small.compose("restart", "--no-deps", "app")
    all_ready(small, 3)
    assert applied(small) == migrations(small)


@pytest.mark.slow
def test_production_hides_all_but_the_proxy(tmp_path: Path) -> None:
    """TLS by the proxy, headers, no metrics, no database port; Prometheus finds all three replicas."""
    provide_for(proxy=True)
    prod = Stack.rendered(tmp_path / "app", "prod", package_manager="uv")
    prod.overlays.append("docker-compose.prod.yml")
    prod.configure(APP_REPLICAS="3")
    try:
        prod.up()
        assert prod.compose("config").stdout.count("TRUSTED_HOSTS: localhost\n") == 1
        address = f"https://localhost:{prod.ports['https']}"

        def status(path: str, *words: str) -> str:
            return run("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", *words, f"{address}{path}").stdout

        end = time.monotonic() + 60
        while status("/health/ready") != "200":
            assert time.monotonic() < end, prod.logs("app", "proxy")
            time.sleep(0.5)
        assert [status(path) for path in ("/health/ready", "/api/v1/tasks")] == ["200"] * 2
        assert [status(path) for path in ("/metrics", "/metrics/metrics", "/metrics/metrics/")] == ["404"] * 3
        headers = run("curl", "-skD", "-", "-o", "/dev/null", f"{address}/api/v1/tasks").stdout.lower()
        for line in (
            "strict-transport-security: max-age=31536000",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "x-frame-options: deny",
        ):
            assert line in headers
        assert "\nserver:" not in headers
        # The app serves the domain only, whoever asks; probes are exempt.
        for host, path, expected in (
            ("localhost", "/api/v1/tasks", "200"),
            ("evil.example", "/api/v1/tasks", "400"),
            ("evil.example", "/health/health", "200"),
            ("evil.example", "/metrics/metrics", "200"),
        ):
            asked = prod.compose("exec", "-T", "--index", "1", "app", "python", "-c", ASK, host, path).stdout.strip()
            assert (host, path, asked) == (host, path, expected)
        assert (
            run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"http://localhost:{prod.ports['http']}/").stdout
            == "308"
        )
        assert prod.get("/docs")[0] == 0
        for service in ("app", "postgres", "redis"):
            for one in prod.containers(service):
                ports = json.loads(inspect(one, "{{json .HostConfig.PortBindings}}"))
                assert not ports, f"{service} publishes {ports}"
        end = time.monotonic() + 60
        while True:
            targets = json.loads(prod.get("/api/v1/targets?state=active&scrapePool=task-api", "prometheus")[1])["data"][
                "activeTargets"
            ]
            if [target["health"] for target in targets] == ["up"] * 3:
                break
            assert time.monotonic() < end, targets
            time.sleep(1)
        # A rolling stop of one replica: whoever asks the proxy does not notice.
        with ThreadPoolExecutor(1) as pool:
            stopping = pool.submit(run, "docker", "stop", prod.containers("app")[0])
            statuses = []
            while not stopping.done():
                statuses.append(status("/health/health"))
            statuses += [status("/health/health") for _ in range(20)]
        assert set(statuses) == {"200"}
    finally:
        prod.remove()
