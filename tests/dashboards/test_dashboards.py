"""Dashboards keep the rules of dashboard-linter, fit into Grafana's grid and lose nothing in its schema."""

from __future__ import annotations

import ast
import copy
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from extensions.answers.objectives import BUCKETS, LATENCIES, Objectives
from extensions.monitoring.dashboards import ROW_LIMIT, app_dashboard, json_file, platform_dashboard
from extensions.service.context import Service, service_of
from tests.conftest import Render, example
from tests.dashboards import linter
from tests.render import matrix

Json = dict[str, Any]

plugins.register_default_plugins()


def service_with(  # noqa: PLR0913  (a flag each)
    entities: int,
    name: str = "task-api",
    *,
    postgresql: bool = True,
    redis: bool = True,
    tracing: bool = True,
    generated: bool = True,
) -> Service:
    """Return a service with some entities; every second one has an enum."""
    state = {"name": "state", "type": "enum", "values": ["open", "done"]}
    answers = {
        "app_name": name,
        "scope": "service" if generated else "infrastructure",
        "database": "postgresql" if postgresql else "sqlite",
        "redis": redis,
        "tracing": tracing,
        "entities": [{"name": f"Thing{n}", "fields": [state] * (n % 2)} for n in range(entities)],
    }
    return service_of(matrix.effective(answers))


DASHBOARDS = {
    "no entity": app_dashboard(service_with(0)),
    "one entity": app_dashboard(service_with(1)),
    "five entities": app_dashboard(service_with(5)),
    "as many rows as there may be": app_dashboard(service_with(ROW_LIMIT)),
    "sixty entities": app_dashboard(service_with(60)),
}
for _flags in itertools.product((True, False), repeat=3):
    _answers = dict(zip(("postgresql", "redis", "tracing"), _flags, strict=True))
    _name = ", ".join(name if on else f"no {name}" for name, on in _answers.items())
    DASHBOARDS[f"app, {_name}"] = app_dashboard(service_with(2, **_answers))
    DASHBOARDS[f"platform, {_name}"] = platform_dashboard(service_with(2, **_answers))

    if not _answers["tracing"]:
        existing_app = service_with(0, **_answers, generated=False)
        DASHBOARDS[f"existing app, {_name}"] = app_dashboard(existing_app)
        DASHBOARDS[f"platform, existing app, {_name}"] = platform_dashboard(existing_app)

every_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)


def changed(change: Callable[[Json], object]) -> Json:
    """A good dashboard with one mistake."""
    broken = copy.deepcopy(DASHBOARDS["five entities"])
    change(broken)
    return broken


def first_target(dashboard: Json, expression: str) -> None:
    """Give the first panel another query."""
    dashboard["panels"][0]["targets"][0]["expr"] = expression


def of_variable(name: str, /, **values: object) -> Json:
    """A dashboard whose variable `name` has other values."""
    return changed(lambda d: (linter.variable(d, name) or {}).update(values))


def without_variable(name: str) -> Json:
    """A dashboard that misses a variable."""
    found = DASHBOARDS["five entities"]["templating"]["list"]
    return changed(lambda d: d["templating"].update(list=[v for v in found if v["name"] != name]))


def of_nested_panel(**values: object) -> Json:
    """A dashboard with a mistake inside a collapsed row."""
    return changed(lambda d: d["panels"][-1]["panels"][0].update(values))


def of_query(expression: str) -> Json:
    """A dashboard with another first query."""
    return changed(lambda d: first_target(d, expression))


GOOD = 'job=~"$job", instance=~"$instance"'

BROKEN = [
    ("template-datasource-rule", without_variable("prometheus_datasource")),
    ("template-datasource-rule", of_variable("prometheus_datasource", name="ds")),
    ("template-datasource-rule", of_variable("prometheus_datasource", label="Source")),
    ("template-job-rule", without_variable("job")),
    ("template-job-rule", of_variable("job", multi=False)),
    ("template-job-rule", of_variable("job", allValue=".*")),
    ("template-instance-rule", without_variable("instance")),
    ("template-instance-rule", of_variable("instance", label="Target")),
    ("template-label-promql-rule", of_variable("job", query={"query": "label_values(up{, job)"})),
    ("template-label-promql-rule", of_variable("job", query={"query": "up"})),
    ("template-on-time-change-reload-rule", of_variable("instance", refresh=1)),
    ("panel-datasource-rule", of_nested_panel(datasource={"type": "prometheus", "uid": "abc"})),
    ("panel-title-description-rule", of_nested_panel(title="")),
    ("panel-title-description-rule", of_nested_panel(description="")),
    ("panel-units-rule", of_nested_panel(fieldConfig={"defaults": {"unit": "seconds"}})),
    ("panel-units-rule", of_nested_panel(fieldConfig={"defaults": {}})),
    ("panel-no-targets-rule", of_nested_panel(targets=[])),
    ("target-promql-rule", of_query(f"sum(rate(x_total{{{GOOD}}}[$__rate_interval])")),
    ("target-rate-interval-rule", of_query(f"sum(rate(x_total{{{GOOD}}}[5m]))")),
    ("target-rate-interval-rule", of_query(f"1 - (irate(x_total{{{GOOD}}}[1m]) or vector(0))")),
    ("target-job-rule", of_query('x{instance=~"$instance"}')),
    ("target-job-rule", of_query('x{job="$job", instance=~"$instance"}')),
    ("target-instance-rule", of_query('1 + max(x{job=~"$job"})')),
    ("target-counter-agg-rule", of_query(f"sum(x_total{{{GOOD}}})")),
    ("target-counter-agg-rule", of_query(f"max_over_time(x_total{{{GOOD}}}[5m])")),
    ("uneditable-dashboard", changed(lambda d: d.update(editable=True))),
]


@every_dashboard
@pytest.mark.parametrize("rule", linter.RULES.values(), ids=linter.RULES)
def test_rule(rule: linter.Rule, dashboard: Json) -> None:
    """Every dashboard keeps every rule."""
    assert rule(dashboard) == []


@pytest.mark.parametrize("entities", [example("shop")["entities"], [f"Thing{chr(65 + n)}" for n in range(14)]])
def test_what_an_app_gets_keeps_every_rule(render: Render, entities: list[Any]) -> None:
    """The files themselves, with a row for each entity and with one for all."""
    folder = render(entities=entities, tracing=True) / "docker/grafana/dashboards"
    files = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    assert files.keys() == {"app-metrics", "platform"}
    found = {f"{name}, {rule}": check(file) for name, file in files.items() for rule, check in linter.RULES.items()}
    assert {where: errors for where, errors in found.items() if errors} == {}


@pytest.mark.parametrize(("name", "broken"), BROKEN, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BROKEN)])
def test_rule_finds_the_mistake(name: str, broken: Json) -> None:
    """Every rule finds the mistake that it is for."""
    assert linter.RULES[name](broken)


def test_every_rule_was_broken() -> None:
    """No rule is there for show."""
    assert {name for name, _ in BROKEN} == linter.RULES.keys()


def with_nested(dashboard: Json) -> Iterator[Json]:
    """Every panel and every row."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def misplaced(dashboard: Json) -> list[str]:
    """Panels outside the grid, and pairs that overlap."""
    wrong = []
    top = list(dashboard["panels"])
    groups = [top, *(p["panels"] for p in top if p.get("panels"))]
    for panel in with_nested(dashboard):
        box = panel["gridPos"]
        if box["x"] < 0 or box["y"] < 0 or box["w"] < 1 or box["h"] < 1 or box["x"] + box["w"] > 24:
            wrong.append(f"{panel['title']} is outside: {box}")
    for one, other in itertools.chain.from_iterable(itertools.combinations(g, 2) for g in groups):
        a, b = one["gridPos"], other["gridPos"]
        apart_x = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        apart_y = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        if not apart_x and not apart_y:
            wrong.append(f"{one['title']} overlaps {other['title']}")
    return wrong


@every_dashboard
def test_places(dashboard: Json) -> None:
    """No overlap, nothing outside the 24 columns, no gap in a line."""
    assert misplaced(dashboard) == []
    lines: dict[int, int] = {}
    for panel in dashboard["panels"]:
        lines[panel["gridPos"]["y"]] = lines.get(panel["gridPos"]["y"], 0) + panel["gridPos"]["w"]
    assert set(lines.values()) == {24}


@pytest.mark.parametrize("place", [{"x": 20, "y": 0, "w": 12, "h": 8}, {"x": 6, "y": 0, "w": 12, "h": 8}])
def test_a_wrong_place_is_found(place: Json) -> None:
    """The check of places sees a mistake."""
    assert misplaced(changed(lambda d: d["panels"][0].update(gridPos=place)))


@every_dashboard
def test_numbers_are_unique(dashboard: Json) -> None:
    """Grafana identifies panels by number."""
    numbers = [panel["id"] for panel in with_nested(dashboard)]
    assert len(numbers) == len(set(numbers))


@every_dashboard
def test_provisioning(dashboard: Json) -> None:
    """What file provisioning demands: a fixed uid, a classic schema, nothing that an export leaves."""
    assert 0 < len(dashboard["uid"]) <= 40
    assert 39 <= dashboard["schemaVersion"] <= 42
    assert not dashboard.keys() & {"id", "__inputs", "__requires", "apiVersion", "spec"}
    assert "${DS_" not in json_file(dashboard)
    assert dashboard["refresh"] == "10s"
    assert dashboard["time"] == {"from": "now-1h", "to": "now"}


def lost(before: Any, after: Any, path: str = "") -> list[str]:
    """What a round trip changed or dropped."""
    if isinstance(before, dict) and isinstance(after, dict):
        gone = [f"{path}.{key}" for key in before if key not in after]
        return gone + [x for k in before if k in after for x in lost(before[k], after[k], f"{path}.{k}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [x for n, (a, b) in pairs for x in lost(a, b, f"{path}[{n}]")]
    return [] if before == after else [path]


def round_trip(dashboard: Json) -> list[str]:
    """What Grafana's own model of a dashboard does not know."""
    plain = json.loads(json_file(dashboard))
    return lost(plain, json.loads(json.dumps(Dashboard.from_json(plain), cls=JSONEncoder)))


@pytest.mark.filterwarnings("ignore:Prefer using dashboardv2")
@every_dashboard
def test_round_trip(dashboard: Json) -> None:
    """Grafana's schema knows every key."""
    assert round_trip(dashboard) == []


@pytest.mark.filterwarnings("ignore:Prefer using dashboardv2")
@pytest.mark.parametrize(
    "broken",
    [
        changed(lambda d: d.update(refrehs="10s")),
        changed(lambda d: d["panels"][0].update(descripton="")),
        changed(lambda d: d["panels"][0]["options"].update(legned={})),
        changed(lambda d: d["panels"][0]["fieldConfig"]["defaults"].update(units="s")),
        changed(lambda d: d["panels"][0]["fieldConfig"]["defaults"]["custom"].update(lineWidht=1)),
        changed(lambda d: d["panels"][0]["targets"][0].update(legend="")),
        changed(lambda d: d["panels"][-1]["panels"][0].update(descripton="")),
    ],
)
def test_round_trip_finds_a_misspelt_key(broken: Json) -> None:
    """A misspelt key is lost on the way."""
    assert round_trip(broken)


def test_the_first_four_panels() -> None:
    """The four that the service is born with stand first, in this order."""
    shown = [(p["title"], p["type"]) for p in DASHBOARDS["one entity"]["panels"][:4]]
    assert shown == [
        ("Request rate", "timeseries"),
        ("Request duration (p50, p95)", "timeseries"),
        ("Error rate (5xx)", "gauge"),
        ("HTTP status codes", "timeseries"),
    ]
    status_codes = DASHBOARDS["one entity"]["panels"][3]
    assert status_codes["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
    steps = DASHBOARDS["one entity"]["panels"][2]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(s["value"], s["color"]) for s in steps] == [
        (None, "green"),
        (0.01, "yellow"),
        (0.05, "red"),
    ]


def test_a_row_per_entity() -> None:
    """Each entity has its row, the first is open, the panels of the others are inside theirs."""
    rows = [p for p in DASHBOARDS["five entities"]["panels"] if p["type"] == "row"]
    assert [r["title"] for r in rows] == ["All entities", *(f"Thing{n}s" for n in range(5))]
    assert [r["collapsed"] for r in rows] == [False, False, True, True, True, True]
    for row in rows[2:]:
        assert len(row["panels"]) in {9, 10}
    text = json_file(DASHBOARDS["five entities"])
    for number in range(5):
        assert f"thing{number}s_created_total" in text


def test_many_entities_share_one_row() -> None:
    """With sixty entities the dashboard stays as small as with one, and a variable chooses."""
    one, many = json_file(DASHBOARDS["one entity"]), json_file(DASHBOARDS["sixty entities"])
    assert len(many) < 1.2 * len(one)
    chosen = linter.variable(DASHBOARDS["sixty entities"], "entity")
    assert chosen is not None
    assert chosen["multi"] is False
    assert chosen["current"]["value"] == "thing0"
    assert "/d/task-api-app?var-entity=${__value.text}" in many


def test_same_service_same_bytes() -> None:
    """An update of the template must not show noise."""
    for build in (app_dashboard, platform_dashboard):
        assert json_file(build(service_with(5))) == json_file(build(service_with(5)))


def test_file_format() -> None:
    """Two blanks, and letters as they are."""
    assert json_file({"a": {"ü": 1}}) == '{\n  "a": {\n    "ü": 1\n  }\n}'


def test_long_names_keep_apart() -> None:
    """A uid has 40 characters; two long names must not meet there."""
    uids = {app_dashboard(service_with(0, "x" * 60 + end))["uid"] for end in "ab"}
    assert len(uids) == 2
    assert all(len(uid) <= 40 for uid in uids)


def test_the_histogram_can_measure_the_objectives(render: Render) -> None:
    """The app's buckets are those that the objectives are checked against, and hold each of them and its fourfold."""
    code = (render() / "app/observability/http.py").read_text(encoding="utf-8")
    written = re.search(r"^BUCKETS: Final = (\(.+\))$", code, re.MULTILINE)
    assert written
    assert ast.literal_eval(written[1]) == BUCKETS
    for latency in LATENCIES:
        goal = Objectives(latency_ms=latency)
        assert {goal.latency_seconds, goal.tolerated_seconds} <= set(BUCKETS)
