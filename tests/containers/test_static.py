"""The container files of every combination: no finding in any linter, and no trace of what was not chosen."""

from __future__ import annotations

import itertools
import re
import shutil
import sys
from pathlib import Path

import pytest

from .engine import render, run

COMBINATIONS = [
    {"database": database, "observability": observability, "redis": redis, "package_manager": manager}
    for database, observability, redis, manager in itertools.product(
        ["postgresql", "sqlite"], [True, False], [True, False], ["poetry", "uv"]
    )
]
BIN = Path(sys.executable).parent


def name_of(answers: dict[str, object]) -> str:
    """Return a readable id."""
    return "-".join(
        [
            str(answers["database"]),
            "observability" * bool(answers["observability"]) or "plain",
            "redis" * bool(answers["redis"]) or "alone",
            str(answers["package_manager"]),
        ]
    )


def tool(name: str) -> str:
    """Return the path of a linter of the development environment."""
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    assert found, f"{name} is not installed: it is one of the development tools"
    return found


@pytest.fixture(scope="module", params=COMBINATIONS, ids=name_of)
def rendered(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, object]]:
    """Return an app of each combination, and its answers."""
    folder = render(tmp_path_factory.mktemp("static") / "app", **request.param)
    return folder / "docker", request.param


def test_linters_find_nothing(rendered: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    """yamllint's and hadolint's defaults, every optional check of shellcheck, the schema of compose files."""
    docker, _ = rendered
    compose = sorted(docker.glob("docker-compose*.yml"))
    assert len(compose) == 4
    run(tool("yamllint"), "--strict", "--config-data", "extends: default", *compose)
    run(tool("hadolint"), docker / "Dockerfile")
    run(tool("shellcheck"), "--enable=all", *sorted(docker.glob("*.sh")))
    plain = []
    for file in compose:
        # Compose's own tag `!reset` empties a list of the file below; a plain YAML reader does not know it.
        plain.append(tmp_path / file.name)
        plain[-1].write_text(file.read_text(encoding="utf-8").replace("!reset []", "[]"), encoding="utf-8")
    run(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", *plain)


def test_scripts_can_be_run(rendered: tuple[Path, dict[str, object]]) -> None:
    """They are executable as rendered."""
    docker, _ = rendered
    for script in docker.glob("*.sh"):
        assert script.stat().st_mode & 0o111 == 0o111, script.name


def test_what_was_not_chosen_left_no_trace(rendered: tuple[Path, dict[str, object]]) -> None:
    """Not a service, a volume, a variable, a document's word."""
    docker, answers = rendered
    words = ["sqlite"] if answers["database"] == "postgresql" else ["postgres", "psql", "pg_"]
    words += [] if answers["observability"] else ["prometheus", "grafana", "metrics", "dashboard"]
    words += [] if answers["redis"] else ["redis"]
    words += ["uv"] if answers["package_manager"] == "poetry" else ["poetry"]
    for file in [*docker.rglob("*"), docker.parent / ".dockerignore"]:
        if file.is_file():
            for word in words:
                found = re.search(
                    rf"(?i)(?<![a-z]){word}(?![a-z])" if word == "uv" else f"(?i){word}",
                    file.read_text(encoding="utf-8"),
                )
                assert not found, f"{file.name}: {word}"


def test_every_variable_is_documented(rendered: tuple[Path, dict[str, object]]) -> None:
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


def test_nothing_is_latest_and_no_password_is_written(rendered: tuple[Path, dict[str, object]]) -> None:
    """Exact tags only; passwords come from files."""
    docker, _ = rendered
    for file in docker.rglob("*"):
        if file.is_file() and file.suffix != ".json":
            text = file.read_text(encoding="utf-8")
            assert ":latest" not in text, file.name
            assert not re.search(r"(?i)password[\"']?\s*[:=]\s*[\"']?(admin|postgres|secret|change)", text), file.name
