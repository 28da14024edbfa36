"""What apps are made of, kept to be looked at: which answers bring which file, and some files of one app.

python -m tests.render.snapshots   writes it anew: make snapshots
"""

from __future__ import annotations

import tempfile
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import yaml

from tests.render import matrix
from tests.render.rendered import SHOWN, RenderedApps, matches, render_all

FOLDER = Path(__file__).with_name("snapshots")
FILES = FOLDER / "files.yml"
TITLE = "---\n# Which answers bring which files; written by `make snapshots`, reviewed like code.\n"
CONTENTS = (
    "app/core/settings.py",
    "app/entities/order_item/*.py",
    "app/main.py",
    "docker/docker-compose.yml",
    "migrations/versions/*.py",
    "pyproject.toml",
)
"""The files that are kept as they are."""

Group = dict[str, Any]
"""Files, the answers `when` they are there, and `unless` which others are given."""


def described(answers: matrix.Answers) -> dict[str, Any]:
    """Return the answers to all closed questions, and the name of the entities."""
    known = matrix.effective(answers)
    return {**{name: known[name] for name in matrix.questions()}, "entities": matrix.entities_of(answers)}


def groups(rendered: RenderedApps) -> list[Group]:
    """Return the files of all apps in groups, each with the answers that bring it."""
    steady = matrix.chosen()  # not those that have their turn
    known = {name: described(answers) for name, answers in rendered.answers.items() if name in steady}
    having: dict[str, list[str]] = {}
    for name in known:
        for path in rendered.files_of[name]:
            having.setdefault(path, []).append(name)
    files: dict[tuple[str, ...], list[str]] = {}
    for path, names in having.items():
        files.setdefault(tuple(names), []).append(path)
    found: list[Group] = [{**conditions(set(names), known), "files": sorted(paths)} for names, paths in files.items()]
    return sorted(found, key=lambda group: (len(group["when"]), str(group)))


def conditions(names: set[str], known: dict[str, dict[str, Any]]) -> Group:
    """Return the answers that these apps have, and no others."""
    when = _common(names, known)
    within = {name: answers for name, answers in known.items() if allows(when, answers)}
    others = within.keys() - names
    found = {"when": when} | ({"unless": _common(others, within)} if others else {})
    having = {name for name in known if holds(found, known[name])}
    assert having == names, f"no answers say why {min(having ^ names)} differs from the others"
    return found


def _common(names: AbstractSet[str], known: dict[str, dict[str, Any]]) -> dict[str, list[Any]]:
    allowed = {
        question: sorted({known[name][question] for name in names}, key=str) for question in next(iter(known.values()))
    }
    having = [name for name in known if allows(allowed, known[name])]
    for question in sorted(allowed, key=lambda name: name != "entities"):  # the rest says it shorter
        fewer = {name: those for name, those in allowed.items() if name != question}
        if [name for name in known if allows(fewer, known[name])] == having:
            allowed = fewer
    return allowed


def allows(allowed: dict[str, list[Any]], answers: dict[str, Any]) -> bool:
    """Return whether answers are among those that are allowed."""
    return all(answers[question] in those for question, those in allowed.items())


def holds(group: Group, answers: dict[str, Any]) -> bool:
    """Return whether answers bring a group of files."""
    return allows(group["when"], answers) and not ("unless" in group and allows(group["unless"], answers))


def written(rendered: RenderedApps) -> dict[Path, str]:
    """Return every file of the snapshots with its content."""
    found = {FILES: TITLE + yaml.dump(groups(rendered), sort_keys=False, width=120)}
    for path, stored in rendered.files_of[SHOWN].items():
        if matches(path, CONTENTS):
            found[FOLDER / SHOWN / path] = rendered.text(stored)
    return found


def main() -> None:
    """Render all apps and write what they are made of."""
    with tempfile.TemporaryDirectory() as folder:
        found = written(render_all(Path(folder)))
    for path in FOLDER.rglob("*"):
        if path.is_file() and path not in found:
            path.unlink()
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
