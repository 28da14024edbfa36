"""With several workers the page shows the sum of them all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.observability import workers

WORKER = """
from prometheus_client import Counter, Gauge
Counter("shared_events", "Events.").inc(2)
Gauge("shared_running", "Running.", multiprocess_mode="livesum").set(1)
"""

PAGE = """
from app.observability.exposition import metrics
print(metrics().body.decode())
"""


def _run(code: str, folder: Path) -> str:
    environment = {**os.environ, workers.VARIABLE: str(folder), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603  (ours)
    return done.stdout


def test_counters_add_up_and_the_dead_are_forgotten(tmp_path: Path) -> None:
    """Counters of workers that are gone still count, their gauges do not."""
    for _ in range(2):
        _run(WORKER, tmp_path)
    page = _run(PAGE, tmp_path)
    assert "shared_events_total 4.0" in page
    assert "shared_running 1.0" not in page
    assert "shared_running 2.0" not in page


def test_one_worker_shares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory is made for several workers only, and never instead of a chosen one."""
    monkeypatch.delenv(workers.VARIABLE, raising=False)
    workers.share_metrics(1)
    assert workers.folder() is None
    workers.share_metrics(2)
    made = workers.folder()
    assert made is not None
    assert made.is_dir()
    workers.share_metrics(2)
    assert workers.folder() == made
    made.rmdir()
