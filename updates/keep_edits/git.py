"""The app's last commit, read through Git."""

from __future__ import annotations

import subprocess
from typing import NamedTuple

from .rejected import UpdateRejected


class Entry(NamedTuple):
    """A file of the last commit: its kind and permissions as Git writes them, and its content."""

    mode: str
    content: bytes


SYMLINK, EXECUTABLE, SUBMODULE = "120000", "100755", "160000"


def git(*words: str, given: bytes | None = None) -> bytes:
    """Run Git in the app's folder and return what it prints. Raises CalledProcessError."""
    done = subprocess.run(("git", *words), input=given, capture_output=True, check=True)
    return done.stdout


def committed(path: str) -> Entry:
    """Return a file as it was before the update, as it stands in a work tree (filters such as LFS applied).

    Line ends are those of the template on every machine. Raises UpdateRejected if it is not a file.
    """
    mode = git("ls-tree", "HEAD", "--", path).split(maxsplit=1)[0].decode()
    if mode == SUBMODULE:
        raise UpdateRejected(f"{path} is a submodule, which cannot follow: move it out of the entity's folder first")
    content = git("cat-file", "blob" if mode == SYMLINK else "--filters", f"HEAD:./{path}")
    return Entry(mode, content if b"\0" in content else content.replace(b"\r\n", b"\n"))


def in_last_commit(path: str) -> bool:
    """Return whether the last commit has a file at a path."""
    return bool(paths("ls-tree", "--name-only", "HEAD", "--", path))


def paths(command: str, *words: str) -> list[str]:
    """Return the paths that a Git command lists, relative to the app's folder."""
    return [path for path in git(command, "-z", *words).decode().split("\0") if path]


def mark_unmerged(path: str, mode: str, mine: bytes, base: bytes, theirs: bytes) -> None:
    """Mark a conflict in the index, so that `git status` shows it as "both modified" like Copier's own."""
    prefix = git("rev-parse", "--show-prefix").decode().strip()
    lines = [f"0 {'0' * 40}\t{prefix}{path}"]
    for stage, content in enumerate((base, mine, theirs), start=1):
        blob = git("hash-object", "-w", "--stdin", given=content).decode().strip()
        lines.append(f"{mode} {blob} {stage}\t{prefix}{path}")
    git("update-index", "--index-info", given="\n".join(lines).encode())
