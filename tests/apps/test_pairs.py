"""Few apps in which every pair of answers meets, set up, tested and linted as their owners would."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.owner import rendered, set_up_and_try
from tests.render import matrix
from tests.shares import WANTED, share

PARTS = 5
APPS = {name: answers for name, answers in matrix.apps().items() if "entities" in answers and matrix.is_usual(answers)}
COVERING = matrix.covering(APPS)
CHOSEN = share(COVERING, PARTS)


def test_every_pair_meets() -> None:
    """In one of these apps; and each part of them has its turn."""
    met = set().union(*(matrix.pairs_of(APPS[name]) for name in COVERING))
    assert met == set().union(*map(matrix.pairs_of, APPS.values()))
    assert len(COVERING) <= 20
    turns = [share(COVERING, PARTS, "rotate", f"{number:040x}") for number in range(PARTS)]
    assert sorted(itertools.chain(*turns)) == sorted(COVERING)
    assert turns[1] == share(COVERING, 9, "2/5") == share(COVERING, PARTS, "rotate", f"{PARTS + 1:040x}")
    assert share(COVERING, PARTS, "all") == COVERING
    with pytest.raises(AssertionError, match="SHARE is"):
        share(COVERING, PARTS, "6/5")


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOSEN)
def test_app(name: str, place: Path, record_property: Callable[[str, object], None]) -> None:
    start = time.monotonic()
    set_up_and_try(rendered(APPS[name], place), APPS[name]["package_manager"])
    of = f"{len(CHOSEN)} of {len(COVERING)} apps, SHARE={WANTED}"
    record_property("figure", f"  {name:60} {time.monotonic() - start:7.1f} s  ({of})")
