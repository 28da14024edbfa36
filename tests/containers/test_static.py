"""The container files of every combination, as Compose and the builder read them, and what people find in them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.linters import BAD_COMPOSE, said, tool
from tests.render.rendered import RenderedApps

from .engine import provide, python_image, run

STACKS = (
    ("docker-compose.yml",),
    ("docker-compose.yml", "docker-compose.dev.yml"),
    ("docker-compose.yml", "docker-compose.prod.yml"),
    ("docker-compose.test.yml",),
)


@pytest.fixture(scope="module")
def folders(rendered: RenderedApps) -> list[Path]:
    """Return each distinct container folder, in the first app that has it."""
    return [rendered.app(names[0]) / "docker" for names in rendered.groups("docker/*").values()]


def test_compose_reads_every_stack(rendered: RenderedApps, tmp_path: Path) -> None:
    """`docker compose config`, by Compose itself, of every set of files that belongs together; it needs no engine."""
    if shutil.which("docker") is None or run("docker", "compose", "version", check=False).returncode:
        reason = "no docker compose: whether Compose takes the files was not tried"
        if os.environ.get("REQUIRE_CONTAINERS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    for names in STACKS:
        stacks = rendered.groups(*(f"docker/{name}" for name in names))
        assert stacks
        for apps in stacks.values():
            files = [rendered.app(apps[0]) / "docker" / name for name in names]
            present = [file for file in files if file.exists()]
            assert config(*present) == "", apps[0]
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(BAD_COMPOSE, encoding="utf-8")
    assert "colour" in config(broken)


def config(*files: Path) -> str:
    """Return what Compose says against files, taken together; warnings too."""
    arguments = [word for file in files for word in ("--file", str(file))]
    done = run("docker", "compose", *arguments, "config", "--quiet", check=False)
    return done.stderr or done.stdout


def test_the_stand_ins_have_no_finding() -> None:
    """What makes images where none can be pulled, by the same linters."""
    folder = ROOT / "tools" / "containers"
    assert said(tool("shellcheck"), *sorted(folder.glob("*.sh"))) == ""
    assert said(tool("hadolint"), folder / "Dockerfile") == ""
    known = run(folder / "stand-ins.sh", "list").stdout.split()
    assert {"caddy:*", "grafana/grafana:*", "postgres:*", "prom/prometheus:*", "python:3.13*", "redis:*"} <= set(known)


@pytest.mark.containers
def test_the_builder_finds_nothing(rendered: RenderedApps, tmp_path: Path) -> None:
    """BuildKit's own checks of the Dockerfile, on one base image for all."""
    provide(python_image())
    base = f"PYTHON_TAG={python_image().partition(':')[2]}"
    for file in rendered.files("docker/Dockerfile"):
        checked = run("docker", "build", "--check", "--build-arg", base, "--file", file, tmp_path, check=False)
        assert checked.returncode == 0, checked.stdout
        assert "no warnings found" in checked.stdout
    broken = tmp_path / "Dockerfile"
    broken.write_text("from scratch AS a\nENV b c\n", encoding="utf-8")
    assert run("docker", "build", "--check", tmp_path, check=False).returncode == 1


def test_every_variable_is_documented(folders: list[Path]) -> None:
    """What the compose files read is in .env.example with the same default, and nothing else is."""
    for docker in folders:
        used: dict[str, str] = {}
        for file in docker.glob("docker-compose*.yml"):
            text = file.read_text(encoding="utf-8")
            for name, default in re.findall(r"\$\{([A-Z_]+):-((?:\$\{[^}]*\}|[^}])*)\}", text):
                used.setdefault(name, default)
        example = (docker / ".env.example").read_text(encoding="utf-8")
        documented = dict(re.findall(r"^#([A-Z_]+)=(.*)$", example, re.MULTILINE))
        assert documented == used, docker


def test_packages_of_the_system_are_an_argument(folders: list[Path]) -> None:
    """Each build passes them on, and what installs them does nothing where there are none."""
    names = ("BUILD_PACKAGES", "SYSTEM_PACKAGES")
    for docker in folders:
        for file in docker.glob("docker-compose*.yml"):
            text = file.read_text(encoding="utf-8")
            given = [name for name in names if f"        {name}: ${{{name}:-}}\n" in text]
            assert given == [name for name in names if "      args:\n" in text], file
        dockerfile = (docker / "Dockerfile").read_text(encoding="utf-8")
        for name in names:
            assert f'ARG {name}=""\nRUN [ -z "${{{name}}}" ] \\\n || {{' in dockerfile, docker


def test_packages_of_the_system_are_installed(folders: list[Path], tmp_path: Path) -> None:
    """The step itself, with a stand-in for apt-get: each name is a word of its own, and none means no call."""
    calls = tmp_path / "calls"
    for command in ("apt-get", "rm"):
        (tmp_path / command).write_text(f'#!/bin/sh\necho "{command} $*" >>"{calls}"\n', encoding="utf-8")
        (tmp_path / command).chmod(0o755)
    for name in ("BUILD_PACKAGES", "SYSTEM_PACKAGES"):
        text = (folders[0] / "Dockerfile").read_text(encoding="utf-8")
        step = text.partition(f'ARG {name}=""\nRUN ')[2].partition("; }\n")[0] + "; }\n"
        step = step.replace("/tmp/packages", str(tmp_path / "packages"))  # noqa: S108  (the image's)
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        for given, expected in (("", []), ("git curl", ["update -q", "install -yq --no-install-recommends git curl"])):
            calls.write_text("", encoding="utf-8")
            subprocess.run(["sh", "-ec", step], env={"PATH": path, name: given}, check=True)
            lines = calls.read_text(encoding="utf-8").splitlines()
            assert [line for line in lines if line.startswith("apt-get")] == [f"apt-get {words}" for words in expected]
            assert any("/var/lib/apt/lists" in line for line in lines) == bool(given)


def test_targets_of_ones_own_are_mounted(folders: list[Path]) -> None:
    """The file that prometheus.yml reads lies in a folder that is always there, so that no engine makes it as root."""
    watched = [docker for docker in folders if (docker / "prometheus.yml").exists()]
    assert watched
    for docker in watched:
        config = yaml.safe_load((docker / "prometheus.yml").read_text(encoding="utf-8"))
        patterns = [
            pattern
            for job in config["scrape_configs"]
            for files in job.get("file_sd_configs", [])
            for pattern in files["files"]
        ]
        assert patterns == ["prometheus/targets*.yml"]
        assert (docker / "prometheus").is_dir()
        assert not list(docker.glob(patterns[0]))
        compose = (docker / "docker-compose.yml").read_text(encoding="utf-8")
        assert "      - ./prometheus:/etc/prometheus/prometheus:ro\n" in compose


def test_nothing_is_latest_and_no_password_is_written(folders: list[Path]) -> None:
    """Exact tags only; passwords come from files."""
    for docker in folders:
        for file in docker.rglob("*"):
            if file.is_file() and file.suffix != ".json":
                text = file.read_text(encoding="utf-8")
                assert ":latest" not in text, file
                assert not re.search(r"(?i)password[\"']?\s*[:=]\s*[\"']?(admin|postgres|secret|change)", text), file
