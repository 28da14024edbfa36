"""Grafana dashboards as plain dicts: one function per panel, every expression written here."""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import TYPE_CHECKING, Any, Protocol

from jinja2.ext import Extension

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Environment

    from .objectives import Objectives

Json = dict[str, Any]

WIDTH = 24
"""Columns of a Grafana grid."""

ROW_LIMIT = 12
"""Up to this many entities have a row each; above, one row follows the variable `entity`."""

SCHEMA_VERSION = 41
EXPORTERS = {"postgres": "pg_up", "redis": "redis_up"}
"""The last part of an exporter's job in prometheus.yml, and the metric that says whether it can work."""

DATASOURCE: Json = {"type": "prometheus", "uid": "${prometheus_datasource}"}
SCOPE = 'job=~"$job", instance=~"$instance"'
RATE = "$__rate_interval"
GREEN, YELLOW, RED, BLUE = "green", "yellow", "red", "blue"


class Entity(Protocol):
    """What the dashboards ask of an entity."""

    snake: str
    plural_snake: str
    plural_words: str
    enum_fields: Sequence[object]
    boolean_fields: Sequence[object]


class Service(Protocol):
    """What the dashboards ask of the service."""

    name: str
    title: str
    generated: bool
    entities: Sequence[Entity]
    objectives: Objectives
    postgresql: bool
    redis: bool
    tracing: bool


# --- expressions -------------------------------------------------------------------------------


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


# --- parts of a panel --------------------------------------------------------------------------


def target(expr: str, legend: str, **options: Any) -> Json:
    """One query of a panel; `arrange` gives it its letter."""
    return {"datasource": DATASOURCE, "expr": expr, "legendFormat": legend, **options}


def steps(*pairs: tuple[float | None, str]) -> Json:
    """Thresholds: from this value on, that colour (the first one has no value)."""
    return {"mode": "absolute", "steps": [{"color": color, "value": at} for at, color in pairs]}


def panel(kind: str, title: str, description: str, targets: Sequence[Json], *, unit: str, **extra: Any) -> Json:
    """What every panel has; the caller adds width and height with `sized`."""
    defaults: Json = {"unit": unit, "thresholds": steps((None, GREEN)), **extra.pop("defaults", {})}
    lettered = [{"refId": chr(ord("A") + i), **query} for i, query in enumerate(targets)]
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": extra.pop("overrides", [])},
        "options": extra.pop("options", {}),
        "targets": lettered,
        **extra,
    }


def timeseries(
    title: str,
    description: str,
    *targets: Json,
    unit: str,
    stacked: bool = False,
    options: Json | None = None,
    **extra: Any,
) -> Json:
    """Lines over time, or areas on top of each other."""
    custom = {
        "drawStyle": "line",
        "fillOpacity": 30 if stacked else 10,
        "lineWidth": 1,
        "showPoints": "never",
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
    }
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
    return panel(
        "timeseries",
        title,
        description,
        targets,
        unit=unit,
        defaults={"custom": custom, "min": 0, **extra.pop("defaults", {})},
        options={"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}, **(options or {})},
        **extra,
    )


def beside(item: Json) -> Json:
    """Put the names of many lines into a table beside them, the highest first."""
    table = {"displayMode": "table", "placement": "right", "calcs": ["lastNotNull"]}
    legend = {**item["options"]["legend"], **table, "sortBy": "Last *", "sortDesc": True}
    return {**item, "options": {**item["options"], "legend": legend}}


def stat(title: str, description: str, query: Json, *, unit: str, thresholds: Json, **more: Any) -> Json:
    """One number, coloured by its thresholds."""
    return panel(
        "stat",
        title,
        description,
        [query],
        unit=unit,
        defaults={"thresholds": thresholds, **more},
        options={
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "auto",
        },
    )


def override(column: str, key: str, value: object) -> Json:
    """A property of one column of a table."""
    return {
        "matcher": {"id": "byName", "options": column},
        "properties": [{"id": key, "value": value}],
    }


def sized(width: int, height: int, item: Json) -> Json:
    """A panel with its size; its place comes from `arrange`."""
    return {**item, "gridPos": {"h": height, "w": width, "x": 0, "y": 0}}


# --- HTTP --------------------------------------------------------------------------------------


def request_rate() -> Json:
    """The seed's first panel."""
    lines = timeseries(
        "Request rate",
        "Requests per second by method and route template. Probes and scrapes are not counted.",
        target(rate("http_requests_total", by="method, handler"), "{{method}} {{handler}}"),
        unit="reqps",
    )
    return beside(lines)


def request_duration(*, traced: bool) -> Json:
    """The seed's second panel; with dots that lead to traces."""
    name = "http_request_duration_seconds"
    dots = {"exemplar": True} if traced else {}
    lines = timeseries(
        "Request duration (p50, p95)",
        "Half of the requests of a route are faster than p50, 95 % are faster than p95.",
        target(quantile(0.5, name, by="handler"), "p50 {{handler}}"),
        target(quantile(0.95, name, by="handler"), "p95 {{handler}}", **dots),
        unit="s",
    )
    return beside(lines)


def error_rate() -> Json:
    """The seed's third panel: zero on a healthy app, not "No data"."""
    errors = rate("http_requests_total", 'status=~"5.."')
    return panel(
        "gauge",
        "Error rate (5xx)",
        "Share of requests answered with a server error: green below 1 %, red from 5 % on.",
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
    """The seed's fourth panel."""
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


# --- entities ----------------------------------------------------------------------------------


def entity_matcher(value: str) -> str:
    """The label that every business metric carries."""
    return f'entity="{value}"'


def entities_overview(link: str = "") -> Json:
    """One line per entity: what to open first when there are many; a name may be a link."""
    name = "entity_operations_total"
    failures = rate(name, 'outcome="error"', by="entity")
    table = {"format": "table", "instant": True}
    writes = 'operation=~"create|update|delete", outcome="ok"'
    columns = (
        (f"max by (entity) ({series('entity_rows')})", "Rows", "short"),
        (rate(name, by="entity"), "Operations", "ops"),
        (rate(name, writes, by="entity"), "Writes", "wps"),
        (f"{failures} / clamp_min({rate(name, by='entity')}, 1e-9)", "Failures", "percentunit"),
        (
            f"time() - max by (entity) ({series('entity_last_write_timestamp_seconds')})",
            "Last write",
            "s",
        ),
    )
    letters = "ABCDE"
    return panel(
        "table",
        "Entities",
        "Every entity in one line. Last write counts from the start of the app until one happens.",
        [target(expr, title, **table) for expr, title, _ in columns],
        unit="short",
        overrides=[
            *(override(title, "unit", unit) for _, title, unit in columns),
            *([override("Entity", "links", [{"title": "Show", "url": link}])] if link else []),
        ],
        options={"showHeader": True, "cellHeight": "sm"},
        transformations=[
            {"id": "joinByField", "options": {"byField": "entity", "mode": "outer"}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {f"Time {n}": True for n in range(1, len(columns) + 1)},
                    "indexByName": {},
                    "renameByName": {
                        "entity": "Entity",
                        **{f"Value #{letter}": title for letter, (_, title, _) in zip(letters, columns, strict=True)},
                    },
                },
            },
        ],
    )


def entity_rows(entity: str) -> Json:
    """Rows in the table."""
    return stat(
        "Rows",
        "Rows in the table. Every replica reports the same number, so the largest is shown.",
        target(f"max({series('entity_rows', entity_matcher(entity))})", "rows"),
        unit="short",
        thresholds=steps((None, BLUE)),
        noValue="not counted",
    )


def entity_created(created: str, *matchers: str) -> Json:
    """Rows created since this time yesterday."""
    return stat(
        "Created in 24 h",
        "Rows created through the API in the last 24 hours.",
        target(increase(created, *matchers, over="24h"), "created"),
        unit="short",
        thresholds=steps((None, BLUE)),
        decimals=0,
    )


def entity_last_write(entity: str) -> Json:
    """How long ago the last row was created, changed or deleted."""
    newest = f"max({series('entity_last_write_timestamp_seconds', entity_matcher(entity))})"
    return stat(
        "Last write age",
        "Time since the last write; counted from the start of the app until one happens.",
        target(f"time() - {newest}", "age"),
        unit="s",
        thresholds=steps((None, BLUE)),
    )


def entity_failures(entity: str) -> Json:
    """Share of operations that failed through no fault of the client."""
    name = "entity_operations_total"
    failed = rate(name, entity_matcher(entity), 'outcome="error"')
    return stat(
        "Failure ratio",
        "Share of operations that failed inside the service (rejected requests do not count).",
        target(share(failed, rate(name, entity_matcher(entity))), "failures"),
        unit="percentunit",
        thresholds=steps((None, GREEN), (0.01, YELLOW), (0.05, RED)),
        decimals=2,
    )


def entity_writes(*kinds: tuple[str, str]) -> Json:
    """Rows created, updated and deleted over time."""
    return timeseries(
        "Writes",
        "Rows created, updated and deleted per second, counted after the commit.",
        *(target(expr, legend) for legend, expr in kinds),
        unit="wps",
        stacked=True,
    )


def entity_operations(entity: str) -> Json:
    """What clients do with this entity."""
    return timeseries(
        "Operations by kind",
        "Operations per second: list, get, create, update, delete.",
        target(rate("entity_operations_total", entity_matcher(entity), by="operation"), "{{operation}}"),
        unit="ops",
    )


def entity_rejections(entity: str) -> Json:
    """Why operations were refused."""
    refused = 'outcome=~"not_found|conflict|invalid"'
    return timeseries(
        "Rejections by reason",
        "Operations refused per second: row not found, conflict, invalid input.",
        target(
            rate("entity_operations_total", entity_matcher(entity), refused, by="outcome"),
            "{{outcome}}",
        ),
        unit="ops",
        stacked=True,
    )


def entity_duration(entity: str) -> Json:
    """How long the work on the database takes."""
    return timeseries(
        "Operation duration (p95)",
        "95 % of the operations of a kind are faster than this, database included.",
        target(
            quantile(
                0.95,
                "entity_operation_duration_seconds",
                entity_matcher(entity),
                by="operation",
            ),
            "{{operation}}",
        ),
        unit="s",
    )


def entity_values(entity: str) -> Json:
    """How the rows are spread over the values of enum and boolean fields."""
    values = series("entity_rows_by_value", entity_matcher(entity))
    return timeseries(
        "Rows by value",
        "Rows by the value of each enum and boolean field.",
        target(f"max by (field, value) ({values})", "{{field}} = {{value}}"),
        unit="short",
        stacked=True,
    )


def entity_cache(entity: str) -> Json:
    """How often the cache had what was asked of it."""
    name = "cache_reads_total"
    reads = rate(name, entity_matcher(entity))
    hits = rate(name, entity_matcher(entity), 'result="hit"')
    return stat(
        "Cache hit ratio",
        "Share of cache reads that found a value, of all whose key begins with the name of this entity.",
        target(f"{hits} / ({reads} > 0)", "hits"),
        unit="percentunit",
        thresholds=steps((None, BLUE)),
        decimals=0,
        noValue="not used",
    )


def _row_of_panels(entity: str, created: Json, writes: Json, *, by_value: bool, cached: bool) -> list[Json]:
    """The panels of one entity, in three lines."""
    return [
        sized(5 if cached else 6, 4, entity_rows(entity)),
        sized(5 if cached else 6, 4, created),
        sized(5 if cached else 6, 4, entity_last_write(entity)),
        sized(5 if cached else 6, 4, entity_failures(entity)),
        *([sized(4, 4, entity_cache(entity))] if cached else []),
        sized(8, 7, writes),
        sized(8, 7, entity_operations(entity)),
        sized(8, 7, entity_rejections(entity)),
        sized(12 if by_value else 24, 7, entity_duration(entity)),
        *([sized(12, 7, entity_values(entity))] if by_value else []),
    ]


def entity_panels(entity: Entity, *, cached: bool) -> list[Json]:
    """The panels of one entity of this service."""
    kinds = ("created", "updated", "deleted")
    return _row_of_panels(
        entity.snake,
        entity_created(f"{entity.plural_snake}_created_total"),
        entity_writes(*((kind, rate(f"{entity.plural_snake}_{kind}_total")) for kind in kinds)),
        by_value=bool(entity.enum_fields or entity.boolean_fields),
        cached=cached,
    )


def chosen_entity_panels(*, by_value: bool, cached: bool) -> list[Json]:
    """The same panels for the entity that the reader chooses."""
    name, chosen = "entity_operations_total", entity_matcher("$entity")
    kinds = ("create", "update", "delete")
    done = 'outcome="ok"'
    return _row_of_panels(
        "$entity",
        entity_created(name, chosen, 'operation="create"', done),
        entity_writes(*((k, rate(name, chosen, f'operation="{k}"', done)) for k in kinds)),
        by_value=by_value,
        cached=cached,
    )


# --- platform ----------------------------------------------------------------------------------


def targets_up() -> Json:
    """How many processes answer."""
    return stat(
        "Targets up",
        "Processes that answered the last scrape, by job; exporters are jobs of their own.",
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


# --- PostgreSQL and Redis through their exporters ----------------------------------------------


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


# --- dashboards --------------------------------------------------------------------------------


def variable(name: str, label: str, query: str, *chosen: str, single: bool = False) -> Json:
    """A variable whose values come from a label; all of them are chosen unless some are named."""
    text = list(chosen) or ["All"]
    value = list(chosen) or ["$__all"]
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": f"{name}-variable"},
        "definition": query,
        "current": {
            "selected": True,
            "text": text[0] if single else text,
            "value": value[0] if single else value,
        },
        "includeAll": not single,
        "multi": not single,
        **({} if single else {"allValue": ".+"}),
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "hide": 0,
    }


def variables(metrics: str, jobs: Sequence[str]) -> list[Json]:
    """Where the numbers come from: data source, job, instance; `metrics` are those that name jobs."""
    return [
        {
            "name": "prometheus_datasource",
            "label": "Prometheus data source",
            "type": "datasource",
            "query": "prometheus",
            "current": {"selected": True, "text": "Prometheus", "value": "prometheus"},
            "hide": 0,
            "includeAll": False,
            "multi": False,
            "refresh": 1,
            "regex": "",
        },
        variable("job", "Job", f'label_values({{__name__=~"{metrics}"}}, job)', *jobs),
        variable(
            "instance",
            "Instance",
            f'label_values({{__name__=~"{metrics}", job=~"$job"}}, instance)',
        ),
    ]


def entity_variable(first: Entity) -> Json:
    """The entity to look at, one at a time."""
    return variable(
        "entity",
        "Entity",
        f"label_values({series('entity_operations_total')}, entity)",
        first.snake,
        single=True,
    )


def annotation(name: str, color: str, expr: str, text: str) -> Json:
    """Marks on every graph where an expression has a value."""
    return {
        "name": name,
        "datasource": DATASOURCE,
        "enable": True,
        "expr": expr,
        "hide": False,
        "iconColor": color,
        "step": "15s",
        "textFormat": text,
        "titleFormat": name,
    }


def event_marks(*, versions: bool) -> list[Json]:
    """Deploys (a version that was not there before), where the app tells its version, and restarts."""
    info = series("app_info")
    known = f"count by (version, commit) ({info} offset 1m)"
    started = f"changes({series('process_start_time_seconds')}[1m]) > 0"
    deploys = annotation(
        "Deploys",
        BLUE,
        f"count by (version, commit) ({info}) unless {known}",
        "{{version}} {{commit}}",
    )
    return [*([deploys] if versions else []), annotation("Restarts", YELLOW, started, "{{instance}}")]


def row(title: str, panels: Iterable[Json], *, collapsed: bool) -> Json:
    """A row; `arrange` moves the panels of an open one behind it."""
    return {
        "type": "row",
        "title": title,
        "collapsed": collapsed,
        "panels": list(panels),
        "gridPos": {"h": 1, "w": WIDTH, "x": 0, "y": 0},
    }


def _place(panels: Iterable[Json], top: int) -> tuple[list[Json], int]:
    """Panels from left to right into lines, and the first free line below them."""
    placed: list[Json] = []
    x, y, height = 0, top, 0
    for item in panels:
        size = item["gridPos"]
        if x + size["w"] > WIDTH:
            x, y, height = 0, y + height, 0
        placed.append({**item, "gridPos": {**size, "x": x, "y": y}})
        x, height = x + size["w"], max(height, size["h"])
    return placed, y + height


def arrange(first: Iterable[Json], rows: Iterable[Json]) -> list[Json]:
    """Give every panel its place and its number: some without a row, then row after row."""
    result, y = _place(first, 0)
    for item in rows:
        inside, below = _place(item["panels"], y + 1)
        nested = inside if item["collapsed"] else []
        result.append({**item, "gridPos": {**item["gridPos"], "y": y}, "panels": nested})
        if item["collapsed"]:
            y += 1
        else:
            result += inside
            y = below
    numbers = itertools.count(1)
    for item in result:
        item["id"] = next(numbers)
        for nested_item in item.get("panels", []):
            nested_item["id"] = next(numbers)
    return result


def uid(service: Service, kind: str) -> str:
    """A fixed address; Grafana allows 40 characters."""
    whole = f"{service.name}-{kind}"
    if len(whole) <= 40:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{service.name[:20].rstrip('-')}-{digest}-{kind}"


def dashboard(  # noqa: PLR0913  (what a dashboard is made of)
    service: Service,
    kind: str,
    title: str,
    description: str,
    *,
    panels: Sequence[Json],
    more: Sequence[Json] = (),
    exporters: Sequence[str] = (),
) -> Json:
    """What both dashboards have in common; `exporters` are PostgreSQL's and Redis's (`postgres`, `redis`)."""
    app = "app_info" if service.generated else "python_info"
    metrics = "|".join([app, *(EXPORTERS[exporter] for exporter in exporters)])
    jobs = [service.name, *(f"{service.name}-{exporter}" for exporter in exporters)]
    return {
        "uid": uid(service, kind),
        "title": f"{service.title} - {title}",
        "description": description,
        "tags": [service.name],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "fiscalYearStartMonth": 0,
        "weekStart": "",
        "annotations": {"list": event_marks(versions=service.generated)},
        "links": [
            {
                "title": "Dashboards of this service",
                "type": "dashboards",
                "tags": [service.name],
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
                "icon": "external link",
                "targetBlank": False,
                "tooltip": "",
                "url": "",
            }
        ],
        "templating": {"list": [*variables(metrics, jobs), *more]},
        "panels": list(panels),
    }


def entity_rows_of(service: Service) -> list[Json]:
    """A row per entity, the first one open; one row for the chosen entity when there are many."""
    entities = service.entities
    if len(entities) > ROW_LIMIT:
        by_value = any(e.enum_fields or e.boolean_fields for e in entities)
        return [row("Entity: $entity", chosen_entity_panels(by_value=by_value, cached=service.redis), collapsed=False)]
    return [
        row(entity.plural_words.capitalize(), entity_panels(entity, cached=service.redis), collapsed=number > 0)
        for number, entity in enumerate(entities)
    ]


def app_dashboard(service: Service) -> Json:
    """Requests first, then all entities in a table, then each of them."""
    goal = service.objectives
    first = [
        sized(12, 8, request_rate()),
        sized(12, 8, request_duration(traced=service.tracing)),
        sized(6, 8, error_rate()),
        sized(18, 8, status_codes()),
        sized(10, 8, latency_heatmap()),
        sized(6, 8, in_flight()),
        sized(4, 8, availability(goal)),
        sized(4, 8, apdex(goal)),
    ]
    entities = service.entities
    overview = min(4 + len(entities), 14)
    many = len(entities) > ROW_LIMIT
    link = f"/d/{uid(service, 'app')}?var-entity=${{__value.text}}&${{__url_time_range}}"
    table = entities_overview(link if many else "")
    rows = [
        row("All entities", [sized(WIDTH, overview, table)], collapsed=False),
        *entity_rows_of(service),
    ]
    return dashboard(
        service,
        "app",
        "Application metrics",
        "Requests, errors, durations, and what happens to each entity." if entities else "Requests, errors, durations.",
        panels=arrange(first, rows if entities else []),
        more=[entity_variable(entities[0])] if many else [],
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


def platform_dashboard(service: Service) -> Json:
    """The process under the application, its way to the database, and what the exporters say."""
    exported = [
        *([("postgres", "PostgreSQL", postgres_panels())] if service.postgresql else []),
        *([("redis", "Redis", redis_panels())] if service.redis else []),
    ]
    return dashboard(
        service,
        "platform",
        "Platform",
        "Processes, event loop, database pool, and the servers behind them."
        if service.generated
        else "Processes, and the servers behind them.",
        panels=arrange(
            process_panels(generated=service.generated),
            [row(title, panels, collapsed=False) for _, title, panels in exported],
        ),
        exporters=[name for name, _, _ in exported],
    )


def json_file(value: object) -> str:
    """JSON as a file holds it; the template adds the newline at the end."""
    return json.dumps(value, indent=2, ensure_ascii=False)


class DashboardsExtension(Extension):
    """`app_dashboard(service)`, `platform_dashboard(service)`, `json_file`."""

    def __init__(self, environment: Environment) -> None:
        """Register what the templates use."""
        super().__init__(environment)
        environment.globals.update(
            app_dashboard=app_dashboard,
            platform_dashboard=platform_dashboard,
        )
        environment.filters["json_file"] = json_file
