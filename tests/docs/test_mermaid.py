"""Every diagram of the pages and of the apps' READMEs is one that Mermaid itself can read."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from extensions import naming
from extensions.entities import EntitiesError, parse
from extensions.service.readme import er_diagram
from tests.conftest import EXAMPLES, ROOT, Render, example

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).with_name("mermaid")
# Words that mean something to Mermaid, in this kind of diagram or another.
WORDS = (
    *("accDescr", "accTitle", "as", "class", "classDef", "click", "default", "direction", "else", "end", "entity"),
    *("erDiagram", "fk", "graph", "identifying", "linkStyle", "many", "note", "one", "optionally", "pk", "style"),
    *("subgraph", "title", "to", "uk", "unique", "zero", "only", "u", "o", "x", "tb", "lr"),
)


@pytest.fixture(scope="module")
def mermaid() -> Path:
    """Return a folder with Mermaid and our script; skip loudly where there is no Node that runs them."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("NOT TESTED with Mermaid: no npm or no node on this machine")
    folder = ROOT / "build" / "mermaid"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("package.json", "parse.mjs"):
            shutil.copy(SOURCE / name, folder)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def read(mermaid: Path, *pages: Path) -> list[str]:
    """Return what Mermaid says of each diagram."""
    done = subprocess.run(["node", mermaid / "parse.mjs", *pages], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return [line.partition(": ")[2] for line in done.stdout.splitlines()]


def test_pages(mermaid: Path, render: Render) -> None:
    readmes = [render(example(name)) / "README.md" for name in EXAMPLES]
    assert read(mermaid, *readmes) == ["er"] * len(readmes)
    assert read(mermaid, ROOT / "README.md", ROOT / "docs" / "architecture.md") == ["flowchart-v2"] * 2


def named(words: tuple[str, ...]) -> list[Any]:
    """Return entities and fields with these names, as far as the template takes them; each refers to the first."""
    taken: list[Any] = []
    for word in words:
        other: dict[str, Any] = {"other": f"reference:{taken[0]['name']}"} if taken else {"other": "string"}
        for fields in ([{word.lower(): "string"}, other], [other]):
            attempt = {"name": naming.pascal(word), "fields": fields}
            try:
                parse([*taken, attempt])
            except EntitiesError:
                continue
            taken.append(attempt)
            break
    return taken


def test_names_that_are_its_words(mermaid: Path, tmp_path: Path) -> None:
    entities = named(WORDS)
    assert len(entities) > 20
    page = tmp_path / "page.md"
    page.write_text(f"```mermaid\n{er_diagram(parse(entities))}\n```\n", encoding="utf-8")
    assert read(mermaid, page) == ["er"]


def test_the_check_can_fail(mermaid: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('```mermaid\nerDiagram\n    "Task" {\n        string pk PK\n        string ] UK\n    }\n```\n')
    (said,) = read(mermaid, page)
    assert said.startswith("error: ")
