"""The version that a release takes from CHANGELOG.md, its notes, and the workflow that makes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tools.release_notes import newest

CHANGELOG = """# Changelog

## [Unreleased]

Soon.

## [1.10.0] - 2026-02-01

### Added

- Ten.

## [1.9.0] - 2026-01-01

- Nine.

[1.10.0]: https://example.org
"""


def test_newest() -> None:
    assert newest(CHANGELOG) == ("1.10.0", "### Added\n\n- Ten.")
    assert newest(CHANGELOG.replace("## [1.10.0] - 2026-02-01\n\n### Added\n\n- Ten.\n\n", "")) == ("1.9.0", "- Nine.")


def test_nothing_released() -> None:
    assert newest("# Changelog\n\n## [Unreleased]\n\n- Soon.\n") == ("", "")


@pytest.mark.parametrize("heading", ["[1.0] - 2026-01-01", "[1.0.0]", "[v1.0.0] - 2026-01-01", "1.0.0 - 2026-01-01"])
def test_headings_that_cannot_be_right(heading: str) -> None:
    with pytest.raises(ValueError, match=r"as '## \[1\.2\.3\] - 2026-01-31'"):
        newest(f"## {heading}\n\n- One.\n")


def test_nothing_under_a_version() -> None:
    with pytest.raises(ValueError, match="nothing stands under version"):
        newest("## [1.0.0] - 2026-01-01\n\n## [0.9.0] - 2025-01-01\n- a\n")


def test_our_changelog() -> None:
    """It can be read, and fits pyproject.toml."""
    for words in ([], ["--version"]):
        command = [sys.executable, "-m", "tools.release_notes", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


GH = """#!/bin/sh
# Stands in for GitHub's own command: knows some tags, and notes which release it is to make.
case "$1" in
  api) echo "$2" >> "$RUNNER_TEMP/asked"; printf '%s\\n' $TAGS ;;
  release) printf '%s\\n' "$@" > "$RUNNER_TEMP/made" ;;
esac
"""


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """Return a checkout with a changelog of our own, and GitHub's command."""
    for name in ("repository/tools", "bin", "temp"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("__init__.py", "release_notes.py"):
        shutil.copy(ROOT / "tools" / name, tmp_path / "repository" / "tools")
    (tmp_path / "repository" / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    (tmp_path / "repository" / "pyproject.toml").write_text('[project]\nversion = "1.10.0"\n', encoding="utf-8")
    (tmp_path / "bin" / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    return tmp_path


def step(runner: Path, job: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a job of release.yml as GitHub's machines do."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    (script,) = (one["run"] for one in workflow["jobs"][job]["steps"] if "run" in one)
    own = {
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_REPOSITORY": "acme/template",
        "GITHUB_SHA": "0" * 40,
        "PATH": os.pathsep.join((str(runner / "bin"), str(Path(sys.executable).parent), os.environ["PATH"])),
        "RUNNER_TEMP": str(runner / "temp"),
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=runner / "repository", env=os.environ | own | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("tags", ["", "refs/tags/1.10.0rc1 refs/tags/1.10.00"])
def test_a_version_without_a_tag_is_released(runner: Path, tags: str) -> None:
    assert step(runner, "version", TAGS=tags).returncode == 0
    assert (runner / "output").read_text(encoding="utf-8") == "new=1.10.0\n"
    asked = (runner / "temp" / "asked").read_text(encoding="utf-8")
    assert asked == "repos/acme/template/git/matching-refs/tags/1.10.0\n"
    assert step(runner, "release", VERSION="1.10.0").returncode == 0
    notes = runner / "temp" / "notes.md"
    made = (runner / "temp" / "made").read_text(encoding="utf-8").splitlines()
    assert made == [
        "release",
        "create",
        "1.10.0",
        "--target",
        "0" * 40,
        "--title",
        "1.10.0",
        "--notes-file",
        str(notes),
    ]
    assert notes.read_text(encoding="utf-8") == "### Added\n\n- Ten.\n"


@pytest.mark.parametrize("changelog", [CHANGELOG, "# Changelog\n\n## [Unreleased]\n\n- Soon.\n"])
def test_nothing_new_is_released(runner: Path, changelog: str) -> None:
    """The version has its tag, or there is none yet."""
    (runner / "repository" / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    done = step(runner, "version", TAGS="refs/tags/1.10.0 refs/tags/1.10.0rc1")
    assert done.returncode == 0
    assert "There is no new version" in done.stdout
    assert not (runner / "output").exists()


def test_a_changelog_that_cannot_be_right_stops_the_release(runner: Path) -> None:
    (runner / "repository" / "pyproject.toml").write_text('[project]\nversion = "1.9.0"\n', encoding="utf-8")
    done = step(runner, "version", TAGS="")
    assert done.returncode == 1
    assert done.stderr == "CHANGELOG.md has version 1.10.0, pyproject.toml 1.9.0\n"
    assert not (runner / "output").exists()
