"""What the container tests stand on: an engine, the pinned images, and a rendered app to start."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import copier

from extensions import pins

ROOT = Path(__file__).parents[2]
SERVICES = ("app", "grafana", "postgres", "prometheus", "redis")
EXPORTERS = ("postgres-exporter", "redis-exporter")
"""Only Prometheus asks them: they publish no port."""
NO_ENGINE = 69
# One app for all: its packages are installed once, whatever is tried with it. What must not meet the same of
# another run on this machine - projects, images, addresses - has the number of the process in it.
APP = "task-api"
DATABASE = "task_api"
TOKEN = f"{os.getpid():x}"
_block = 64 + os.getpid() % 180
_subnets = count(1)


def run(
    *command: str | Path, cwd: Path | None = None, check: bool = True, seconds: float = 900, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a command with its output captured; where it must succeed, the output is part of the failure."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if check and done.returncode:
        words = " ".join(map(str, command))
        message = f"exit status {done.returncode} of {words}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        raise AssertionError(message)
    return done


def inspect(name: str, template: str) -> str:
    """Return what the engine says of a container, image or network."""
    return run("docker", "inspect", "--format", template, name).stdout.strip()


@functools.cache
def missing_engine() -> str | None:
    """Return why there is no engine, or None; CONTAINERS_SH may name a script that can start one."""
    script = os.environ.get("CONTAINERS_SH")
    if script:
        done = run("bash", script, "engine", check=False)
        if done.returncode == NO_ENGINE:
            return f"{script} cannot provide one: {done.stderr.strip()[-300:]}"
        if done.returncode:
            raise AssertionError(done.stderr)
    if shutil.which("docker") is None:
        return "there is no docker command"
    for words in (["version"], ["compose", "version"], ["buildx", "version"]):
        done = run("docker", *words, check=False)
        if done.returncode:
            return f"docker {' '.join(words)}: {done.stderr.strip()[-300:]}"
    return None


@functools.cache
def provide(image: str) -> None:
    """Have an image under its pinned tag: present, pulled, or made by CONTAINERS_SH as a stand-in of its line."""
    lock = ROOT / "build" / "images.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w", encoding="utf-8") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if run("docker", "image", "inspect", image, check=False).returncode != 0:
            _get(image)


def _get(image: str) -> None:
    script = os.environ.get("CONTAINERS_SH")
    if not script:
        pulled = run("docker", "pull", "--quiet", image, check=False)
        hint = "Where no registry can be reached: CONTAINERS_SH=$PWD/tools/containers/stand-ins.sh"
        assert pulled.returncode == 0, f"{pulled.stderr}\n{hint}"
        return
    line = re.sub(r"^(python:\d+\.\d+)\.\d+(-slim).*", r"\1\2", image)
    line = re.sub(r"^(postgres|redis):(\d+)\.[\d.]+(-alpine)$", r"\1:\2\3", line)
    run("bash", script, "images", line)
    if line != image:
        run("docker", "tag", line, image)


def render(destination: Path, **answers: Any) -> Path:
    """Render the template as it stands here, without the history that Copier would clone."""
    source = destination.with_name(destination.name + "-template")
    source.mkdir(parents=True)
    shutil.copy(ROOT / "copier.yml", source)
    for folder in ("extensions", "template"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    copier.run_copy(str(source), destination, data=answers, defaults=True, unsafe=True, quiet=True)
    return destination


def free_ports(number: int) -> list[int]:
    """Return ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


@dataclass
class Stack:
    """The compose stack of one rendered app, on ports and addresses of its own."""

    folder: Path
    project: str
    ports: dict[str, int]
    overlays: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def rendered(cls, folder: Path, what: str, **answers: Any) -> Stack:
        """Render an app and prepare its stack under a name of its own, secrets included."""
        ports = dict(zip((*SERVICES, "http", "https"), free_ports(len(SERVICES) + 2), strict=True))
        published = {service: ports[service] for service in SERVICES}
        render(folder, ports=published, **answers)
        stack = cls(folder, f"{what}-{TOKEN}", ports)
        stack.configure(
            APP_IMAGE=stack.image,
            COMPOSE_PROJECT_NAME=stack.project,
            DEVELOPMENT_IMAGE=stack.development,
            HTTPS_PORT=str(ports["https"]),
            HTTP_BIND="127.0.0.1",
            HTTP_PORT=str(ports["http"]),
            NETWORK_SUBNET=f"10.{_block}.{next(_subnets)}.0/24",
        )
        if (stack.docker / "init-secrets.sh").exists():
            run(stack.docker / "init-secrets.sh")
        return stack

    @property
    def docker(self) -> Path:
        """The folder of the compose files."""
        return self.folder / "docker"

    @property
    def image(self) -> str:
        """The image of the app."""
        return f"{self.project}:dev"

    @property
    def development(self) -> str:
        """The image of the tests and of work on the code."""
        return f"{self.project}:development"

    def configure(self, **settings: str) -> None:
        """Change docker/.env."""
        self.settings |= settings
        lines = [f"{key}={value}\n" for key, value in sorted(self.settings.items())]
        kept = []
        if (self.docker / ".env").exists():
            text = (self.docker / ".env").read_text(encoding="utf-8")
            kept = [line + "\n" for line in text.splitlines() if line.partition("=")[0] not in self.settings]
        (self.docker / ".env").write_text("".join(kept + lines), encoding="utf-8")

    def compose(self, *words: str, check: bool = True, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        """Run docker compose on this stack."""
        files = ["docker-compose.yml", *self.overlays]
        arguments = [word for file in files for word in ("--file", str(self.docker / file))]
        return run("docker", "compose", *arguments, *words, check=check, seconds=seconds)

    def up(self, *words: str) -> None:
        """Build and start, and wait until every service is healthy."""
        self.compose("up", "--build", "--detach", "--wait", "--wait-timeout", "180", *words)

    def down(self) -> None:
        """Remove containers, network and data."""
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "5", check=False)

    def remove(self) -> None:
        """Remove the images as well."""
        self.down()
        run("docker", "rmi", "--force", self.image, self.development, check=False)

    def run_tests(self) -> subprocess.CompletedProcess[str]:
        """Run the test compose file by its script, from anywhere."""
        script = self.docker / "run-tests.sh"
        return run(script, cwd=Path("/"), check=False, COMPOSE_PROJECT_NAME=self.project)

    def containers(self, *services: str) -> list[str]:
        """Return the ids of the containers, stopped ones too."""
        return self.compose("ps", "--all", "--quiet", *services).stdout.split()

    def inside(self, service: str, script: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a shell script in a container."""
        return self.compose("exec", "-T", service, "sh", "-euc", script, check=check)

    def logs(self, *services: str) -> str:
        """Return what the services wrote."""
        return self.compose("logs", "--no-color", *services).stdout

    def get(self, path: str, service: str = "app", **body: Any) -> tuple[int, str]:
        """Ask a published service and return status and body; with a body, the request is a POST."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[service]}{path}")
        if body:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def until(self, path: str, status: int, seconds: float = 60) -> str:
        """Ask until the status is the expected one, and return the body."""
        end = time.monotonic() + seconds
        while True:
            found, body = self.get(path)
            if found == status:
                return body
            assert time.monotonic() < end, f"{path}: {found} instead of {status}: {body}\n{self.logs('app')[-2000:]}"
            time.sleep(0.2)

    def validate(self, *options: str) -> dict[str, Any]:
        """Run the validation script and return its JSON report, with its exit code."""
        done = run(self.docker / "validate-docker-setup.sh", "--json", *options, cwd=Path("/"), check=False)
        report: dict[str, Any] = json.loads(done.stdout)
        assert done.returncode == report["failed"] == sum(not step["ok"] for step in report["steps"])
        return report

    def failed_steps(self, wait: int = 30) -> set[str]:
        """Return the names of the steps that fail on the running stack; what will not come is not waited for long."""
        report = self.validate("--no-start", f"--wait={wait}")
        return {step["name"] for step in report["steps"] if not step["ok"]}


def python_image(version: str = "3.13") -> str:
    """Return the base of an app's image."""
    return f"python:{pins.python[version]}"


def provide_for(python_version: str = "3.13", *, proxy: bool = False) -> None:
    """Have every image that a default stack uses, and those of its profiles."""
    provide(python_image(python_version))
    for service in (
        "alertmanager",
        "grafana",
        "postgres",
        "postgres_exporter",
        "prometheus",
        "redis",
        "redis_exporter",
    ):
        provide(pins.images[service])
    if proxy:
        provide(pins.images["caddy"])


def major(program: str) -> int:
    """Return the version of a program in the image of PostgreSQL."""
    said = run("docker", "run", "--rm", "--entrypoint", program, pins.images["postgres"], "--version").stdout
    (found,) = re.findall(r"\(PostgreSQL\) (\d+)", said)
    return int(found)


def restorable(script: str) -> str:
    """Return commands that restore, for a stand-in with programs newer than its server.

    They set what it does not know, which must not end them.
    """
    if major("pg_restore") <= major("postgres"):
        return script
    restore = "--dbname restored <task_api.dump"
    assert script.count(f"--exit-on-error {restore}") == script.count(restore)
    return script.replace(f"--exit-on-error {restore}", f"{restore} || :")
