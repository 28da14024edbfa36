"""Fixtures of all tests: the repository as Copier sees it, and apps rendered from it, each once a run."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import copier
import copier._main
import jinja2
import pytest
import yaml

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yml"))
PARTS = ("copier.yml", "extensions", "template", "updates")

Render = Callable[..., Path]


def example(name: str) -> dict[str, Any]:
    """Return the answers of an example."""
    answers = yaml.safe_load((ROOT / "examples" / f"{name}.yml").read_text(encoding="utf-8"))
    assert isinstance(answers, dict)
    return answers


def copy_of_template(target: Path) -> Path:
    """Copy what makes up the template, without Git: rendering it needs no clone."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignored)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / part)
    return target


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular; return what it prints."""
    identity = ("-c", "user.name=Tests", "-c", "user.email=tests@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(("git", *identity, *words), cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def commit_all(folder: Path, message: str = "change", tag: str | None = None) -> None:
    """Commit everything in a folder, making it a repository first where it is none."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    if tag is not None:
        git(folder, "tag", tag)


_compiled: dict[Any, Any] = {}


@contextlib.contextmanager
def quick_renders() -> Iterator[None]:
    """Compile each template source once a run, and skip the Git probe of each file.

    Three quarters of a big render is compiling Jinja. For renders into plain folders only, never for updates.
    """
    patch = pytest.MonkeyPatch()
    compiled = _compiled
    compile_source = jinja2.Environment.compile

    def compile_once(self: jinja2.Environment, source: Any, name: Any = None, filename: Any = None, **more: Any) -> Any:
        if more or not isinstance(source, str) or "{% yield" in source:
            return compile_source(self, source, name, filename, **more)
        key = (source, name, filename)
        if key in compiled:
            self.preprocess(source, name, filename)  # Copier's yield tag resets its state there
        else:
            compiled[key] = compile_source(self, source, name, filename)
        return compiled[key]

    patch.setattr(jinja2.Environment, "compile", compile_once)
    probe = "_sync_git_index_executable_bit"
    worker = copier._main.Worker  # noqa: SLF001
    if hasattr(worker, probe):
        patch.setattr(worker, probe, lambda *_arguments: None)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the template, as a plain folder."""
    return copy_of_template(tmp_path_factory.mktemp("template") / "src")


@pytest.fixture(scope="session")
def render(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Return a function that renders answers into a folder; the same answers are rendered once. Do not change it."""
    done: dict[str, Path] = {}

    def rendered(answers: dict[str, Any] | None = None, **more: Any) -> Path:
        data = {**(answers or {}), **more}
        key = json.dumps(data, sort_keys=True, default=str)
        if key not in done:
            target = tmp_path_factory.mktemp("app") / "app"
            with quick_renders():
                copier.run_copy(str(template), target, data=data, defaults=True, unsafe=True, quiet=True)
            done[key] = target
        return done[key]

    return rendered


def files_of(folder: Path) -> list[Path]:
    """List the files of a rendered app, without caches."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
