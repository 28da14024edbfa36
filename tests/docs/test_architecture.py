"""docs/architecture.md is the map of the repository: all that is there is on it, and all that is on it is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "architecture.md"
ROW = re.compile(r"^\| `([^`]+)` \| ", re.MULTILINE)


def rows(heading: str) -> set[str]:
    """Return the first column of the table below a heading."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = ROW.findall(section)
    assert len(found) == len(set(found))
    return set(found)


def parts_of(folder: Path) -> set[str]:
    """Return the folders with code in a folder, with a slash, and its modules."""
    folders = {f"{path.name}/" for path in folder.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    return folders | {path.name for path in folder.glob("*.py") if path.name != "__init__.py"}


def test_every_part_of_the_extensions_is_on_the_map() -> None:
    assert rows("The extensions") == parts_of(ROOT / "extensions")


def test_every_folder_is_on_the_map() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("NOT TESTED: no Git here to say what belongs to the repository")
    folders = {f"{path.partition('/')[0]}/" for path in listed.splitlines() if "/" in path and not path.startswith(".")}
    assert rows("The repository") == folders | {"copier.yml"}


def test_what_the_page_names_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:extensions|updates|template|docs|tools)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path
