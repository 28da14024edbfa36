"""With several workers the page shows the sum of them all."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.observability import workers

WORKER = """
from prometheus_client import Counter, Gauge
Counter("shared_events", "Events.").inc(2)
Gauge("shared_running", "Running.", multiprocess_mode="livesum").set(1)
"""

BUSY = """
import subprocess, sys
from prometheus_client import Gauge
Gauge("shared_running", "Running.", multiprocess_mode="livesum").set(1)
print(subprocess.run([sys.executable, "-c", sys.argv[1]], capture_output=True, text=True, check=True).stdout)
"""

PAGE = """
from app.observability.exposition import metrics
print(metrics().body.decode())
"""


def _run(code: str, folder: Path, *arguments: str) -> str:
    environment = {**os.environ, workers.VARIABLE: str(folder), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_counters_add_up_and_the_dead_are_forgotten(tmp_path: Path) -> None:
    """Counters of stopped workers still count, their gauges do not."""
    for _ in range(2):
        _run(WORKER, tmp_path)
    page = _run(PAGE, tmp_path)
    assert "shared_events_total 4.0" in page
    assert "shared_running 1.0" not in page
    assert "shared_running 2.0" not in page


def test_processes_are_told_apart(tmp_path: Path) -> None:
    """While two processes live, the page says what each of them uses, and when the younger one began."""
    page = _run(BUSY, tmp_path, PAGE)
    samples = dict(line.rsplit(" ", 1) for line in page.splitlines() if line.startswith("process_"))
    memory = [name for name in samples if name.startswith("process_resident_memory_bytes{pid=")]
    assert len(memory) == 2
    assert all(float(samples[name]) > 0 for name in memory)
    assert time.time() - 60 < float(samples["process_start_time_seconds"]) <= time.time()


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
