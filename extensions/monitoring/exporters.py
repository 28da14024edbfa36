"""Panels about PostgreSQL and Redis, through their exporters."""

from __future__ import annotations

from .expressions import rate, series
from .panels import BLUE, GREEN, RED, YELLOW, Json, sized, stat, steps, target, timeseries

EXPORTERS = {"postgres": "pg_up", "redis": "redis_up"}
"""The last part of an exporter's job in prometheus.yml, and the metric that says whether it can work."""


def postgres_up() -> Json:
    """Whether the database answers its exporter."""
    return stat(
        "PostgreSQL up",
        "Whether the exporter can log in.",
        target(f"min({series('pg_up')})", "up"),
        unit="bool_yes_no",
        thresholds=steps((None, RED), (1, GREEN)),
    )


def postgres_size() -> Json:
    """How much the data takes."""
    size = series("pg_database_size_bytes", 'datname!~"template.*"')
    return timeseries(
        "Database size",
        "Bytes on disk by database.",
        target(f"max by (datname) ({size})", "{{datname}}"),
        unit="bytes",
    )


def postgres_hits() -> Json:
    """Whether the working set fits into memory."""
    hit, read = (rate(f"pg_stat_database_{kind}") for kind in ("blks_hit", "blks_read"))
    return stat(
        "Buffer hit ratio",
        "Share of blocks found in shared buffers; below 99 % the data in use is larger than the memory.",
        target(f"{hit} / clamp_min({hit} + {read}, 1e-9)", "hits"),
        unit="percentunit",
        thresholds=steps((None, YELLOW), (0.99, GREEN)),
        decimals=1,
    )


def postgres_connections() -> Json:
    """Who is connected, against the limit."""
    return timeseries(
        "Connections",
        "Connections of all clients by state; the line is max_connections.",
        target(f"sum by (state) ({series('pg_stat_activity_count')})", "{{state}}"),
        target(f"max({series('pg_settings_max_connections')})", "limit"),
        unit="short",
    )


def postgres_transactions() -> Json:
    """What the server does."""
    kinds = (("xact_commit", "committed"), ("xact_rollback", "rolled back"), ("deadlocks", "deadlocks"))
    return timeseries(
        "Transactions",
        "Transactions per second by their end. A read that is not committed counts as rolled back.",
        *(target(rate(f"pg_stat_database_{metric}"), legend) for metric, legend in kinds),
        unit="ops",
    )


def postgres_rows() -> Json:
    """How many rows are read and written."""
    kinds = ("fetched", "inserted", "updated", "deleted")
    return timeseries(
        "Rows",
        "Rows per second that statements fetched and wrote.",
        *(target(rate(f"pg_stat_database_tup_{kind}"), kind) for kind in kinds),
        unit="ops",
    )


def redis_up() -> Json:
    """Whether Redis answers its exporter."""
    return stat(
        "Redis up",
        "Whether the exporter can log in.",
        target(f"min({series('redis_up')})", "up"),
        unit="bool_yes_no",
        thresholds=steps((None, RED), (1, GREEN)),
    )


def redis_hits() -> Json:
    """How often a key was there."""
    hits, misses = (rate(f"redis_keyspace_{kind}_total") for kind in ("hits", "misses"))
    return stat(
        "Key hit ratio",
        "Share of reads that found their key, of all clients.",
        target(f"{hits} / clamp_min({hits} + {misses}, 1e-9)", "hits"),
        unit="percentunit",
        thresholds=steps((None, BLUE)),
        decimals=0,
    )


def redis_clients() -> Json:
    """Who is connected."""
    return timeseries(
        "Clients",
        "Connections to Redis.",
        target(f"sum({series('redis_connected_clients')})", "clients"),
        unit="short",
    )


def redis_memory() -> Json:
    """Memory against its limit."""
    return timeseries(
        "Redis memory",
        "Memory in use; at the limit the keys used least recently go.",
        target(f"sum({series('redis_memory_used_bytes')})", "used"),
        target(f"sum({series('redis_memory_max_bytes')})", "limit"),
        unit="bytes",
    )


def redis_commands() -> Json:
    """What Redis does."""
    kinds = (("commands_processed", "commands"), ("evicted_keys", "evicted keys"), ("expired_keys", "expired keys"))
    return timeseries(
        "Commands and lost keys",
        "Commands per second, and keys that went for want of memory or at the end of their time.",
        *(target(rate(f"redis_{metric}_total"), legend) for metric, legend in kinds),
        unit="ops",
    )


def redis_keys() -> Json:
    """How many keys there are."""
    return timeseries(
        "Keys",
        "Keys in all databases of Redis.",
        target(f"sum({series('redis_db_keys')})", "keys"),
        unit="short",
    )


def postgres_panels() -> list[Json]:
    """The row of the database server."""
    return [
        sized(4, 8, postgres_up()),
        sized(4, 8, postgres_hits()),
        sized(16, 8, postgres_connections()),
        sized(8, 8, postgres_transactions()),
        sized(8, 8, postgres_rows()),
        sized(8, 8, postgres_size()),
    ]


def redis_panels() -> list[Json]:
    """The row of the cache server."""
    return [
        sized(4, 8, redis_up()),
        sized(4, 8, redis_hits()),
        sized(16, 8, redis_commands()),
        sized(8, 8, redis_memory()),
        sized(8, 8, redis_clients()),
        sized(8, 8, redis_keys()),
    ]
