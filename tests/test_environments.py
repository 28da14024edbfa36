"""What tests start does not disturb the tests that run beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environments import clean_environment
from tests.shares import ROOT


@pytest.mark.parametrize("cleaned", [True, False])
def test_another_run_of_pytest_has_its_own_folder(tmp_path: Path, cleaned: bool) -> None:  # noqa: FBT001
    """In the common one, it would shut the folders of our databases, which run as another user."""
    (tmp_path / "test_it.py").write_text("def test_it(tmp_path):\n    print(tmp_path)\n", encoding="utf-8")
    environment = clean_environment() if cleaned else {**os.environ}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert os.environ["PYTEST_DEBUG_TEMPROOT"] in done.stdout
    assert "other-runs" in done.stdout


def test_every_slow_test_has_its_turn() -> None:
    """What SHARE leaves out of one run is in the others."""

    def collected(share: str) -> set[str]:
        """Return the tests of a share."""
        command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only", "-m", "slow", "tests/update"]
        environment = clean_environment(SHARE=share)
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return {line for line in done.stdout.splitlines() if "::" in line and "test_every_combination" not in line}

    (first, second, third), every = (collected(f"{part}/3") for part in (1, 2, 3)), collected("all")
    assert first | second | third == every
    assert max(map(len, (first, second, third))) < len(every) / 2
