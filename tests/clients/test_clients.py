"""The API as its clients see it: linters find nothing in the document, generated clients compile unchanged, and work.

`.ci/run clients` runs this for the documents of three apps. Clients are made by openapi-python-client,
openapi-typescript with openapi-fetch, hey-api and OpenAPI Generator (Go, TypeScript), and checked by mypy, tsc and go
vet. drive.py and drive.ts then use a running kitchen-sink through two of them. The tools are pinned in toolbox.py and
package-lock.json and installed in build/clients; what passed is not checked again while nothing changes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.toolbox import (
    BUILD,
    SOURCE,
    digest,
    generator,
    needs,
    node_tool,
    once,
    python_tool,
    run,
    typescript,
)
from tests.conftest import Render, example
from tests.entities import apps
from tests.entities.serving import running

pytestmark = pytest.mark.slow

EXAMPLES = ("minimal", "shop", "kitchen-sink")
DUMP = """
import json, sys
from app.core.settings import Settings
from app.main import create_app
settings = Settings(_env_file=None, environment="test", database_url="postgresql://nobody@localhost/none")
json.dump(create_app(settings).openapi(), sys.stdout, indent=1)
"""

Document = Callable[[str], Path]


@pytest.fixture(scope="session")
def python(render: Render) -> Path:
    """Return an interpreter with the packages of the apps."""
    return apps.apps_python(render)


@pytest.fixture(scope="session")
def document_of(template: Path, python: Path) -> Document:
    """Return a function that writes the document of an example, once a run."""
    written: dict[str, Path] = {}

    def write(name: str) -> Path:
        if name not in written:
            app = apps.rendered(template, f"clients-{name}", example(name))
            text = subprocess.run([python, "-c", DUMP], cwd=app, capture_output=True, text=True, check=True).stdout
            written[name] = BUILD / f"{name}.json"
            BUILD.mkdir(parents=True, exist_ok=True)
            written[name].write_text(text, encoding="utf-8")
        return written[name]

    return write


@pytest.fixture(params=EXAMPLES)
def document(request: pytest.FixtureRequest, document_of: Document) -> Path:
    """Return the document of each example."""
    return document_of(request.param)


@pytest.fixture(scope="module")
def address(template: Path, python: Path) -> Iterator[str]:
    """Return where a kitchen-sink runs, on an empty database."""
    app = apps.rendered(template, "clients-live", example("kitchen-sink"))
    with running(python, app) as found:
        yield found


# ------------------------------------------------------------------------------------------------------------- linters
def test_spectral(document: Path) -> None:
    """The ruleset for OpenAPI finds nothing, not even a hint."""
    ruleset = ("--ruleset", SOURCE / "spectral.yaml", "--fail-severity", "hint")
    assert "No results" in run(node_tool("spectral"), "lint", *ruleset, document, cwd=BUILD)


def test_redocly(document: Path) -> None:
    """The recommended rules find nothing, not even a warning."""
    printed = run(node_tool("redocly"), "lint", "--extends=recommended", "--format=json", document, cwd=BUILD)
    found = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, found["problems"]


# ---------------------------------------------------------------------------------------------- generated and compiled
def python_client(document: Path) -> Path:
    """Return a folder with the package `client` that openapi-python-client makes, checked by mypy."""
    folder = BUILD / "python" / document.stem

    def make() -> None:
        (folder / "config.yml").write_text("post_hooks: []\n", encoding="utf-8")
        options = ("--meta", "none", "--fail-on-warning", "--config", folder / "config.yml")
        target = ("--path", document, "--output-path", folder / "client")
        run(python_tool("openapi-python-client"), "generate", *target, *options, cwd=folder)
        run(python_tool("mypy"), "--strict", "--package", "client", cwd=folder)

    once(folder, digest(document), make)
    return folder


def fetch_client(document: Path) -> Path:
    """Return a folder with the types of openapi-typescript and the client of hey-api, compiled."""
    folder = BUILD / "typescript" / document.stem

    def make() -> None:
        # Without the option, what has a default would have to be in every request.
        options = ("--default-non-nullable=false", "--output", folder / "api.ts")
        run(node_tool("openapi-typescript"), document, *options, cwd=folder)
        run(node_tool("openapi-ts"), "--input", document, "--output", folder / "hey-api", cwd=folder)
        if document.stem == "kitchen-sink":
            shutil.copy(SOURCE / "drive.ts", folder)
        typescript(folder)

    once(folder, digest(document, SOURCE / "drive.ts"), make)
    return folder


def test_python(document: Path) -> None:
    assert (python_client(document) / "client" / "client.py").exists()


def test_typescript(document: Path) -> None:
    assert (fetch_client(document) / "compiled").is_dir()


def test_generator_typescript(document: Path) -> None:
    folder = BUILD / "generator-typescript" / document.stem

    def make() -> None:
        run(*generator(document), "-g", "typescript-fetch", "-o", folder, cwd=document.parent)
        typescript(folder)

    node_tool("tsc")
    once(folder, digest(document), make)


def test_generator_go(document: Path) -> None:
    needs("go")
    folder = BUILD / "generator-go" / document.stem

    def make() -> None:
        only_code = ("--global-property", "apiTests=false,modelTests=false")
        options = ("--additional-properties", "withGoMod=false,packageName=client")
        run(*generator(document), "-g", "go", "-o", folder, *only_code, *options, cwd=document.parent)
        run("go", "mod", "init", "example.org/client", cwd=folder)
        run("go", "vet", "./...", cwd=folder)

    once(folder, digest(document), make)


# --------------------------------------------------------------------------------------------------- against a live app
def test_python_live(document_of: Document, address: str) -> None:
    folder = python_client(document_of("kitchen-sink"))
    shutil.copy(SOURCE / "drive.py", folder)
    run(python_tool("mypy"), "--strict", "drive.py", cwd=folder)
    assert run(python_tool("python"), "drive.py", address, cwd=folder).splitlines()[-1] == "all as documented"


def test_typescript_live(document_of: Document, address: str) -> None:
    folder = fetch_client(document_of("kitchen-sink"))
    assert run("node", folder / "compiled" / "drive.js", address, cwd=folder).splitlines()[-1] == "all as documented"
