"""Expressions of PromQL that follow the variables of a dashboard."""

from __future__ import annotations

SCOPE = 'job=~"$job", instance=~"$instance"'

RATE = "$__rate_interval"


def series(metric: str, *matchers: str) -> str:
    """A selector that follows the variables `job` and `instance`."""
    return f"{metric}{{{', '.join((SCOPE, *matchers))}}}"


def rate(metric: str, *matchers: str, by: str = "") -> str:
    """The summed rate per second of a counter, or one for each value of the labels `by`."""
    grouped = f" by ({by}) " if by else ""
    return f"sum{grouped}(rate({series(metric, *matchers)}[{RATE}]))"


def increase(metric: str, *matchers: str, over: str) -> str:
    """How much a counter grew in a fixed time."""
    return f"sum(increase({series(metric, *matchers)}[{over}]))"


def share(part: str, whole: str) -> str:
    """The part of a whole, and zero, not "No data", while nothing happens at all."""
    return f"({part} or vector(0)) / clamp_min({whole}, 1e-9)"


def quantile(q: float, metric: str, *matchers: str, by: str) -> str:
    """A quantile of a histogram for each value of the labels `by`."""
    return f"histogram_quantile({q}, {rate(f'{metric}_bucket', *matchers, by=f'le, {by}')})"
