"""The default stack: every service healthy, endpoints, isolation, secrets, and the validation script."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from .engine import DATABASE, EXPORTERS, SERVICES, Stack, inspect, python_image, run

pytestmark = pytest.mark.containers

ENDPOINTS = [
    ("app", "/docs"),
    ("app", "/health/health"),
    ("app", "/health/ready"),
    ("app", "/metrics/metrics"),
    ("prometheus", "/"),
    ("grafana", "/"),
]
CAPABILITIES = {
    "app": set(),
    "grafana": set(),
    "postgres": {"CHOWN", "DAC_READ_SEARCH", "FOWNER", "SETGID", "SETUID"},
    "postgres-exporter": set(),
    "prometheus": set(),
    "redis": {"CHOWN", "DAC_READ_SEARCH", "SETGID", "SETUID"},
    "redis-exporter": set(),
}
READER = """
import glob, json, os

project = os.environ["COMPOSE_PROJECT_NAME"]
found, rejected = {}, 0
for name in glob.glob("/var/log/containers/*/*-json.log"):
    for text in open(name, encoding="utf-8"):
        line = json.loads(text)
        labels = line.get("attrs", {})
        if labels.get("com.docker.compose.project") == project:
            found.setdefault(labels["com.docker.compose.service"], []).append(line["log"])
    try:
        open(name, "a").close()
    except OSError:
        rejected += 1
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({"found": found, "rejected": rejected, "capabilities": status["CapEff"].strip()}))
"""
"""Does in the place of Alloy what Alloy does: finds the files, and the lines of this project by their labels."""


def test_every_service_is_healthy(stack: Stack) -> None:
    """One container each."""
    for service in (*SERVICES, *EXPORTERS):
        (one,) = stack.containers(service)
        assert inspect(one, "{{.State.Health.Status}} {{.RestartCount}}") == "healthy 0"


@pytest.mark.parametrize(("service", "path"), ENDPOINTS)
def test_the_six_endpoints(stack: Stack, service: str, path: str) -> None:
    """The required endpoints return 200; readiness as soon as the migrations are applied."""
    stack.until("/health/ready", 200)
    assert stack.get(path, service)[0] == 200


def test_rows_live_in_the_database(stack: Stack) -> None:
    """What is written through the API can be read after every container was restarted."""
    status, body = stack.get("/api/v1/tasks", title="Survives")
    assert status == 201
    stack.compose("restart", "--timeout", "20")
    stack.compose("up", "--detach", "--wait")
    stack.until("/health/ready", 200)
    assert "Survives" in stack.get(f"/api/v1/tasks/{json.loads(body)['id']}")[1]


@pytest.mark.parametrize("service", [*SERVICES, *EXPORTERS])
def test_containers_are_locked_down(stack: Stack, service: str) -> None:
    """Read-only root, no capability that is not named here, no new privileges, limits, bounded logs, loopback only."""
    (one,) = stack.containers(service)
    host = json.loads(inspect(one, "{{json .HostConfig}}"))
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert {name.removeprefix("CAP_") for name in host["CapAdd"] or []} == CAPABILITIES[service]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Init"] is True
    assert host["Privileged"] is False
    assert host["Memory"] > 0
    assert host["NanoCpus"] > 0
    assert host["PidsLimit"] > 0
    labels = "com.docker.compose.project,com.docker.compose.service"
    assert host["LogConfig"]["Config"] == {"labels": labels, "max-file": "3", "max-size": "10m"}
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    ports = json.loads(inspect(one, "{{json .NetworkSettings.Ports}}"))
    published = {binding["HostIp"] for bindings in ports.values() for binding in bindings or []}
    assert published == ({"127.0.0.1"} if service in SERVICES else set())


def test_no_process_that_serves_is_root(stack: Stack) -> None:
    """Whoever starts as root gives it up: only the init process of PostgreSQL and Redis may keep it."""
    for service in (*SERVICES, *EXPORTERS):
        (one,) = stack.containers(service)
        processes = run("docker", "top", one, "-eo", "pid,user,comm").stdout.splitlines()[1:]
        roots = [line.split()[2] for line in processes if line.split()[1] in {"root", "0"}]
        assert set(roots) <= {"docker-init", "tini"}, f"{service}: {processes}"


def test_no_secret_leaves_its_file(stack: Stack) -> None:
    """No secret is in an image, in what the engine shows, in a log, or in the arguments of a process."""
    shown = [
        run("docker", "history", "--no-trunc", stack.image).stdout,
        run("docker", "image", "inspect", stack.image).stdout,
    ]
    for one in stack.containers():
        shown += [run("docker", "inspect", one).stdout, run("docker", "top", one, "-eo", "pid,args").stdout]
    shown += [stack.logs(), stack.compose("config").stdout]
    shown.append(
        run(
            "docker",
            "run",
            "--rm",
            "--entrypoint",
            "grep",
            stack.image,
            "-rhsE",
            "^[0-9a-f]{64}$",
            "/app",
            "/opt/venv/bin",
            check=False,
        ).stdout
    )
    for file in (stack.docker / "secrets").iterdir():
        secret = file.read_text(encoding="utf-8")
        assert len(secret) == 64
        assert file.stat().st_mode & 0o777 == 0o600
        assert not any(secret in text for text in shown), f"{file.name} is shown"


def test_secrets_are_made_once(stack: Stack) -> None:
    """A second run changes nothing and prints no secret."""
    before = {file.name: file.read_text(encoding="utf-8") for file in (stack.docker / "secrets").iterdir()}
    said = run(stack.docker / "init-secrets.sh").stdout
    after = {file.name: file.read_text(encoding="utf-8") for file in (stack.docker / "secrets").iterdir()}
    assert before == after
    assert sorted(before) == [
        "grafana_admin_password",
        "postgres_exporter_password",
        "postgres_password",
        "redis_password",
    ]
    assert not any(secret in said for secret in before.values())


def test_the_exporters_can_log_in(stack: Stack) -> None:
    """PostgreSQL and Redis take the exporters' passwords, and Prometheus knows it."""
    for metric in ("pg_up", "redis_up"):
        end = time.monotonic() + 60
        values = ["0"]
        while values != ["1"] and time.monotonic() < end:
            time.sleep(1)
            response = json.loads(stack.get(f"/api/v1/query?query={metric}", "prometheus")[1])
            values = [sample["value"][1] for sample in response["data"]["result"]]
        assert values == ["1"], stack.logs(*EXPORTERS)


def as_exporter(stack: Stack, statement: str) -> subprocess.CompletedProcess[str]:
    """Ask PostgreSQL as its exporter does."""
    return stack.inside(
        "postgres",
        'PGPASSWORD="$(cat /run/secrets/postgres_exporter_password)" '
        f'psql -h postgres -U postgres_exporter -d {DATABASE} -w -Atc "{statement}"',
        check=False,
    )


def test_the_exporter_reads_no_table(stack: Stack) -> None:
    """Its role sees what the server says of itself, and may neither read nor make a table."""
    stack.until("/health/ready", 200)
    assert as_exporter(stack, "SELECT count(*) > 0 FROM pg_ls_waldir()").stdout.strip() == "t"
    for statement in ("SELECT * FROM tasks", "DELETE FROM tasks", "CREATE TABLE mine (id int)"):
        assert "permission denied" in as_exporter(stack, statement).stderr


def test_step_database_fails_without_the_role_of_the_exporter(stack: Stack) -> None:
    """A database that is older than the role: what TROUBLESHOOTING.md says makes it."""
    guide = (stack.docker / "TROUBLESHOOTING.md").read_text(encoding="utf-8")
    command = guide.split("### The exporter of PostgreSQL cannot log in")[1].split("```bash\n")[1].split("```")[0]
    stack.inside(
        "postgres", f"psql -q -U postgres -d {DATABASE} -h /var/run/postgresql -c 'DROP ROLE postgres_exporter'"
    )
    try:
        assert stack.failed_steps(wait=1) == {"Database and cache"}
    finally:
        run("bash", "-euc", command, cwd=stack.folder)
    assert stack.failed_steps() == set()


def test_the_reader_of_logs_can_change_none(stack: Stack) -> None:
    """As root without a capability it finds the lines of each service, and the level of the app's; it may not write."""
    stack.until("/health/ready", 200)
    stack.get("/api/v1/tasks")
    stack.configure(ALLOY_IMAGE=python_image())
    words = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "python3", "alloy", "-c", READER)
    seen = json.loads(stack.compose("--profile", "logs", *words).stdout)
    assert seen["found"].keys() >= {"app", "grafana", "postgres", "prometheus", "redis"}
    assert seen["rejected"] >= len(seen["found"])
    assert int(seen["capabilities"], 16) == 0
    (level,) = re.findall(r"expression = `(.+)`", (stack.docker / "logs.alloy").read_text(encoding="utf-8"))
    assert all(re.search(level, line) for line in seen["found"]["app"])
    assert any(re.search(level, line) for line in seen["found"]["postgres"])


def test_redis_keeps_a_log_and_wants_a_password(stack: Stack) -> None:
    """AOF is on; without the password it replies with an error, and the app has it."""
    assert stack.inside("redis", "redis-cli ping", check=False).stdout.strip() != "PONG"
    assert json.loads(stack.get("/health/ready")[1])["checks"]["redis"] == "ok"
    assert "appendonlydir" in stack.inside("redis", "ls /data").stdout


def test_validation_passes(stack: Stack) -> None:
    """The ten steps pass, as text and as JSON, from any directory, and say which they are."""
    report = stack.validate("--no-start")
    assert report["failed"] == 0, report
    assert [step["number"] for step in report["steps"]] == list(range(1, 11))
    text = run(stack.docker / "validate-docker-setup.sh", "--no-start", FORCE_COLOR="1").stdout
    assert "All 10 steps passed." in text
    assert "\033[32mok\033[0m" in text
    assert run(stack.docker / "validate-docker-setup.sh", "--wrong", check=False).returncode == 64


def test_the_suite_passes(stack: Stack) -> None:
    """The test compose file next to the running stack: exit code 0, and the reports exist."""
    done = stack.run_tests()
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert (stack.docker / "reports" / "coverage.xml").exists()


def test_validation_starts_the_stack(stack: Stack) -> None:
    """Without --no-start it builds and starts what is not running."""
    stack.compose("stop", "app")
    assert stack.validate()["failed"] == 0


@contextmanager
def replaced(stack: Stack, name: str, change: Callable[[str], str] | None) -> Iterator[None]:
    """Change or remove a file of the setup, and restore it afterwards."""
    path = stack.docker / name
    before, mode = path.read_text(encoding="utf-8"), path.stat().st_mode
    if change is None:
        path.unlink()
    else:
        after = change(before)
        assert after != before
        path.write_text(after, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")
        path.chmod(mode)


def test_step_tools_fails_without_an_engine(stack: Stack) -> None:
    """No engine: the first step says so, and everything that needs one fails as well."""
    done = run(
        stack.docker / "validate-docker-setup.sh",
        "--json",
        "--no-start",
        check=False,
        DOCKER_HOST="unix:///nowhere.sock",
    )
    failed = [step["name"] for step in json.loads(done.stdout)["steps"] if not step["ok"]]
    assert failed[0] == "Container engine and tools"
    assert done.returncode == len(failed)


def test_step_files_fails_without_a_file(stack: Stack) -> None:
    """A file is missing."""
    with replaced(stack, "Caddyfile", None):
        assert stack.failed_steps() == {"Files of the setup"}


def test_step_secrets_fails_on_an_open_secret(stack: Stack) -> None:
    """A secret that others can read."""
    file = stack.docker / "secrets" / "redis_password"
    file.chmod(0o644)
    try:
        assert stack.failed_steps() == {"Secrets"}
    finally:
        file.chmod(0o600)


def test_step_configuration_fails_on_a_broken_file(stack: Stack) -> None:
    """A compose file that is none."""
    with replaced(stack, "docker-compose.test.yml", lambda text: text.replace("services:", "serves:")):
        assert stack.failed_steps() == {"Compose configuration"}


def test_step_start_fails_on_a_broken_build(stack: Stack) -> None:
    """A Dockerfile that does not build: the stack that runs stays, the step fails."""
    with replaced(stack, "Dockerfile", lambda text: text.replace("source=alembic.ini", "source=no-such-file")):
        failed = {step["name"] for step in stack.validate()["steps"] if not step["ok"]}
    assert failed == {"Build and start"}


def test_step_health_fails_on_a_sick_service(stack: Stack) -> None:
    """A service that does not run."""
    stack.compose("stop", "redis")
    try:
        assert {"Build and start", "Health of every service", "Database and cache"} <= stack.failed_steps()
    finally:
        stack.compose("up", "--detach", "--wait")


def test_step_endpoints_fails_on_a_silent_app(stack: Stack) -> None:
    """A paused app: the engine still calls it healthy, its endpoints do not respond."""
    stack.compose("pause", "app")
    try:
        assert "HTTP endpoints" in stack.failed_steps(wait=1)
    finally:
        stack.compose("unpause", "app")
        stack.compose("restart", "app")
        stack.compose("up", "--detach", "--wait")


def test_step_database_fails_on_another_password(stack: Stack) -> None:
    """The database has another password than the secret, and the way to fix it in TROUBLESHOOTING.md works."""
    stack.inside(
        "postgres", "psql -q -U app -d task_api -h /var/run/postgresql -c \"ALTER ROLE app PASSWORD 'another'\""
    )
    try:
        assert "Database and cache" in stack.failed_steps(wait=1)
    finally:
        guide = (stack.docker / "TROUBLESHOOTING.md").read_text(encoding="utf-8")
        command = guide.split("### Password authentication failed")[1].split("```bash\n")[1].split("```")[0]
        run("bash", "-euc", command, cwd=stack.folder)
    assert stack.failed_steps() == set()


def test_step_metrics_fails_without_a_target(stack: Stack) -> None:
    """Prometheus looks for an app that is not there."""
    with replaced(stack, "prometheus.yml", lambda text: text.replace("- app\n", "- nobody\n")):
        stack.compose("restart", "prometheus")
        stack.compose("up", "--detach", "--wait")
        # Longer than two scrapes: a target that is there would be up.
        assert stack.failed_steps(wait=20) == {"Metrics and dashboards"}
    stack.compose("restart", "prometheus")
    stack.compose("up", "--detach", "--wait")


def test_step_storage_fails_on_an_open_container(stack: Stack) -> None:
    """A container that may write to its own file system."""
    with replaced(stack, "docker-compose.yml", lambda text: text.replace("read_only: true", "read_only: false")):
        stack.compose("up", "--detach", "--wait", "redis")
        assert stack.failed_steps() == {"Volumes, network and isolation"}
    stack.compose("up", "--detach", "--wait")
