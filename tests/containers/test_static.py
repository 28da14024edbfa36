"""The container files of every combination: no finding in any linter, and no trace of what was not chosen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Render
from tests.render.matrix import combinations, questions, values

from .engine import ROOT, provide, python_image, run
from .linters import checkov, dclint, tool

VARIANTS: dict[str, dict[str, Any]] = {name: answers for name, answers in combinations().items() if answers["docker"]}
PYTHONS = {f"python-{version}": {"python_version": version} for version in values(questions()["python_version"])}
STACKS = (
    ("docker-compose.yml",),
    ("docker-compose.yml", "docker-compose.dev.yml"),
    ("docker-compose.yml", "docker-compose.prod.yml"),
    ("docker-compose.test.yml",),
)


@pytest.fixture(scope="module")
def folders(render: Render) -> list[Path]:
    """Return the container folder of every combination."""
    return [render(answers) / "docker" for answers in (VARIANTS | PYTHONS).values()]


@pytest.fixture(scope="module", params=VARIANTS)
def rendered(request: pytest.FixtureRequest, render: Render) -> tuple[Path, dict[str, Any]]:
    """Return the container folder of each combination, and its answers."""
    answers = VARIANTS[request.param]
    return render(answers) / "docker", answers


def distinct(folders: list[Path], pattern: str) -> list[Path]:
    """Return the files of a pattern, each content once."""
    return list({file.read_bytes(): file for folder in folders for file in sorted(folder.glob(pattern))}.values())


def lint_yaml(files: list[Path]) -> str:
    """yamllint's own strict defaults."""
    return faults(tool("yamllint"), "--strict", "--config-data", "extends: default", *files)


def lint_dockerfile(files: list[Path]) -> str:
    """Hadolint with every rule."""
    return faults(tool("hadolint"), *files)


def lint_shell(files: list[Path]) -> str:
    """Shellcheck with every optional rule."""
    return faults(tool("shellcheck"), "--enable=all", *files)


def lint_schema(files: list[Path]) -> str:
    """The schema of compose files."""
    plain = []
    for file in files:
        # Compose's own tag `!reset` empties a list of the file below; a plain YAML reader does not know it.
        plain.append(file.with_name(file.name + ".plain"))
        plain[-1].write_text(file.read_text(encoding="utf-8").replace("!reset []", "[]"), encoding="utf-8")
    try:
        return faults(
            tool("check-jsonschema"),
            "--default-filetype=yaml",
            "--force-filetype=yaml",
            "--builtin-schema=vendor.compose-spec",
            *plain,
        )
    finally:
        for file in plain:
            file.unlink()


def lint_security(files: list[Path]) -> str:
    """Checkov's checks of Dockerfiles, nothing skipped."""
    words = (*checkov(), "--framework", "dockerfile", "--skip-download", "--compact", "--quiet", "--file", *files)
    done = run(*words, check=False)
    checked = re.search(r"Passed checks: (\d+), Failed checks: (\d+), Skipped checks: 0", done.stdout)
    assert checked, done.stdout + done.stderr
    assert int(checked[1]) >= 10 * len(files), "checkov did not read every file"
    assert bool(done.returncode) == bool(int(checked[2]))
    return done.stdout if done.returncode or "WARN" in done.stderr else ""


def lint_compose(files: list[Path]) -> str:
    """Dclint; what it is not asked for has its reason in dclint.yml."""
    return faults(dclint(), "--max-warnings", "0", "--config", Path(__file__).with_name("dclint.yml"), *files)


def faults(*command: str | Path) -> str:
    """Return what a linter says when it is not content."""
    done = run(*command, check=False)
    return done.stdout + done.stderr if done.returncode else ""


Linter = Callable[[list[Path]], str]
COMPOSE = "docker-compose*.yml"
BROKEN = """\
services:
  app:
    image: nginx:latest
    ports:
      - 80:80
    colour: red
"""
# Each linter, the files it reads, and a content in which it must find something.
LINTERS: list[Any] = [
    pytest.param(lint_yaml, COMPOSE, "services: {a:  1}\n", id="yamllint"),
    pytest.param(lint_dockerfile, "Dockerfile", "FROM debian:latest\nRUN cd /tmp\n", id="hadolint"),
    pytest.param(lint_shell, "*.sh", "#!/bin/sh\necho $1\n", id="shellcheck"),
    pytest.param(lint_schema, COMPOSE, BROKEN, id="compose-spec"),
    pytest.param(
        lint_security, "Dockerfile", "FROM debian:latest\nRUN cd /tmp\n", id="checkov", marks=pytest.mark.slow
    ),
    pytest.param(lint_compose, COMPOSE, BROKEN, id="dclint", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("lint", "pattern", "broken"), LINTERS)
def test_linter_finds_nothing(lint: Linter, pattern: str, broken: str, folders: list[Path], tmp_path: Path) -> None:
    """In no variant; each distinct content is read once. And it does find what is wrong with a broken file."""
    files = distinct(folders, pattern)
    assert len({file.name for file in files}) == (1 if pattern == "Dockerfile" else 4 if pattern == COMPOSE else 3)
    assert lint(files) == ""
    bad = tmp_path / files[0].name
    bad.write_text(broken, encoding="utf-8")
    assert bad.name in lint([bad])


def test_compose_reads_every_stack(folders: list[Path], tmp_path: Path) -> None:
    """`docker compose config`, by Compose itself, of every set of files that belongs together; it needs no engine."""
    if shutil.which("docker") is None or run("docker", "compose", "version", check=False).returncode:
        reason = "no docker compose: whether Compose takes the files was not tried"
        if os.environ.get("REQUIRE_CONTAINERS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    seen = set()
    for folder in folders:
        for names in STACKS:
            files = [folder / name for name in names]
            content = tuple(file.read_bytes() for file in files if file.exists())
            if len(content) == len(files) and content not in seen:
                seen.add(content)
                assert config(*files) == "", folder
    assert len(seen) >= len(STACKS)
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(BROKEN, encoding="utf-8")
    assert "colour" in config(broken)


def config(*files: Path) -> str:
    """Return what Compose says against files, taken together; warnings too."""
    arguments = [word for file in files for word in ("--file", str(file))]
    done = run("docker", "compose", *arguments, "config", "--quiet", check=False)
    return done.stderr or done.stdout


def test_the_stand_ins_have_no_finding() -> None:
    """What makes images where none can be pulled, by the same linters."""
    folder = ROOT / "tools" / "containers"
    assert faults(tool("shellcheck"), *sorted(folder.glob("*.sh"))) == ""
    assert faults(tool("hadolint"), folder / "Dockerfile") == ""
    known = run(folder / "stand-ins.sh", "list").stdout.split()
    assert {"caddy:*", "grafana/grafana:*", "postgres:*", "prom/prometheus:*", "python:3.13*", "redis:*"} <= set(known)


@pytest.mark.containers
def test_the_builder_finds_nothing(folders: list[Path], tmp_path: Path) -> None:
    """BuildKit's own checks of the Dockerfile, on one base image for all."""
    provide(python_image())
    base = f"PYTHON_TAG={python_image().partition(':')[2]}"
    for file in distinct(folders, "Dockerfile"):
        checked = run("docker", "build", "--check", "--build-arg", base, "--file", file, tmp_path, check=False)
        assert checked.returncode == 0, checked.stdout
        assert "no warnings found" in checked.stdout
    broken = tmp_path / "Dockerfile"
    broken.write_text("from scratch AS a\nENV b c\n", encoding="utf-8")
    assert run("docker", "build", "--check", tmp_path, check=False).returncode == 1


def test_scripts_can_be_run(rendered: tuple[Path, dict[str, Any]]) -> None:
    """They are executable as rendered."""
    docker, _ = rendered
    for script in docker.glob("*.sh"):
        assert script.stat().st_mode & 0o111 == 0o111, script.name


def test_what_was_not_chosen_left_no_trace(rendered: tuple[Path, dict[str, Any]]) -> None:
    """Not a service, a volume, a variable, a document's word."""
    docker, answers = rendered
    words = ["sqlite"] if answers["database"] == "postgresql" else ["postgres", "psql", "pg_"]
    words += [] if answers["observability"] else ["prometheus", "grafana", "alloy", "loki", "metrics", "dashboard"]
    words += [] if answers["redis"] else ["redis"]
    if not {True, "postgresql"} & {answers["database"], answers["observability"], answers["redis"]}:
        words += ["init-secrets", "postgres_password"]
        # An app that was not made here may have secrets of its own, which its launcher reads.
        words += ["/run/secrets"] if answers["scope"] == "service" else []
        assert not (docker / "init-secrets.sh").exists()
    words += ["uv"] if answers["package_manager"] == "poetry" else ["poetry"]
    for file in [*docker.rglob("*"), docker.parent / ".dockerignore"]:
        if file.is_file():
            for word in words:
                found = re.search(
                    rf"(?i)(?<![a-z]){word}(?![a-z])" if word == "uv" else f"(?i){word}",
                    file.read_text(encoding="utf-8"),
                )
                assert not found, f"{file.name}: {word}"


def test_every_variable_is_documented(rendered: tuple[Path, dict[str, Any]]) -> None:
    """What the compose files read is in .env.example with the same default, and nothing else is."""
    docker, _ = rendered
    used: dict[str, str] = {}
    for file in docker.glob("docker-compose*.yml"):
        for name, default in re.findall(r"\$\{([A-Z_]+):-((?:\$\{[^}]*\}|[^}])*)\}", file.read_text(encoding="utf-8")):
            used.setdefault(name, default)
    documented = dict(
        re.findall(r"^#([A-Z_]+)=(.*)$", (docker / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert documented == used


def test_nothing_is_latest_and_no_password_is_written(rendered: tuple[Path, dict[str, Any]]) -> None:
    """Exact tags only; passwords come from files."""
    docker, _ = rendered
    for file in docker.rglob("*"):
        if file.is_file() and file.suffix != ".json":
            text = file.read_text(encoding="utf-8")
            assert ":latest" not in text, file.name
            assert not re.search(r"(?i)password[\"']?\s*[:=]\s*[\"']?(admin|postgres|secret|change)", text), file.name
