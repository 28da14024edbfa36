"""Few apps in which every pair of answers meets, set up, tested and linted as their owners would.

PAIRS=2/5 tries the second fifth of them, PAIRS=rotate the fifth that is this commit's turn; without it, all are tried.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.owner import rendered, set_up_and_try
from tests.conftest import ROOT
from tests.render import matrix

PARTS = 5
APPS = {name: answers for name, answers in matrix.trees().items() if "entities" in answers and matrix.is_usual(answers)}
COVERING = matrix.covering(APPS)


def share(names: list[str], wanted: str, commit: str) -> list[str]:
    """Return the part of them that is wanted."""
    if wanted == "all":
        return names
    part, parts = (int(commit or "0", 16) % PARTS + 1, PARTS) if wanted == "rotate" else map(int, wanted.split("/"))
    assert 1 <= part <= parts, "PAIRS is all, rotate, or a part like 2/5"
    return names[part - 1 :: parts]


def commit() -> str:
    """Return the commit that is tried; nothing outside a repository."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


WANTED = os.environ.get("PAIRS", "all")
CHOSEN = share(COVERING, WANTED, commit() if WANTED == "rotate" else "")


def test_every_pair_meets() -> None:
    """In one of these apps; and each part of them has its turn."""
    met = set().union(*(matrix.pairs_of(APPS[name]) for name in COVERING))
    assert met == set().union(*map(matrix.pairs_of, APPS.values()))
    assert len(COVERING) <= 20
    turns = [share(COVERING, "rotate", f"{number:040x}") for number in range(PARTS)]
    assert sorted(itertools.chain(*turns)) == sorted(COVERING)
    assert turns[1] == share(COVERING, "2/5", "") == share(COVERING, "rotate", f"{PARTS + 1:040x}")
    assert share(COVERING, "all", "") == COVERING
    with pytest.raises(AssertionError, match="PAIRS is"):
        share(COVERING, "6/5", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOSEN)
def test_app(name: str, place: Path, record_property: Callable[[str, object], None]) -> None:
    start = time.monotonic()
    set_up_and_try(rendered(APPS[name], place), APPS[name]["package_manager"])
    of = f"{len(CHOSEN)} of {len(COVERING)} apps, PAIRS={WANTED}"
    record_property("figure", f"  {name:60} {time.monotonic() - start:7.1f} s  ({of})")
