"""From an older version to a newer one: an untouched app becomes a fresh one, and nothing that users wrote is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from tests.conftest import EXAMPLES, PARTS, ROOT, Render, commit_all, copy_of_template, example, git
from tests.entities.apps import apps_python, runner
from tests.render import matrix
from tests.update import next_version
from tests.update.edits import EDITS, MINE, missing
from tests.update.live import ask
from tests.update.project import ANSWERS, CURRENT, Project, difference, new_project

pytestmark = [pytest.mark.slow, pytest.mark.turns(2)]

VERSIONS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "versions.yml").read_text(encoding="utf-8"))
NEXT = "mutated"
"""In the table's place: what is here is the old version, and a mutation of it the new one."""

OLD = [NEXT, *VERSIONS]
FLAGS_OF_THE_FIRST = {"async", "docker", "observability", "redis", "tracing"}
"""What was there to be asked in 0.1.0, and may be on: every later flag must be off in apps that never heard of it."""

LEAN = {"docker": False, "observability": False, "redis": False}


def unpack(version: str, template: Path) -> None:
    """Make the template as a released version had it, from this repository's history."""
    template.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", VERSIONS[version]], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "--extract", "--file=-"], cwd=template, input=archive.stdout, check=True)


def remove(path: Path) -> None:
    """Remove a file or a folder, where there is one."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def old_project(folder: Path, version: str, answers: dict[str, Any]) -> Project:
    """Make an app from an old version; the template's repository has the new one, too."""
    if version == NEXT:
        project = new_project(folder, answers)
        next_version.make_next_version(project.template)
    else:
        project = new_project(folder, answers, lambda template: unpack(version, template))
        for part in PARTS:
            remove(project.template / part)
        copy_of_template(project.template)
    project.release(next_version.VERSION)
    return project


@pytest.mark.parametrize("version", OLD)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name != "minimal" else ()) for name in EXAMPLES]
)
def test_an_untouched_app_becomes_a_fresh_one(name: str, version: str, tmp_path: Path) -> None:
    project = old_project(tmp_path, version, example(name))
    project.update(version=None)
    assert project.answers()["_commit"] == next_version.VERSION
    assert set(difference(project.app, project.fresh(tmp_path / "fresh"))) <= kept_rules(project)
    project.commit()
    project.update(version=None)
    assert project.changed() == {}, "a second update changes nothing"


def kept_rules(project: Project) -> set[str]:
    """Return the users' own files, which an update leaves as they were written first."""
    return {path.relative_to(project.app).as_posix() for path in project.app.glob("app/entities/*/rules.py")}


def test_new_flags_arrive_switched_off() -> None:
    """An update with `--defaults` switches no new feature on."""
    flags = {name for name, details in matrix.questions().items() if details["type"] == "bool"}
    on = {name for name in flags if matrix.effective({})[name]}
    assert flags >= FLAGS_OF_THE_FIRST
    assert on <= FLAGS_OF_THE_FIRST, "its default must be false"


@pytest.mark.parametrize("version", OLD)
def test_users_keep_what_they_wrote(version: str, tmp_path: Path) -> None:
    """Without a single conflict: none of these changes is where the template changes, too."""
    assert len(EDITS) >= 20
    project = old_project(tmp_path, version, example("shop"))
    for edit in EDITS.values():
        edit.do(project)
    project.commit()
    moved = next_version.MOVED if version == NEXT else {}
    assert missing(project, {}) == []
    project.update(version=None)
    assert [path for path, state in project.changed().items() if state == "UU"] == []
    assert missing(project, moved) == []
    assert "in the next version" in project.read("app/core/pagination.py") or version != NEXT


def test_an_edit_is_missed_where_it_is_lost(tmp_path: Path) -> None:
    """The check above can fail."""
    project = new_project(tmp_path, example("shop"))
    for edit in EDITS.values():
        edit.do(project)
    project.edit("README.md", MINE, "")
    (project.app / "local.mk").unlink()
    project.add("docker/VALIDATION_CHECKLIST.md", "back\n")
    assert missing(project, {}) == ["a Make command", "the README", "a file that nobody reads"]


A, B, C = "docs/entities.md", "notes/entities.md", "pages/tables.md"
"""A page's places: the first one, the second, to which its whole folder goes, and the third."""
EDIT = "A line of the user's.\n"


def app_of_the_first(folder: Path) -> Project:
    """Make an app of a template whose page is at A."""
    return new_project(folder, {"entities": [], **LEAN})


def edited(project: Project, path: str) -> None:
    """Write the user's line into a page and commit."""
    project.add(path, EDIT)
    project.commit()


def updated(project: Project, version: str | copier.VcsRef | None = None) -> None:
    """Update the app without a conflict and commit."""
    project.update(version=version)
    assert "UU" not in project.changed().values()
    project.commit()


def places(project: Project) -> list[str]:
    """Return the page's places in which the user's line is."""
    return [path for path in (A, B, C) if (project.app / path).exists() and EDIT in project.read(path)]


@pytest.mark.parametrize("touched", [True, False])
def test_a_file_that_moved_twice_in_one_jump(touched: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """The edit is in the last place; what the user put into the folder that moved is in the new folder."""
    project = app_of_the_first(tmp_path)
    if touched:
        project.add("docs/mine.md", "# Mine\n")
        edited(project, A)
    next_version.move(project.template, "0.3.0", "docs", "notes")
    project.release("0.3.0")
    next_version.move(project.template, "1.0.0", B, C)
    project.release("1.0.0")
    updated(project)
    assert not (project.app / "docs").exists()
    own = ["notes/mine.md", C] if touched else []
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == own
    assert places(project) == [C][:touched]
    project.update(version=None)
    assert project.changed() == {}


def test_a_file_that_moved_twice_in_two_steps(tmp_path: Path) -> None:
    """What the user made at the old place in between is none of the second step's business."""
    project = app_of_the_first(tmp_path)
    edited(project, A)
    next_version.move(project.template, "0.3.0", "docs", "notes")
    project.release("0.3.0")
    updated(project)
    assert places(project) == [B]
    edited(project, A)
    next_version.move(project.template, "1.0.0", B, C)
    project.release("1.0.0")
    updated(project)
    assert places(project) == [A, C]
    assert project.read(A) == EDIT
    assert not (project.app / B).exists()


def test_a_move_is_made_once(tmp_path: Path) -> None:
    """The place that became free is the user's, in every later update."""
    project = app_of_the_first(tmp_path)
    next_version.move(project.template, "0.2.0", A, B)
    project.release("0.2.0")
    updated(project)
    edited(project, A)
    fresh = project.fresh(tmp_path / "fresh").joinpath(B).read_text(encoding="utf-8")
    next_version.raise_a_pin(project.template)
    for version in (CURRENT, "0.3.0", "HEAD"):
        if version == "0.3.0":
            project.release(version)
        elif version == "HEAD":
            next_version.add_a_question(project.template)
            commit_all(project.template)
        updated(project, version)
        assert (project.read(A), project.read(B)) == (EDIT, fresh)
    assert project.answers()["_commit"].startswith("0.3.0-1-g")


def test_an_old_place_that_the_template_uses_again(tmp_path: Path) -> None:
    """It is another file, with edits of its own."""
    project = app_of_the_first(tmp_path)
    next_version.move(project.template, "0.2.0", A, B)
    project.release("0.2.0")
    updated(project)
    (project.template / "template" / A).write_text("# Another page\n", encoding="utf-8")
    project.release("0.3.0")
    updated(project)
    edited(project, A)
    next_version.raise_a_pin(project.template)
    project.release("0.4.0")
    updated(project)
    assert project.read(A) == f"# Another page\n{EDIT}"
    assert places(project) == [A]


@pytest.mark.parametrize("tagged", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_moves_between_two_releases(tagged: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Whether an app of such a commit has seen the move, its number does not tell; nor does one without any tag."""
    project = app_of_the_first(tmp_path)
    if not tagged:
        commit = git(project.template, "rev-parse", "HEAD").strip()
        git(project.template, "tag", "--delete", "0.1.0")
        project.edit(ANSWERS, "_commit: 0.1.0", f"_commit: {commit}")
    edited(project, A)
    next_version.raise_a_pin(project.template)
    commit_all(project.template)
    updated(project, "HEAD")
    assert places(project) == [A]
    next_version.move(project.template, "0.2.0", A, B)
    commit_all(project.template)
    updated(project, "HEAD")
    assert places(project) == [B]
    assert ("-g" in project.answers()["_commit"]) is tagged
    edited(project, A)
    updated(project, CURRENT)
    next_version.add_a_question(project.template)
    commit_all(project.template)
    updated(project, "HEAD")
    if tagged:
        project.release("0.2.0")
        updated(project)
    assert places(project) == [A, B]
    assert project.read(A) == EDIT


@pytest.mark.parametrize("version", OLD)
def test_data_and_tests_outlive_an_update(version: str, tmp_path: Path, render: Render) -> None:
    """On a real PostgreSQL: rows written before are there after it, and the app's tests pass."""
    project = old_project(tmp_path, version, {**example("shop"), **LEAN})
    python = apps_python(render)
    for name, edit in EDITS.items():
        if not edit.path.startswith("docker") and name != "a package":
            edit.do(project)
    project.commit()
    read = "SELECT name, email FROM customers ORDER BY id"
    ask(python, project.app, "INSERT INTO customers (name, email) VALUES ('Ada', 'a@example.org'), ('Bob', 'b@x.org')")
    before = ask(python, project.app, read)
    assert [name for name, _ in before] == ["Ada", "Bob"]
    project.update(version=None)
    assert ask(python, project.app, read) == before
    run = runner(python, project.app)
    run("pytest", "-q", "-p", "no:cacheprovider")
    run("ruff", "check", "--no-cache", ".")
    run("mypy")


def test_the_table_of_versions_is_that_of_the_changelog() -> None:
    """All but the newest one, whose commit is not known while it is written."""
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(released[1:]) <= VERSIONS.keys() <= set(released)
    for version, commit in VERSIONS.items():
        assert git(ROOT, "cat-file", "-t", commit).strip() == "commit", version
