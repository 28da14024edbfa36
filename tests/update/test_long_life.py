"""Years in the life of an app: rounds of edits, new answers, updates and migrations drawn by Hypothesis."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.conftest import Render, git
from tests.entities.apps import LEAN, apps_python, runner
from tests.entities.strategies import IN_CI
from tests.update.live import ask
from tests.update.project import Project, new_project

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("ROUNDS", "5" if IN_CI else "10"))
"""CI has the first half of a life, whose end would come when all other tests are done."""
SEED = int(os.environ.get("LONG_LIFE_SEED", "20261126"))
"""Another one is another life; CI has one, `LONG_LIFE_SEED=7` tries others."""

NAMES = ("Author", "Book", "Chapter", "Dossier", "Essay", "Folio", "Genre")
FIELDS = ("title", "subtitle", "remark", "language", "edition")
MARK = "# By hand, in round {}."


class Life:
    """An app, what was written in it by hand, and how many rows each of its tables has."""

    def __init__(self, project: Project, python: Path) -> None:
        self.project, self.python = project, python
        self.run = runner(python, project.app)
        self.marks: dict[str, set[str]] = {}
        self.rows: dict[str, int] = {}

    # Each answer is a list of entities with a required name: rows can be written without knowing more.

    def entities(self) -> list[dict[str, Any]]:
        """Return the entities as they are."""
        return self.project.entities()

    def write_row(self, entity: dict[str, Any], number: int) -> None:
        """Insert a row."""
        table = table_of(entity["name"])
        ask(self.python, self.project.app, f"INSERT INTO {table} (name) VALUES ('round {number}')")  # noqa: S608
        self.rows[table] = self.rows.get(table, 0) + 1

    def edit(self, path: str, number: int) -> None:
        """Write a comment at the end of a file."""
        mark = MARK.format(number)
        self.project.add(path, f"\n\n{mark}\n" if "rules" in path or "model" in path else f"\n{mark}\n")
        self.marks.setdefault(path, set()).add(mark)

    def moved(self, old: str, new: str) -> None:
        """Follow a renamed entity."""
        for folder in ("app/entities", "tests/entities"):
            here = f"{folder}/{old.lower()}/"
            for path in [path for path in self.marks if path.startswith(here)]:
                self.marks[path.replace(here, f"{folder}/{new.lower()}/")] = self.marks.pop(path)
        self.rows[table_of(new)] = self.rows.pop(table_of(old), 0)

    def removed(self, name: str) -> None:
        """Forget what went with an entity."""
        self.marks = {path: marks for path, marks in self.marks.items() if f"/{name.lower()}/" not in path}
        self.rows.pop(table_of(name), None)

    def check(self, number: int) -> None:
        """No conflict, one head, models and migrations agree, everything written is there, in files and tables."""
        where = f"round {number}"
        assert "UU" not in self.project.changed().values(), where
        for path, marks in self.marks.items():
            text = self.project.read(path)
            assert "<<<<<<<" not in text, where
            assert all(mark in text for mark in marks), f"{where}: {path}"
        self.run("pytest", "-q", "-p", "no:cacheprovider", "tests/core/test_migrations.py")
        for table, rows in self.rows.items():
            found = ask(self.python, self.project.app, f"SELECT count(*) FROM {table}")  # noqa: S608
            assert found == [[rows]], f"{where}: {table}"
        self.project.commit()


def table_of(name: str) -> str:
    """Return the table of one of the names above."""
    return f"{name.lower()}s"


def draw_entities(data: st.DataObject, life: Life) -> list[dict[str, Any]]:
    """Change the entities once: one more, one less, another name, or a field that comes, goes or is renamed."""
    entities = [{key: value for key, value in one.items() if key != "renamed_from"} for one in life.entities()]
    for one in entities:
        one["fields"] = [{k: v for k, v in field.items() if k != "renamed_from"} for field in one["fields"]]
    used = {one["name"] for one in entities}
    free = [name for name in NAMES if name not in used]
    target = data.draw(st.sampled_from(entities))
    names = {field["name"] for field in target["fields"]}
    unused = [name for name in FIELDS if name not in names]
    kinds = [*(["add", "rename"] if free else []), *(["remove"] if len(entities) > 1 else [])]
    kinds += [*(["field"] if unused else []), *(["less"] if names - {"name"} else [])]
    kinds += ["other"] if unused and names - {"name"} else []
    kind = data.draw(st.sampled_from(kinds))
    if kind == "add":
        entities.append(new_entity(data.draw(st.sampled_from(free))))
    elif kind == "remove":
        entities.remove(target)
        life.removed(target["name"])
    elif kind == "rename":
        new = data.draw(st.sampled_from(free))
        life.moved(target["name"], new)
        target |= {"name": new, "renamed_from": target["name"]}
    elif kind == "field":
        new = data.draw(st.sampled_from(unused))
        target["fields"].append(
            {"name": new, "type": data.draw(st.sampled_from(["string", "text", "date", "boolean"]))}
        )
    else:
        field = data.draw(st.sampled_from([field for field in target["fields"] if field["name"] != "name"]))
        target["fields"].remove(field)
        if kind == "other":
            new = data.draw(st.sampled_from(unused))
            target["fields"].append({**field, "name": new, "renamed_from": field["name"]})
    return entities


def new_entity(name: str) -> dict[str, Any]:
    """Return an entity of which rows can be written by name."""
    return {"name": name, "timestamps": True, "fields": [{"name": "name", "type": "string", "required": True}]}


def draw_flags(data: st.DataObject, life: Life) -> dict[str, Any]:
    """Change a flag, or none; those that need packages of their own are tried elsewhere."""
    flags = ("docker", "package_manager", "python_version")
    name = data.draw(st.sampled_from(["", *flags]))
    now = life.project.answers().get(name)
    other = {"docker": not now, "package_manager": "poetry" if now == "uv" else "uv"}
    return {name: other.get(name, "3.12" if now == "3.13" else "3.13")} if name else {}


@seed(SEED)
@settings(
    max_examples=1, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_rounds(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, render: Render) -> None:
    folder = tmp_path_factory.mktemp("life")
    project = new_project(folder, {**LEAN, "entities": [new_entity("Author"), new_entity("Book")]})
    life = Life(project, apps_python(render))
    steps = []
    for number in range(1, ROUNDS + 1):
        target = data.draw(st.sampled_from(life.entities()))
        files = ["app/extra.py", f"app/entities/{target['name'].lower()}/rules.py", "README.md", "local.mk", "Makefile"]
        life.edit(data.draw(st.sampled_from(files)), number)
        life.write_row(target, number)
        life.project.commit()
        if data.draw(st.booleans()):
            (project.template / "template/app/core/etag.py").open("a", encoding="utf-8").write(
                f"\n# Version {number}.\n"
            )
            project.release(f"0.1.{number}")
        answers = {"entities": draw_entities(data, life), **draw_flags(data, life)}
        steps.append(json.dumps(answers))
        project.update(version=None, discard_edits=True, **answers)
        life.run("tools.migration", f"round {number}")
        life.check(number)
    life.run("pytest", "-q", "-p", "no:cacheprovider")
    life.run("mypy")
    assert len(git(project.app, "log", "--oneline").splitlines()) > ROUNDS, steps
