"""Draws a preview of each dashboard from the answers of a real Prometheus: not Grafana, but the same panels and data.

.venv/bin/pip install --group pictures
tests/dashboards/debian.sh build/debian .venv/bin/python -m tests.dashboards.pictures docs/pictures
"""

from __future__ import annotations

import io
import math
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator, MultipleLocator
from PIL import Image

from tests.dashboards.stack import ROOT, Json, Stack, render, stack
from tests.dashboards.test_live import EXTRA

SECONDS = 240
WIDTH = 12.0  # inches
UNIT = 0.24  # inches for one line of Grafana's grid
LABEL = "Preview drawn from the answers of a real Prometheus, not by Grafana"
COLORS = {"green": "#3a9d46", "yellow": "#d9a400", "red": "#c4162a", "blue": "#3274d9"}
NUMBERS = {"stat", "gauge"}
NAMES = 9
"""So many of the lines are named beside a plot."""

OURS = "/cached/"
"""A route that the shop has for tests only."""

Series = tuple[str, list[tuple[float, float]]]


def shown(value: float, unit: str, decimals: int | None = None) -> str:
    """A number as people read it."""
    if math.isnan(value):
        return "-"
    if unit == "bool_yes_no":
        return "Yes" if value else "No"
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "s":
        return f"{value:.3g} s" if value >= 1 else f"{value * 1000:.3g} ms"
    if unit == "bytes":
        return f"{value / 2**20:.3g} MiB"
    return f"{value:.3g}" if decimals is None else f"{value:.{decimals}f}"


def minutes(seconds: float, _: int) -> str:
    """A time of the axis below a plot."""
    return f"{seconds / 60:.0f} min" if seconds else "now"


def legend(query: Json, labels: Json) -> str:
    """The name of a series."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), query["legendFormat"])


class Picture:
    """One dashboard on one sheet."""

    def __init__(self, source: Stack, start: float, end: float) -> None:
        self.source, self.start, self.end = source, start, end

    def draw(self, dashboard: Json, path: Path) -> None:
        """Write the picture of a dashboard."""
        lines = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in dashboard["panels"]) + 1.5
        figure = plt.figure(figsize=(WIDTH, lines * UNIT), facecolor="#f4f5f5")
        figure.text(0.006, 1 - 0.9 / lines, dashboard["title"], fontsize=10, weight="bold")
        figure.text(0.994, 1 - 0.9 / lines, LABEL, fontsize=7, ha="right", color="#666666")
        for panel in dashboard["panels"]:
            grid = panel["gridPos"]
            left, width = grid["x"] / 24, grid["w"] / 24
            top, height = 1 - (grid["y"] + 1.5) / lines, grid["h"] / lines
            if panel["type"] == "row":
                closed = f"   ({len(panel['panels'])} panels)" if panel["collapsed"] else ""
                mark = "\u25b8" if panel["collapsed"] else "\u25be"
                figure.text(0.008, top - height * 0.75, f"{mark} {panel['title']}{closed}", fontsize=8, weight="bold")
                continue
            background = figure.add_axes(
                (left + 0.002, top - height + 0.1 / lines, width - 0.004, height - 0.2 / lines)
            )
            background.set(xticks=[], yticks=[], facecolor="white")
            for spine in background.spines.values():
                spine.set_color("#dddddd")
            figure.text(left + 0.006, top - 0.85 / lines, panel["title"], fontsize=7, weight="bold")
            margin = 0.008 if panel["type"] in {*NUMBERS, "table"} else 0.046
            axes = figure.add_axes(
                (left + margin, top - height + 0.95 / lines, width - margin - 0.012, height - 2.3 / lines)
            )
            self.panel(panel, axes)
        sheet = io.BytesIO()
        figure.savefig(sheet, dpi=108)
        plt.close(figure)
        Image.open(sheet).convert("RGB").quantize(96).save(path, optimize=True)

    def panel(self, panel: Json, axes: Any) -> None:
        """Draw one panel by its type."""
        if panel["type"] in NUMBERS:
            self.number(panel, axes)
        elif panel["type"] == "table":
            self.table(panel, axes)
        elif panel["type"] == "heatmap":
            self.heatmap(panel, axes)
        else:
            self.lines(panel, axes)

    def now(self, expression: str) -> list[Json]:
        """The values of an expression at the end."""
        found: list[Json] = self.source.ask("query", query=self.source.fill(expression), time=self.end)["result"]
        return found

    def series(self, panel: Json) -> list[Series]:
        """What a panel shows over time."""
        return [
            (legend(query, found["metric"]), [(at - self.end, float(value)) for at, value in found["values"]])
            for query in panel["targets"]
            for found in self.source.ask(
                "query_range", query=self.source.fill(query["expr"]), start=self.start, end=self.end, step=1
            )["result"]
            if OURS not in found["metric"].get("handler", "")
        ]

    def number(self, panel: Json, axes: Any) -> None:
        """Coloured by its thresholds, several ones beside each other with their names."""
        axes.axis("off")
        defaults = panel["fieldConfig"]["defaults"]
        found = self.now(panel["targets"][0]["expr"])
        for place, sample in enumerate(found):
            value = float(sample["value"][1])
            steps = [s for s in defaults["thresholds"]["steps"] if s["value"] is None or value >= s["value"]]
            x, size = (place + 0.5) / len(found), 15 if len(found) == 1 else 11
            text = shown(value, defaults["unit"], defaults.get("decimals"))
            axes.text(x, 0.5, text, fontsize=size, ha="center", va="center", color=COLORS[steps[-1]["color"]])
            if len(found) > 1:
                name = legend(panel["targets"][0], sample["metric"])
                axes.text(x, 0.02, name, fontsize=6, ha="center", color="#666666")

    def table(self, panel: Json, axes: Any) -> None:
        """A line for each entity."""
        axes.axis("off")
        titles = [query["legendFormat"] for query in panel["targets"]]
        units = {o["matcher"]["options"]: o["properties"][0]["value"] for o in panel["fieldConfig"]["overrides"]}
        rows: dict[str, dict[str, float]] = {}
        for query in panel["targets"]:
            for sample in self.now(query["expr"]):
                rows.setdefault(sample["metric"]["entity"], {})[query["legendFormat"]] = float(sample["value"][1])
        cells = [[name, *(shown(row.get(t, math.nan), units[t]) for t in titles)] for name, row in rows.items()]
        drawn = axes.table(cells, colLabels=["Entity", *titles], cellLoc="left", bbox=(0, 0, 1, 1), edges="horizontal")
        drawn.auto_set_font_size(False)  # noqa: FBT003  (matplotlib's own way)
        drawn.set_fontsize(7)

    def heatmap(self, panel: Json, axes: Any) -> None:
        """Buckets are cumulative: each less the one below."""
        found = sorted(self.series(panel), key=lambda one: float(one[0].replace("+Inf", "inf")))
        length = min(len(values) for _, values in found)
        counts = [[value for _, value in values[-length:]] for _, values in found]
        below = [[0.0] * length, *counts]
        bands = [
            [max(a - b, 0) for a, b in zip(one, other, strict=True)] for one, other in zip(counts, below, strict=False)
        ]
        axes.imshow(bands, aspect="auto", origin="lower", cmap="Oranges", extent=(-length, 0, -0.5, len(bands) - 0.5))
        axes.set_yticks(range(len(found)), [name for name, _ in found], fontsize=6)
        axes.tick_params(axis="x", labelsize=6)
        axes.xaxis.set_major_locator(MultipleLocator(60))
        axes.xaxis.set_major_formatter(minutes)

    def lines(self, panel: Json, axes: Any) -> None:
        """Lines, or areas on top of each other."""
        defaults = panel["fieldConfig"]["defaults"]
        found = self.series(panel)
        if defaults["custom"]["stacking"]["mode"] == "normal" and found:
            times = sorted({at for _, values in found for at, _ in values})
            heights = [[dict(values).get(at, 0) for at in times] for _, values in found]
            axes.stackplot(times, heights, labels=[name for name, _ in found], alpha=0.6)
        else:
            for name, values in found:
                axes.plot([at for at, _ in values], [value for _, value in values], lw=1, label=name)
        axes.set_ylim(0, axes.get_ylim()[1] * 1.08)
        axes.set_xlim(self.start - self.end, 0)
        axes.tick_params(labelsize=6)
        axes.yaxis.set_major_formatter(lambda value, _: shown(value, defaults["unit"]))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_locator(MultipleLocator(60))
        axes.xaxis.set_major_formatter(minutes)
        axes.grid(alpha=0.3)
        self.names(
            axes, [values[-1][1] for _, values in found], beside=panel["options"]["legend"]["placement"] == "right"
        )

    def names(self, axes: Any, last: list[float], *, beside: bool) -> None:
        """The names of the lines, as Grafana places them; of many beside the plot those with the highest values."""
        handles, labels = axes.get_legend_handles_labels()
        box = axes.get_position()
        if beside:
            axes.set_position((box.x0, box.y0, box.width * 0.66, box.height))
            order = sorted(range(len(labels)), key=lambda n: (math.isnan(last[n]), -last[n]))
            left_out = len(order[NAMES:])
            names = [(handles[n], labels[n]) for n in order[:NAMES]]
            if left_out:
                names.append((axes.plot([], [], alpha=0)[0], f"and {left_out} more"))
            axes.legend(
                *zip(*names, strict=True), fontsize=6, loc="upper left", bbox_to_anchor=(1, 1.04), frameon=False
            )
        else:
            axes.set_position((box.x0, box.y0 + box.height * 0.1, box.width, box.height * 0.9))
            place = {"loc": "upper left", "bbox_to_anchor": (-0.01, -0.1)}
            axes.legend(fontsize=6, ncol=8, frameon=False, columnspacing=1, handlelength=1.2, **place)


def main(target: Path) -> None:
    """Run the shop for a while, and draw its dashboards."""
    mpl.use("Agg")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = render(Path(name) / "app", ROOT / "examples/shop.yml", tracing=True)
        (folder / "app/extra.py").write_text(EXTRA, encoding="utf-8")
        logs = Path(name) / "logs"
        logs.mkdir()
        with stack(folder, logs) as shop:
            start = time.time()
            while time.time() < start + SECONDS:
                shop.load(1 + int(time.time() - start) // 30 % 3)
            picture = Picture(shop, start, time.time())
            for board, dashboard in shop.dashboards.items():
                picture.draw(dashboard, target / f"{board}.png")
                print(target / f"{board}.png", (target / f"{board}.png").stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
