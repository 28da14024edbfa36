"""`extensions/load.py` loads each version of the extensions as a package of its own, and says what cannot be loaded."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import copier
import pytest
import yaml
from copier.errors import UserMessageError

from extensions.load import load, package_name
from tests.conftest import ROOT, commit_all, copy_of_template, files_of

LEAN = {"observability": False, "docker": False, "redis": False}


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Unload what a test loads."""
    before = set(sys.modules)
    yield
    for name in [name for name in sys.modules if name.startswith("template_extensions_") and name not in before]:
        del sys.modules[name]


def package(folder: Path, **modules: str) -> Path:
    """Write a package of some modules; `__` in a name stands for a subfolder."""
    for name, source in {"__init__": "", **modules}.items():
        path = folder / (name if name.startswith("__") else name.replace("__", "/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.with_suffix(".py").write_text(source, encoding="utf-8")
    return folder


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that is there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, path
    path.write_text(text.replace(old, new), encoding="utf-8")


# ----------------------------------------------------------------------------------------------------------- a package
HELPERS = {
    "words__helper": "WORD = 1\n",
    "main": "from . import words\nfrom .words import helper\nWORD = helper.WORD\n",
}


def test_two_versions_stand_side_by_side(tmp_path: Path) -> None:
    """Also those of one size, written in one second, in one place."""
    folder = package(tmp_path / "extensions", **HELPERS)
    old = load(folder, "main")
    change(folder / "words" / "helper.py", "1", "2")
    new = load(folder, "main")
    assert (old.WORD, new.WORD) == (1, 2)
    assert old.words is not new.words
    assert load(package(tmp_path / "moved", **HELPERS), "main") is old, "the same files are loaded once"
    assert not list(tmp_path.rglob("__pycache__")), "nothing is written into the template"


def test_a_name_that_ends_elsewhere_is_another_name(tmp_path: Path) -> None:
    one = package(tmp_path / "one", ab="c = 1")
    other = package(tmp_path / "other", a="bc = 1")
    assert package_name(one) != package_name(other)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import json\nimport unheard_of\n", "line 2: .*: ModuleNotFoundError: No module named 'unheard_of'"),
        ("from . import unheard_of\n", "line 1: .*: ImportError: cannot import name 'unheard_of' from .*"),
        ("word = 1\ndef f(:\n", "line 2: .*: SyntaxError: invalid syntax"),
        ("\n\nraise ValueError('no\\nway')\n", "line 3: .*: ValueError: no way"),
    ],
)
def test_what_cannot_be_imported(source: str, said: str, tmp_path: Path) -> None:
    """One line names the file, and a second try says the same."""
    folder = package(tmp_path / "extensions", **HELPERS | {"words__helper": source})
    for _ in range(2):
        with pytest.raises(UserMessageError, match=rf"^extensions/words/helper\.py, {said}$"):
            load(folder, "main")
    change(folder / "words" / "helper.py", source, "WORD = 3\n")
    assert load(folder, "main").WORD == 3


# ------------------------------------------------------------------------------------------------------ in a template
def test_copier_yml_names_one_extension() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert settings["_jinja_extensions"] == [
        "copier_template_extensions.TemplateExtensionLoader",
        "extensions/load.py:Template",
    ]


def test_an_extension_that_cannot_be_imported_stops_a_copy(tmp_path: Path) -> None:
    template = copy_of_template(tmp_path / "template")
    change(template / "extensions/service/readme.py", "import re\n", "import re\nimport unheard_of\n")
    said = r"^extensions/service/readme\.py, line \d+: this extension cannot be imported: ModuleNotFoundError: .*$"
    with pytest.raises(UserMessageError, match=said):
        copier.run_copy(str(template), tmp_path / "app", defaults=True, unsafe=True, quiet=True)
    assert not (tmp_path / "app").exists()


def test_an_update_renders_each_version_with_its_own_helpers(tmp_path: Path) -> None:
    """Both are loaded in one process; the result is what a fresh copy of the new version makes."""
    template = copy_of_template(tmp_path / "template")
    change(template / "extensions/source/models.py", "text = text.replace(", "text = 'Old: ' + text.replace(")
    commit_all(template, tag="0.1.0")
    app, fresh = tmp_path / "app", tmp_path / "fresh"
    copier.run_copy(str(template), app, data=LEAN, defaults=True, unsafe=True, quiet=True)
    commit_all(app)
    change(template / "extensions/source/models.py", "'Old: ' + text", "'New: ' + text")
    (template / "extensions/source/models.py").rename(template / "extensions/source/tables.py")
    change(template / "extensions/templates.py", "from .source.models import", "from .source.tables import")
    commit_all(template, tag="0.2.0")
    with contextlib.chdir(app):
        copier.run_update(app, defaults=True, unsafe=True, overwrite=True, quiet=True)
    copier.run_copy(str(template), fresh, data=LEAN, defaults=True, unsafe=True, quiet=True)
    assert '"""New: A task."""' in (fresh / "app/entities/task/model.py").read_text(encoding="utf-8")
    for path in files_of(fresh):
        if path.name != "CHANGELOG.md":
            relative = path.relative_to(fresh)
            assert (app / relative).read_bytes() == path.read_bytes(), relative
