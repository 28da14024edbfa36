"""Several workers share their metrics through a directory; replicas need nothing of it."""

import os
import tempfile
from pathlib import Path
from typing import Final

from prometheus_client.multiprocess import mark_process_dead

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics(workers: int) -> None:
    """Choose the directory before the workers start, in memory where /tmp is."""
    if workers > 1 and VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="metrics-")


def folder() -> Path | None:
    """Return the directory, or None when there is one worker."""
    return Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def forget_the_dead(shared: Path) -> None:
    """Remove what a worker that is gone still claims to be doing; its counters stay."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in shared.glob("gauge_live*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(shared))  # type: ignore[no-untyped-call]  # (no types)
