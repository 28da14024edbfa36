"""Every app of the matrix, rendered once a run, and each distinct file of them kept once.

python -m tests.render.rendered TEMPLATE FOLDER PART PARTS   renders a part; the test run starts one for each core
"""

from __future__ import annotations

import fcntl
import fnmatch
import functools
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import copier

from tests.conftest import ROOT, copy_of_template, files_of, quick_renders
from tests.render.matrix import Answers, apps, chosen, covering
from tests.shares import share

SHOWN = "pg-async-obs-tracing-docker-redis-uv-shop"
"""The app of which some files are kept here, to look at."""

TURNS = 24
"""How many runs it takes until each of the apps that only some runs render had its turn."""

Files = dict[str, str]
"""The files of an app: the path of each, and the name of its content in the store."""


@dataclass(frozen=True, eq=False)
class RenderedApps:
    """The apps by their names in the matrix."""

    folder: Path
    answers: dict[str, Answers] = field(repr=False)
    files_of: dict[str, Files] = field(repr=False)
    seconds: float

    @cached_property
    def origins(self) -> dict[tuple[str, str], str]:
        """Each distinct file, as its path and its content, and the first app that has it."""
        found: dict[tuple[str, str], str] = {}
        for name, files in self.files_of.items():
            for file in files.items():
                found.setdefault(file, name)
        return found

    def app(self, name: str) -> Path:
        """Return the folder of an app. Its files are links: do not change them."""
        return self.folder / "apps" / name

    @functools.cache  # noqa: B019  (it lives as long as the test run)
    def text(self, stored: str) -> str:
        """Return a content."""
        return (self.folder / "store" / stored).read_text(encoding="utf-8")

    def files(self, *patterns: str) -> list[Path]:
        """Return each distinct file whose path or name has one of the patterns, in the first app that has it."""
        return [self.app(name) / path for (path, _), name in self.origins.items() if matches(path, patterns)]

    def groups(self, *patterns: str) -> dict[tuple[tuple[str, str], ...], list[str]]:
        """Return each distinct set of the files that have one of the patterns, and the apps that have it."""
        found: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for name, files in self.files_of.items():
            found.setdefault(tuple(file for file in files.items() if matches(file[0], patterns)), []).append(name)
        found.pop((), None)
        return found


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a path, or its last part, has one of the patterns."""
    names = (path, path.rpartition("/")[2])
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)


def wanted() -> dict[str, Answers]:
    """Return the apps to render: those of every run and some by turns.

    With MATRIX=all, all there are; with MATRIX=pairs, for a quick look, a few in which every pair of answers occurs.
    """
    every, wanted = apps(), os.environ.get("MATRIX")
    if wanted == "all":
        return every
    if wanted == "pairs":
        return {name: every[name] for name in dict.fromkeys([*covering(every), SHOWN])}
    names = {*chosen(), SHOWN}
    names.update(share([name for name in every if name not in names], TURNS, "rotate"))
    return {name: answers for name, answers in every.items() if name in names}


def render_all(folder: Path) -> RenderedApps:
    """Return all apps; the first process of a test run renders them, on all cores, and the others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    result = folder / "rendered.json"
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            start = time.monotonic()
            rendered = dict(_rendered(folder))
            found = [{name: rendered[name] for name in wanted()}, time.monotonic() - start]
            result.write_text(json.dumps(found), encoding="utf-8")
    known, seconds = json.loads(result.read_text(encoding="utf-8"))
    return RenderedApps(folder, wanted(), known, seconds)


def _rendered(folder: Path) -> Iterator[tuple[str, Files]]:
    template = copy_of_template(folder / "template")
    parts = os.cpu_count() or 1
    command = [sys.executable, "-m", "tests.render.rendered", str(template), str(folder)]
    running = [
        subprocess.Popen([*command, str(part), str(parts)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for part in range(parts)
    ]
    for process in running:
        printed, _ = process.communicate()
        assert process.returncode == 0, "rendering failed; the reason is printed above"
        yield from json.loads(printed).items()


def _store(app: Path, store: Path) -> Files:
    """Keep each distinct content once: make the files of an app links to it; return what is where."""
    files: Files = {}
    for path in files_of(app):
        stored = hashlib.sha256(path.read_bytes()).hexdigest()[:20] + ("x" if os.access(path, os.X_OK) else "")
        files[path.relative_to(app).as_posix()] = stored
        try:
            os.link(path, store / stored)
        except FileExistsError:
            path.unlink()
            os.link(store / stored, path)
    return files


def main(template: str, folder: str, part: str, parts: str) -> None:
    """Render a part of the apps and print their files."""
    store = Path(folder, "store")
    store.mkdir(exist_ok=True)
    found: dict[str, Files] = {}
    with quick_renders():
        for name, answers in list(wanted().items())[int(part) :: int(parts)]:
            app = Path(folder, "apps", name)
            try:
                copier.run_copy(template, app, data=answers, defaults=True, unsafe=True, quiet=True)
            except Exception as error:
                error.add_note(f"while rendering {name}")
                raise
            found[name] = _store(app, store)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
