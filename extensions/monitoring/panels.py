"""The kinds of panels, as plain dicts, and the parts they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

DATASOURCE: Json = {"type": "prometheus", "uid": "${prometheus_datasource}"}

GREEN, YELLOW, RED, BLUE = "green", "yellow", "red", "blue"


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


def legend_on_the_right(item: Json) -> Json:
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
