"""The command line: what happens before and after an update."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version

from extensions.answers.questions import ALWAYS_STORED

from . import __doc__ as description
from .git import committed, in_last_commit
from .ignored import backup_ignored, restore_ignored
from .keep import keep
from .rejected import UpdateRejected
from .rollback import roll_back


def main() -> int:
    """Run in the app's folder; return the exit status: 0, or 1 if the update was rolled back."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--stage", choices=["before", "after"], required=True, help="of the update")
    parser.add_argument("--answers", required=True, help="the answers file")
    parser.add_argument("--since", type=Version, required=True, help="the version of the template before the update")
    parser.add_argument("--discard", choices=["True", "False"], required=True, help="whether edits may be deleted")
    given = parser.parse_args()
    if given.stage == "before":
        backup_ignored(Path(__file__).parents[2] / "template")
        return 0
    after = yaml.safe_load(Path(given.answers).read_text(encoding="utf-8"))
    made: list[Path] = []
    try:
        before = check_answers(given.answers)
        conflicts = keep(before, after, given.since, made, discard=given.discard == "True")
    except BaseException as error:
        try:
            roll_back(after, made)
        finally:
            restore_ignored()  # no commit has them
        if not isinstance(error, UpdateRejected):
            raise
        print(f"Nothing was updated: {error}", file=sys.stderr)
        return 1
    for line in notices(before, after, restore_ignored()):
        print(line, file=sys.stderr)
    for path in conflicts:
        print(f"conflict in {path}: keep what is right, delete the markers (docs/updating.md)", file=sys.stderr)
    return 0


def check_answers(name: str) -> dict[str, Any]:
    """Return the answers as they were before the update. Raises UpdateRejected if some are missing."""
    if not in_last_commit(name):
        raise UpdateRejected(f"{name} is not in Git, so the previous answers are unknown: commit it")
    before: dict[str, Any] = yaml.safe_load(committed(name).content)
    needed = [*ALWAYS_STORED, *(["entities"] if before.get("scope") == "service" else [])]
    if missing := [answer for answer in needed if answer not in before]:
        raise UpdateRejected(f"{name} does not say {', '.join(missing)}: `git log -p -- {name}` shows what it was")
    return before


def notices(before: dict[str, Any], after: dict[str, Any], hidden: Iterable[str]) -> Iterator[str]:
    """Yield messages about what `git diff` does not show."""
    for answer in ("app_name", "database"):
        if before[answer] != after[answer]:
            was = f"{answer} was {before[answer]} and is {after[answer]}"
            yield f"{was}: it starts with empty databases, and the old ones stay where they are"
    for path in hidden:
        yield f"{path} is ignored by Git and was kept; the template's version was not written"
