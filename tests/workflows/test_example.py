"""What a release publishes of the rendered example: an archive that can be updated, and a branch with its history."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from tests.conftest import ROOT, commit_all, copy_of_template, example, git
from tools.example import archive
from tools.example_branch import LEFT_OUT, publish

RELEASE = ROOT / ".github" / "workflows" / "release.yml"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a template with two versions, of which the second one adds a line to a file."""
    folder = copy_of_template(tmp_path_factory.mktemp("released") / "template")
    commit_all(folder, "first", tag="0.1.0")
    changed = folder / "template" / "alembic.ini"
    changed.write_text(changed.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    commit_all(folder, "second", tag="0.2.0")
    return folder


@pytest.fixture(scope="module")
def archives(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the archive of each version."""
    folder = tmp_path_factory.mktemp("archives")
    return {version: archive(version, f"git+file://{template}", folder) for version in ("0.1.0", "0.2.0")}


def test_the_archive_is_the_shop_and_can_be_updated(archives: dict[str, Path], tmp_path: Path) -> None:
    with tarfile.open(archives["0.1.0"]) as packed:
        packed.extractall(tmp_path, filter="data")
    app = tmp_path / "shop-0.1.0"
    answers = yaml.safe_load((app / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["_commit"] == "0.1.0"
    assert answers["entities"] == example("shop")["entities"]
    assert (app / ".github" / "workflows" / "ci.yml").is_file()
    assert (app / "docker" / "validate-docker-setup.sh").stat().st_mode & 0o100
    commit_all(app)
    copier.run_update(app, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert git(app, "diff", "--name-only").split() == [".copier-answers.yml", "alembic.ini"]


def test_the_branch_shows_what_an_update_brings(archives: dict[str, Path], tmp_path: Path) -> None:
    origin, here = tmp_path / "origin.git", tmp_path / "here"
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(here))
    (here / "README.md").write_text("the template\n", encoding="utf-8")
    commit_all(here)
    before = git(here, "status", "--porcelain", "--branch")
    assert publish(archives["0.1.0"], here)
    assert publish(archives["0.2.0"], here)
    assert not publish(archives["0.2.0"], here)
    assert git(here, "status", "--porcelain", "--branch") == before
    log = git(origin, "log", "--format=%s", "example").splitlines()
    assert log == ["The shop, as version 0.2.0 makes it", "The shop, as version 0.1.0 makes it"]
    assert git(origin, "diff", "--name-only", "example~1", "example").split() == [".copier-answers.yml", "alembic.ini"]
    with tarfile.open(archives["0.2.0"]) as packed:
        names = {one.name.partition("/")[2] for one in packed if one.isfile()}
    published = set(git(origin, "ls-tree", "-r", "--name-only", "example").splitlines())
    assert published == {name for name in names if not name.startswith(LEFT_OUT)}
    assert names - published


def test_the_command_that_renders(archives: dict[str, Path], template: Path, tmp_path: Path) -> None:
    """As the workflow calls it."""
    command = [sys.executable, "-m", "tools.example", "0.1.0", f"git+file://{template}", "--folder", tmp_path / "out"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    made = tmp_path / "out" / "shop-0.1.0.tar.gz"
    assert done.stdout.strip() == str(made)
    with tarfile.open(made) as mine, tarfile.open(archives["0.1.0"]) as other:
        assert mine.getnames() == other.getnames()


def test_the_step_that_publishes(archives: dict[str, Path], tmp_path: Path) -> None:
    """The script as it stands, with a repository beside it in place of GitHub's."""
    origin, here, fake = tmp_path / "origin.git", tmp_path / "here", tmp_path / "gh"
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(here))
    fake.write_text(f"#!/bin/sh\necho \"$*\" >> '{tmp_path}/calls'\n", encoding="utf-8")
    fake.chmod(0o755)
    kept = tmp_path / "example" / archives["0.1.0"].name
    kept.parent.mkdir()
    kept.write_bytes(archives["0.1.0"].read_bytes())
    jobs = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))["jobs"]
    (script,) = (step["run"] for step in jobs["publish-example"]["steps"] if "run" in step)
    path = os.pathsep.join((str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]))
    own = {"PATH": path, "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(tmp_path), "VERSION": "0.1.0"}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=here, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Branch example: one commit more.\n"
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == [f"release upload 0.1.0 {kept} --clobber", "auth setup-git"]
    assert git(origin, "log", "--format=%s", "example") == "The shop, as version 0.1.0 makes it\n"


def test_jobs() -> None:
    """What renders may not write, what writes installs nothing; both come after the release."""
    jobs: dict[str, Any] = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))["jobs"]
    assert list(jobs) == ["version", "tests", "release", "example", "publish-example"]
    assert "release" in jobs["example"]["needs"]
    assert "example" in jobs["publish-example"]["needs"]
    assert jobs["example"]["permissions"] == {"contents": "read"}
    assert jobs["publish-example"]["permissions"] == {"contents": "write"}
    writing = "\n".join(step.get("run", "") for step in jobs["publish-example"]["steps"])
    assert not re.search(r"make|pip|\.venv", writing)
    assert "token" not in str(jobs["example"]).lower()
