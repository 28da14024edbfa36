"""What the service promises: one place for dashboards, recording rules and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
"""Bounds of the histogram in the app's `observability/http.py`; a test compares the two."""


@dataclass(frozen=True)
class Objectives:
    """Availability in percent, latency in milliseconds (for 95 % of the requests)."""

    availability_percent: str = "99.9"
    latency_ms: int = 500

    def __post_init__(self) -> None:
        """Refuse a promise that the histogram cannot measure."""
        if not 0 < float(self.availability_percent) < 100:
            message = f"availability objective: {self.availability_percent} is not between 0 and 100"
            raise ValueError(message)
        if not {self.latency_seconds, self.tolerated_seconds} <= set(BUCKETS):
            message = f"latency objective: {self.latency_ms} ms is not one of 250, 500, 1000"
            raise ValueError(message)

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


def objectives(service: Any) -> Objectives:
    """The objectives of a service; the defaults where it asks for none."""
    return getattr(service, "objectives", None) or Objectives()
