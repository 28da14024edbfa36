"""The app that was there before: a shop with a layout, packages and checks of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import copier
import yaml

from tests.conftest import ROOT, commit_all

SHOP = Path(__file__).with_name("shop")
PAGE = ROOT / "docs" / "how-to" / "existing-service.md"


def blocks(language: str, page: Path = PAGE) -> list[str]:
    """Return the code blocks of a page in one language, without the indentation of a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indentation}", "", code, flags=re.MULTILINE) for indentation, code in found]


def answers(**contract: Any) -> dict[str, Any]:
    """Return the answers that the page shows, which are the shop's, with changes to its contract."""
    (shown,) = blocks("yaml")
    found: dict[str, Any] = yaml.safe_load(shown)
    return {**found, "contract": {**found["contract"], **contract}}


def shop(folder: Path) -> Path:
    """Return the shop as a repository, everything committed."""
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__"))
    commit_all(folder, "before")
    return folder


def add_containers(template: Path, folder: Path, data: dict[str, Any], **options: Any) -> None:
    """Copy the template into an app."""
    copier.run_copy(str(template), folder, data=data, defaults=True, unsafe=True, quiet=True, **options)
