"""Several workers share their metrics through a directory; replicas need nothing of it."""

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
BEGAN: Final = "process_start_time_seconds"


def share_metrics(workers: int) -> None:
    """Choose the directory before the workers start, in memory where /tmp is."""
    if workers > 1 and VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="metrics-")


def folder() -> Path | None:
    """Return the directory, or None when there is one worker."""
    return Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def _pids(shared: Path) -> set[int]:
    return {int(path.stem.rpartition("_")[2]) for path in shared.glob("gauge_live*.db")}


def forget_the_dead(shared: Path) -> None:
    """Remove what a worker that is gone still claims to be doing; its counters stay."""
    for pid in _pids(shared):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(shared))  # type: ignore[no-untyped-call]


class ProcessesCollector(Collector):
    """What each living worker uses, by its pid, and when the youngest of them began.

    The library leaves the metrics of processes out when there are several.
    """

    def __init__(self, shared: Path) -> None:
        """Look for the workers in their directory."""
        self.shared = shared

    def collect(self) -> Iterable[Metric]:
        """Ask the system about each of them."""
        together: dict[str, Metric] = {}
        began = 0.0
        for pid in sorted(_pids(self.shared)):
            for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                for sample in metric.samples:
                    if metric.name == BEGAN:
                        began = max(began, sample.value)
                        continue
                    one = together.setdefault(
                        metric.name, Metric(metric.name, metric.documentation, metric.type)
                    )
                    one.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        start = Metric(BEGAN, "Start of the youngest process as a Unix timestamp.", "gauge")
        start.add_sample(BEGAN, {}, began)
        return [*together.values(), start]
