"""The version that a release takes from CHANGELOG.md, and its notes."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
