"""docs/README.md lists every page below docs/, each once and with a line that says what it is about."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT

DOCS = ROOT / "docs"
ENTRY = re.compile(r"^- \[[^\]]+\]\(([^)]+)\)(?:: (\w.*))?", re.MULTILINE)


def errors(index: str, pages: set[str]) -> list[str]:
    """Return what is wrong with an index of pages: their paths below docs/, the index itself left out."""
    entries = ENTRY.findall(index)
    listed = [path for path, _ in entries]
    missing = [f"docs/README.md does not list {page}: add a line" for page in pages if f"({page})" not in index]
    twice = [f"{path} is listed twice" for path in set(listed) if listed.count(path) > 1]
    bare = [f"{path} has no description" for path, description in entries if not description]
    return sorted(missing + twice + bare)


def pages_of(folder: Path) -> set[str]:
    """Return the paths of all pages in a folder and below it, without its own index."""
    return {page.relative_to(folder).as_posix() for page in folder.rglob("*.md")} - {"README.md"}


def test_every_page_is_in_the_index() -> None:
    assert errors((DOCS / "README.md").read_text(encoding="utf-8"), pages_of(DOCS)) == []


def test_the_check_can_fail() -> None:
    index = "- [A](a.md): about a.\n- [A](a.md): again.\n- [B](b.md)\n"
    assert errors(index, {"a.md", "b.md", "how-to/c.md"}) == [
        "a.md is listed twice",
        "b.md has no description",
        "docs/README.md does not list how-to/c.md: add a line",
    ]
