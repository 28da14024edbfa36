"""Where the embedded database of an app keeps its data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Render

ASK = """
import sys, types
sys.modules["dotenv"] = types.SimpleNamespace(dotenv_values=dict)
from tools.database import data_folder
print(data_folder())
"""


def test_without_a_blank_and_private(render: Render, tmp_path: Path) -> None:
    """In the user's folder; where its path has a blank, in a folder with an unpredictable name, and then kept."""
    app, temporary = render(), tmp_path / "temporary"
    temporary.mkdir()

    def asked(home: Path) -> Path:
        environment = os.environ | {
            "XDG_DATA_HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", ASK], cwd=app, env=environment, capture_output=True, text=True, check=True
        )
        return Path(done.stdout.strip())

    assert asked(tmp_path / "home").is_relative_to(tmp_path / "home")
    first, again, other = asked(tmp_path / "a b"), asked(tmp_path / "a b"), asked(tmp_path / "c d")
    assert first == again != other
    assert first.parent == temporary
    assert first.stat().st_mode & 0o777 == 0o700
    first.rmdir()
    assert asked(tmp_path / "a b") not in {first, other}
