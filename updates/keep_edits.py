"""Runs in an app after each update: what its users wrote moves with a renamed entity, and is never deleted unasked.

Copier removes files that the new answers or the new version no longer make, edited or not. By then nothing is
committed, and the work tree was clean before: whatever must not go can be brought back from HEAD.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from extensions import naming

MOVED: dict[str, str] = {}
"""Files and folders of the template that changed their place, old path to new, so that edits in them follow."""

FOLDERS = ("app/entities", "tests/entities")
"""Where each entity has a folder of its name."""

LABELS = ("before updating", "last update", "after updating")
"""Copier's own names for the three sides of a conflict."""

Translate = Callable[[bytes], bytes]


class Refused(Exception):  # noqa: N818  (the update is)
    """The update must not stay: a message for people."""


class Move(NamedTuple):
    """A file or folder that changed its place; `words` puts the names of what is inside right."""

    old: str
    new: str
    words: Translate


def git(*words: str, given: bytes | None = None) -> bytes:
    """Run Git in the app's folder and return what it prints. Raises CalledProcessError."""
    done = subprocess.run(("git", *words), input=given, capture_output=True, check=True)
    return done.stdout


def committed(path: str) -> bytes:
    """Return a file as it was before the update."""
    return git("show", f"HEAD:./{path}")


def paths(command: str, *words: str) -> list[str]:
    """Return the paths that a Git command lists, relative to the app's folder."""
    return [path for path in git(command, "-z", *words).decode().split("\0") if path]


# --- renamed entities --------------------------------------------------------------------------


def names_of(entities: object) -> dict[str, dict[str, Any]]:
    """Return the entities of an answer by name, each with its options; what is not well-formed is left out."""
    found: dict[str, dict[str, Any]] = {}
    for item in entities if isinstance(entities, list) else []:
        options = {"name": item} if isinstance(item, str) else item
        if isinstance(options, dict) and isinstance(options.get("name"), str):
            found[options["name"]] = options
    return found


def forms(options: dict[str, Any]) -> list[str]:
    """Return an entity's name as code and texts write it: OrderItem, order_items, order-item, Order items ..."""
    singular = options["name"]
    many = options.get("plural") or naming.plural(singular)
    written: list[Callable[[str], str]] = [
        str,
        naming.snake,
        naming.kebab,
        lambda name: naming.snake(name).upper(),
        lambda name: " ".join(naming.words(name)),
        naming.title,
    ]
    return [write(name) for name in (many, singular) for write in written]


def renaming(old: dict[str, Any], new: dict[str, Any], others: Iterable[dict[str, Any]]) -> Translate:
    """Return what writes a text with an entity's new name for its old one; names of others stay: OrderItem, not Order.

    Where a word should have stayed after all, nothing is lost: base and edited file are translated alike, and merged.
    """
    pairs = dict(zip(reversed(forms(old)), reversed(forms(new)), strict=True))
    pairs |= {form: form for other in others for form in forms(other)}
    longest_first = sorted(pairs, key=len, reverse=True)
    pattern = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, longest_first))})(?![a-z0-9])")

    def translated(content: bytes) -> bytes:
        try:
            return pattern.sub(lambda match: pairs[match[1]], content.decode()).encode()
        except UnicodeDecodeError:
            return content

    return translated


def moves(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Move]:
    """Yield what changed its place between two sets of answers. Raises Refused for a rename that cannot be followed."""
    yield from (Move(old, new, bytes) for old, new in MOVED.items())
    was, now = names_of(before.get("entities")), names_of(after.get("entities"))
    for name, options in now.items():
        old = was.get(options.get("renamed_from", ""))
        if old is None or name in was or old["name"] in now:
            continue
        usual = naming.snake(naming.plural(old["name"]))
        table = old.get("table") or naming.snake(old.get("plural") or naming.plural(old["name"]))
        if table != usual and options.get("table") != table:
            raise Refused(f"{name}: the table of {old['name']} is called {table}: write `table: {table}` in {name}")
        words = renaming(old, options, [other for other in was.values() if other is not old])
        for folder in FOLDERS:
            yield Move(f"{folder}/{naming.snake(old['name'])}", f"{folder}/{naming.snake(name)}", words)


# --- three versions of a file ------------------------------------------------------------------


def before_in(old_app: Path, path: str) -> bytes | None:
    """Return a file as the old version of the template made it."""
    file = old_app / path
    return file.read_bytes() if file.is_file() else None


def merged(mine: bytes, base: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Merge what the user and the template made of a file; also return whether they changed the same lines."""
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, content in zip(("mine", "base", "theirs"), (mine, base, theirs), strict=True):
            side = Path(folder, name)
            side.write_bytes(content)
            sides.append(str(side))
        labels = [word for label in LABELS for word in ("-L", label)]
        done = subprocess.run(("git", "merge-file", "-p", *labels, *sides), capture_output=True, check=False)
    return done.stdout, done.returncode != 0


def mark_unmerged(path: str, mine: bytes, base: bytes, theirs: bytes) -> None:
    """Tell Git of a conflict, so that `git status` shows it as "both modified" like Copier's own."""
    prefix = git("rev-parse", "--show-prefix").decode().strip()
    lines = [f"0 {'0' * 40}\t{prefix}{path}"]
    for stage, content in enumerate((base, mine, theirs), start=1):
        blob = git("hash-object", "-w", "--stdin", given=content).decode().strip()
        lines.append(f"100644 {blob} {stage}\t{prefix}{path}")
    git("update-index", "--index-info", given="\n".join(lines).encode())


def follow(move: Move, old_app: Path) -> Iterator[str]:
    """Bring what stood at a move's old place to its new one, edits included; yield the paths with conflicts."""
    known = paths("ls-tree", "-r", "--name-only", "HEAD", "--", move.old)
    for path in known:
        new = Path(move.new + path.removeprefix(move.old))
        made = before_in(old_app, path)
        mine, base = move.words(committed(path)), None if made is None else move.words(made)
        theirs = new.read_bytes() if new.is_file() else None
        Path(path).unlink(missing_ok=True)
        if mine in {base, theirs}:
            continue
        new.parent.mkdir(parents=True, exist_ok=True)
        if theirs is None:
            new.write_bytes(mine)
            continue
        content, conflict = merged(mine, base or b"", theirs)
        new.write_bytes(content)
        if conflict:
            mark_unmerged(new.as_posix(), mine, base or b"", theirs)
            yield new.as_posix()
    for path in _files_below(old_app, move.old):
        if path not in known:  # the user removed it
            Path(move.new + path.removeprefix(move.old)).unlink(missing_ok=True)
    _remove_empty(Path(move.old))


def _files_below(app: Path, path: str) -> list[str]:
    """Return the paths of the files at a path of an app, itself where it is one."""
    start = app / path
    found = [start] if start.is_file() else [file for file in start.rglob("*") if file.is_file()]
    return [file.relative_to(app).as_posix() for file in found]


def _remove_empty(folder: Path) -> None:
    """Remove a folder without files, and those in it."""
    if folder.is_dir():
        for inner in folder.iterdir():
            if inner.is_dir():
                _remove_empty(inner)
        if not any(folder.iterdir()):
            folder.rmdir()


# --- the update --------------------------------------------------------------------------------


def render_old(before: dict[str, Any], target: Path) -> None:
    """Make the app anew as the old version of the template made it. Raises Refused where that cannot be had."""
    import copier  # noqa: PLC0415  (slow to load, and most updates delete nothing)

    answers = {name: value for name, value in before.items() if not name.startswith("_")}
    source, version = before["_src_path"], before["_commit"]
    try:
        copier.run_copy(source, target, answers, vcs_ref=version, defaults=True, unsafe=True, quiet=True)
    except Exception as error:
        raise Refused(f"version {version} of the template cannot be made again to compare with: {error}") from error


def keep(answers_file: str, *, discard: bool) -> list[str]:
    """Carry edits along, and raise Refused where some would be lost; return the paths with conflicts."""
    before = yaml.safe_load(committed(answers_file))
    after = yaml.safe_load(Path(answers_file).read_text(encoding="utf-8"))
    if (was := before.get("scope", "service")) != after.get("scope", "service"):
        raise Refused(f"scope is decided once, and here it is {was}: leave it, or copy the template anew")
    deleted = paths("diff", "--name-only", "--diff-filter=D", "--relative", "HEAD")
    if not deleted:
        return []
    conflicts: list[str] = []
    followed = list(moves(before, after))
    with tempfile.TemporaryDirectory() as folder:
        old_app = Path(folder, "app")
        render_old(before, old_app)
        for move in followed:
            conflicts += follow(move, old_app)
        rest = [path for path in deleted if not any(_inside(path, move.old) for move in followed)]
        lost = [path for path in rest if committed(path) != before_in(old_app, path)]
    if lost and not discard:
        raise Refused(_would_be_lost(lost))
    return conflicts


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _would_be_lost(lost: Iterable[str]) -> str:
    listed = "\n".join(f"  {path}" for path in lost)
    return (
        f"you changed these files, and the update would delete them:\n{listed}\n"
        "Move what you need elsewhere and commit it, or let them go with --data discard_edits=true. "
        "An entity with a new name says so: renamed_from: OldName"
    )


def undo() -> None:
    """Bring the app back to how it was before the update; nothing was uncommitted then."""
    git("reset", "--quiet", "--", ".")
    git("checkout", "--quiet", "HEAD", "--", ".")
    git("clean", "--force", "-d", "--quiet", "--", ".")


def main() -> int:
    """Run in the app's folder; return the exit status: 0, or 1 where the update was taken back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", required=True, help="the answers file")
    parser.add_argument("--discard", choices=["True", "False"], required=True, help="whether edits may be deleted")
    given = parser.parse_args()
    try:
        conflicts = keep(given.answers, discard=given.discard == "True")
    except Refused as refused:
        undo()
        print(f"Nothing was updated: {refused}", file=sys.stderr)
        return 1
    except Exception:
        undo()
        raise
    for path in conflicts:
        print(f"conflict in {path}: keep what is right, delete the markers (docs/updating.md)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
