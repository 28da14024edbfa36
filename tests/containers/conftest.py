"""Fixtures of the container tests; without an engine they are skipped, and that is said loudly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .engine import Stack, missing_engine, provide_for

HINT = """\
CONTAINER TESTS SKIPPED: no container engine answers here ({reason}).
Nothing was proven about docker build, docker compose, health checks or migrations in containers.
REQUIRE_CONTAINERS=1 makes this a failure."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail where containers are required."""
    if item.get_closest_marker("containers") is None:
        return
    reason = missing_engine()
    if reason is None:
        return
    if os.environ.get("REQUIRE_CONTAINERS") == "1":
        pytest.fail(f"no container engine: {reason}", pytrace=False)
    pytest.skip(f"no container engine: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the reason at the end; with several processes, this runs in the one that prints."""
    skipped = [tuple(report.longrepr)[-1] for report in terminalreporter.stats.get("skipped", [])]
    reason = next((text.partition("no container engine: ")[2] for text in skipped if "no container engine" in text), "")
    if not reason:
        return
    terminalreporter.section("no containers", yellow=True, bold=True)
    terminalreporter.write_line(HINT.format(reason=reason))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        terminalreporter.write_line(f"::warning title=Container tests skipped::{reason}")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return the default stack, running and healthy; tests leave it as they found it."""
    provide_for()
    one = Stack.rendered(tmp_path_factory.mktemp("stack") / "app", "stack")
    one.up()
    yield one
    one.remove()


@pytest.fixture
def new_folder(tmp_path: Path) -> Path:
    """Return a folder for an app of the test's own."""
    return tmp_path / "app"
