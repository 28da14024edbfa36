"""Generators and linters of API clients: pinned here and in package-lock.json, installed in build/clients."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.entities import apps
from tests.environments import clean_environment

SOURCE = Path(__file__).parent
BUILD = apps.BUILD / "clients"
PYTHON_TOOLS = ["openapi-python-client==0.29.1", "mypy==2.4.1"]
GENERATOR = "org.openapitools:openapi-generator-cli:7.18.0"
GENERATOR_SHA256 = "35fdd19079f5fb37cf8074f48db825bdedc02c1b8264261bf283d9394d98a285"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
NO_NEWS = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "GOTOOLCHAIN": "local"}


def needs(*programs: str) -> None:
    """Skip the test, with a line that names what is missing, where a runtime is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"NOT TESTED: {', '.join(missing)} not installed; clients need Node.js, Java with Maven, and Go")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it printed; fail with it where the command does."""
    environment = clean_environment(**NO_NEWS)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{printed[-8000:]}"
    return printed


def digest(*paths: Path) -> str:
    """Return a digest of files, and of the versions in this one."""
    parts = (path.read_bytes() for path in (Path(__file__), SOURCE / "package-lock.json", *paths))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def once(folder: Path, inputs: str, make: Callable[[], None]) -> None:
    """Make a folder, unless it was made of the same inputs before."""
    stamp = folder.with_name(f"{folder.name}.made")
    with apps.locked(folder.with_name(f"{folder.name}.lock")):
        if stamp.exists() and stamp.read_text(encoding="utf-8") == inputs:
            return
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make()
        stamp.write_text(inputs, encoding="utf-8")


def python_tool(name: str) -> Path:
    """Return a Python program of PYTHON_TOOLS."""
    return apps.environment("clients-venv", PYTHON_TOOLS).with_name(name)


def node_tool(name: str) -> Path:
    """Return a program of package-lock.json."""
    needs("node", "npm")
    modules = BUILD / "node_modules"

    def install() -> None:
        for file in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / file, BUILD)
        run("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", cwd=BUILD)

    once(modules, digest(), install)
    return modules / ".bin" / name


def generator(document: Path) -> list[str | Path]:
    """Return the command of OpenAPI Generator, for the folder of the document: it reads no path with a blank."""
    needs("java", "mvn")
    folder = BUILD / "jar"

    def download() -> None:
        run("mvn", "-q", COPY, f"-Dartifact={GENERATOR}", f"-DoutputDirectory={folder}", cwd=BUILD)
        (jar,) = folder.glob("*.jar")
        assert hashlib.sha256(jar.read_bytes()).hexdigest() == GENERATOR_SHA256, f"{jar} is not the pinned file"

    once(folder, GENERATOR + GENERATOR_SHA256, download)
    return ["java", "-Xmx1g", "-jar", next(folder.glob("*.jar")), "generate", "-i", document.name]


def typescript(folder: Path) -> None:
    """Compile everything in a folder, with strict types; the JavaScript is in `compiled`."""
    shutil.copy(SOURCE / "tsconfig.json", folder)
    run(node_tool("tsc"), "--project", folder, cwd=folder)
