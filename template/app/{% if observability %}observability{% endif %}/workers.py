"""Share the metrics of several worker processes through a directory."""

import os
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from prometheus_client import Metric, ProcessCollector
from prometheus_client.multiprocess import mark_process_dead
from prometheus_client.registry import Collector

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
START_TIME_METRIC: Final = "process_start_time_seconds"


def share_metrics(workers: int) -> None:
    """Set the directory before the workers start; it is in memory if /tmp is."""
    if workers > 1 and VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="metrics-")


def folder() -> Path | None:
    """Return the directory, or None with a single worker."""
    return Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def _pids(shared: Path) -> set[int]:
    return {int(path.stem.rpartition("_")[2]) for path in shared.glob("gauge_live*.db")}


def remove_dead_workers(shared: Path) -> None:
    """Remove the live gauges of workers that have ended; their counters stay."""
    for pid in _pids(shared):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(shared))  # type: ignore[no-untyped-call]  # (no types)


class ProcessesCollector(Collector):
    """Process metrics of each worker by pid, and the latest start time.

    prometheus_client omits process metrics in multiprocess mode.
    """

    def __init__(self, shared: Path) -> None:
        """Read the workers from their directory."""
        self.shared = shared

    def collect(self) -> Iterable[Metric]:
        """Collect the metrics of each worker."""
        metrics: dict[str, Metric] = {}
        started = 0.0
        for pid in sorted(_pids(self.shared)):
            for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                for sample in metric.samples:
                    if metric.name == START_TIME_METRIC:
                        started = max(started, sample.value)
                        continue
                    one = metrics.setdefault(
                        metric.name, Metric(metric.name, metric.documentation, metric.type)
                    )
                    one.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        start = Metric(
            START_TIME_METRIC, "Start of the latest worker as a Unix timestamp.", "gauge"
        )
        start.add_sample(START_TIME_METRIC, {}, started)
        return [*metrics.values(), start]
