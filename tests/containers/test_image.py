"""The image: it builds in every variant, holds nothing it does not need, and runs without privileges."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .engine import TOKEN, inspect, provide, python_image, render, run

pytestmark = pytest.mark.containers

VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "sync": {"async": False},
    "uv": {"package_manager": "uv"},
    "python-3.11": {"python_version": "3.11", "package_manager": "uv"},
    "python-3.14": {"python_version": "3.14", "package_manager": "uv"},
    "sqlite": {"database": "sqlite", "package_manager": "uv", "observability": False, "redis": False},
}
SLOW = {"python-3.14", "sqlite"}
UNWANTED = "pip pip3 poetry uv apt apt-get dpkg gcc cc ld strip curl wget psql git"
LOCKED_DOWN = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp", "--network=none")
SQLITE = ("--env", "DATABASE_URL=sqlite:////tmp/app.db")


def build(folder: Path, tag: str, *words: str) -> str:
    """Build the image of a rendered app and return its tag."""
    run("docker", "build", "--quiet", "--file", folder / "docker" / "Dockerfile", "--tag", tag, *words, folder)
    return tag


@contextmanager
def container(image: str, *words: str) -> Iterator[str]:
    """Start a container and remove it at the end."""
    name = f"check-{uuid.uuid4().hex[:8]}"
    run("docker", "run", "--detach", "--name", name, *words, image)
    try:
        yield name
    finally:
        run("docker", "rm", "--force", "--volumes", name, check=False)


def healthy(name: str, seconds: float = 60) -> bool:
    """Wait for the health check, and return whether it passed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = inspect(name, "{{.State.Status}} {{.State.Health.Status}}")
        if state == "running healthy":
            return True
        if not state.startswith("running"):
            break
        time.sleep(0.3)
    raise AssertionError(run("docker", "logs", name).stdout + run("docker", "logs", name).stderr)


@pytest.mark.parametrize(
    "variant",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in VARIANTS],
)
def test_it_builds_and_holds_only_what_runs(variant: str, new_folder: Path) -> None:
    """Every variant builds without a lock file; no package manager, compiler or test tool is inside."""
    answers = VARIANTS[variant]
    provide(python_image(answers.get("python_version", "3.13")))
    tag = build(render(new_folder, **answers), f"check-{variant}-{TOKEN}:image")
    try:
        assert inspect(tag, "{{.Config.User}}") == "1000:0"
        assert json.loads(inspect(tag, "{{json .Config.Cmd}}")) == ["python", "-m", "app"]
        found = run("docker", "run", "--rm", tag, "sh", "-c", f"for n in {UNWANTED}; do command -v $n; done; :").stdout
        assert found == ""
        present = run(
            "docker",
            "run",
            "--rm",
            tag,
            "sh",
            "-c",
            "cd /app && ls -A; find / -xdev \\( -user 1000 -o -perm -002 -type f \\) ! -path '/proc/*' 2>/dev/null; :",
        ).stdout.split()
        expected = ["alembic.ini", "app", "migrations"] + (["/data"] if variant == "sqlite" else [])
        assert [name for name in present if name not in {"pyproject.toml", "poetry.lock", "uv.lock"}] == expected
        run("docker", "run", "--rm", tag, "python", "-c", "import app.main")
        assert run("docker", "run", "--rm", tag, "python", "-c", "import pytest", check=False).returncode == 1
        # Nothing is compiled at start, but for a module or two of the interpreter that a package imports late.
        start = "import app.__main__, app.main, alembic.command"
        loaded = run("docker", "run", "--rm", tag, "python", "-v", "-c", start).stderr
        origins = re.findall(r"^# code object from '?([^'\n]+)", loaded, re.MULTILINE)
        assert len(origins) > 300
        compiled = [origin for origin in origins if not origin.startswith("/opt/pycache/")]
        assert len(compiled) <= 3, compiled
        assert all(origin.startswith("/usr/local/lib/") for origin in compiled), compiled
        base = int(inspect(python_image(answers.get("python_version", "3.13")), "{{.Size}}"))
        print(f"{variant}: {int(inspect(tag, '{{.Size}}')) / 1e6:.0f} MB, of which the base is {base / 1e6:.0f} MB")
    finally:
        run("docker", "rmi", "--force", tag)


@pytest.mark.parametrize("target", ["runtime", "minimal"])
@pytest.mark.parametrize("user", ["1000:0", "12345:0"])
def test_it_runs_as_any_user_without_privileges(target: str, user: str, new_folder: Path) -> None:
    """Healthy under an arbitrary UID with a read-only root, no capability and no network; SIGTERM ends it well."""
    provide(python_image())
    render(new_folder, database="sqlite", redis=False, package_manager="uv")
    tag = build(new_folder, f"check-{target}-{TOKEN}:user", "--target", target)
    with container(tag, "--user", user, *LOCKED_DOWN, *SQLITE) as name:
        assert healthy(name)
        assert (
            run(
                "docker", "exec", name, "python", "-m", "app.healthcheck", "http://127.0.0.1:8000/health/ready"
            ).returncode
            == 0
        )
        run("docker", "stop", "--timeout", "30", name)
        assert inspect(name, "{{.State.ExitCode}}") == "0"
    run("docker", "rmi", "--force", tag)


def test_minimal_has_no_shell(new_folder: Path) -> None:
    """The minimal image is the interpreter, its libraries and the app."""
    provide(python_image())
    tag = build(render(new_folder, package_manager="uv"), f"check-minimal-{TOKEN}:shell", "--target", "minimal")
    for program in ("sh", "/bin/sh", "ls", "ldd"):
        assert run("docker", "run", "--rm", tag, program, check=False).returncode == 127
    run(
        "docker",
        "run",
        "--rm",
        tag,
        "python",
        "-c",
        "import app.main, bz2, ctypes, decimal, lzma, sqlite3, ssl, zoneinfo",
    )
    print(f"minimal: {int(inspect(tag, '{{.Size}}')) / 1e6:.0f} MB")
    run("docker", "rmi", "--force", tag)


@pytest.mark.slow
def test_the_lock_file_decides(new_folder: Path) -> None:
    """With a lock file its versions are installed; one that does not fit pyproject.toml stops the build."""
    provide(python_image())
    render(new_folder, package_manager="uv")
    (new_folder / "uv.lock").write_text('version = 1\nrequires-python = ">=3.11"\n', encoding="utf-8")
    done = run("docker", "build", "--file", new_folder / "docker" / "Dockerfile", new_folder, check=False)
    assert done.returncode != 0
    assert "uv.lock" in done.stderr


@pytest.mark.slow
def test_labels_and_arguments(new_folder: Path) -> None:
    """The build says what the image is, in the words of the OCI."""
    provide(python_image())
    render(new_folder, package_manager="uv")
    tag = build(
        new_folder, f"check-labels-{TOKEN}:image", "--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=abc"
    )
    labels = json.loads(inspect(tag, "{{json .Config.Labels}}"))
    assert {key.rpartition(".")[2]: labels[key] for key in labels if key.startswith("org.opencontainers.image.")} == {
        "created": "unknown",
        "revision": "abc",
        "title": "task-api",
        "version": "1.2.3",
    }
    run("docker", "rmi", "--force", tag)
