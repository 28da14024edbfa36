"""Edits follow renames and moves; an update that would delete edits is rejected."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.version import Version

from .files import content_of, is_inside
from .git import committed, paths
from .merge import follow
from .moved import moved_files, moved_since
from .rejected import UpdateRejected
from .renamed import moves
from .render import render_old


def keep(
    before: dict[str, Any], after: dict[str, Any], since: Version, made: list[Path], *, discard: bool
) -> list[str]:
    """Move edits to where this version has them; return the paths with conflicts.

    Raises UpdateRejected if edits would be lost.
    """
    if (was := before.get("scope")) != after.get("scope"):
        raise UpdateRejected(f"scope cannot change: it is {was} here: keep it, or copy the template to a new folder")
    followed, moved = moves(before, after), moved_since(since)
    if not followed and not moved and not _deleted():
        return []
    conflicts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        old_app = Path(folder, "app")
        render_old(before, old_app)
        followed += moved_files(old_app, moved)
        for move in followed:
            conflicts += follow(move, old_app, made)
        rest = [path for path in _deleted() if not any(is_inside(path, move.old) for move in followed)]
        lost = [path for path in rest if committed(path).content != content_of(old_app, path)]
    if lost and not discard:
        raise UpdateRejected(_would_be_lost(lost))
    return conflicts


def _deleted() -> list[str]:
    """Return the files of the last commit that no longer exist."""
    return paths("diff", "--name-only", "--diff-filter=D", "--relative", "HEAD")


def _would_be_lost(lost: Iterable[str]) -> str:
    listed = "\n".join(f"  {path}" for path in lost)
    return (
        f"you changed these files, and the update would delete them:\n{listed}\n"
        "Move what you need elsewhere and commit it, or let them go with --data discard_edits=true. "
        "An entity with a new name says so: renamed_from: OldName"
    )
