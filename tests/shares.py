"""A part of what there is to try, where time is short: SHARE=2/5 is the second fifth, SHARE=rotate a commit's own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
WANTED = os.environ.get("SHARE", "all")
T = TypeVar("T")


def commit() -> str:
    """Return the commit that is tried; nothing outside a repository."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def share(names: list[T], parts: int, wanted: str = WANTED, turn: str | None = None) -> list[T]:
    """Return the part of them that is wanted: `all`, a part such as `2/5`, or with `rotate` one of `parts`.

    Whose turn it is follows from `turn`, a hexadecimal number: the commit.
    """
    if wanted == "all":
        return names
    if wanted == "rotate":
        part = int((commit() if turn is None else turn) or "0", 16) % parts + 1
    else:
        part, parts = map(int, wanted.split("/"))
    assert 1 <= part <= parts, "SHARE is all, rotate, or a part like 2/5"
    return names[part - 1 :: parts]
