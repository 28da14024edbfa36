"""Files of the template that changed their place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from packaging.version import Version

from .files import files_below, is_inside
from .git import paths

MOVED: dict[str, dict[str, str]] = {}
"""Files and folders of the template that changed their place, so that edits in them follow: old path to new, in the
order in which they did, by the version that is the first to have them in the new place."""


class Move(NamedTuple):
    """A file or folder that changed its place, and the names of the entity it belonged to, old form to new."""

    old: str
    new: str
    names: dict[str, str]


def moved_since(version: Version) -> list[tuple[str, str]]:
    """Return what the template moved after a version, old path and new, the oldest move first."""
    later = sorted((Version(number), number) for number in MOVED if Version(number) > version)
    return [move for _, number in later for move in MOVED[number].items()]


def moved_files(old_app: Path, moved: Iterable[tuple[str, str]]) -> list[Move]:
    """Return the files that have another place now, each with its last one: a moved file may move again.

    A move counts where the old version of the template wrote to the old place. Where it did not, the move had
    happened: between two releases the number of a version does not tell. What is there is the user's own then.
    """
    made = files_below(old_app, ".")
    places = {path: path for path in (*made, *paths("ls-tree", "-r", "--name-only", "HEAD"))}
    for old, new in moved:
        if any(is_inside(places[path], old) for path in made):
            places |= {path: new + at.removeprefix(old) for path, at in places.items() if is_inside(at, old)}
    return [Move(path, place, {}) for path, place in places.items() if path != place]
