"""PostgreSQL of the stack: what the app's role may not do, an older volume, and what its log never holds."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .engine import DATABASE, Stack, inspect, provide_for, run
from .test_documents import commands

pytestmark = pytest.mark.containers

VALUE = "VALUE-NOBODY-MAY-READ"
FORBIDDEN = {
    "COPY tasks TO PROGRAM 'id'": "COPY to or from an external program",
    "COPY tasks FROM PROGRAM 'id'": "COPY to or from an external program",
    "COPY tasks TO '/tmp/tasks'": "permission denied to COPY to a file|COPY to or from a file",
    "SELECT pg_read_file('/etc/passwd')": "permission denied",
    "CREATE ROLE other": "permission denied to create role",
    "CREATE DATABASE other": "permission denied to create database",
    "ALTER ROLE app SUPERUSER": "must be superuser|permission denied to alter role",
    "SET ROLE postgres": "permission denied to set role",
    "CREATE EXTENSION dblink": "permission denied to create extension",
    "SET session_replication_role = replica": "permission denied to set parameter",
    "SET log_min_messages = debug1": "permission denied to set parameter",
}
REJECTED = """
CREATE TABLE tried (id text PRIMARY KEY, must text NOT NULL, few text CHECK (length(few) < 3), other text UNIQUE);
CREATE TABLE pointing (id text REFERENCES tried);
INSERT INTO tried VALUES ('VALUE-NOBODY-MAY-READ', 'x', 'x', 'VALUE-NOBODY-MAY-READ');
INSERT INTO tried VALUES ('VALUE-NOBODY-MAY-READ', 'x', 'x', 'y');
INSERT INTO tried VALUES ('2', 'x', 'x', 'VALUE-NOBODY-MAY-READ');
INSERT INTO tried VALUES ('3', NULL, 'x', 'VALUE-NOBODY-MAY-READ-3');
INSERT INTO tried VALUES ('4', 'x', 'VALUE-NOBODY-MAY-READ', 'VALUE-NOBODY-MAY-READ-4');
INSERT INTO pointing VALUES ('VALUE-NOBODY-MAY-READ-5');
SELECT 'VALUE-NOBODY-MAY-READ'::integer;
SELECT nothing FROM tried WHERE id = 'VALUE-NOBODY-MAY-READ';
PREPARE cast_it (text) AS SELECT CAST($1 AS integer);
EXECUTE cast_it ('VALUE-NOBODY-MAY-READ');
DO $$ BEGIN RAISE EXCEPTION 'no: VALUE-NOBODY-MAY-READ'; END $$;
DROP TABLE pointing, tried;
"""


def sql(stack: Stack, statements: str, user: str = "app") -> subprocess.CompletedProcess[str]:
    """Run statements one after the other, from inside the container; those that are rejected do not end it."""
    psql = f"psql -X -U {user} -d {DATABASE} -h /var/run/postgresql -At"
    return stack.inside("postgres", f"printf %s {shlex.quote(statements)} | {psql}", check=False)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return app, PostgreSQL and its exporter, running."""
    provide_for()
    one = Stack.rendered(tmp_path_factory.mktemp("database") / "app", "database", redis=False, package_manager="uv")
    one.up("app", "postgres", "postgres-exporter")
    one.until("/health/ready", 200)
    yield one
    one.remove()


def only_an_owner(stack: Stack) -> None:
    """Fail where the app's role may more than work in its database."""
    for statement, rejection in FORBIDDEN.items():
        said = sql(stack, statement).stderr
        assert any(words in said for words in rejection.split("|")), f"{statement}: {said}"
    made = "CREATE EXTENSION pg_trgm; CREATE TABLE mine (id int); DROP TABLE mine; DROP EXTENSION pg_trgm"
    assert sql(stack, made).stderr == ""
    attributes = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
    assert sql(stack, f"{attributes} WHERE rolname = 'app'").stdout.strip() == "f|f|f|f|f"
    members = "SELECT count(*) FROM pg_auth_members WHERE member = 'app'::regrole"
    assert sql(stack, members).stdout.strip() == "0"


def superuser_over_the_network(stack: Stack) -> list[str]:
    """Return what is said to whoever tries to be the superuser with each secret of the stack, and without one."""
    ask = f"psql -X -h postgres -U postgres -d {DATABASE} -w -Atc 'SELECT 1'"
    secrets = [f"/run/secrets/{file.name}" for file in sorted((stack.docker / "secrets").glob("postgres*"))]
    words = ["PGPASSWORD=", *(f'PGPASSWORD="$(cat {secret})"' for secret in secrets)]
    return [stack.inside("postgres", f"export {word}; {ask}", check=False).stdout for word in words]


def test_the_apps_role_owns_its_database_only(stack: Stack) -> None:
    """It runs no program, reads no file, makes no role and no database; no superuser can connect from elsewhere."""
    only_an_owner(stack)
    assert superuser_over_the_network(stack) == ["", "", ""]
    assert sql(stack, "SELECT current_user", "postgres").stdout.strip() == "postgres"


def test_the_log_names_no_value(stack: Stack) -> None:
    """Rejected by each kind of constraint, by a cast, by a trigger's own words, and through the API: 0 hits."""
    done = sql(stack, REJECTED)
    assert done.stderr.count("ERROR:") == 9, done.stderr
    assert done.stderr.count(VALUE) > 5
    assert stack.get("/api/v1/tasks", title=VALUE, state=VALUE)[0] == 422
    # Errors of other roles are logged, without their values.
    sql(stack, f"SELECT nothing_of_it, '{VALUE}'", "postgres")
    log = stack.logs("postgres")
    assert 'column "nothing_of_it" does not exist' in log
    assert "STATEMENT:" not in log
    assert "DETAIL:" not in log
    assert log.count(VALUE) == 0


@pytest.mark.slow
def test_an_older_volume(tmp_path: Path) -> None:
    """Where app is the superuser, all works as before, and the guide's command makes it a plain role: rows stay."""
    provide_for()
    old = Stack.rendered(tmp_path / "app", "older", redis=False, package_manager="uv")
    compose = old.docker / "docker-compose.yml"
    now = compose.read_text(encoding="utf-8")
    mount = "      - ./postgres/app.sql:/docker-entrypoint-initdb.d/app.sql:ro\n"
    before = now.replace("POSTGRES_USER: postgres", "POSTGRES_USER: app").replace(mount, "")
    assert len(now) - len(before) == len(mount) + len("postgres") - len("app")
    try:
        compose.write_text(before, encoding="utf-8")
        old.up()
        old.until("/health/ready", 200)
        status, body = old.get("/api/v1/tasks", title="Older")
        assert status == 201
        more = "CREATE SCHEMA mine; CREATE TYPE mine.kind AS ENUM ('a'); CREATE TABLE mine.t (id serial, k mine.kind);"
        more += "CREATE VIEW mine.v AS TABLE mine.t; CREATE EXTENSION citext"
        assert sql(old, more).stderr == ""

        # What an update brings: the stack starts, and warns.
        compose.write_text(now, encoding="utf-8")
        old.up()
        old.until("/health/ready", 200)
        report = old.validate("--no-start")
        assert report["failed"] == 0, report
        warning = "WARNING the app's role is PostgreSQL's superuser"
        assert json.dumps(report).count(warning) == 1
        text = run(old.docker / "validate-docker-setup.sh", "--no-start").stdout
        assert f"    ! {warning.removeprefix('WARNING ')}" in text

        guide = (old.docker / "TROUBLESHOOTING.md").read_text(encoding="utf-8")
        (command,) = commands(guide.split("### The app's role is a superuser")[1].split("\n### ")[0])
        for _ in range(2):
            run("bash", "-euo", "pipefail", "-c", command, cwd=old.folder, COMPOSE_PROJECT_NAME=old.project)
        old.compose("up", "--detach", "--wait")
        old.until("/health/ready", 200)
        report = old.validate("--no-start")
        assert report["failed"] == 0, report
        assert "WARNING" not in json.dumps(report)
        only_an_owner(old)
        assert superuser_over_the_network(old) == ["", "", ""]
        assert "Older" in old.get(f"/api/v1/tasks/{json.loads(body)['id']}")[1]
        assert old.get("/api/v1/tasks", title="Newer")[0] == 201
        changes = "ALTER TABLE tasks ADD x int; ALTER TYPE mine.kind ADD VALUE 'b'; INSERT INTO mine.t (k) VALUES ('a')"
        assert sql(old, f"{changes}; DROP SCHEMA mine CASCADE; ALTER TABLE tasks DROP x").stderr.count("ERROR") == 0
        assert sql(old, "SELECT count(*) FROM pg_roles WHERE rolname = 'demote_app'").stdout.strip() == "0"
        assert inspect(old.containers("postgres")[0], "{{.RestartCount}}") == "0"
    finally:
        old.remove()
