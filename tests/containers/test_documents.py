"""Every command that the container documents show as bash is run, in order, and must succeed."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from .engine import APP, Stack, provide_for, run

pytestmark = [pytest.mark.containers, pytest.mark.slow]

# In this order: the README ends by removing everything, so it comes last.
DOCUMENTS = ["VALIDATION_CHECKLIST.md", "TROUBLESHOOTING.md", "README.md"]
PLAIN = {"database": "sqlite", "observability": False, "redis": False, "package_manager": "uv"}


def commands(text: str) -> list[str]:
    """Return the bash blocks of a document."""
    return [textwrap.dedent(block) for block in re.findall(r"^ *```bash\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize(("name", "answers"), [("docs", {}), ("docs-plain", PLAIN)])
def test_documented_commands_work(name: str, answers: dict[str, object], tmp_path: Path) -> None:
    """From the root of a fresh app, one after the other."""
    provide_for(proxy=True)
    stack = Stack.rendered(tmp_path / "app", name, **answers)
    try:
        for document in DOCUMENTS:
            blocks = commands((stack.docker / document).read_text(encoding="utf-8"))
            assert len(blocks) > 3
            for block in blocks:
                done = run(
                    "bash",
                    "-euo",
                    "pipefail",
                    "-c",
                    block,
                    cwd=stack.folder,
                    check=False,
                    COMPOSE_PROJECT_NAME=stack.project,
                )
                assert done.returncode == 0, f"{document}:\n{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    finally:
        stack.overlays.append("docker-compose.prod.yml")
        stack.remove()
        run("docker", "rmi", "--force", f"{APP}:check", check=False)
