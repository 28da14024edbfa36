"""Updates that cannot be: each says what to do in a line, and the app stays as it was."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.version import Version

from tests.conftest import ROOT, git
from tests.update.next_version import change
from tests.update.project import ANSWERS, Project, new_project

pytestmark = [pytest.mark.slow, pytest.mark.turns(3)]

LEAN = {"docker": False, "observability": False, "redis": False}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path, LEAN)


def command_line(project: Project, *words: str, trust: bool = True, python: tuple[str, ...] = ()) -> tuple[int, str]:
    """Run `copier update`; return its exit status and what it says, without the traceback above its last lines."""
    start = [sys.executable, *(python or ("-m", "copier"))]
    command = [*start, "update", *(["--trust"] if trust else []), "--defaults", *words]
    done = subprocess.run(command, cwd=project.app, capture_output=True, text=True, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_changes_that_are_not_committed(project: Project) -> None:
    project.add("app/extra.py", "\n# mine\n")
    before = project.changed()
    code, said = command_line(project)
    assert code == 1
    assert "Destination repository is dirty; cannot continue. Please commit or stash your local changes" in said
    assert project.changed() == before


NONSENSE = {
    "no YAML": ("_src_path", "{[", r"\.copier-answers\.yml"),
    "no entities": ("entities", "entities: 7\nwas", "entities: is the number 7: write a list of entities"),
    "an unknown entity": ("entities", "entities: [{name: select}]\nwas", "entities: item 1: name"),
    "no name": ("app_name", "app_name: Task API\nwas", "app_name: 'Task API' may hold only"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_an_answers_file_that_somebody_edited(project: Project, case: str) -> None:
    key, text, expected = NONSENSE[case]
    file = project.app / ANSWERS
    content = re.sub(rf"^{key}(?=:)", lambda _: text, file.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    file.write_text(content, encoding="utf-8")
    project.commit()
    code, said = command_line(project)
    assert code == 1
    assert re.search(expected, said), said
    assert project.changed() == {}


def test_an_answer_that_a_newer_version_rejects(project: Project) -> None:
    """It is never replaced by the default without a word."""
    change(
        project.template / "extensions/entities/entity_checks.py",
        '"""Yield what is wrong with an entity\'s own options, each with how to fix it."""\n',
        '"""Say no."""\n    yield f"{entity.name}: no more tasks: write jobs"\n',
    )
    project.release("0.2.0")
    code, said = command_line(project)
    assert code == 1
    assert "entities: Task: no more tasks: write jobs entities: this is the stored answer: give a better one" in said
    assert project.changed() == {}


def test_unknown_answers(project: Project) -> None:
    code, said = command_line(project, "--data", "databse=sqlite")
    assert code == 1
    assert "'databse': there is no such question: did you mean database?" in said
    assert project.changed() == {}


def test_an_answer_of_an_older_version_is_no_unknown_one(project: Project) -> None:
    """A question that the new version does not have any more."""
    file = project.app / ANSWERS
    file.write_text(file.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    project.commit()
    change(project.template / "template/CHANGELOG.md", "# Changelog", "# Changes")
    project.release("0.2.0")
    assert command_line(project)[0] == 0


def test_an_older_version(project: Project) -> None:
    project.release("0.2.0")
    project.update(version="0.2.0")
    project.commit()
    code, said = command_line(project, "--vcs-ref", "0.1.0")
    assert code == 1
    assert "You are downgrading from 0.2.0 to 0.1.0. Downgrades are not supported." in said
    assert project.changed() == {}


@pytest.mark.parametrize("key", ["_src_path", "_commit"])
def test_an_app_that_does_not_know_its_template(project: Project, key: str) -> None:
    file = project.app / ANSWERS
    file.write_text(
        re.sub(rf"^{key}:.*\n(?: .*\n)*", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8"
    )
    project.commit()
    code, said = command_line(project)
    assert code == 1
    assert re.search(r"cannot obtain old template references from `.copier-answers.yml`|Template not found", said), said
    assert project.changed() == {}


@pytest.mark.parametrize("key", ["app_name", "entities", "scope"])
def test_an_answer_that_is_gone(project: Project, key: str) -> None:
    """Copier would take the default instead, without a word."""
    file = project.app / ANSWERS
    known = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({name: value for name, value in known.items() if name != key}), encoding="utf-8")
    project.commit()
    code, said = command_line(project)
    assert code == 1
    assert f".copier-answers.yml does not say {key}: `git log -p -- .copier-answers.yml` shows what it was" in said
    assert project.changed() == {}


def test_answers_that_are_not_in_git(project: Project) -> None:
    git(project.app, "rm", "--quiet", "--cached", ANSWERS)
    (project.app / ".git/info/exclude").write_text(f"{ANSWERS}\n", encoding="utf-8")
    project.commit()
    code, said = command_line(project, "--data=redis=true")
    assert code == 1
    assert ".copier-answers.yml is not in Git, so the previous answers are unknown: commit it" in said
    assert project.changed() == {}
    assert project.answers()["redis"] is False


def test_a_shallow_clone_is_enough(project: Project, tmp_path: Path) -> None:
    project.add("app/extra.py", "\n# mine\n")
    project.commit()
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{project.app}", str(shallow))
    clone = Project(project.template, shallow)
    code, said = command_line(clone, "--vcs-ref", ":current:", "--data", "database=sqlite")
    assert code == 0, said
    assert clone.read("app/extra.py").endswith("# mine\n")
    assert clone.answers()["database"] == "sqlite"


def test_trust_forgotten(project: Project) -> None:
    code, said = command_line(project, trust=False)
    assert code == 4
    assert "--trust" in said
    assert project.changed() == {}


def test_the_loader_is_missing(project: Project) -> None:
    blocked = "import sys; sys.modules['copier_template_extensions'] = None; from copier.__main__ import CopierApp; "
    code, said = command_line(project, python=("-c", f"{blocked}CopierApp.run()"))
    assert code == 1
    assert "copier_template_extensions" in said
    assert "Make sure to install these extensions alongside Copier itself" in said
    assert project.changed() == {}


def test_copier_too_old(project: Project) -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert Version(settings["_min_copier_version"]) >= Version("9.17.2")
    change(project.template / "copier.yml", settings["_min_copier_version"], "99.0.0")
    project.release("0.2.0")
    code, said = command_line(project)
    assert code == 1
    assert "requires Copier version >= 99.0.0" in said or "99.0.0" in said
    assert project.changed() == {}
