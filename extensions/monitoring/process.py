"""Panels about the process under the application, and its way to the database."""

from __future__ import annotations

from .expressions import rate, series
from .panels import BLUE, GREEN, RED, YELLOW, Json, sized, stat, steps, target, timeseries


def targets_up() -> Json:
    """How many processes respond."""
    return stat(
        "Targets up",
        "Processes that responded to the last scrape, by job; exporters are jobs of their own.",
        target(f"sum by (job) ({series('up')})", "{{job}}"),
        unit="short",
        thresholds=steps((None, RED), (1, GREEN)),
    )


def uptime() -> Json:
    """Time since the youngest process began."""
    return stat(
        "Uptime",
        "Time since the youngest process began: a small number that comes back is a crash loop.",
        target(f"time() - max({series('process_start_time_seconds')})", "uptime"),
        unit="s",
        thresholds=steps((None, BLUE)),
    )


def version() -> Json:
    """What is running."""
    return timeseries(
        "Versions",
        "Processes by version and commit; two lines at once are a rollout under way.",
        target(
            f"count by (version, commit) ({series('app_info')})",
            "{{version}} {{commit}}",
        ),
        unit="short",
        stacked=True,
    )


def cpu() -> Json:
    """Processor time."""
    return timeseries(
        "CPU",
        "Processor seconds per second: 1 is one core fully used, and one process cannot use more.",
        target(rate("process_cpu_seconds_total", by="instance"), "{{instance}}"),
        unit="percentunit",
    )


def memory() -> Json:
    """Memory that is really in use."""
    return timeseries(
        "Memory",
        "Resident memory of the process; a line that only rises is a leak.",
        target(f"sum by (instance) ({series('process_resident_memory_bytes')})", "{{instance}}"),
        unit="bytes",
    )


def open_files() -> Json:
    """File descriptors against their limit."""
    fds, limit = series("process_open_fds"), series("process_max_fds")
    return timeseries(
        "Open files",
        "Share of the file descriptors that may be open; sockets count too.",
        target(f"max by (instance) ({fds} / {limit})", "{{instance}}"),
        unit="percentunit",
    )


def loop_lag() -> Json:
    """How late the event loop is."""
    return timeseries(
        "Event loop lag",
        "How late a timer of the event loop fires: blocking code in an async function shows here.",
        target(f"max by (instance) ({series('event_loop_lag_seconds')})", "{{instance}}"),
        unit="s",
    )


def scrape_duration() -> Json:
    """How long the page of metrics takes."""
    return timeseries(
        "Scrape duration",
        "How long Prometheus waits for the metrics: it gives up after 5 seconds.",
        target(f"max by (instance) ({series('scrape_duration_seconds')})", "{{instance}}"),
        unit="s",
    )


def pool_connections() -> Json:
    """Connections of the database pool."""
    return timeseries(
        "Database pool",
        "Connections in use and idle; the line is where the pool ends and waiting begins.",
        target(
            f"sum by (state) ({series('database_pool_connections')})",
            "{{state}}",
        ),
        target(f"sum({series('database_pool_size')})", "limit"),
        unit="short",
    )


def pool_use() -> Json:
    """How full the pool is."""
    used = series("database_pool_connections", 'state="in_use"')
    return stat(
        "Pool in use",
        "Share of the database pool in use, in the fullest process.",
        target(
            f"max({used} / on (instance, job) {series('database_pool_size')})",
            "in use",
        ),
        unit="percentunit",
        thresholds=steps((None, GREEN), (0.7, YELLOW), (0.9, RED)),
        decimals=0,
    )


def slow_queries() -> Json:
    """Statements that took long."""
    return timeseries(
        "Slow statements",
        "SQL statements per second that took longer than one second; each has a line in the log.",
        target(rate("database_slow_queries_total", by="instance"), "{{instance}}"),
        unit="ops",
    )


def migrations() -> Json:
    """Whether the tables are those that the code expects."""
    return stat(
        "Migrations applied",
        "Yes as soon as the database has every migration; until then the service is not ready.",
        target(f"min({series('migrations_at_head')})", "applied"),
        unit="bool_yes_no",
        thresholds=steps((None, RED), (1, GREEN)),
    )


def disk_free() -> Json:
    """Room on the disk."""
    free, size = series("disk_free_bytes"), series("disk_size_bytes")
    return stat(
        "Disk free",
        "Free share of the disk under the service, the fullest one when it has several.",
        target(f"min({free} / {size})", "free"),
        unit="percentunit",
        thresholds=steps((None, RED), (0.1, YELLOW), (0.2, GREEN)),
        decimals=0,
    )


def process_panels(*, generated: bool) -> list[Json]:
    """The process under the application; of an app that was not made here, what any Python process tells."""
    if not generated:
        return [
            sized(12, 5, targets_up()),
            sized(12, 5, uptime()),
            sized(12, 7, cpu()),
            sized(12, 7, memory()),
            sized(12, 7, open_files()),
            sized(12, 7, scrape_duration()),
        ]
    return [
        sized(6, 5, targets_up()),
        sized(4, 5, uptime()),
        sized(4, 5, migrations()),
        sized(5, 5, pool_use()),
        sized(5, 5, disk_free()),
        sized(8, 7, version()),
        sized(8, 7, cpu()),
        sized(8, 7, memory()),
        sized(8, 7, loop_lag()),
        sized(8, 7, pool_connections()),
        sized(8, 7, slow_queries()),
        sized(12, 7, open_files()),
        sized(12, 7, scrape_duration()),
    ]
