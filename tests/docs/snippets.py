"""The code shown in the pages: found by its first words, run as a reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT
from tests.environments import clean_environment

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
UVX = """#!/bin/sh
# Stands in for uvx: the Copier that these tests have.
[ "$1 $2 $3" = "--with copier-template-extensions copier" ] || exit 64
shift 3
exec "$PYTHON_OF_TESTS" -m copier "$@"
"""


class Snippet(NamedTuple):
    """A block of code and where it stands."""

    page: str
    language: str
    code: str

    @property
    def first(self) -> str:
        """Its first line."""
        return self.code.partition("\n")[0]


def snippets(page: Path, root: Path = ROOT) -> list[Snippet]:
    """Return the blocks of a page, without the indent of the list they stand in."""
    name = page.relative_to(root).as_posix()
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [Snippet(name, language, textwrap.dedent(code)) for language, code in found]


def shown(page: str, start: str) -> Snippet:
    """Return the one block of a page that starts with some words."""
    (found,) = (one for one in snippets(ROOT / page) if one.code.startswith(start))
    return found


def user(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment with uvx, Git and Python, and the Copier of the tests."""
    tools = folder / "bin"
    if not tools.exists():
        tools.mkdir(parents=True)
        (tools / "uvx").write_text(UVX, encoding="utf-8")
        (tools / "uvx").chmod(0o755)
        (tools / "copier").symlink_to(Path(sys.executable).parent / "copier")
    mine = "tests@example.org"
    identity = {f"GIT_{role}_{key}": mine for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    path = os.pathsep.join((str(tools), os.environ["PATH"]))
    return clean_environment(**{**identity, "PATH": path, "PYTHON_OF_TESTS": sys.executable, **more})


def run(code: str, folder: Path, environment: dict[str, str]) -> str:
    """Run commands in a folder, stopping at the first that fails; return what they printed."""
    command = ["bash", "-euo", "pipefail", "-c", code]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{code}\n{(done.stdout + done.stderr)[-6000:]}"
    return done.stdout + done.stderr
