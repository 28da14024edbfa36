"""Make the app that a repository created by "Use this template" is to become: `python -m tools.bootstrap`.

A workflow runs it (.github/workflows/bootstrap.yml) and pushes what it makes. It reads the first commit and writes
another one on top of it; the work tree, the branches and GitHub stay as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier
import jinja2
import yaml
from copier.errors import CopierError
from packaging.version import InvalidVersion, Version
from plumbum.commands import ProcessExecutionError

from extensions import naming

ANSWERS = "answers.yml"
WORKFLOWS = ".github/workflows"
ADD_WORKFLOWS = """\
uvx --with copier-template-extensions copier recopy --trust --defaults --skip-answered --skip='*' --vcs-ref=:current:
git add .github
git commit --message "Workflows"
git push"""
_BOT = "github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"
_ROLES = "AUTHOR", "COMMITTER"
_REF = "refs/bootstrap/app"


class NothingToDo(Exception):  # noqa: N818  (it is no error)
    """The repository does not wait for its app; the message says why."""


class BootstrapError(Exception):
    """The app cannot be made; the message says what is wrong and how to fix it."""


@dataclass(frozen=True)
class App:
    """An app that was made: its commit, what it was made from, and the workflows that GitHub would not take."""

    name: str
    commit: str
    source: str
    tag: str
    left_out: tuple[str, ...]


def bootstrap(folder: Path, repository: Mapping[str, Any], server: str) -> App:
    """Make the app in the Git repository at `folder`; `repository` is what GitHub's API says of it.

    Raises NothingToDo or BootstrapError; nothing has changed then.
    """
    source = source_of(repository, server)
    check_history(folder)
    tag = newest_tag(source)
    with tempfile.TemporaryDirectory() as place:
        questions = questions_of(source, tag, Path(place) / "template")
        answers = answers_of(folder, repository, questions)
        app = Path(place) / "app"
        render(source, tag, answers, app)
        commit, left_out = commit_app(folder, app, f"Make {answers['app_name']} from version {tag} of {source}")
    return App(answers["app_name"], commit, source, tag, left_out)


# ---------------------------------------------------------------------------------------------- where it comes from
def source_of(repository: Mapping[str, Any], server: str) -> str:
    """Return the address of the template that a repository was made from by the button."""
    if repository.get("is_template"):
        raise NothingToDo("This is a template: what is made from it becomes an app, it does not.")
    if repository.get("fork"):
        raise NothingToDo("This is a fork of the template: there is nothing to make here.")
    name = (repository.get("template_repository") or {}).get("full_name")
    if name is None:
        raise NothingToDo(
            "GitHub does not say which template this repository was made from. If that is a private one, "
            "make the app on your machine with `copier copy`; otherwise there is nothing to do."
        )
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
        raise BootstrapError(f"GitHub calls the template {name!a}, which is no OWNER/NAME: report this to the template")
    return f"{server}/{name}.git"


def newest_tag(source: str) -> str:
    """Return the tag of a template's newest version, as Copier chooses it: no pre-release."""
    try:
        listed = _git(Path.cwd(), "ls-remote", "--quiet", "--tags", "--refs", source)
    except subprocess.CalledProcessError as error:
        raise BootstrapError(
            f"The template at {source} cannot be read ({_last_line(error.stderr)}): "
            "make it public, or try again later with `Re-run all jobs`"
        ) from error
    found: list[tuple[Version, str]] = []
    for line in listed.splitlines():
        tag = line.partition("refs/tags/")[2]
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        if not version.is_prerelease:
            found.append((version, tag))
    if not found:
        raise BootstrapError(
            f"The template at {source} has no version yet, so its apps could not be updated: "
            "ask its owners for a tag such as 1.0.0, then choose `Re-run all jobs`"
        )
    return max(found)[1]


def check_history(folder: Path) -> None:
    """Reject a repository in which more than answers.yml has changed since its first commit: it is in use."""
    if _exists(folder, ".copier-answers.yml"):
        raise NothingToDo("This repository is an app already.")
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise BootstrapError("The history is incomplete, so changes cannot be found: check out with `fetch-depth: 0`")
    first = _git(folder, "rev-list", "--max-parents=0", "HEAD").split()
    log = ("log", "-m", "--no-renames", "--format=", "--name-only", "-z", f"{first[0]}..HEAD")
    changed = set(_git(folder, *log).replace("\n", "").split("\0"))
    if len(first) > 1 or changed - {"", ANSWERS}:
        raise BootstrapError(
            f"Since the first commit more than {ANSWERS} has changed here, and making the app would remove that: "
            "make a new repository from the template, or delete .github/workflows/bootstrap.yml to keep this one"
        )


# ----------------------------------------------------------------------------------------------------------- answers
def questions_of(source: str, tag: str, folder: Path) -> list[str]:
    """Return the names of the questions that a version of the template asks."""
    clone = ("clone", "--quiet", "--depth=1", "--branch", tag, source, str(folder))
    try:
        _git(Path.cwd(), "-c", "advice.detachedHead=false", *clone)
        questions = yaml.safe_load((folder / "copier.yml").read_text(encoding="utf-8"))
    except (subprocess.CalledProcessError, OSError, yaml.YAMLError) as error:
        raise BootstrapError(
            f"Version {tag} of {source} cannot be read: choose `Re-run all jobs` to try again"
        ) from error
    return [name for name in questions if not name.startswith("_")]


def answers_of(folder: Path, repository: Mapping[str, Any], questions: list[str]) -> dict[str, Any]:
    """Return the answers of answers.yml; name and description come from the repository where they are not in it."""
    answers: dict[str, Any] = {}
    if repository.get("description"):
        answers["app_description"] = repository["description"]
    answers |= _written_answers(folder, questions)
    if "app_name" not in answers:
        name = str(repository["name"])
        near = naming.near_app_name(name)
        if near is None:
            raise BootstrapError(
                f"The repository's name gives no name for an app ({naming.app_name_error(name)}): rename it and choose "
                f"`Re-run all jobs`, or add a file {ANSWERS} with a line such as `app_name: task-api`"
            )
        answers["app_name"] = near
    elif error := naming.app_name_error(answers["app_name"]):
        raise BootstrapError(f"{ANSWERS}: app_name {error}")
    return answers


def _written_answers(folder: Path, questions: list[str]) -> dict[str, Any]:
    """Read answers.yml from the newest commit; it may be missing."""
    if not _exists(folder, ANSWERS):
        return {}
    try:
        answers = yaml.safe_load(_git(folder, "cat-file", "blob", f"HEAD:{ANSWERS}"))
    except (yaml.YAMLError, ValueError, RecursionError, subprocess.CalledProcessError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise BootstrapError(f"{ANSWERS}{line} is no YAML: fix it, `app_name: task-api` is how a line looks") from error
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise BootstrapError(f"{ANSWERS} is no mapping: write lines such as `app_name: task-api`")
    for name in answers:
        if name not in questions:
            raise BootstrapError(
                f"{ANSWERS}: there is no question {ascii(name)[:60]}: write some of {', '.join(questions)}"
            )
    return answers


# --------------------------------------------------------------------------------------------------------------- app
def render(source: str, tag: str, answers: Mapping[str, Any], app: Path) -> None:
    """Render a version of the template into a new folder."""
    try:
        copier.run_copy(source, app, data=dict(answers), vcs_ref=tag, defaults=True, unsafe=True, quiet=True)
        written = yaml.safe_load((app / ".copier-answers.yml").read_text(encoding="utf-8"))
    except (ValueError, TypeError) as error:
        raise BootstrapError(f"The answers cannot be used: {error}\nFix them in {ANSWERS} and push that") from error
    except (CopierError, ProcessExecutionError, jinja2.TemplateError, OSError) as error:
        raise BootstrapError(
            f"Version {tag} of {source} cannot be rendered ({_last_line(str(error))}): report this to the template"
        ) from error
    if (written.get("_src_path"), written.get("_commit")) != (source, tag):
        raise BootstrapError(
            f"The app would say that it comes from {written.get('_src_path')} at {written.get('_commit')}, not from "
            f"{source} at {tag}, and could not be updated: report this to the template"
        )


def commit_app(folder: Path, app: Path, message: str) -> tuple[str, tuple[str, ...]]:
    """Commit the app in place of everything else, on top of HEAD; return the commit and the workflows left out."""
    index = {"GIT_INDEX_FILE": str(app.with_name("index"))}
    here = ("--git-dir", _git(folder, "rev-parse", "--absolute-git-dir").strip(), "--work-tree", str(app))
    _git(app, *here, "add", "--all", "--force", ".", **index)
    left_out = tuple(filter(None, _git(app, *here, "ls-files", "-z", WORKFLOWS, **index).split("\0")))
    if left_out:
        _git(app, *here, "rm", "--quiet", "--cached", "--", *left_out, **index)
        message += f"\n\nGitHub lets no workflow write workflows, so these are missing: {', '.join(left_out)}."
        message += f"\nTo add them:\n\n{ADD_WORKFLOWS}"
    tree = _git(app, *here, "write-tree", **index).strip()
    name, mail = _BOT
    who = {f"GIT_{role}_NAME": name for role in _ROLES} | {f"GIT_{role}_EMAIL": mail for role in _ROLES}
    return _git(folder, "commit-tree", tree, "-p", "HEAD", "-m", message, **who).strip(), left_out


# --------------------------------------------------------------------------------------------------------------- git
def _git(folder: Path, *words: str, **environment: str) -> str:
    """Run git without prompts; return what it prints."""
    done = subprocess.run(
        ("git", *words),
        cwd=folder,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", **environment},
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout


def _exists(folder: Path, path: str) -> bool:
    return bool(_git(folder, "ls-tree", "HEAD", path))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


# ------------------------------------------------------------------------------------------------------------ telling
def say(kind: str, text: str) -> None:
    """Tell GitHub, on one line, so that nothing of a text is taken for a command."""
    one_line = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{kind}::{one_line}")


def summary(text: str) -> None:
    """Add Markdown to the page of the run."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as page:
            page.write(text + "\n")


def _story(app: App) -> str:
    """Print what was made, and what is left to do."""
    lines = [
        f"## {app.name} is here",
        "",
        f"Made from version {app.tag} of {app.source}; the template's files are gone.",
    ]
    if app.left_out:
        lines += [
            "",
            "**One step is left.** GitHub lets no workflow write workflows, so these are missing:",
            "",
            *(f"- `{path}`" for path in app.left_out),
            "",
            "In a clone on your machine, this adds them:",
            "",
            "```bash",
            ADD_WORKFLOWS,
            "```",
        ]
    return "\n".join([*lines, "", "Next: clone it, then `make setup test`, `make dev`. Its README says the rest."])


def main() -> int:
    """Make the app and write it into a bundle; return the exit status: 1 where it is rejected."""
    parser = argparse.ArgumentParser(prog="python -m tools.bootstrap", description=__doc__)
    parser.add_argument("repository", type=Path, help="what GitHub's API says of this repository, as JSON")
    parser.add_argument("bundle", type=Path, help="the Git bundle to write the commit into")
    arguments = parser.parse_args()
    folder = Path.cwd()
    try:
        repository = json.loads(arguments.repository.read_text(encoding="utf-8"))
        app = bootstrap(folder, repository, os.environ.get("GITHUB_SERVER_URL", "https://github.com"))
        _git(folder, "update-ref", _REF, app.commit)
        _git(folder, "bundle", "create", "--quiet", str(arguments.bundle), _REF, "^HEAD")
    except NothingToDo as reason:
        say("notice", str(reason))
        return 0
    except BootstrapError as reason:
        say("error", str(reason))
        summary(f"## No app was made\n\n```text\n{reason}\n```\n\nNothing has changed.")
        return 1
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a", encoding="utf-8") as output:
            output.write(f"commit={app.commit}\n")
    summary(_story(app))
    print(f"Made {app.name} from {app.source} at {app.tag}: commit {app.commit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
