"""docs/how-to/add-a-flag.md, followed to the letter on a copy of the repository: its steps make a whole flag."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import copier
import jinja2
import pytest
import yaml
from copier.errors import UserMessageError

from extensions.load import load
from tests.conftest import ROOT, files_of, quick_renders
from tests.environments import clean_environment

PAGE = ROOT / "docs" / "how-to" / "add-a-flag.md"
STEP = re.compile(
    r"^(Create|In) (`+)(.+?)\2(?:, above (`+)(.+?)\4)?:\n\n```\w+\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
FLAG = "mail"
LEFT_OUT = ("build", ".venv", ".git", "__pycache__", ".*_cache", "snapshots")


class Step(NamedTuple):
    """What the page says to do: create a file, or write some lines above the one line that begins with a text."""

    path: str
    above: str
    code: str

    def apply(self, repository: Path) -> None:
        """Do it."""
        path = repository / self.path
        if not self.above:
            assert not path.exists(), f"{self.path} is there already"
            path.parent.mkdir(parents=True)
            path.write_text(self.code, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        found = [number for number, line in enumerate(lines) if line.lstrip().startswith(self.above)]
        assert len(found) == 1, f"{self.path}: {len(found)} lines begin with {self.above}"
        place = found[0]
        indent = " " * (len(lines[place]) - len(lines[place].lstrip()))
        code = textwrap.indent(self.code, indent, lambda line: not line.startswith("{%"))
        apart = "\n" if self.above == self.above.rstrip(":") + ":" and not lines[place - 1].strip() else ""
        path.write_text("".join([*lines[:place], code, apart, *lines[place:]]), encoding="utf-8")


def steps() -> list[Step]:
    """Return the steps of the page, in its order."""
    found = STEP.findall(PAGE.read_text(encoding="utf-8"))
    return [Step(path, above.strip(), code) for _, _, path, _, above, code in found]


def repository(folder: Path, steps: list[Step]) -> Path:
    """Return a copy of this repository in which some steps have been done."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    for step in steps:
        step.apply(folder)
    return folder


def run(repository: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python there."""
    environment = clean_environment(MATRIX="pairs", PYTHONPATH="")
    command = (sys.executable, *command)
    return subprocess.run(command, cwd=repository, env=environment, check=False, capture_output=True, text=True)


def fast_checks(repository: Path, folder: Path) -> str:
    """Run the checks that need no app, after `make reference`; return what they say, or nothing if all is well."""
    words = [
        "tests/questionnaire/test_answers.py::test_every_question_has_its_record",
        f"tests/render/test_flags.py::test_flag_keeps_its_budget[{FLAG}]",
        *(
            f"tests/docs/test_reference.py::test_{name}"
            for name in ("generated_pages_are_current", "every_question_is_documented")
        ),
        "tests/docs/test_front_page.py",
        "tests/docs/test_settings.py",
    ]
    for command in (
        ("-m", "tools.reference"),
        ("-m", "ruff", "check", "--no-cache", "extensions"),
        ("-m", "ruff", "format", "--no-cache", "--check", "extensions"),
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={folder}", "-m", "not slow", *words),
    ):
        done = run(repository, *command)
        if done.returncode:
            return done.stdout + done.stderr
    return ""


def app_errors(repository: Path, folder: Path) -> list[str]:
    """Render apps with the flag on and off; return what is there and should not be, or is not and should."""
    words = re.compile(load(repository / "extensions", "answers.questions").QUESTIONS[FLAG].words[True], re.IGNORECASE)
    found = []
    apps = {"default": {}, "off": {FLAG: False}, "on": {FLAG: True}, "config": {"config": {FLAG: True}}}
    for name, answers in apps.items():
        app, wanted = folder / name, name in {"on", "config"}
        with quick_renders():
            copier.run_copy(str(repository), app, data=answers, defaults=True, unsafe=True, quiet=True)
        stored = yaml.safe_load((app / ".copier-answers.yml").read_text(encoding="utf-8"))[FLAG]
        texts = {path.relative_to(app).as_posix(): path.read_text(encoding="utf-8") for path in files_of(app)}
        having = {path for path, text in texts.items() if words.search(f"{path}\n{text}")} - {".copier-answers.yml"}
        expected = {"README.md", "app/core/settings.py", "app/mail/__init__.py", "pyproject.toml"} if wanted else set()
        if having != expected or stored is not wanted:
            found.append(f"{name}: {stored}, {sorted(having)} instead of {sorted(expected)}")
    return found


def test_the_page_makes_a_flag(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", steps())
    assert app_errors(made, tmp_path / "apps") == []
    assert fast_checks(made, tmp_path / "tests") == ""


def test_without_its_record_nothing_is_made(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", [step for step in steps() if "questions.py" not in step.path])
    with pytest.raises(ValueError, match=f"^Validation error for question '{FLAG}': {FLAG}: .*it has no record"):
        copier.run_copy(str(made), tmp_path / "app", defaults=True, unsafe=True, quiet=True)


def test_the_page_has_the_steps_it_should() -> None:
    assert [step.path for step in steps()] == [
        "copier.yml",
        "extensions/answers/questions.py",
        "extensions/pins.py",
        "template/app/{% if mail %}mail{% endif %}/__init__.py",
        "template/app/core/settings.py.jinja",
        "extensions/service/settings.py",
        "tests/render/flag_budget.yml",
        "README.md",
    ]
    assert PAGE.read_text(encoding="utf-8").count("\n```\n") == len(steps()) + 1, "each block but the last commands"


@pytest.mark.slow
@pytest.mark.parametrize("step", range(len(steps())), ids=lambda number: steps()[number].path.replace("/", "-"))
def test_no_step_can_be_left_out(step: int, tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", [one for number, one in enumerate(steps()) if number != step])
    try:
        errors = app_errors(made, tmp_path / "apps")
    except (KeyError, ValueError, jinja2.TemplateError, UserMessageError) as error:
        errors = [str(error)]
    assert re.search(rf"\b({FLAG}|aiosmtplib|smtp)\b", "\n".join(errors) or fast_checks(made, tmp_path / "tests"))


@pytest.mark.slow
def test_its_words_are_gone_from_every_app_without_it(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", steps())
    test = f"tests/render/test_flags.py::test_a_flag_that_is_off_leaves_no_words[{FLAG}-True]"
    done = run(made, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'tests'}", test)
    assert done.returncode == 0, done.stdout
