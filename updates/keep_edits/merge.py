"""Three versions of a file, merged at its new place."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from .files import content_of, files_below, tidy, write
from .git import SYMLINK, Entry, committed, in_last_commit, mark_unmerged, paths
from .moved import Move
from .translate import Translator, words_below

LABELS = ("before updating", "last update", "after updating")
"""Copier's own names for the three sides of a conflict."""


def follow(move: Move, old_app: Path, made: list[Path]) -> Iterator[str]:
    """Move files to their new place with their edits; yield the paths with conflicts.

    New files are added to `made`.
    """
    known = paths("ls-tree", "-r", "--name-only", "HEAD", "--", move.old)
    words = Translator(move.names, words_below(old_app, move.old))
    for path in known:
        new = Path(move.new + path.removeprefix(move.old))
        before, old = committed(path), content_of(old_app, path)
        mine, base = before.content, old
        if before.mode != SYMLINK:
            mine, base = words(mine, old), None if old is None else words(old, old)
        theirs = new.read_bytes() if new.is_file() and not new.is_symlink() else None
        if move.old != move.new:
            Path(path).unlink(missing_ok=True)
        elif theirs == before.content:
            theirs = None  # not written by this update: the user's own, or a file that is written once
        if theirs is not None and mine in {base, theirs}:
            continue
        if theirs is None and mine == base and move.old != move.new:
            continue  # the template no longer has this file
        made.append(new)
        content, conflict = (mine, False) if theirs is None else merged(mine, base or b"", theirs)
        write(new, Entry(before.mode, content))
        if conflict:
            mark_unmerged(new.as_posix(), before.mode, mine, base or b"", theirs or b"")
            yield new.as_posix()
    _remove_deleted(move, old_app, known)
    if move.old != move.new:
        tidy(Path(move.old))


def _remove_deleted(move: Move, old_app: Path, known: Sequence[str]) -> None:
    """Do not recreate files that the user deleted."""
    for path in files_below(old_app, move.old):
        new = Path(move.new + path.removeprefix(move.old))
        if path not in known and not in_last_commit(new.as_posix()):
            new.unlink(missing_ok=True)


def merged(mine: bytes, base: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Merge what the user and the template made of a file; also return whether that left a conflict.

    Binary files cannot be merged: the user's version stays.
    """
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, content in zip(("mine", "base", "theirs"), (mine, base, theirs), strict=True):
            side = Path(folder, name)
            side.write_bytes(content)
            sides.append(str(side))
        labels = [word for label in LABELS for word in ("-L", label)]
        done = subprocess.run(("git", "merge-file", "-p", *labels, *sides), capture_output=True, check=False)
    if not 0 <= done.returncode < 128:
        return mine, True
    return done.stdout, done.returncode != 0
