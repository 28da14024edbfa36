"""Where panels stand in Grafana's grid."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from .panels import Json

WIDTH = 24
"""Columns of a Grafana grid."""


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
