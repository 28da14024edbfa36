"""Start here: six things that the template promises, each as one plain test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import copier
import pytest

from tests.conftest import commit_all, copy_of_template, files_of, git


def copy(template: Path, app: Path, **answers: Any) -> Path:
    """Render the template into a folder; questions without an answer get their default."""
    copier.run_copy(str(template), app, data=answers, defaults=True, unsafe=True, quiet=True)
    return app


def test_default_answers_make_a_whole_service(template: Path, tmp_path: Path) -> None:
    app = copy(template, tmp_path / "app")
    for name in ("README.md", "app/main.py", "app/entities/task/routes.py", "docker/Dockerfile", "tests/conftest.py"):
        assert (app / name).is_file()
    assert "# Task API" in (app / "README.md").read_text(encoding="utf-8")


def test_a_flag_that_is_off_leaves_no_file(template: Path, tmp_path: Path) -> None:
    app = copy(template, tmp_path / "app", docker=False, observability=False, redis=False)
    assert not (app / "docker").exists()
    assert not (app / "app" / "observability").exists()
    assert not (app / "app" / "core" / "cache.py").exists()


def test_an_entity_has_its_own_folder(template: Path, tmp_path: Path) -> None:
    fields = [{"name": "number", "type": "integer", "required": True}]
    app = copy(template, tmp_path / "app", entities=[{"name": "Invoice", "fields": fields}])
    folder = app / "app" / "entities" / "invoice"
    names = {path.name for path in folder.iterdir()}
    assert {"model.py", "schemas.py", "routes.py", "rules.py"} <= names
    assert "number: Mapped[int]" in (folder / "model.py").read_text(encoding="utf-8")


def test_a_bad_answer_is_rejected_and_nothing_is_written(template: Path, tmp_path: Path) -> None:
    fields = [{"name": "title", "type": "strng"}]
    with pytest.raises(ValueError, match=r"Task\.title: there is no type 'strng': did you mean string\?"):
        copy(template, tmp_path / "app", entities=[{"name": "Task", "fields": fields}])
    assert not (tmp_path / "app").exists()


def test_the_same_answers_give_the_same_bytes(template: Path, tmp_path: Path) -> None:
    one, two = (copy(template, tmp_path / name, app_name="shop-api") for name in ("one", "two"))
    names = [path.relative_to(one) for path in files_of(one)]
    assert names == [path.relative_to(two) for path in files_of(two)]
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_an_update_leaves_an_untouched_app_as_it_is(tmp_path: Path) -> None:
    template = copy_of_template(tmp_path / "template")
    commit_all(template, tag="0.1.0")
    app = copy(template, tmp_path / "app", docker=False, observability=False)
    commit_all(app)
    copier.run_update(app, vcs_ref=copier.VcsRef.CURRENT, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert git(app, "status", "--porcelain") == ""
