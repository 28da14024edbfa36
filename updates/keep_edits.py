"""Runs in an app around each update: what its users wrote moves with a renamed entity, and is never deleted unasked.

Copier removes files that the new answers or the new version no longer make, edited or not. By then nothing is
committed, and the work tree was clean before: whatever must not go can be brought back from HEAD. Files that Git
ignores are in no commit, so those that Copier may overwrite are copied before the update.
"""

from __future__ import annotations

import argparse
import ast
import filecmp
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from packaging.version import Version

sys.path.insert(0, str(Path(__file__).parents[1]))

from extensions import naming
from extensions.answers.questions import ALWAYS_STORED
from extensions.entities.relation_checks import IN_TWO_STEPS

MOVED: dict[str, dict[str, str]] = {}
"""Files and folders of the template that changed their place, so that edits in them follow: old path to new, in the
order in which they did, by the version that is the first to have them in the new place."""

FOLDERS = ("app/entities", "tests/entities")
"""Where each entity has a folder of its name."""

LABELS = ("before updating", "last update", "after updating")
"""Copier's own names for the three sides of a conflict."""

HIDDEN = "copier-hidden"
"""The folder in Git's own in which files that Git ignores wait for the end of an update."""


class Refused(Exception):  # noqa: N818  (the update is)
    """The update must not stay: a message for people."""


class Move(NamedTuple):
    """A file or folder that changed its place, and the names of the entity it belonged to, old form to new."""

    old: str
    new: str
    names: dict[str, str]


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

    Lines end as the template ends them, whatever this machine does with them. Raises Refused for what is no file.
    """
    mode = git("ls-tree", "HEAD", "--", path).split(maxsplit=1)[0].decode()
    if mode == SUBMODULE:
        raise Refused(f"{path} is a submodule, which cannot be followed: move it out of the entity's folder first")
    content = git("cat-file", "blob" if mode == SYMLINK else "--filters", f"HEAD:./{path}")
    return Entry(mode, content if b"\0" in content else content.replace(b"\r\n", b"\n"))


def paths(command: str, *words: str) -> list[str]:
    """Return the paths that a Git command lists, relative to the app's folder."""
    return [path for path in git(command, "-z", *words).decode().split("\0") if path]


# --- files that Git ignores --------------------------------------------------------------------


def hidden_folder() -> Path:
    """Return the folder for copies of ignored files."""
    return Path(git("rev-parse", "--absolute-git-dir").decode().strip(), HIDDEN)


def written_by(template: Path) -> re.Pattern[str]:
    """Return a pattern for the paths that a template may write, whatever the answers are."""
    found = []
    for file in (path for path in template.rglob("*") if path.is_file()):
        name = re.sub(r"\{%.*?%\}", "", file.relative_to(template).as_posix()).removesuffix(".jinja")
        found.append("[^/]+".join(map(re.escape, re.split(r"\{\{.*?\}\}", name))))
    return re.compile("|".join(found))


def hide(template: Path) -> None:
    """Copy the files that Git ignores and the template may write."""
    folder, pattern = hidden_folder(), written_by(template)
    shutil.rmtree(folder, ignore_errors=True)
    for path in paths("ls-files", "--others", "--ignored", "--exclude-standard"):
        if pattern.fullmatch(path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / path, follow_symlinks=False)


def bring_back() -> list[str]:
    """Put the copies where they were; return those that the update had changed or removed."""
    folder, changed = hidden_folder(), []
    for path in _files_below(folder, "."):
        here = Path(path)
        if here.is_symlink() or not here.is_file() or not filecmp.cmp(folder / path, here, shallow=False):
            here.unlink(missing_ok=True)
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / path, here, follow_symlinks=False)
            changed.append(path)
    shutil.rmtree(folder, ignore_errors=True)
    return changed


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


def old_names_of(options: dict[str, Any]) -> dict[str, str | None]:
    """Return the fields of an entity by name, each with the name it says it had."""
    found: dict[str, str | None] = {}
    for item in options.get("fields") or []:
        if isinstance(item, dict) and isinstance(item.get("name"), str) and len(item) > 1:
            found[item["name"]] = item.get("renamed_from")
        elif isinstance(item, dict):
            found |= {name: rest.get("renamed_from") if isinstance(rest, dict) else None for name, rest in item.items()}
    return found


def _check_fields(was: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> None:
    """Raise Refused for a field that says it had a name which its entity's fields did not have."""
    for name, options in now.items():
        before = was.get(name) or was.get(options.get("renamed_from", ""))
        known = old_names_of(before) if before else {}
        for field, old in old_names_of(options).items():
            if known and old is not None and not {field, old} & known.keys():
                raise Refused(
                    f"{name}.{field}: renamed_from is {old}, and there was no such field: mend the name, or remove it"
                )


def moved_since(version: Version) -> list[tuple[str, str]]:
    """Return what the template moved after a version, old path and new, the oldest move first."""
    later = sorted((Version(number), number) for number in MOVED if Version(number) > version)
    return [move for _, number in later for move in MOVED[number].items()]


def moved_files(old_app: Path, moved: Iterable[tuple[str, str]]) -> list[Move]:
    """Return the files that have another place now, each with its last one: a moved file may move again.

    A move counts where the old version of the template wrote to the old place. Where it did not, the move had
    happened: between two releases the number of a version does not tell. What is there is the user's own then.
    """
    made = _files_below(old_app, ".")
    places = {path: path for path in (*made, *paths("ls-tree", "-r", "--name-only", "HEAD"))}
    for old, new in moved:
        if any(_inside(places[path], old) for path in made):
            places |= {path: new + at.removeprefix(old) for path, at in places.items() if _inside(at, old)}
    return [Move(path, place, {}) for path, place in places.items() if path != place]


def moves(before: dict[str, Any], after: dict[str, Any]) -> list[Move]:
    """Return the folders of renamed entities, old and new. Raises Refused where a rename cannot be followed."""
    was, now = names_of(before.get("entities")), names_of(after.get("entities"))
    _check_fields(was, now)
    renamed = [(was[options["renamed_from"]], options) for options in now.values() if _is_renamed(options, was, now)]
    names = {form: form for options in was.values() for form in forms(options)}
    for old, new in renamed:
        names |= dict(zip(reversed(forms(old)), reversed(forms(new)), strict=True))
    folders = [(naming.snake(old["name"]), naming.snake(new["name"])) for old, new in renamed]
    return [Move(f"{parent}/{old}", f"{parent}/{new}", names) for old, new in folders for parent in FOLDERS]


def _is_renamed(options: dict[str, Any], was: dict[str, Any], now: dict[str, Any]) -> bool:
    """Say whether an entity got its name by this update. Raises Refused where that cannot be followed."""
    name, old = options["name"], options.get("renamed_from")
    if old is None or (name in was and old not in was):
        return False  # it had this name before: the rename is history
    if old not in was:
        raise Refused(f"{name}: renamed_from is {old}, and there was no such entity: mend the name, or remove it")
    if name in was:
        raise Refused(f"{name}: was there before, so it cannot be what {old} became: {IN_TWO_STEPS}")
    if old in now:
        raise Refused(f"{name}: renamed_from is {old}, which is still there: {IN_TWO_STEPS}")
    table = was[old].get("table") or naming.snake(was[old].get("plural") or naming.plural(old))
    if table != naming.snake(naming.plural(old)) and options.get("table") != table:
        raise Refused(f"{name}: the table of {old} is called {table}: write `table: {table}` in {name}")
    return True


WORD = re.compile(r"https?://\S+|\.?[A-Za-z_][A-Za-z0-9_]*\b\(?")
STRING = re.compile(r"""(?<!\w)([A-Za-z]{0,2})("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
OUR_PATHS = re.compile(r"""["'](?:app\.|tests\.|/api/)""")
OURS = {"app", "tests"}
"""The packages of an app."""


class Translator:
    """Writes files with new names for old ones.

    Only words that the template itself wrote (`known`) change, so that `.order_by(` and addresses stay. In lines that
    the template did not write, strings stay too, but for paths of the app, and so do names that other packages are
    imported for. Where a word should have stayed after all, nothing is lost: base and edited file are translated
    alike, and merged.
    """

    def __init__(self, names: dict[str, str], known: set[str]) -> None:
        self.names, self.known = names, known
        longest_first = sorted(names, key=len, reverse=True)
        phrases = [name for name in longest_first if not name.isidentifier()]
        # An alternative of nothing would be found everywhere; `(?!)` never is.
        self.name = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, longest_first)) or '(?!)'})(?![a-z0-9])")
        self.phrase = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, phrases)) or '(?!)'})(?![A-Za-z0-9])")

    def __call__(self, content: bytes, base: bytes | None) -> bytes:
        """Return a file with the new names; `base` is what the template made of it."""
        try:
            text, made = content.decode(), (base or b"").decode()
        except UnicodeDecodeError:
            return content
        template, foreign = set(made.splitlines()), _imported(text)
        lines = text.splitlines(keepends=True)
        return "".join(
            self.words(line) if line.rstrip("\n") in template else self.own_line(line, foreign) for line in lines
        ).encode()

    def words(self, text: str, foreign: Collection[str] = ()) -> str:
        """Return a text with the new names, but for some words."""

        def word(match: re.Match[str]) -> str:
            is_method = match[0].startswith(".") and match[0].endswith("(") and match[0][1:2].islower()
            name = match[0].strip(".(")
            if is_method or name not in self.known or name in foreign:
                return match[0]
            return self.name.sub(self._new, match[0])

        return WORD.sub(word, self.phrase.sub(self._new, text))

    def _new(self, found: re.Match[str]) -> str:
        return self.names[found[1]]

    def own_line(self, line: str, foreign: Collection[str]) -> str:
        """Return a line that the template did not write."""
        done, end = [], 0
        for string in STRING.finditer(line):
            text = string[0]
            if "f" in string[1].lower():
                text = re.sub(r"\{[^{}]*\}", lambda field: self.words(field[0], foreign), text)
            elif OUR_PATHS.match(string[2]):
                text = self.words(text)
            done += [self.words(line[end : string.start()], foreign), text]
            end = string.end()
        return "".join([*done, self.words(line[end:], foreign)])


def _imported(text: str) -> set[str]:
    """Return the names that Python imports from packages other than the app's; none where it is no Python."""
    try:
        found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    except (SyntaxError, ValueError):
        return set()
    other = [node for node in found if not isinstance(node, ast.ImportFrom) or _is_foreign(node)]
    return {name for node in other for alias in node.names for name in (alias.name, alias.asname) if name}


def _is_foreign(node: ast.ImportFrom) -> bool:
    return not node.level and (node.module or "").split(".")[0] not in OURS


def words_below(app: Path, path: str) -> set[str]:
    """Return the words of the files at a path of an app."""
    texts = ((app / file).read_bytes().decode(errors="ignore") for file in _files_below(app, path))
    return {match.strip(".(") for text in texts for match in WORD.findall(text)}


# --- three versions of a file ------------------------------------------------------------------


def before_in(old_app: Path, path: str) -> bytes | None:
    """Return a file as the old version of the template made it."""
    file = old_app / path
    return file.read_bytes() if file.is_file() else None


def merged(mine: bytes, base: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Merge what the user and the template made of a file; also return whether that left a conflict.

    What cannot be merged, as it is no text, stays the user's.
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


def mark_unmerged(path: str, mode: str, mine: bytes, base: bytes, theirs: bytes) -> None:
    """Tell Git of a conflict, so that `git status` shows it as "both modified" like Copier's own."""
    prefix = git("rev-parse", "--show-prefix").decode().strip()
    lines = [f"0 {'0' * 40}\t{prefix}{path}"]
    for stage, content in enumerate((base, mine, theirs), start=1):
        blob = git("hash-object", "-w", "--stdin", given=content).decode().strip()
        lines.append(f"{mode} {blob} {stage}\t{prefix}{path}")
    git("update-index", "--index-info", given="\n".join(lines).encode())


def follow(move: Move, old_app: Path, made: list[Path]) -> Iterator[str]:
    """Bring what stood at a move's old place to its new one, edits included; yield the paths with conflicts.

    Files that were not there before are noted in `made`.
    """
    known = paths("ls-tree", "-r", "--name-only", "HEAD", "--", move.old)
    words = Translator(move.names, words_below(old_app, move.old))
    for path in known:
        new = Path(move.new + path.removeprefix(move.old))
        before, old = committed(path), before_in(old_app, path)
        mine, base = before.content, old
        if before.mode != SYMLINK:
            mine, base = words(mine, old), None if old is None else words(old, old)
        theirs = new.read_bytes() if new.is_file() and not new.is_symlink() else None
        if move.old != move.new:
            Path(path).unlink(missing_ok=True)
        elif theirs == before.content:
            theirs = None  # not written by this update: the user's own, or one that nobody writes twice
        if theirs is not None and mine in {base, theirs}:
            continue
        if theirs is None and mine == base and move.old != move.new:
            continue  # the template has no such file any more
        made.append(new)
        content, conflict = (mine, False) if theirs is None else merged(mine, base or b"", theirs)
        _write(new, Entry(before.mode, content))
        if conflict:
            mark_unmerged(new.as_posix(), before.mode, mine, base or b"", theirs or b"")
            yield new.as_posix()
    _leave_away(move, old_app, known)
    if move.old != move.new:
        _tidy(Path(move.old))


def _leave_away(move: Move, old_app: Path, known: Sequence[str]) -> None:
    """Make no file anew that the user had removed."""
    for path in _files_below(old_app, move.old):
        new = Path(move.new + path.removeprefix(move.old))
        if path not in known and not in_last_commit(new.as_posix()):
            new.unlink(missing_ok=True)


def in_last_commit(path: str) -> bool:
    """Say whether the user had a file here."""
    return bool(paths("ls-tree", "--name-only", "HEAD", "--", path))


def _write(path: Path, entry: Entry) -> None:
    """Write a file of the last commit to its new place, a link as a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.mode == SYMLINK:
        path.unlink(missing_ok=True)
        path.symlink_to(entry.content.decode())
        return
    path.write_bytes(entry.content)
    if entry.mode == EXECUTABLE:
        path.chmod(path.stat().st_mode | 0o111)


def _files_below(app: Path, path: str) -> list[str]:
    """Return the paths of the files at a path of an app, itself where it is one."""
    start = app / path
    found = [start] if start.is_file() else [file for file in start.rglob("*") if file.is_file()]
    return [file.relative_to(app).as_posix() for file in found]


def _tidy(place: Path) -> None:
    """Remove what an update leaves where something moved: rejected changes, which were merged, and empty folders."""
    if place.is_dir() and not place.is_symlink():
        for inner in place.iterdir():
            if inner.is_dir():
                _tidy(inner)
            elif inner.suffix == ".rej":
                inner.unlink()
        if not any(place.iterdir()):
            place.rmdir()
    else:
        Path(f"{place}.rej").unlink(missing_ok=True)
        _remove_empty(place.parents)


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders that hold nothing, from the innermost one on; the last one, which is the app's, stays."""
    for folder in folders[:-1]:
        if folder.is_dir():
            if any(folder.iterdir()):
                return
            folder.rmdir()


# --- the update --------------------------------------------------------------------------------


def render(source: str, version: str, answers: dict[str, Any], target: Path) -> None:
    """Make an app anew. Raises whatever Copier raises."""
    import copier  # noqa: PLC0415  (slow to load, and most updates delete nothing)

    given = {name: value for name, value in answers.items() if not name.startswith("_")}
    copier.run_copy(source, target, given, vcs_ref=version, defaults=True, unsafe=True, quiet=True)


def render_old(before: dict[str, Any], target: Path) -> None:
    """Make the app as the old version of the template made it. Raises Refused where that cannot be had."""
    source, version = before["_src_path"], before["_commit"]
    try:
        render(source, version, before, target)
    except Exception as error:
        raise Refused(f"version {version} of the template cannot be made again to compare with: {error}") from error


def keep(
    before: dict[str, Any], after: dict[str, Any], since: Version, made: list[Path], *, discard: bool
) -> list[str]:
    """Carry edits along from a version to this one; return the paths with conflicts.

    Raises Refused where edits would be lost.
    """
    if (was := before.get("scope")) != after.get("scope"):
        raise Refused(f"scope is decided once, and here it is {was}: leave it, or copy the template anew")
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
        rest = [path for path in _deleted() if not any(_inside(path, move.old) for move in followed)]
        lost = [path for path in rest if committed(path).content != before_in(old_app, path)]
    if lost and not discard:
        raise Refused(_would_be_lost(lost))
    return conflicts


def _deleted() -> list[str]:
    """Return the files of the last commit that are gone."""
    return paths("diff", "--name-only", "--diff-filter=D", "--relative", "HEAD")


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _would_be_lost(lost: Iterable[str]) -> str:
    listed = "\n".join(f"  {path}" for path in lost)
    return (
        f"you changed these files, and the update would delete them:\n{listed}\n"
        "Move what you need elsewhere and commit it, or let them go with --data discard_edits=true. "
        "An entity with a new name says so: renamed_from: OldName"
    )


def undo(after: dict[str, Any], made: list[Path]) -> None:
    """Bring the app back to how it was before the update: what it changed and what it made, and nothing else."""
    git("reset", "--quiet", "--", ".")
    # What is the same but for its line ends is in the second list only.
    changed = sorted({*paths("diff", "--name-only", "--relative", "HEAD"), *paths("ls-files", "--modified")})
    if changed:
        git("checkout", "--quiet", "HEAD", "--", *changed)
    tracked = set(paths("ls-files"))
    with tempfile.TemporaryDirectory() as folder:
        new_app = Path(folder, "app")
        render(str(Path(__file__).parents[1]), "HEAD", after, new_app)
        new = [Path(path) for path in _files_below(new_app, ".") if before_in(Path(), path) == before_in(new_app, path)]
    rejected = [Path(f"{path}.rej") for path in changed]
    for file in {*new, *made, *rejected}:
        if file.as_posix() not in tracked and (file.is_file() or file.is_symlink()):
            file.unlink()
            _remove_empty(file.parents)


def check_answers(name: str) -> dict[str, Any]:
    """Return the answers as they were before the update. Raises Refused where they do not say enough."""
    if not in_last_commit(name):
        raise Refused(f"{name} is not in Git, so nobody can tell what was answered before: commit it")
    before: dict[str, Any] = yaml.safe_load(committed(name).content)
    needed = [*ALWAYS_STORED, *(["entities"] if before.get("scope") == "service" else [])]
    if missing := [answer for answer in needed if answer not in before]:
        raise Refused(f"{name} does not say {', '.join(missing)}: `git log -p -- {name}` shows what it was")
    return before


def notices(before: dict[str, Any], after: dict[str, Any], hidden: Iterable[str]) -> Iterator[str]:
    """Yield what people would not see in `git diff`."""
    for answer in ("app_name", "database"):
        if before[answer] != after[answer]:
            was = f"{answer} was {before[answer]} and is {after[answer]}"
            yield f"{was}: it starts with empty databases, and the old ones stay where they are"
    for path in hidden:
        yield f"{path} is ignored by Git, so it was left as it is; the template's is not there"


def main() -> int:
    """Run in the app's folder; return the exit status: 0, or 1 where the update was taken back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=["before", "after"], required=True, help="of the update")
    parser.add_argument("--answers", required=True, help="the answers file")
    parser.add_argument("--since", type=Version, required=True, help="the version of the template before the update")
    parser.add_argument("--discard", choices=["True", "False"], required=True, help="whether edits may be deleted")
    given = parser.parse_args()
    if given.stage == "before":
        hide(Path(__file__).parents[1] / "template")
        return 0
    after = yaml.safe_load(Path(given.answers).read_text(encoding="utf-8"))
    made: list[Path] = []
    try:
        before = check_answers(given.answers)
        conflicts = keep(before, after, given.since, made, discard=given.discard == "True")
    except BaseException as error:
        try:
            undo(after, made)
        finally:
            bring_back()  # the only copies there are
        if not isinstance(error, Refused):
            raise
        print(f"Nothing was updated: {error}", file=sys.stderr)
        return 1
    for line in notices(before, after, bring_back()):
        print(line, file=sys.stderr)
    for path in conflicts:
        print(f"conflict in {path}: keep what is right, delete the markers (docs/updating.md)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
