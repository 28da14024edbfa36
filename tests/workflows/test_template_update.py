"""The update workflow and the Make targets of an app, run as they stand against a template with two versions."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import copier
import pytest
import yaml

from extensions.answers.answers_file import answers_yaml
from tests.conftest import commit_all, copy_of_template, git

GH = """#!/bin/sh
# Stands in for GitHub's own command: notes how it is called.
printf '%s\\n' "$*" >> "$GH_CALLS"
case "$1 $2" in
  "pr list") cat "$GH_KNOWN" 2>/dev/null || : ;;
esac
"""


@dataclass
class World:
    """A template with a newer version, an app of the older one as GitHub keeps it, and a machine that runs jobs."""

    folder: Path
    template: Path
    app: Path
    origin: Path

    def run(self, script: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step as GitHub's machines do."""
        tools = os.pathsep.join((str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
        own = {
            "GH_CALLS": str(self.folder / "calls"),
            "GH_KNOWN": str(self.folder / "known"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_REF_NAME": "main",
            "HOME": str(self.folder / "home"),
            "PATH": tools,
            "RUNNER_TEMP": str(self.folder / "temp"),
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=cwd, env=os.environ | own | env, capture_output=True, text=True, check=False)

    def checkout(self, name: str) -> Path:
        """Check out the app as the action does: one commit, no history."""
        target = self.folder / name
        git(self.folder, "clone", "--quiet", "--depth=1", f"file://{self.origin}", str(target))
        return target

    def workflow(self) -> str:
        """Run both jobs of the workflow; return the version it found."""
        jobs = yaml.safe_load((self.app / ".github/workflows/template-update.yml").read_text(encoding="utf-8"))["jobs"]
        first, second = ([one for one in jobs[name]["steps"] if "run" in one] for name in ("update", "propose"))
        checkout = self.checkout("first")
        version = ""
        for step in first[1:]:  # but the installation
            if "if" in step and not version:
                continue
            done = self.run(step["run"], checkout)
            assert done.returncode == 0, done.stdout + done.stderr
            if step.get("id") == "check":
                version = (self.folder / "output").read_text(encoding="utf-8").strip().removeprefix("version=")
        if version:
            checkout = self.checkout("second")
            for step in second:
                done = self.run(step["run"], checkout, VERSION=version)
                assert done.returncode == 0, done.stdout + done.stderr
        return version

    def calls(self) -> str:
        """Return what was asked of GitHub."""
        path = self.folder / "calls"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def body(self) -> str:
        """Return the text of the pull request."""
        return (self.folder / "temp" / "body.md").read_text(encoding="utf-8")

    def release(self, **texts: str) -> None:
        """Release 0.2.0 of the template with a line added to some of its files."""
        for name, text in texts.items():
            path = self.template / "template" / {"ci": ".github/workflows/ci.yml.jinja", "base": "alembic.ini"}[name]
            path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        commit_all(self.template, "second", tag="0.2.0")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world in which nothing has happened since the app was made."""
    template = copy_of_template(tmp_path / "template")
    commit_all(template, "first", tag="0.1.0")
    app = tmp_path / "app"
    source = f"git+file://{template}"
    answers = {"entities": ["Note"], "docker": False, "observability": False}
    copier.run_copy(source, app, data=answers, defaults=True, unsafe=True, quiet=True)
    commit_all(app, "first")
    for name in ("bin", "home", "temp"):
        (tmp_path / name).mkdir()
    (tmp_path / "output").touch()
    (tmp_path / "bin" / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    origin = tmp_path / "origin.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(app), str(origin))
    return World(tmp_path, template, app, origin)


def test_nothing_new(world: World) -> None:
    assert world.workflow() == ""
    assert world.calls() == ""


def test_newer_version(world: World) -> None:
    world.release(base="# newer\n")
    assert world.workflow() == "0.2.0"
    branch = "template-update/0.2.0"
    assert git(world.origin, "show", f"{branch}:alembic.ini").endswith("# newer\n")
    assert "_commit: 0.2.0" in git(world.origin, "show", f"{branch}:.copier-answers.yml")
    assert set(git(world.origin, "diff", "--name-only", "main", branch).split()) == {
        ".copier-answers.yml",
        "alembic.ini",
    }
    assert [line.split(" --title")[0] for line in world.calls().splitlines()] == [
        f"pr list --head {branch} --state all --json url --jq .[].url",
        "auth setup-git",
        f"pr create --head {branch} --base main",
        f"workflow run ci.yml --ref {branch}",
    ]
    assert "This version changes none." in world.body()
    assert "Conflicts" not in world.body()


@pytest.mark.slow
def test_changed_workflow_and_conflict(world: World) -> None:
    """What cannot be pushed is left out and named; so is what both sides changed."""
    mine = world.app / "alembic.ini"
    mine.write_text(mine.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    commit_all(world.app)
    git(world.app, "push", "--quiet", str(world.origin), "main")
    world.release(base="# newer\n", ci="# newer\n")
    assert world.workflow() == "0.2.0"
    changed = git(world.origin, "diff", "--name-only", "main", "template-update/0.2.0").split()
    assert changed == [".copier-answers.yml", "alembic.ini"]
    assert re.search(r"what to do\):\n\n    alembic\.ini\n\n", world.body())
    git(world.folder, "clone", "--quiet", "--branch=template-update/0.2.0", str(world.origin), "branch")
    status, text = lint(world.folder / "branch")
    assert status == 1
    assert re.fullmatch(r"alembic\.ini:\d+: a conflict: .*\n", text)
    assert re.search(r"missing here:\n\n    \.github/workflows/ci\.yml\n\nDo not merge", world.body())


def lint(app: Path) -> tuple[int, str]:
    """Run what `make lint` begins with, which needs none of the app's packages."""
    command = [sys.executable, "-m", "tools.conflicts"]
    done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.slow
def test_rejected_changes(world: World) -> None:
    """With `--conflict=rej`, as docs/updating.md has it: our change is in a file that `make lint` names."""
    mine = world.app / "alembic.ini"
    mine.write_text(mine.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    commit_all(world.app)
    world.release(base="# newer\n")
    assert lint(world.app) == (0, "")
    copier.run_update(world.app, conflict="rej", defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert mine.read_text(encoding="utf-8").endswith("# newer\n")
    assert "+# mine\n" in mine.with_suffix(".ini.rej").read_text(encoding="utf-8")
    status, text = lint(world.app)
    assert status == 1
    assert re.fullmatch(r"alembic\.ini\.rej: a change that did not fit: .*\n", text)


@pytest.mark.slow
def test_bring_back_a_file(world: World) -> None:
    """The command in docs/updating.md writes what is missing and leaves changes alone."""
    page = (world.app / "docs" / "updating.md").read_text(encoding="utf-8")
    command = re.findall(r"```bash\n(.*?)```", page.partition("## Bring back a file")[2], re.DOTALL)[0]
    (world.app / "Makefile").write_text("mine:\n", encoding="utf-8")
    (world.app / "alembic.ini").unlink()
    commit_all(world.app)
    fake = world.folder / "bin" / "uvx"
    fake.write_text('#!/bin/sh\nshift 3\nexec copier "$@"\n', encoding="utf-8")
    fake.chmod(0o755)
    done = world.run(command, world.app)
    assert done.returncode == 0, done.stderr
    assert git(world.app, "status", "--porcelain") == "?? alembic.ini\n"


@pytest.mark.slow
def test_proposed_before(world: World) -> None:
    """A pull request that is open, or was closed without a merge, is not opened again."""
    world.release(base="# newer\n")
    (world.folder / "known").write_text("https://example.org/1\n", encoding="utf-8")
    assert world.workflow() == "0.2.0"
    assert world.calls().startswith("pr list")
    assert len(world.calls().splitlines()) == 1
    assert git(world.origin, "branch", "--list", "template-update/*") == ""


@pytest.mark.parametrize("folder", ["~/template", "/home/somebody" + "/deep" * 20])
def test_template_in_a_folder(world: World, folder: str) -> None:
    answers = world.app / ".copier-answers.yml"
    content = yaml.safe_load(answers.read_text(encoding="utf-8")) | {"_src_path": folder}
    answers.write_text(answers_yaml(content), encoding="utf-8")
    commit_all(world.app)
    git(world.app, "push", "--quiet", str(world.origin), "main")
    world.release(base="# newer\n")
    assert world.workflow() == ""


def test_version_that_is_none(world: World) -> None:
    """Nothing of a template's tags reaches a shell or an output unchecked."""
    script = next(
        step["run"]
        for step in yaml.safe_load((world.app / ".github/workflows/template-update.yml").read_text(encoding="utf-8"))[
            "jobs"
        ]["update"]["steps"]
        if step.get("id") == "check"
    )
    fake = world.folder / "bin" / "copier"
    answer = json.dumps({"update_available": True, "latest_version": "1.0\nother=$(id)"})
    fake.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n", encoding="utf-8")
    fake.chmod(0o755)
    done = world.run(script, world.app)
    assert done.returncode == 1
    assert "This is no version" in done.stdout
    assert (world.folder / "output").read_text(encoding="utf-8") == ""


def test_make_targets(world: World) -> None:
    without = os.pathsep.join(
        one
        for one in os.environ["PATH"].split(os.pathsep)
        if not any((Path(one) / t).exists() for t in ("uvx", "copier"))
    )
    with_copier = os.pathsep.join((str(world.folder / "only"), without))
    (world.folder / "only").mkdir()
    (world.folder / "only" / "copier").symlink_to(Path(sys.executable).parent / "copier")
    make = shutil.which("make") or "make"

    def said(target: str, path: str) -> tuple[int, str]:
        command = [make, "--no-print-directory", target]
        env = {**os.environ, "PATH": path}
        done = subprocess.run(
            command, cwd=world.app, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    status, text = said("template-check", without)
    assert status
    assert "pipx install copier && pipx inject copier copier-template-extensions" in text
    assert "up-to-date" in said("template-check", with_copier)[1]
    world.release(base="# newer\n")
    assert "latest version is 0.2.0" in said("template-check", with_copier)[1]
    fake = world.folder / "only" / "uvx"
    fake.write_text('#!/bin/sh\necho "uvx $*"\n', encoding="utf-8")
    fake.chmod(0o755)
    assert said("template-update", with_copier) == (
        0,
        "uvx --with copier-template-extensions copier update --trust\n",
    )
