"""The production stack: a new version without an outage, backups, slow clients, and what its proxy writes down."""

from __future__ import annotations

import json
import shlex
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Self

import pytest

from .engine import ROOT, Stack, provide_for, restorable, run
from .test_documents import commands

pytestmark = [pytest.mark.containers, pytest.mark.slow]

BACKUP, BESIDE, CHANGE_PLACES = (
    next(block for block in commands((ROOT / "docs" / "how-to" / "production.md").read_text("utf-8")) if word in block)
    for word in ("pg_dump", "createdb", "ALLOW_CONNECTIONS")
)
MIGRATION = '''"""Add a table that the old version does not know."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take longer than a new replica waits before it listens."""
    op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
    time.sleep(6)
'''
BROKEN = MIGRATION.replace('"0002"', '"0003"').replace('"0001"', '"0002"').replace('"notes"', '"more_notes"')
BROKEN = BROKEN.replace("    time.sleep(6)\n", '    op.execute("SELECT nothing")\n')
VERSION = '''"""Say which version serves."""

from fastapi import FastAPI


def extend(app: FastAPI) -> None:
    """Add a route."""
    app.add_api_route("/version", lambda: NUMBER)
'''
ENDS = '''"""End before it serves."""

raise SystemExit("this version does not start")
'''


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return the production stack with two replicas; tests leave it running."""
    provide_for(proxy=True)
    folder = tmp_path_factory.mktemp("production") / "app"
    one = Stack.rendered(folder, "rolling", observability=False, package_manager="uv")
    one.overlays.append("docker-compose.prod.yml")
    one.configure(APP_REPLICAS="2")
    try:
        one.up()
        yield one
    finally:
        one.remove()


def connected(stack: Stack, timeout: float = 60) -> HTTPSConnection:
    """Return a connection to the proxy, whose certificate is its own."""
    trusting = ssl._create_unverified_context()  # noqa: S323, SLF001  (its own authority)
    return HTTPSConnection("localhost", stack.ports["https"], context=trusting, timeout=timeout)


def asked(stack: Stack, path: str, **headers: str) -> tuple[int, str]:
    """Ask the proxy once."""
    connection = connected(stack)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    found = response.status, response.read().decode()
    connection.close()
    return found


class Load:
    """Users who read and write through the proxy, and count what they get."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.counts: Counter[str] = Counter()
        self.slowest = 0.0
        self.stopped = threading.Event()
        self.users = [threading.Thread(target=self.use, args=(method,)) for method in ("GET", "POST") * 3]

    def __enter__(self) -> Self:
        for user in self.users:
            user.start()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(2)
        self.stopped.set()
        for user in self.users:
            user.join()

    def use(self, method: str) -> None:
        """Ask until it is over, on one connection while it lasts."""
        connection = connected(self.stack)
        body = json.dumps({"title": "Under load"}) if method == "POST" else None
        while not self.stopped.is_set():
            began = time.monotonic()
            try:
                connection.request(method, "/api/v1/tasks", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                self.counts[f"{method} {response.status}"] += 1
            except (OSError, HTTPException) as error:
                self.counts[f"{method} {type(error).__name__}"] += 1
                connection.close()
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.02)
        connection.close()

    def lost(self) -> int:
        """Say how it went and return how many requests failed."""
        print(f"{dict(self.counts)}, the slowest took {self.slowest:.2f} s")
        assert min(self.counts["GET 200"], self.counts["POST 201"]) > 20
        return sum(self.counts.values()) - self.counts["GET 200"] - self.counts["POST 201"]


def deploy(stack: Stack, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the script from anywhere."""
    return run(stack.docker / "deploy.sh", *options, cwd=Path("/"), check=False)


def write(stack: Stack, name: str, text: str) -> None:
    """Change the app's code."""
    (stack.folder / name).write_text(text, encoding="utf-8")


def revision(stack: Stack) -> str:
    """Return what the database is migrated to."""
    sql = "psql -U app -d task_api -h /var/run/postgresql -Atc 'SELECT version_num FROM alembic_version'"
    return stack.inside("postgres", sql).stdout.strip()


def test_a_new_version_loses_no_request(prod: Stack) -> None:
    """A new image and a migration of some seconds, under load: no request fails, and the old replicas are gone."""
    before = prod.containers("app")
    assert len(before) == 2
    write(prod, "app/extra.py", VERSION.replace("NUMBER", "2"))
    write(prod, "migrations/versions/0002_notes.py", MIGRATION)
    with Load(prod) as load:
        done = deploy(prod)
    assert done.returncode == 0, done.stdout + done.stderr
    assert load.lost() == 0, load.counts
    assert "deployed: 2 new replicas serve, 2 old ones are removed" in done.stdout
    after = prod.containers("app")
    assert len(after) == 2
    assert not set(before) & set(after)
    assert [asked(prod, "/version") for _ in range(4)] == [(200, "2")] * 4
    assert revision(prod) == "0002"
    # What the stack is said to be is what it is: nothing is started anew.
    prod.compose("up", "--detach", "--wait")
    assert sorted(prod.containers("app")) == sorted(after)
    # The number of replicas may change with it.
    prod.configure(APP_REPLICAS="1")
    with Load(prod) as load:
        done = deploy(prod, "--no-build")
    prod.configure(APP_REPLICAS="2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert load.lost() == 0, load.counts
    assert len(prod.containers("app")) == 1
    prod.compose("up", "--detach", "--wait")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("app/extra.py", ENDS, "deploy.sh: a new replica ended: the new replicas are removed, the old ones serve"),
        ("app/extra.py", "def extend(:", "deploy.sh: the image does not build: see above"),
        ("migrations/versions/0003_broken.py", BROKEN, "deploy.sh: the migration failed, and nothing else was changed"),
        ("app/core/migrate.py", "", "deploy.sh: a new replica is not ready after 8 s: the new replicas are removed"),
    ],
    ids=["ends", "does not build", "does not migrate", "is never ready"],
)
def test_a_bad_version_is_taken_back(prod: Stack, name: str, text: str, why: str) -> None:
    """Exit code 1 and one line that says why; the old replicas serve on, no request is lost."""
    path = prod.folder / name
    kept = path.read_text(encoding="utf-8") if path.exists() else None
    if not text:
        assert kept is not None
        # It listens, and every response is 503.
        text = kept.replace("self.done = True", "self.done = False")
        assert text != kept
    before, migrated = prod.containers("app"), revision(prod)
    write(prod, name, text)
    try:
        with Load(prod) as load:
            done = deploy(prod, "--wait=8" if "8 s" in why else "--wait=60")
    finally:
        if kept is None:
            path.unlink()
        else:
            write(prod, name, kept)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith(why), done.stderr
    assert load.lost() == 0, load.counts
    assert sorted(prod.containers("app")) == sorted(before)
    assert revision(prod) == migrated
    prod.compose("build", "app")


def test_wrong_options_and_no_stack(prod: Stack) -> None:
    """64 for an option that is none; without the stack one line says what to do."""
    assert deploy(prod, "--fast").returncode == 64
    assert deploy(prod, "--wait=soon").returncode == 64
    assert "docker/deploy.sh --no-build" in deploy(prod, "--help").stdout
    nowhere = {"COMPOSE_PROJECT_NAME": f"{prod.project}-nowhere"}
    done = run(prod.docker / "deploy.sh", check=False, **nowhere)
    assert done.returncode == 1
    assert "deploy.sh: the production stack does not run" in done.stderr.splitlines()[-1]


def test_validation_passes_in_production(prod: Stack) -> None:
    """Each step, asked by the proxy where nothing is published, and it says what is wrong there too."""
    report = prod.validate("--no-start")
    assert report["failed"] == 0, report
    (found,) = (step["report"] for step in report["steps"] if step["name"] == "HTTP endpoints")
    assert found.splitlines() == [
        "200 http://app:8000/health/health",
        "200 http://app:8000/health/ready",
        f"200 https://localhost:{prod.ports['https']}/health/health",
    ]
    assert "proxy is healthy" in json.dumps(report)
    prod.compose("stop", "postgres")
    try:
        assert "HTTP endpoints" in prod.failed_steps(wait=1)
    finally:
        prod.compose("start", "postgres")
        prod.compose("up", "--detach", "--wait")
    prod.compose("stop", "proxy")
    try:
        assert "Build and start" in prod.failed_steps(wait=1)
    finally:
        prod.compose("up", "--detach", "--wait")
    # Without --no-start it stays the production stack.
    assert prod.validate()["failed"] == 0
    assert prod.get("/docs")[0] == 0


def test_the_log_of_the_proxy_holds_no_secret(prod: Stack) -> None:
    """Neither for a request with a response nor for one without."""
    query, header = "SECRET-IN-QUERY", "SECRET-IN-HEADER"
    names = ("Authorization", "Cookie", "Referer", "X-Api-Key", "X-Auth-Token", "My-Key")
    headers = {name: f"{header}-{number}" for number, name in enumerate(names)}
    assert asked(prod, f"/api/v1/tasks?search={query}", **headers, **{"User-Agent": "Tried/1"})[0] in {200, 422}
    prod.compose("stop", "app")
    try:
        assert asked(prod, f"/api/v1/tasks?search={query}", **headers)[0] in {502, 503}
    finally:
        prod.compose("up", "--detach", "--wait")
    log = prod.logs("proxy")
    lines = [json.loads(line.partition("| ")[2]) for line in log.splitlines() if '"request":' in line]
    paths = Counter((line["logger"].split(".")[2], line["request"]["uri"]) for line in lines)
    assert paths["access", "/api/v1/tasks"] >= 2
    assert paths["error", "/api/v1/tasks"] >= 1
    assert any(line.get("user_agent") == "Tried/1" for line in lines)
    assert log.count(query) == 0
    assert log.count(header) == 0


def test_a_slow_body_is_ended_by_the_proxy(prod: Stack) -> None:
    """A byte now and then: after PROXY_BODY_TIMEOUT, 15 s, the connection is over; others are served."""
    trusting = ssl._create_unverified_context()  # noqa: S323, SLF001  (its own authority)
    plain = socket.create_connection(("localhost", prod.ports["https"]), timeout=60)
    began = time.monotonic()
    with trusting.wrap_socket(plain, server_hostname="localhost") as client:
        client.sendall(
            b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{"
        )
        client.settimeout(0.5)
        response = b""
        while time.monotonic() - began < 60:
            try:
                client.sendall(b" ")
                found = client.recv(1000)
                response += found
                if not found:
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        took = time.monotonic() - began
    print(f"ended after {took:.1f} s: {response[:40]!r}")
    assert 14 < took < 45
    assert b" 201 " not in response
    assert asked(prod, "/api/v1/tasks")[0] == 200


def page(stack: Stack, block: str) -> subprocess.CompletedProcess[str]:
    """Run the commands of the page as a reader would."""
    block = restorable(block)
    files = "docker/docker-compose.yml:docker/docker-compose.prod.yml"
    words = ("bash", "-euo", "pipefail", "-c", block)
    environment = {"COMPOSE_FILE": files, "COMPOSE_PROJECT_NAME": stack.project}
    return run(*words, cwd=stack.folder, check=False, **environment)


def rows(stack: Stack) -> str:
    """Return the rows of tasks, as one sum."""
    sql = "SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM tasks AS t"
    return stack.inside("postgres", f"psql -U app -d task_api -h /var/run/postgresql -Atc {shlex.quote(sql)}").stdout


def test_a_backup_comes_back(prod: Stack) -> None:
    """A dump that fails leaves the last one; a good one is restored where the app has migrated and gone on."""
    dump = prod.folder / "task_api.dump"
    done = page(prod, BACKUP)
    assert done.returncode == 0, done.stderr
    good, content = dump.read_bytes(), rows(prod)
    prod.compose("stop", "postgres")
    done = page(prod, BACKUP)
    prod.compose("up", "--detach", "--wait")
    assert done.returncode != 0
    assert dump.read_bytes() == good
    # An empty database and a dump that was cut are no backups either.
    sql = "psql -q -U postgres -d postgres -h /var/run/postgresql -c 'CREATE DATABASE empty OWNER app'"
    prod.inside("postgres", sql)
    assert page(prod, BACKUP.replace("custom task_api", "custom empty")).returncode != 0
    cut = BACKUP.replace("custom task_api >", f"custom task_api | head -c {len(good) // 2} >")
    assert "head" in cut
    assert page(prod, cut).returncode != 0
    assert dump.read_bytes() == good
    # Rows that are lost come back, on a database that has the same tables and more.
    end = time.monotonic() + 60
    while asked(prod, "/health/ready")[0] != 200:
        assert time.monotonic() < end, prod.logs("app")
        time.sleep(0.5)
    prod.inside("postgres", "psql -q -U app -d task_api -h /var/run/postgresql -c 'TRUNCATE tasks; CREATE TABLE x ()'")
    for block in (BESIDE, CHANGE_PLACES):
        done = page(prod, block)
        assert done.returncode == 0, done.stdout + done.stderr
    assert rows(prod) == content
    owner = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'app'"
    sql = f'psql -U app -d task_api -h /var/run/postgresql -Atc "{owner}"'
    assert prod.inside("postgres", sql).stdout.strip() == "0"
    assert prod.validate("--no-start")["failed"] == 0
    with Load(prod) as load:
        time.sleep(3)
    assert load.lost() == 0
