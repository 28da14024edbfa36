"""The rules of Grafana's dashboard-linter as functions: each returns what is wrong with a dashboard.

Written after the documentation of https://github.com/grafana/dashboard-linter, rule names are its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import promql_parser as promql

Json = dict[str, Any]
Rule = Callable[[Json], list[str]]

RATE_INTERVAL = "257s"
"""Stands for $__rate_interval: an unlikely value."""

VARIABLES = {"$__rate_interval": RATE_INTERVAL, "$__range": "3607s", "$__interval": "17s"}

UNITS = frozenset(
    [
        "none",
        "string",
        "short",
        "percent",
        "percentunit",
        "bytes",
        "decbytes",
        "bits",
        "Bps",
        "bps",
        "ns",
        "µs",
        "ms",
        "s",
        "m",
        "h",
        "d",
        "dtdurations",
        "dthms",
        "hertz",
        "cps",
        "ops",
        "reqps",
        "rps",
        "wps",
        "iops",
        "cpm",
        "opm",
        "rpm",
        "wpm",
        "bool",
        "bool_yes_no",
        "bool_on_off",
        "dateTimeAsIso",
        "dateTimeFromNow",
    ]
)
"""Those of the linter's list that mean something here."""

RATES = frozenset({"rate", "irate"})
GROWTH = RATES | {"increase"}


def panels(dashboard: Json) -> Iterator[Json]:
    """Every panel that shows something, those inside collapsed rows too."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def targets(dashboard: Json) -> Iterator[tuple[str, str]]:
    """Title and expression of every query."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def expanded(expression: str) -> str:
    """An expression as Prometheus gets it, but for the variables inside strings."""
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    return expression


def nodes(expression: promql.Expr, *above: promql.Expr) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every node of a parsed expression, with those above it, outermost first."""
    yield expression, above
    below = [getattr(expression, name, None) for name in ("lhs", "rhs", "expr", "param", "vector_selector")]
    for child in [*below, *(getattr(expression, "args", None) or [])]:
        if child is not None and type(child).__module__ == type(expression).__module__:
            yield from nodes(child, *above, expression)


def parsed(dashboard: Json) -> Iterator[tuple[str, promql.Expr]]:
    """Every query that parses; those that do not are the business of `target_promql`."""
    for title, expression in targets(dashboard):
        try:
            yield title, promql.parse(expanded(expression))
        except ValueError:
            continue


def selectors(dashboard: Json) -> Iterator[tuple[str, promql.VectorSelector]]:
    """Every selector of every query."""
    for title, expression in parsed(dashboard):
        for node, _ in nodes(expression):
            if isinstance(node, promql.VectorSelector):
                yield title, node


def variable(dashboard: Json, name: str) -> Json | None:
    """A template variable by name."""
    return next((v for v in dashboard["templating"]["list"] if v["name"] == name), None)


def template_datasource(dashboard: Json) -> list[str]:
    """The data source is a variable with the name and label that Grafana's own dashboards use."""
    found = [v for v in dashboard["templating"]["list"] if v["type"] == "datasource"]
    if len(found) != 1 or found[0]["query"] != "prometheus":
        return ["there must be one variable for the data source, of type prometheus"]
    wrong = []
    if found[0]["name"] not in {"datasource", "prometheus_datasource"}:
        wrong.append(f"it is named {found[0]['name']}")
    if found[0]["label"] not in {"Data source", "Prometheus data source"}:
        wrong.append(f"it is labelled {found[0]['label']}")
    return wrong


def _label_variable(dashboard: Json, name: str) -> list[str]:
    found = variable(dashboard, name)
    if found is None:
        return [f"there is no variable {name}"]
    demands = {
        "type": "query",
        "label": name.capitalize(),
        "multi": True,
        "allValue": ".+",
        "datasource": {"type": "prometheus", "uid": "${prometheus_datasource}"},
    }
    return [f"{name}.{key} is {found.get(key)}" for key, value in demands.items() if found.get(key) != value]


def template_job(dashboard: Json) -> list[str]:
    """There is a variable for the job."""
    return _label_variable(dashboard, "job")


def template_instance(dashboard: Json) -> list[str]:
    """There is a variable for the instance."""
    return _label_variable(dashboard, "instance")


def template_label_promql(dashboard: Json) -> list[str]:
    """The values of a variable come from a selector that parses."""
    wrong = []
    for found in dashboard["templating"]["list"]:
        if found["type"] != "query":
            continue
        match = re.fullmatch(r"label_values\((.+),\s*(\w+)\)", found["query"]["query"])
        try:
            promql.parse(expanded(match[1])) if match else wrong.append(f"{found['name']} has no label")
        except ValueError as error:
            wrong.append(f"{found['name']}: {error}")
    return wrong


def template_on_time_change_reload(dashboard: Json) -> list[str]:
    """Variables follow the time range."""
    queries = (v for v in dashboard["templating"]["list"] if v["type"] == "query")
    return [f"{v['name']} does not follow the time range" for v in queries if v["refresh"] != 2]


def panel_datasource(dashboard: Json) -> list[str]:
    """Panels use the variable."""
    return [
        f"{panel['title']} uses {panel['datasource']}"
        for panel in panels(dashboard)
        if panel["datasource"]["uid"] not in {"$datasource", "${datasource}", "${prometheus_datasource}"}
    ]


def panel_title_description(dashboard: Json) -> list[str]:
    """Panels say what they show."""
    return [
        f"panel {panel['id']} has no title or no description"
        for panel in panels(dashboard)
        if not panel.get("title") or not panel.get("description")
    ]


def panel_units(dashboard: Json) -> list[str]:
    """Numbers have a unit."""
    return [
        f"{panel['title']} has the unit {panel['fieldConfig']['defaults'].get('unit')}"
        for panel in panels(dashboard)
        if panel["fieldConfig"]["defaults"].get("unit") not in UNITS
    ]


def panel_no_targets(dashboard: Json) -> list[str]:
    """Panels ask something."""
    return [f"{panel['title']} has no query" for panel in panels(dashboard) if not panel.get("targets")]


def target_promql(dashboard: Json) -> list[str]:
    """Queries parse."""
    wrong = []
    for title, expression in targets(dashboard):
        try:
            promql.parse(expanded(expression))
        except ValueError as error:
            wrong.append(f"{title}: {error}")
    return wrong


def target_rate_interval(dashboard: Json) -> list[str]:
    """A rate looks back as far as Grafana says."""
    wrong = []
    for title, expression in parsed(dashboard):
        for node, above in nodes(expression):
            is_rate = above and isinstance(above[-1], promql.Call) and above[-1].func.name in RATES
            if isinstance(node, promql.MatrixSelector) and is_rate and node.range.total_seconds() != 257:
                wrong.append(f"{title}: a rate over {node.range}")
    return wrong


def _matcher(dashboard: Json, label: str) -> list[str]:
    wrong = []
    for title, selector in selectors(dashboard):
        found = [(m.value, m.op) for m in selector.matchers.matchers if m.name == label]
        if found != [(f"${label}", promql.MatchOp.Re)]:
            wrong.append(f"{title}: {selector.name} does not follow ${label}")
    return wrong


def target_job(dashboard: Json) -> list[str]:
    """Every selector follows the chosen job."""
    return _matcher(dashboard, "job")


def target_instance(dashboard: Json) -> list[str]:
    """Every selector follows the chosen instance."""
    return _matcher(dashboard, "instance")


def target_counter_agg(dashboard: Json) -> list[str]:
    """A counter is never shown as it is."""
    wrong = []
    for title, expression in parsed(dashboard):
        for node, above in nodes(expression):
            if not isinstance(node, promql.VectorSelector) or not (node.name or "").endswith("_total"):
                continue
            calls = above[-2:-1] if above and isinstance(above[-1], promql.MatrixSelector) else ()
            if not calls or not isinstance(calls[0], promql.Call) or calls[0].func.name not in GROWTH:
                wrong.append(f"{title}: {node.name} without rate or increase")
    return wrong


def uneditable(dashboard: Json) -> list[str]:
    """What comes from a file is changed in the file."""
    return ["it can be edited in the browser"] if dashboard["editable"] else []


RULES: dict[str, Rule] = {
    "template-datasource-rule": template_datasource,
    "template-job-rule": template_job,
    "template-instance-rule": template_instance,
    "template-label-promql-rule": template_label_promql,
    "template-on-time-change-reload-rule": template_on_time_change_reload,
    "panel-datasource-rule": panel_datasource,
    "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units,
    "panel-no-targets-rule": panel_no_targets,
    "target-promql-rule": target_promql,
    "target-rate-interval-rule": target_rate_interval,
    "target-job-rule": target_job,
    "target-instance-rule": target_instance,
    "target-counter-agg-rule": target_counter_agg,
    "uneditable-dashboard": uneditable,
}
