"""A template in a Git repository of its own and an app made from it, both free to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier
import yaml

from tests.conftest import commit_all, copy_of_template, files_of, git

ANSWERS = ".copier-answers.yml"
CURRENT = copier.VcsRef.CURRENT


@dataclass
class Project:
    """An app with the template it came from."""

    template: Path
    app: Path

    def answers(self) -> dict[str, Any]:
        """Return what the answers file holds."""
        found: dict[str, Any] = yaml.safe_load((self.app / ANSWERS).read_text(encoding="utf-8"))
        return found

    def entities(self) -> list[Any]:
        """Return the answer to `entities`, to be changed and given back."""
        found: list[Any] = self.answers()["entities"]
        return found

    def entity(self, entities: list[Any], name: str) -> dict[str, Any]:
        """Return one of them."""
        return next(entity for entity in entities if entity["name"] == name)

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file as a user would: `old` is there once."""
        file = self.app / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path}: {old!r} is there {text.count(old)} times"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def add(self, path: str, text: str) -> None:
        """Write a file, or add to the end of one that is there."""
        file = self.app / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(text)

    def read(self, path: str) -> str:
        """Return a file of the app."""
        return (self.app / path).read_text(encoding="utf-8")

    def commit(self) -> None:
        """Commit what changed in the app."""
        commit_all(self.app)

    def update(self, *, version: str | copier.VcsRef | None = CURRENT, **answers: Any) -> None:
        """Update the app, with the same version of the template unless another one is given."""
        copier.run_update(self.app, answers, vcs_ref=version, defaults=True, unsafe=True, overwrite=True, quiet=True)

    def changed(self) -> dict[str, str]:
        """Return what is not committed: paths with Git's two letters (new files one by one)."""
        lines = git(self.app, "status", "--porcelain", "--untracked-files=all").splitlines()
        return {line[3:].strip('"'): line[:2].strip() for line in lines}

    def release(self, tag: str) -> None:
        """Make a new version of what the template is now."""
        commit_all(self.template, tag, tag=tag)

    def fresh(self, target: Path, **answers: Any) -> Path:
        """Copy the newest version of the template anew, with the app's answers."""
        given = {name: value for name, value in self.answers().items() if not name.startswith("_")}
        copier.run_copy(str(self.template), target, {**given, **answers}, defaults=True, unsafe=True, quiet=True)
        return target


def new_project(folder: Path, answers: dict[str, Any], make: Callable[[Path], object] = copy_of_template) -> Project:
    """Make version 0.1.0 of the template, which is what is here or what `make` makes, and an app from it, committed."""
    project = Project(folder / "template", folder / "app")
    make(project.template)
    project.release("0.1.0")
    copier.run_copy(str(project.template), project.app, answers, defaults=True, unsafe=True, quiet=True)
    project.commit()
    return project


def difference(one: Path, other: Path) -> list[str]:
    """Return the paths in which two apps differ; migrations are never compared: no update writes them."""
    apps = [
        {
            name: (path.read_bytes(), path.stat().st_mode & 0o111)
            for path in files_of(app)
            if not (name := path.relative_to(app).as_posix()).startswith((".git/", "migrations/versions/"))
        }
        for app in (one, other)
    ]
    return sorted(name for name in apps[0].keys() | apps[1].keys() if apps[0].get(name) != apps[1].get(name))
