"""The way back to the app as it was before the update."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from .files import content_of, files_below, remove_empty
from .git import git, paths
from .render import render


def roll_back(after: dict[str, Any], made: list[Path]) -> None:
    """Restore the app as it was before the update; only files that the update changed or created are touched."""
    git("reset", "--quiet", "--", ".")
    # Files that differ only in their line ends are in the second list only.
    changed = sorted({*paths("diff", "--name-only", "--relative", "HEAD"), *paths("ls-files", "--modified")})
    if changed:
        git("checkout", "--quiet", "HEAD", "--", *changed)
    tracked = set(paths("ls-files"))
    with tempfile.TemporaryDirectory() as folder:
        new_app = Path(folder, "app")
        render(str(Path(__file__).parents[2]), "HEAD", after, new_app)
        new = [
            Path(path) for path in files_below(new_app, ".") if content_of(Path(), path) == content_of(new_app, path)
        ]
    rejected = [Path(f"{path}.rej") for path in changed]
    for file in {*new, *made, *rejected}:
        if file.as_posix() not in tracked and (file.is_file() or file.is_symlink()):
            file.unlink()
            remove_empty(file.parents)
