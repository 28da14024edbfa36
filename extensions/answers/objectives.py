"""What the service promises: one place for dashboards, recording rules and alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..wording import describe_type, shorten

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
"""Bounds of the histogram in the app's `observability/http.py`; a test compares the two."""

LATENCIES = (250, 500, 1000)
"""Objectives in milliseconds that are bounds, and four times as much is one too."""

LEAST, MOST = 97, 99.999
"""Below, 14.4 times the error budget is near every request; above, nobody can measure it in 30 days."""


@dataclass(frozen=True)
class Objectives:
    """Availability in percent, latency in milliseconds (for 95 % of the requests)."""

    availability_percent: str = "99.9"
    latency_ms: int = 500

    @property
    def availability_ratio(self) -> float:
        """0.999 for 99.9 %."""
        return round(float(self.availability_percent) / 100, 8)

    @property
    def error_budget(self) -> float:
        """The share of requests that may fail: 0.001 for 99.9 %."""
        return round(1 - self.availability_ratio, 8)

    @property
    def latency_seconds(self) -> float:
        """The bound that 95 % of the requests keep."""
        return self.latency_ms / 1000

    @property
    def tolerated_seconds(self) -> float:
        """Apdex calls four times the objective tolerable."""
        return 4 * self.latency_seconds

    @staticmethod
    def per_million(ratio: float) -> int:
        """How many of a million requests."""
        return round(ratio * 1_000_000)

    @staticmethod
    def percent(ratio: float) -> str:
        """A ratio as Prometheus's `humanizePercentage` writes it."""
        return f"{ratio * 100:.4g}%"


def objective_errors(answer: object) -> list[str]:
    """Return what is wrong with the answer to `objectives`, a line each."""
    if not isinstance(answer, dict):
        return [f"is {describe_type(answer)}: write a mapping like {{availability: 99.9, latency_ms: 500}}"]
    lines = [
        f"there is no objective {shorten(key)}: write availability or latency_ms"
        for key in answer
        if key not in {"availability", "latency_ms"}
    ]
    availability = answer.get("availability", 99.9)
    if isinstance(availability, bool) or not isinstance(availability, int | float):
        lines.append(f"availability is {shorten(availability)}: write a percentage from {LEAST} to {MOST}")
    elif not LEAST <= availability <= MOST:
        lines.append(f"availability is {availability}: write a percentage from {LEAST} to {MOST}")
    latency = answer.get("latency_ms", 500)
    if isinstance(latency, bool) or latency not in LATENCIES:
        lines.append(f"latency_ms is {shorten(latency)}: write 250, 500 or 1000, which the histogram can measure")
    return lines


def objectives(answer: Mapping[str, Any]) -> Objectives:
    """Return the objectives of a valid answer; what it leaves out keeps its default."""
    return Objectives(f"{answer.get('availability', 99.9):g}", answer.get("latency_ms", 500))
