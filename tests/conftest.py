"""Fixtures of all tests: the repository as Copier sees it, and apps rendered from it, each once a run."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import copier
import copier._main
import copier._template
import jinja2
import pytest
import yaml

from tests.shares import ROOT, share

if TYPE_CHECKING:
    from tests.render.rendered import RenderedApps

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yml"))
PARTS = ("copier.yml", "extensions", "template", "updates")

Render = Callable[..., Path]


def pytest_configure() -> None:
    """Keep temporary files apart from those of other clones: see `temporary_files_of_other_runs`."""
    folder = Path(tempfile.gettempdir()) / f"tests-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]}"
    folder.mkdir(exist_ok=True)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where SHARE asks for a part, keep of the tests marked `turns(N)` one N-th; the next commits try the others."""
    marked: dict[int, list[pytest.Item]] = {}
    for item in items:
        if turns := item.get_closest_marker("turns"):
            marked.setdefault(turns.args[0], []).append(item)
    left = [item for parts, tests in marked.items() for item in set(tests) - set(share(tests, parts))]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


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
    """Run git with an identity for tests; return what it prints."""
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
_questions: dict[Any, Any] = {}


def _once(function: Callable[..., Any], done: dict[Any, Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is called once for each key."""

    def called(*words: Any, **more: Any) -> Any:
        wanted = key(*words, **more)
        if wanted not in done:
            done[wanted] = function(*words, **more)
        return done[wanted]

    return called


@contextlib.contextmanager
def quick_compiles() -> Iterator[None]:
    """Compile each template source once a run, whichever version of the template it belongs to.

    Nothing is evaluated while compiling, as Jinja would for a constant: a filter may be another one by then.
    """
    compile_source = jinja2.Environment.compile

    def compile_once(self: jinja2.Environment, source: Any, name: Any = None, filename: Any = None, **more: Any) -> Any:
        self.optimized = False
        if more or not isinstance(source, str):
            return compile_source(self, source, name, filename, **more)
        key = (type(self), source, name)
        if key in _compiled:
            self.preprocess(source, name, filename)  # Copier's yield tag resets its state there
        else:
            _compiled[key] = compile_source(self, source, name, filename)
        return _compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        yield


@contextlib.contextmanager
def quick_renders() -> Iterator[None]:
    """Do once a run what Copier does for every render, and leave out what changes nothing between plain folders.

    Each template source is compiled once, copier.yml read once; text without a tag is itself, and Git is not asked.
    Never for updates; a test compares the result with that of the command.
    """
    worker, template = copier._main.Worker, copier._template  # noqa: SLF001
    render_string = worker._render_string  # noqa: SLF001

    def render_tags(self: Any, string: str, *more: Any, **names: Any) -> str:
        return render_string(self, string, *more, **names) if "{" in string else self.jinja_env.preprocess(string)

    read_once = _once(template.load_template_config, _questions, lambda path: path)
    with quick_compiles(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "_render_string", render_tags)
        patch.setattr(worker, "answers_relpath", property(lambda self: self.template.answers_relpath))
        patch.setattr(template, "load_template_config", read_once)
        for module in (template, copier._main):  # noqa: SLF001
            patch.setattr(module, "is_git_available", lambda: False)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Spare every test of this process what another one has compiled."""
    with quick_compiles():
        yield


@pytest.fixture(scope="session", autouse=True)
def temporary_files_of_other_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the pytest runs that tests start a folder of their own for temporary files.

    In the common one, pytest takes away what other users may do there: a database in it, run by another user, stops.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DEBUG_TEMPROOT", str(tmp_path_factory.mktemp("other-runs")))
        yield


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


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> RenderedApps:
    """Return every app of the matrix, rendered once, whatever the number of processes. Do not change it."""
    from tests.render import rendered as matrix_apps  # noqa: PLC0415  (it renders with what stands above)

    base = tmp_path_factory.getbasetemp()
    return matrix_apps.render_all((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "rendered")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have left; with several processes, this runs in the one that prints."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    figures = [text for report in reports for name, text in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for text in figures:
            terminalreporter.write_line(text)


def files_of(folder: Path) -> list[Path]:
    """List the files of a rendered app, without caches."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
