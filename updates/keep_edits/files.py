"""Files in the app's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .git import EXECUTABLE, SYMLINK, Entry


def files_below(app: Path, path: str) -> list[str]:
    """Return the paths of the files at a path of an app, itself where it is one."""
    start = app / path
    found = [start] if start.is_file() else [file for file in start.rglob("*") if file.is_file()]
    return [file.relative_to(app).as_posix() for file in found]


def is_inside(path: str, folder: str) -> bool:
    """Return whether a path is a folder or lies in it."""
    return path == folder or path.startswith(f"{folder}/")


def content_of(app: Path, path: str) -> bytes | None:
    """Return the content of a file in an app, or None if there is no such file."""
    file = app / path
    return file.read_bytes() if file.is_file() else None


def write(path: Path, entry: Entry) -> None:
    """Write a file of the last commit to its new place, a link as a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.mode == SYMLINK:
        path.unlink(missing_ok=True)
        path.symlink_to(entry.content.decode())
        return
    path.write_bytes(entry.content)
    if entry.mode == EXECUTABLE:
        path.chmod(path.stat().st_mode | 0o111)


def tidy(place: Path) -> None:
    """Remove what an update leaves where something moved: rejected changes, which were merged, and empty folders."""
    if place.is_dir() and not place.is_symlink():
        for inner in place.iterdir():
            if inner.is_dir():
                tidy(inner)
            elif inner.suffix == ".rej":
                inner.unlink()
        if not any(place.iterdir()):
            place.rmdir()
    else:
        Path(f"{place}.rej").unlink(missing_ok=True)
        remove_empty(place.parents)


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders that hold nothing, from the innermost one on; the last one, which is the app's, stays."""
    for folder in folders[:-1]:
        if folder.is_dir():
            if any(folder.iterdir()):
                return
            folder.rmdir()
