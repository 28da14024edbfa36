"""Entities that come, change, move and go: what an update touches, and what users wrote stays."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier.errors import TaskError

from tests.conftest import commit_all, git
from tests.update.project import ANSWERS, Project, difference, new_project

pytestmark = [pytest.mark.slow, pytest.mark.turns(3)]

NOTE = {
    "name": "Note",
    "fields": [{"name": "title", "type": "string", "required": True}, {"name": "text", "type": "text"}],
}
TAG = {"name": "Tag", "fields": [{"name": "word", "type": "string", "required": True}]}
LEAN = {"docker": False, "observability": False, "redis": False}

OF_ALL = {
    ANSWERS,
    "README.md",
    "app/entities/registry.py",
    "docker/grafana/dashboards/app-metrics.json",
}
"""What speaks of every entity, beside an entity's own folders."""
OF_THE_FIRST = "docs/build-on-it.md"

OWN = "Nobody but me wrote this."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path, {"entities": [NOTE, TAG], **LEAN})


def beyond(changed: dict[str, str], *names: str) -> list[str]:
    """Return the changed paths that are none of these entities' own, nor speak of every entity."""
    folders = [f"{folder}/{name}/*" for name in names for folder in ("app/entities", "tests/entities")]
    known = {*OF_ALL, OF_THE_FIRST}
    return [path for path in changed if path not in known and not any(fnmatch(path, one) for one in folders)]


def test_a_new_entity_touches_nothing_else(tmp_path: Path) -> None:
    project = new_project(tmp_path, {"entities": [NOTE, TAG]})
    project.update(entities=[*project.entities(), {"name": "Task", "fields": [{"state": "boolean"}]}])
    changed = project.changed()
    assert beyond(changed, "task") == []
    assert changed.keys() >= OF_ALL
    assert changed["app/entities/task/rules.py"] == "??"
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == []


CHANGES: dict[str, tuple[str, Any]] = {
    "a new field": ("fields", [*NOTE["fields"], {"name": "done", "type": "boolean"}]),
    "a field less": ("fields", NOTE["fields"][:1]),
    "another type": ("fields", [NOTE["fields"][0], {"name": "text", "type": "string", "max_length": 50}]),
    "an option": ("soft_delete", True),
    "a description": ("description", "What somebody noted."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_entity_touches_nothing_else(project: Project, tmp_path: Path, change: str) -> None:
    """And meets the user's changes in the same files halfway."""
    project.add("app/entities/note/rules.py", f"\n\n# {OWN}\n")
    project.edit("app/entities/note/routes.py", '"""The API of notes', f'"""{OWN} The API of notes')
    project.commit()
    option, value = CHANGES[change]
    project.update(entities=[{**NOTE, option: value}, TAG])
    changed = project.changed()
    assert beyond(changed, "note") == []
    assert "UU" not in changed.values()
    assert OWN in project.read("app/entities/note/rules.py")
    assert OWN in project.read("app/entities/note/routes.py")
    fresh = project.fresh(tmp_path / "fresh")
    assert difference(project.app, fresh) == ["app/entities/note/routes.py", "app/entities/note/rules.py"]


def test_the_same_line_is_a_conflict_in_that_place_alone(project: Project) -> None:
    project.edit(
        "app/entities/note/model.py",
        "text: Mapped[str | None] = mapped_column(sa.Text())",
        "text: Mapped[str | None] = mapped_column(sa.Text(), comment='mine')",
    )
    project.add("app/extra.py", f"\n\n# {OWN}\n")
    project.commit()
    project.update(entities=[{**NOTE, "fields": [NOTE["fields"][0], {"name": "text", "type": "string"}]}, TAG])
    conflicts = [path for path, state in project.changed().items() if state == "UU"]
    assert conflicts == ["app/entities/note/model.py"]
    text = project.read("app/entities/note/model.py")
    assert text.count("<<<<<<< before updating") == text.count(">>>>>>> after updating") == 1
    assert OWN in project.read("app/extra.py")


def test_a_removed_entity(project: Project, tmp_path: Path) -> None:
    """It is deleted without a message if it has no edits; the migrations stay."""
    first = project.read("migrations/versions/0001_initial.py")
    project.update(entities=[NOTE])
    assert beyond(project.changed(), "tag") == []
    assert not (project.app / "app/entities/tag").exists()
    assert not (project.app / "tests/entities/tag").exists()
    assert project.read("migrations/versions/0001_initial.py") == first
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == []


def rejected(project: Project, capfd: pytest.CaptureFixture[str], **answers: Any) -> str:
    """Run an update that must be rolled back; return its message."""
    with pytest.raises(TaskError):
        project.update(**answers)
    assert project.changed() == {}
    said = capfd.readouterr().err
    assert said.startswith("Nothing was updated: ")
    return said


def test_a_removed_entity_that_was_edited(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    project.add("app/entities/tag/rules.py", f"\n\n# {OWN}\n")
    project.add("app/entities/tag/words.py", f'"""{OWN}"""\n')
    project.add("ignored.log", "")
    project.add(".gitignore", "ignored.log\n")
    project.commit()
    said = rejected(project, capfd, entities=[NOTE])
    assert said.splitlines()[1] == "  app/entities/tag/rules.py"
    assert "--data discard_edits=true" in said
    assert (project.app / "ignored.log").exists()
    project.update(entities=[NOTE], discard_edits=True)
    assert not (project.app / "app/entities/tag/rules.py").exists()
    assert (project.app / "app/entities/tag/words.py").exists(), "a file that is not the template's stays"
    assert "discard_edits" not in project.answers()


def test_a_flag_that_goes_takes_no_edit_along(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = new_project(tmp_path, {**LEAN, "redis": True})
    project.add("app/core/cache.py", f"\n\n# {OWN}\n")
    project.commit()
    assert "  app/core/cache.py\n" in rejected(project, capfd, redis=False)


def test_a_new_name_that_is_not_declared(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    project.add("app/entities/tag/rules.py", f"\n\n# {OWN}\n")
    project.commit()
    assert "renamed_from: OldName" in rejected(project, capfd, entities=[NOTE, {**TAG, "name": "Label"}])


LABEL = {**TAG, "name": "Label", "renamed_from": "Tag"}


def test_a_renamed_entity_of_an_untouched_app(project: Project, tmp_path: Path) -> None:
    project.update(entities=[NOTE, LABEL])
    assert beyond(project.changed(), "tag", "label") == []
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == []


def test_a_renamed_entity_keeps_what_was_written(tmp_path: Path) -> None:
    fields = [*NOTE["fields"], {"name": "tag", "type": "reference", "to": "Tag"}]
    project = new_project(tmp_path, {"entities": [{**NOTE, "fields": fields}, TAG, "TagLine"], **LEAN})
    project.edit("app/entities/tag/rules.py", '"""Override', '"""A Tag, not TagLine or tag_lines. Override')
    project.edit("app/entities/tag/model.py", '"""A tag."""', f'"""A tag. {OWN}"""')
    project.add("app/entities/tag/words.py", '"""Words for a tag."""\n\nfrom app.entities.tag.model import Tag\n')
    project.add("tests/entities/tag/pictures/tag.png", "")
    (project.app / "tests/entities/tag/test_api.py").unlink()
    (project.app / "tests/entities/tag/pictures/tag.png").write_bytes(b"\x89PNG\xff")
    project.commit()
    renamed = [{**NOTE, "fields": [*fields[:2], {**fields[2], "to": "Label"}]}, LABEL, "TagLine"]
    project.update(entities=renamed)
    assert "UU" not in project.changed().values()
    assert not (project.app / "app/entities/tag").exists()
    assert not (project.app / "tests/entities/tag").exists()
    assert '"""A Tag, not TagLine or tag_lines. Override' in project.read("app/entities/label/rules.py")
    assert "class LabelRules(Rules[Label]):" in project.read("app/entities/label/rules.py")
    assert f'"""A tag. {OWN}"""' in project.read("app/entities/label/model.py"), "what is said in own lines stays"
    assert "from app.entities.label.model import Label\n" in project.read("app/entities/label/words.py")
    assert (project.app / "tests/entities/label/pictures/tag.png").read_bytes() == b"\x89PNG\xff"
    assert not (project.app / "tests/entities/label/test_api.py").exists(), "deleted by the user"
    assert sorted(difference(project.app, project.fresh(tmp_path / "fresh"))) == [
        "app/entities/label/model.py",
        "app/entities/label/rules.py",
        "app/entities/label/words.py",
        "tests/entities/label/pictures/tag.png",
        "tests/entities/label/test_api.py",
    ]
    project.commit()
    project.update()
    assert project.changed() == {}, "renamed_from may stay in the answers"


def test_a_renamed_and_changed_entity_meets_an_edit(project: Project) -> None:
    """A conflict is marked as Copier marks its own."""
    column = "word: Mapped[str] = mapped_column(sa.String(255))"
    project.edit("app/entities/tag/model.py", column, f"{column}  # {OWN}")
    project.commit()
    fields = [{"name": "word", "type": "text", "required": True}]
    project.update(entities=[NOTE, {**LABEL, "fields": fields}])
    assert project.changed()["app/entities/label/model.py"] == "UU"
    text = project.read("app/entities/label/model.py")
    assert text.count("<<<<<<< before updating") == 1
    assert OWN in text
    stages = git(project.app, "ls-files", "--unmerged", "--", "app/entities/label/model.py").splitlines()
    assert [line.split()[2] for line in stages] == ["1", "2", "3"]


def test_a_table_with_a_name_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = new_project(tmp_path, {"entities": [{**TAG, "table": "words"}], **LEAN})
    assert "write `table: words` in Label" in rejected(project, capfd, entities=[LABEL])
    project.update(entities=[{**LABEL, "table": "words"}])
    assert "RENAMED_TABLES: list[tuple[str, str]] = []" in project.read("app/entities/registry.py")


def test_a_template_that_cannot_be_had_any_more(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """The old version is needed to compare with; without it nothing is deleted."""
    answers = project.answers()
    moved = project.template.with_name("elsewhere")
    script = project.template / "updates" / "keep_edits" / "render.py"
    script.write_text(script.read_text(encoding="utf-8").replace('before["_src_path"]', f'"{moved}"'), encoding="utf-8")
    project.release("0.2.0")
    assert "cannot be rendered" in rejected(project, capfd, version=None, entities=[NOTE])
    assert project.answers() == answers


def test_an_app_in_a_folder_of_a_larger_repository(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Files beside it are not touched."""
    whole = tmp_path / "whole"
    project = new_project(whole / "services", {"entities": [NOTE, TAG], **LEAN})
    template = tmp_path / "template"
    project.template.rename(template)
    answers = project.app / ANSWERS
    content = yaml.safe_load(answers.read_text(encoding="utf-8")) | {"_src_path": str(template)}
    answers.write_text(yaml.safe_dump(content), encoding="utf-8")
    (whole / "other.txt").write_text("other\n", encoding="utf-8")
    shutil.rmtree(project.app / ".git")
    project.add("app/entities/tag/rules.py", f"\n\n# {OWN}\n")
    commit_all(whole)
    assert "  app/entities/tag/rules.py" in rejected(project, capfd, entities=[NOTE])
    assert (whole / "other.txt").read_text(encoding="utf-8") == "other\n"
    project.update(entities=[NOTE, LABEL])
    assert OWN in project.read("app/entities/label/rules.py")


def test_what_the_update_did_not_make_survives_its_end(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """Files that Git does not show are no business of an update that is rolled back."""
    git(project.app, "config", "status.showUntrackedFiles", "no")
    project.add("notes.txt", "mine\n")
    (project.app / "uploads").mkdir()
    project.add("app/entities/tag/rules.py", f"\n\n# {OWN}\n")
    git(project.app, "commit", "--quiet", "--message=rules", "app/entities/tag/rules.py")
    with pytest.raises(TaskError):
        project.update(entities=[NOTE, "Other"])
    assert "  app/entities/tag/rules.py" in capfd.readouterr().err
    assert git(project.app, "status", "--porcelain", "--untracked-files=all").splitlines() == ["?? notes.txt"]
    assert (project.app / "uploads").is_dir()
    assert not (project.app / "app/entities/other").exists()


IGNORED = ("docker/docker-compose.yml", "docker/alertmanager.yml", ".editorconfig")


@pytest.mark.parametrize("rejecting", [True, False])
def test_files_that_git_ignores_stay(tmp_path: Path, capfd: pytest.CaptureFixture[str], rejecting: bool) -> None:  # noqa: FBT001
    """One that the template would begin to write, and two that it writes anew each time."""
    project = new_project(tmp_path, {"entities": [NOTE, TAG], **LEAN})
    git(project.app, "rm", "--quiet", "--cached", ".editorconfig")
    (project.app / ".git/info/exclude").write_text("\n".join(IGNORED), encoding="utf-8")
    for path in IGNORED:
        project.add(path, f"# {OWN}\n")
    project.add("app/entities/tag/rules.py", f"\n\n# {OWN}\n")
    project.commit()
    if rejecting:
        assert "app/entities/tag/rules.py" in rejected(project, capfd, entities=[NOTE], docker=True, observability=True)
    else:
        project.update(docker=True, observability=True)
        assert "docker/alertmanager.yml is ignored by Git and was kept" in capfd.readouterr().err
        assert (project.app / "docker/Dockerfile").is_file()
    assert all(OWN in project.read(path) for path in IGNORED)
    assert not (project.app / ".git/copier-ignored").exists()


def test_line_ends_of_windows(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """A checkout with other line ends has no edits, and is as clean after a rejection as before."""
    (project.app / ".gitattributes").write_text("* text=auto eol=crlf\n", encoding="utf-8")
    project.commit()
    git(project.app, "rm", "--quiet", "-r", "--cached", ".")
    git(project.app, "reset", "--quiet", "--hard")
    assert b"\r\n" in (project.app / "app/entities/tag/model.py").read_bytes()
    assert project.changed() == {}
    project.add("app/entities/tag/rules.py", f"# {OWN}\n")
    project.commit()
    said = rejected(project, capfd, entities=[NOTE])
    assert [line for line in said.splitlines() if line.startswith("  ")] == ["  app/entities/tag/rules.py"]
    project.update(entities=[NOTE, LABEL])
    assert "UU" not in project.changed().values()
    assert OWN in project.read("app/entities/label/rules.py")


def test_a_submodule_cannot_be_followed(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    commit = git(project.template, "rev-parse", "HEAD").strip()
    git(project.app, "update-index", "--add", "--cacheinfo", f"160000,{commit},app/entities/tag/shared")
    (project.app / "app/entities/tag/shared").mkdir()
    git(project.app, "commit", "--quiet", "--message=submodule")
    said = rejected(project, capfd, entities=[NOTE, LABEL])
    assert "app/entities/tag/shared is a submodule" in said


def test_what_starts_empty_is_said(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    project.update(app_name="other-api")
    assert "app_name was task-api and is other-api: it starts with empty databases" in capfd.readouterr().err


def test_a_file_at_the_new_place_stays(project: Project) -> None:
    """Somebody moved the files before the answers said so."""
    git(project.app, "mv", "app/entities/tag", "app/entities/label")
    project.add("app/entities/label/rules.py", f"\n\n# {OWN}\n")
    project.commit()
    project.update(entities=[NOTE, LABEL])
    assert OWN in project.read("app/entities/label/rules.py")


def test_a_name_that_differs_in_case_only(tmp_path: Path) -> None:
    before = {"name": "APIKey", "fields": TAG["fields"]}
    project = new_project(tmp_path, {"entities": [before, NOTE], **LEAN})
    project.edit("app/entities/api_key/rules.py", '"""Override', f'"""{OWN} Override')
    project.commit()
    project.update(entities=[{**before, "name": "ApiKey", "renamed_from": "APIKey"}])
    rules = project.read("app/entities/api_key/rules.py")
    assert OWN in rules
    assert "class ApiKeyRules(Rules[ApiKey]):" in rules
    assert difference(project.app, project.fresh(tmp_path / "fresh")) == ["app/entities/api_key/rules.py"]


@pytest.mark.parametrize(
    ("entities", "said"),
    [
        ([NOTE, {**TAG, "name": "Label", "renamed_from": "Tga"}], "Label: renamed_from is Tga, and there was no such"),
        ([{**TAG, "renamed_from": "Note"}], "Tag: was there before, so it cannot be what Note became"),
        (
            [NOTE, {**TAG, "fields": [{"name": "term", "type": "string", "renamed_from": "wrod"}]}],
            "Tag.term: renamed_from is wrod, and there was no such field",
        ),
    ],
)
def test_a_rename_that_cannot_be(
    project: Project, capfd: pytest.CaptureFixture[str], entities: list[Any], said: str
) -> None:
    assert said in rejected(project, capfd, entities=entities)


MY_CODE = '''
from asyncio import create_task

TaskGroup = asyncio.TaskGroup


async def later(task: Task) -> None:
    """Do it later."""
    asyncio.create_task(notify("https://example.org/tasks/created", task.id))
    query.task_by(1).tasks()
    create_task(post({"task": task.id}, topic="task"))
    log(f"task {task.id} of /api/v1/tasks")
    client.get("/api/v1/tasks")
'''


def test_words_that_the_template_did_not_write_stay(tmp_path: Path) -> None:
    project = new_project(tmp_path, {"entities": [{**TAG, "name": "Task"}], **LEAN})
    project.add("app/entities/task/rules.py", MY_CODE)
    project.commit()
    project.update(entities=[{**TAG, "name": "Job", "renamed_from": "Task"}])
    expected = MY_CODE.replace("task: Task", "job: Job").replace("task.id", "job.id")
    expected = expected.replace('get("/api/v1/tasks")', 'get("/api/v1/jobs")')
    assert project.read("app/entities/job/rules.py").endswith(expected)


def test_links_permissions_and_what_is_no_text(project: Project) -> None:
    folder = project.app / "app/entities/tag"
    (folder / "link.py").symlink_to("rules.py")
    (folder / "run.sh").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "run.sh").chmod(0o755)
    (folder / "model.py").write_bytes((folder / "model.py").read_bytes() + b"\x00")
    project.commit()
    project.update(entities=[NOTE, {**LABEL, "fields": [{"name": "word", "type": "text"}]}])
    new = project.app / "app/entities/label"
    assert (new / "link.py").is_symlink()
    assert (new / "run.sh").stat().st_mode & 0o111
    assert (new / "model.py").read_bytes().endswith(b"\x00"), "what cannot be merged stays"
    assert project.changed()["app/entities/label/model.py"] == "UU"
    git(project.app, "reset", "--quiet")
    git(project.app, "restore", ".")
    git(project.app, "clean", "-fdq")
    assert project.changed() == {}, "as docs/updating.md says"
