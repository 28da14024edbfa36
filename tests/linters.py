"""Every linter of rendered files: which it reads, how it is called, and a file in which it must find something."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.dashboards import linter as dashboards

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
FOLDER = ROOT / "build" / "linters"
SETTINGS = ROOT / "tests" / "data" / "linters"
"""What a linter is not asked for, each with its reason."""
EVERY_RULE = ("--config", str(SETTINGS / "ruff.toml"))
"""Ruff with all of its rules, instead of those that an app asks of its owner."""

Find = Callable[[list[Path]], str]


@dataclass(frozen=True)
class Linter:
    """One linter; `find` returns what it has to say, and nothing where it is content."""

    patterns: tuple[str, ...]
    find: Find
    broken: tuple[str, str]
    says: str
    slow: bool = False


def tool(name: str) -> Path:
    """Return a program of the development environment."""
    found = shutil.which(name, path=str(BIN))
    assert found, f"{name} is not installed: it is one of the development tools"
    return Path(found)


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command with its output captured."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)


def said(*command: str | Path, cwd: Path | None = None) -> str:
    """Return what a linter says when it is not content."""
    done = run(*command, cwd=cwd)
    return done.stdout + done.stderr if done.returncode else ""


def spread(command: Sequence[str | Path], files: list[Path]) -> str:
    """Return what a linter says of files, which are shared out over the cores."""
    parts = os.cpu_count() or 1
    shares = [files[part::parts] for part in range(min(parts, len(files)))]
    with ThreadPoolExecutor(parts) as pool:
        return "".join(pool.map(lambda share: said(*command, *share), shares))


def saying(*command: str) -> Find:
    """Return how to call a linter that takes files and ends with a status."""
    return lambda files: spread((tool(command[0]), *command[1:]), files)


def dockerfile_security(files: list[Path]) -> str:
    """Checkov's checks of Dockerfiles, nothing skipped."""
    # Not its script: that one does not work below a path with blanks.
    python = _installed("checkov", ROOT / "pyproject.toml", _pip) / "bin" / "python"
    words = (python, "-m", "checkov.main", "--framework", "dockerfile", "--skip-download", "--compact", "--quiet")
    done = run(*words, "--file", *files)
    checked = re.search(r"Passed checks: (\d+), Failed checks: (\d+), Skipped checks: 0", done.stdout)
    assert checked, done.stdout + done.stderr
    assert int(checked[1]) >= 10 * len(files), "checkov did not read every file"
    assert bool(done.returncode) == bool(int(checked[2]))
    return done.stdout if done.returncode or "WARN" in done.stderr else ""


def compose_style(files: list[Path]) -> str:
    """Dclint; where there is no npm it is skipped, or fails where containers are required."""
    if shutil.which("npm") is None:
        reason = "no npm: the compose linter dclint was not run"
        if os.environ.get("REQUIRE_CONTAINERS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    program = _installed("dclint", SETTINGS / "package.json", _npm) / "node_modules" / ".bin" / "dclint"
    return said(program, "--max-warnings", "0", "--config", SETTINGS / "dclint.yml", *files)


def compose_schema(files: list[Path]) -> str:
    """The schema of compose files."""
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for file in files:
            # Compose's own tag `!reset` empties a list of the file below; a plain YAML reader does not know it.
            plain.append(Path(folder, *file.parts[-3:]))
            plain[-1].parent.mkdir(parents=True, exist_ok=True)
            plain[-1].write_text(file.read_text(encoding="utf-8").replace("!reset []", "[]"), encoding="utf-8")
        return spread((tool("check-jsonschema"), "--builtin-schema=vendor.compose-spec"), plain)


def answers_schema(files: list[Path]) -> str:
    """The schema of answers that users give to their editors; Copier's own entries stand beside them."""
    with tempfile.TemporaryDirectory() as folder:
        given = []
        for number, file in enumerate(files):
            known = yaml.safe_load(file.read_text(encoding="utf-8"))
            given.append(Path(folder, f"{number}.json"))  # read ten times as fast as YAML
            answers = {name: value for name, value in known.items() if not name.startswith("_")}
            given[-1].write_text(json.dumps(answers), encoding="utf-8")
        schema = ROOT / "docs" / "reference" / "entities.schema.json"
        return spread((tool("check-jsonschema"), "--schemafile", str(schema)), given)


def python_security(files: list[Path]) -> str:
    """Bandit; what the business's own words may be is ruff's to say, file by file."""
    words = [file for file in files if "/app/entities/" in file.as_posix()]
    code = [file for file in files if file not in set(words)]
    call = (tool("bandit"), "--quiet", "--configfile", SETTINGS / "bandit.yml")
    # Names and values of entities are the business's own words, like a passphrase's example.
    return spread(call, code) + spread((*call, "--skip", "B105"), words)


def secrets(files: list[Path]) -> str:
    """detect-secrets with every detector, on each distinct line once: it is thorough, and slow."""
    kinds: dict[str, dict[str, str]] = {}
    for file in files:
        lines = kinds.setdefault(file.suffix or file.name, {})
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            lines.setdefault(line, f"{file}:{number}")
    with tempfile.TemporaryDirectory() as folder:
        for number, (kind, lines) in enumerate(kinds.items()):
            Path(folder, f"{number}{kind}").write_text("\n".join(lines), encoding="utf-8")
        done = run(tool("detect-secrets"), "scan", "--all-files", "--no-verify", ".", cwd=Path(folder))
    assert done.returncode == 0, done.stderr
    places = {f"{number}{kind}": list(lines.values()) for number, (kind, lines) in enumerate(kinds.items())}
    return "\n".join(
        f"{places[Path(name).name][found['line_number'] - 1]}: {found['type']}"
        for name, here in json.loads(done.stdout)["results"].items()
        for found in here
    )


def dashboard_rules(files: list[Path]) -> str:
    """The rules of Grafana's dashboard-linter."""
    return "\n".join(
        f"{file}: {name}: {error}"
        for file in files
        for name, rule in dashboards.RULES.items()
        for error in rule(json.loads(file.read_text(encoding="utf-8")))
    )


def toml_format(files: list[Path]) -> str:
    """Taplo's format, as wide as the app's code."""
    return said(
        tool("taplo"),
        "format",
        "--check",
        "-o",
        "column_width=100",
        "-o",
        "align_comments=false",
        "-o",
        "indent_string=    ",
        *files,
    )


YAML = ("*.yml", "*.yaml")
COMPOSE = ("docker-compose*.yml",)
EVERYTHING = ("*",)
BAD_COMPOSE = "---\nservices:\n  app:\n    image: nginx:latest\n    ports:\n      - 80:80\n    colour: red\n"
BAD_DOCKERFILE = "FROM debian:latest\nRUN cd /tmp\n"
BAD_DASHBOARD = json.dumps({"editable": True, "panels": [], "templating": {"list": []}})
BAD_WORKFLOW = """---
"on": push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.issue.title }}
        time: soon
"""
ZIZMOR = ("--offline", "--no-config", "--quiet", "--strict-collection", "--collect=all", "--persona=pedantic")

LINTERS: dict[str, Linter] = {
    "ruff check": Linter(
        ("*.py",), saying("ruff", "check", "--no-cache", "--output-format=concise"), ("a.py", "import os\n"), "F401"
    ),
    "ruff check, every rule": Linter(
        ("*.py",),
        saying("ruff", "check", "--no-cache", "--output-format=concise", *EVERY_RULE),
        ("a.py", "def f(x):\n    return x\n"),
        "D103",
    ),
    "ruff format": Linter(
        ("*.py",),
        saying("ruff", "format", "--no-cache", "--check"),
        ("a.py", "x = 'y'\n"),
        "1 file would be reformatted",
    ),
    "bandit": Linter(
        ("app/*.py", "docker/*.py", "migrations/*.py", "tools/*.py"),
        python_security,
        ("app/a.py", "eval(input())\n"),
        "B307",
    ),
    "yamllint": Linter(YAML, saying("yamllint", "--strict", "-d", "extends: default"), ("a.yml", "a: yes\n"), "truthy"),
    "compose-spec": Linter(COMPOSE, compose_schema, ("docker-compose.yml", BAD_COMPOSE), "colour"),
    "dclint": Linter(COMPOSE, compose_style, ("docker-compose.yml", BAD_COMPOSE), "docker-compose.yml", slow=True),
    "hadolint": Linter(("Dockerfile",), saying("hadolint"), ("Dockerfile", BAD_DOCKERFILE), "DL3007"),
    "checkov": Linter(("Dockerfile",), dockerfile_security, ("Dockerfile", BAD_DOCKERFILE), "CKV_DOCKER", slow=True),
    "shellcheck": Linter(("*.sh",), saying("shellcheck", "--enable=all"), ("a.sh", "#!/bin/sh\necho $1\n"), "SC2086"),
    "workflow schema": Linter(
        (".github/workflows/*.yml",),
        saying("check-jsonschema", "--builtin-schema=vendor.github-workflows"),
        (".github/workflows/a.yml", BAD_WORKFLOW),
        "time",
    ),
    "answers schema": Linter(
        (".copier-answers.yml",), answers_schema, (".copier-answers.yml", "---\ntracing: maybe\n"), "tracing"
    ),
    "zizmor": Linter(
        (".github/workflows/*.yml",), saying("zizmor", *ZIZMOR), (".github/workflows/a.yml", BAD_WORKFLOW), "template"
    ),
    "rumdl": Linter(
        ("*.md",), saying("rumdl", "check", "--no-cache", "--isolated"), ("a.md", "# A\n[b](c.md)\n"), "MD057"
    ),
    "taplo lint": Linter(("*.toml",), saying("taplo", "lint", "--no-schema"), ("a.toml", "a = 1\na = 2\n"), "a.toml"),
    "taplo format": Linter(("*.toml",), toml_format, ("a.toml", "a   =   1\n"), "format_files"),
    "validate-pyproject": Linter(
        ("pyproject.toml",), saying("validate-pyproject"), ("pyproject.toml", '[project]\nname = "a b"\n'), "`project`"
    ),
    "dashboard rules": Linter(
        ("docker/grafana/dashboards/*.json",), dashboard_rules, ("a.json", BAD_DASHBOARD), "uneditable"
    ),
    # FastAPI's class of a route's parameters is called Dependant.
    "codespell": Linter(
        EVERYTHING, saying("codespell", "--ignore-words-list=dependant"), ("a.txt", "It is teh end.\n"), "teh ==> the"
    ),
    "detect-secrets": Linter(EVERYTHING, secrets, ("a.py", 'password = "correct-horse-7"\n'), "a.py:1"),
}


def _installed(name: str, pins: Path, install: Callable[[Path, Path], None]) -> Path:
    """Install once for what the file of pins says; parallel runs wait for each other."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(pins.read_bytes()).hexdigest()
    folder = FOLDER / name
    stamp = folder / "installed"
    with (FOLDER / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            install(folder, pins)
            stamp.write_text(wanted, encoding="utf-8")
    return folder


def _pip(folder: Path, pins: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", folder).check_returncode()
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    run(
        *pip, "install", "--quiet", "--disable-pip-version-check", "--group", f"{pins}:{folder.name}"
    ).check_returncode()


def _npm(folder: Path, pins: Path) -> None:
    folder.mkdir()
    shutil.copy(pins, folder)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder).check_returncode()
