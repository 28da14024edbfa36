"""Panels about requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import increase, quantile, rate, series, share
from .panels import GREEN, RED, YELLOW, Json, legend_on_the_right, panel, stat, steps, target, timeseries

if TYPE_CHECKING:
    from ..answers.objectives import Objectives


def request_rate() -> Json:
    """Panel 1 of the required four: requests per second."""
    lines = timeseries(
        "Request rate",
        "Requests per second by method and route template. Probes and scrapes are not counted.",
        target(rate("http_requests_total", by="method, handler"), "{{method}} {{handler}}"),
        unit="reqps",
    )
    return legend_on_the_right(lines)


def request_duration(*, traced: bool) -> Json:
    """Panel 2 of the required four; with exemplars that link to traces."""
    name = "http_request_duration_seconds"
    dots = {"exemplar": True} if traced else {}
    lines = timeseries(
        "Request duration (p50, p95)",
        "Half of the requests of a route are faster than p50, 95 % are faster than p95.",
        target(quantile(0.5, name, by="handler"), "p50 {{handler}}"),
        target(quantile(0.95, name, by="handler"), "p95 {{handler}}", **dots),
        unit="s",
    )
    return legend_on_the_right(lines)


def error_rate() -> Json:
    """Panel 3 of the required four: zero on a healthy app, not "No data"."""
    errors = rate("http_requests_total", 'status=~"5.."')
    return panel(
        "gauge",
        "Error rate (5xx)",
        "Share of requests that got a server error: green below 1 %, red from 5 % on.",
        [target(share(errors, rate("http_requests_total")), "5xx")],
        unit="percentunit",
        defaults={
            "min": 0,
            "max": 0.1,
            "thresholds": steps((None, GREEN), (0.01, YELLOW), (0.05, RED)),
        },
        options={
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "showThresholdLabels": False,
            "showThresholdMarkers": True,
        },
    )


def status_codes() -> Json:
    """Panel 4 of the required four: responses by status code."""
    return timeseries(
        "HTTP status codes",
        "Answers per second by status code, stacked.",
        target(rate("http_requests_total", by="status"), "{{status}}"),
        unit="reqps",
        stacked=True,
    )


def latency_heatmap() -> Json:
    """How the durations of all requests are spread over time."""
    return panel(
        "heatmap",
        "Latency heatmap",
        "How many requests fell into which duration: two bands mean two kinds of requests.",
        [
            target(
                rate("http_request_duration_seconds_bucket", by="le"),
                "{{le}}",
                format="heatmap",
            )
        ],
        unit="reqps",
        options={
            "calculate": False,
            "cellGap": 1,
            "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "reverse": False},
            "legend": {"show": True},
            "tooltip": {"mode": "single", "yHistogram": False},
            "yAxis": {"axisPlacement": "left", "unit": "s"},
        },
    )


def in_flight() -> Json:
    """Requests that have begun and not ended."""
    return timeseries(
        "Requests in flight",
        "Requests being worked on at the moment of the scrape; a rising line is a queue.",
        target(f"sum by (instance) ({series('http_requests_in_progress')})", "{{instance}}"),
        unit="short",
    )


def availability(goal: Objectives) -> Json:
    """Share of requests without a server error in the chosen time range."""
    errors = increase("http_requests_total", 'status=~"5.."', over="$__range")
    everything = increase("http_requests_total", over="$__range")
    return stat(
        "Availability",
        f"Share of requests without a server error in this time range; the objective is {goal.availability_percent} %.",
        target(f"1 - {share(errors, everything)}", "availability"),
        unit="percentunit",
        thresholds=steps((None, RED), (goal.availability_ratio, GREEN)),
        decimals=3,
        max=1,
    )


def apdex(goal: Objectives) -> Json:
    """One number for how content the users are with the speed."""
    bucket = "http_request_duration_seconds_bucket"
    satisfied = rate(bucket, f'le="{goal.latency_seconds}"')
    tolerated = rate(bucket, f'le="{goal.tolerated_seconds}"')
    count = rate("http_request_duration_seconds_count")
    return stat(
        "Apdex",
        f"1 when every request takes at most {goal.latency_seconds} s, half as much for those "
        f"up to {goal.tolerated_seconds} s.",
        target(f"({satisfied} + {tolerated}) / 2 / ({count} > 0)", "apdex"),
        unit="none",
        thresholds=steps((None, RED), (0.7, YELLOW), (0.94, GREEN)),
        decimals=2,
        max=1,
        min=0,
        noValue="no requests",
    )
