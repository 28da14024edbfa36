"""react-admin works in a real browser with the data provider of examples/react-admin."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, Render, example
from tests.entities import apps
from tests.entities.serving import running
from tests.environments import free_port

SOURCE = Path(__file__).with_name("react_admin")
PROVIDER = ROOT / "examples" / "react-admin" / "dataProvider.js"


def test_it_is_short() -> None:
    lines = PROVIDER.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert f"a file of {len(lines)} lines" in " ".join(
        (ROOT / "docs" / "how-to" / "use-react-admin.md").read_text(encoding="utf-8").split()
    )


@pytest.fixture(scope="module")
def interface() -> Path:
    """Return a folder with the interface and its packages; skip loudly where there is no Node or no browser."""
    missing = [name for name in ("npm", "node", "chromium") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"NOT TESTED with react-admin: no {missing[0]} on this machine")
    folder = ROOT / "build" / "react-admin"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for source in (*SOURCE.iterdir(), PROVIDER):
            shutil.copy(source, folder)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def shown(interface: Path, api: str) -> Iterator[str]:
    """Serve the interface and pass requests on to an API; yield the address."""
    port = free_port()
    server = subprocess.Popen(
        ["node", "node_modules/vite/bin/vite.js"],
        cwd=interface,
        env={**os.environ, "API": api, "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert server.stdout is not None
        assert any("ready" in line for line in server.stdout)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


@pytest.mark.slow
def test_in_a_browser(interface: Path, template: Path, render: Render) -> None:
    """It lists, sorts, filters, pages, edits with If-Match, creates and deletes, and shows problems at their fields."""
    python = apps.apps_python(render)
    app = apps.rendered(template, "react-admin", {**example("kitchen-sink"), "database": "sqlite"})
    with running(python, app) as api, shown(interface, api) as address:
        chromium = str(shutil.which("chromium"))
        done = subprocess.run(
            ["node", "drive.mjs", chromium, address], cwd=interface, capture_output=True, text=True, check=False
        )
    assert "all steps done" in done.stdout, done.stdout + done.stderr
