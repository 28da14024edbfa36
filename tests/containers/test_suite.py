"""The test compose file: its exit code is that of the tests, and it leaves nothing but the reports."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from .engine import Stack, provide_for, run

pytestmark = pytest.mark.containers


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.slow), "sqlite"])
def test_exit_codes_reports_and_cleaning_up(database: str, tmp_path: Path) -> None:
    """0 with reports when the tests pass, not 0 when one fails; no container, network or volume is left."""
    provide_for()
    stack = Stack.rendered(tmp_path / "app", f"suite-{database}", database=database, package_manager="uv")
    try:
        done = stack.run_tests()
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        reports = stack.docker / "reports"
        assert "<coverage" in (reports / "coverage.xml").read_text(encoding="utf-8")
        assert "<testsuites" in (reports / "junit.xml").read_text(encoding="utf-8")
        assert (reports / "html" / "index.html").exists()
        broken = stack.folder / "tests" / "test_broken.py"
        broken.write_text('"""Broken."""\n\n\ndef test_broken() -> None:\n    assert False\n', encoding="utf-8")
        assert stack.run_tests().returncode == 1
        broken.unlink()
        # The same with plain docker compose.
        file = stack.docker / "docker-compose.test.yml"
        up = run("docker", "compose", "--file", file, "up", "--build", "--abort-on-container-exit", check=False)
        assert up.returncode == 0, up.stdout[-4000:]
        run("docker", "compose", "--file", file, "down", "--volumes")
        for project, kind in itertools.product(
            (stack.project, f"{stack.project}-test"), ("ps --all --quiet", "volume ls --quiet", "network ls --quiet")
        ):
            left = run("docker", *kind.split(), "--filter", f"label=com.docker.compose.project={project}").stdout
            assert left == "", f"{project}: {kind}"
    finally:
        stack.remove()
