"""On a real Prometheus every panel of a rendered app shows data, and the alerts are quiet until it breaks."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.dashboards.linter import targets
from tests.dashboards.stack import (
    PATIENCE,
    ROOT,
    SERVERS,
    TOOLS,
    Json,
    Stack,
    fetch,
    free_port,
    listener,
    render,
    running,
    stack,
    tool,
)

pytestmark = pytest.mark.slow

MISSING = [tool for tool in (*TOOLS, *SERVERS) if shutil.which(tool) is None]

needs_prometheus = pytest.mark.skipif(
    bool(MISSING),
    reason=f"NOT TESTED ON A REAL PROMETHEUS: Debian's {', '.join(MISSING)} missing (tests/dashboards/debian.sh)",
)

needs_jaeger = pytest.mark.skipif(
    shutil.which("jaeger") is None,
    reason="NO TRACE SEEN IN A JAEGER: there is none; tests/dashboards/go.sh builds it where there is Go",
)

EXTRA = '''
from fastapi import FastAPI
from sqlalchemy import text

from app.core.db import SessionDep


def extend(app: FastAPI) -> None:
    """Use the cache for a value of each entity, and the database as well."""

    @app.get("/cached/{name}")
    async def cached(name: str, session: SessionDep) -> None:
        await session.execute(text("SELECT 1"))
        await app.state.cache.get(f"{name}:missing")
        await app.state.cache.set(f"{name}:1", 1)
        await app.state.cache.get(f"{name}:1")
'''
"""What the users' file does here: the service itself keeps nothing in the cache."""

MANY = [f"Thing{chr(ord('A') + n)}" for n in range(14)]


def until(check: Callable[[], object], patience: float = PATIENCE) -> object:
    """Return the first result that is not empty, or the last one."""
    end = time.monotonic() + patience
    while not (found := check()) and time.monotonic() < end:
        time.sleep(0.5)
    return found


@pytest.fixture(scope="module", name="shop")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The shop on PostgreSQL and Redis, after some traffic on all of its entities."""
    folder = render(tmp_path_factory.mktemp("shop") / "app", ROOT / "examples/shop.yml", tracing=True)
    (folder / "app/extra.py").write_text(EXTRA, encoding="utf-8")
    with stack(folder, tmp_path_factory.mktemp("logs")) as shop:
        shop.load(3)
        yield shop


def loud(one: Stack, dashboard: Json, entities: list[str]) -> bool:
    """Whether everything shows something after some more traffic."""
    one.load(1)
    return not one.silent(dashboard, entities)


def answered(one: Stack, queries: list[Json]) -> bool:
    """Whether every template variable has values."""
    return all(one.values_of(query) for query in queries)


def shows_data(one: Stack, patience: float = PATIENCE) -> None:
    """Every query of every panel has a finite value, for every value of every variable."""
    for dashboard in one.dashboards.values():
        queries = [v for v in dashboard["templating"]["list"] if v["type"] == "query"]
        until(functools.partial(answered, one, queries))
        offered = {query["name"]: one.values_of(query) for query in queries}
        assert all(offered.values()), offered
        entities = offered.get("entity", [])
        until(functools.partial(loud, one, dashboard, entities), patience)
        silent = one.silent(dashboard, entities)
        assert not silent, "\n".join(silent)


@needs_prometheus
def test_every_panel_shows_data(shop: Stack) -> None:
    """No panel says "No data"."""
    assert shop.dashboards.keys() == {"app-metrics", "platform"}
    shows_data(shop)


@needs_prometheus
def test_a_renamed_metric_is_noticed(shop: Stack) -> None:
    """The test above would see a dashboard that asks for a metric which does not exist."""
    for metric in ("http_requests_total", "orders_created_total", "entity_rows_by_value"):
        text = json.dumps(shop.dashboards["app-metrics"]).replace(f"{metric}{{", f"{metric}x{{")
        changed = json.loads(text)
        queries = [query for _, query in targets(changed) if f"{metric}x{{" in query and "or vector(0)" not in query]
        silent = "\n".join(shop.silent(changed, []))
        assert queries
        assert all(shop.fill(query) in silent or query in silent for query in queries)


@needs_prometheus
def test_a_metric_that_the_app_renames_is_noticed(tmp_path: Path) -> None:
    """An app that counts under another name: "no panel says No data" fails, and names the panel and its metric."""
    folder = render(tmp_path / "app", ROOT / "examples/minimal.yml", database="sqlite", redis=False)
    source = folder / "app/observability/http.py"
    text = source.read_text(encoding="utf-8")
    assert text.count('"http_requests_in_progress"') == 1
    source.write_text(text.replace('"http_requests_in_progress"', '"http_requests_under_way"'), encoding="utf-8")
    (tmp_path / "logs").mkdir()
    with stack(folder, tmp_path / "logs") as changed:
        changed.load(2)
        with pytest.raises(AssertionError) as failure:
            shows_data(changed, patience=10)
    assert "Requests in flight: sum by (instance) (http_requests_in_progress{" in str(failure.value)
    assert "HTTP status codes" not in str(failure.value)


@needs_prometheus
def test_annotations_are_valid(shop: Stack) -> None:
    """Prometheus understands the queries behind the marks; the start of the app is one."""
    for mark in shop.dashboards["app-metrics"]["annotations"]["list"]:
        shop.ask("query", query=shop.fill(mark["expr"]))


@needs_prometheus
def test_writes_are_counted_once(shop: Stack) -> None:
    """What the business metrics say is what was written."""
    page = fetch(f"{shop.app_url}/metrics/metrics")
    samples = [line.split() for line in page.splitlines() if not line.startswith("#")]
    counted = {name: float(value) for name, value in samples}
    for plural in ("customers", "categories", "products", "orders", "order_items"):
        entity = {"categories": "category"}.get(plural, plural.removesuffix("s"))
        created = counted[f"{plural}_created_total"]
        same = f'entity_operations_total{{entity="{entity}",operation="create",outcome="ok"}}'
        assert created == counted[same] > 0


@needs_prometheus
def test_metrics_keep_the_conventions(shop: Stack) -> None:
    """`promtool check metrics` has nothing to say about a page that is not empty."""
    page = fetch(f"{shop.app_url}/metrics/metrics")
    assert len(page.splitlines()) > 100
    checked = subprocess.run(["promtool", "check", "metrics"], input=page, text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@needs_prometheus
def test_rules(shop: Stack) -> None:
    """Prometheus's own checks find nothing, and the test cases of the rules pass."""
    docker = shop.folder / "docker"
    rules = [str(path) for path in sorted((docker / "prometheus/rules").glob("*.yml"))]
    cases = [str(path) for path in sorted((docker / "prometheus/tests").glob("*.yml"))]
    assert rules
    assert cases
    for command in (
        ["check", "config", "--lint=all", str(docker / "prometheus.yml")],
        ["check", "rules", "--lint=all", *rules],
        ["test", "rules", *cases],
    ):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@needs_prometheus
def test_alertmanager_configuration(shop: Stack) -> None:
    """Alertmanager's own check finds nothing."""
    command = ["amtool", "check-config", str(shop.folder / "docker/alertmanager.yml")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 receivers" in checked.stdout


@needs_prometheus
@pytest.mark.skipif(
    not Path("/usr/share/prometheus/alertmanager/default.tmpl").exists(),
    reason="NO ALERT SENT: Debian's Alertmanager runs only where it is installed (prometheus-alertmanager)",
)
def test_alertmanager_tells_a_chat(shop: Stack, tmp_path: Path) -> None:
    """An alert reaches the address in the secret, and a person can read it."""
    source = shop.folder / "docker/alertmanager.yml"
    heard: list[tuple[str, bytes]] = []
    with listener(heard) as address:
        (tmp_path / "url").write_text(f"{address}/hooks/key", encoding="utf-8")
        config = yaml.safe_load(source.read_text(encoding="utf-8"))
        assert config["receivers"][0]["slack_configs"][0]["api_url_file"] == "/run/secrets/alert_webhook_url"
        config["receivers"][0]["slack_configs"][0]["api_url_file"] = str(tmp_path / "url")
        config["route"]["group_wait"] = "0s"
        (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        listen = f"127.0.0.1:{free_port()}"
        command = [
            tool("prometheus-alertmanager"),
            f"--config.file={tmp_path}/alertmanager.yml",
            f"--storage.path={tmp_path}/data",
            f"--web.listen-address={listen}",
            "--cluster.listen-address=",
        ]
        with running(command, f"http://{listen}/-/ready", tmp_path / "alertmanager.log"):
            labels = {"alertname": "TargetDown", "severity": "page", "job": "shop-api"}
            alert = {"labels": labels, "annotations": {"summary": "app-1 is gone", "description": "Why?"}}
            request = urllib.request.Request(f"http://{listen}/api/v2/alerts", json.dumps([alert]).encode())
            request.add_header("Content-Type", "application/json")
            urllib.request.urlopen(request, timeout=10).close()
            until(lambda: heard)
    assert heard[0][0] == "/hooks/key"
    (message,) = json.loads(heard[0][1])["attachments"]
    assert message["title"] == "FIRING page: TargetDown"
    assert message["text"].splitlines() == ["app-1 is gone", "Why?"]


@needs_prometheus
def test_durations_lead_to_traces(shop: Stack) -> None:
    """Prometheus keeps exemplars of the durations, each with the id of a trace."""
    query = shop.fill('http_request_duration_seconds_bucket{job=~"$job"}')
    now = time.time()
    found = shop.ask("query_exemplars", query=query, start=now - 600, end=now)
    ids = {example["labels"]["trace_id"] for series in found for example in series["exemplars"]}
    assert ids
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


def spans_of(trace: Json) -> dict[str, Json]:
    """The spans of one trace by their kind: the request, and what it did at which system."""
    spans = {}
    for span in trace["spans"]:
        tags = {tag["key"]: tag["value"] for tag in span["tags"]}
        spans[tags.get("db.system.name") or tags.get("db.system") or tags["span.kind"]] = span
    return spans


def traces(one: Stack, operation: str) -> list[Json]:
    """The traces of one kind of request that Jaeger has."""
    query = urllib.parse.urlencode({"service": one.job, "operation": operation, "limit": 20})
    found: list[Json] = json.loads(fetch(f"{one.traces_url}/api/traces?{query}"))["data"]
    return found


@needs_prometheus
@needs_jaeger
def test_traces_reach_jaeger(shop: Stack) -> None:
    """A request, its statement and its call of the cache are one trace, the request on top of it."""
    found = until(functools.partial(traces, shop, "GET /cached/{name}"))
    assert isinstance(found, list)
    assert found
    for trace in found:
        spans = spans_of(trace)
        assert spans.keys() >= {"server", "postgresql", "redis"}, trace
        for kind in ("postgresql", "redis"):
            above = [reference["spanID"] for reference in spans[kind]["references"]]
            assert above == [spans["server"]["spanID"]]
        assert {process["serviceName"] for process in trace["processes"].values()} == {shop.job}


@needs_prometheus
@needs_jaeger
def test_exemplars_are_traces(shop: Stack) -> None:
    """What a dot in Grafana leads to is there."""
    query = shop.fill('http_request_duration_seconds_bucket{job=~"$job"}')
    now = time.time()
    series = shop.ask("query_exemplars", query=query, start=now - 600, end=now)
    newest = max((example for one in series for example in one["exemplars"]), key=lambda one: one["timestamp"])
    trace = newest["labels"]["trace_id"]
    kept = until(lambda: json.loads(fetch(f"{shop.traces_url}/api/traces/{trace}"))["data"])
    assert isinstance(kept, list)
    assert kept[0]["traceID"] == trace


@needs_prometheus
def test_every_alert_has_its_case(shop: Stack) -> None:
    """No alert without a case in which it fires and one in which it does not, and without its line in the docs."""
    cases = [
        case
        for path in (shop.folder / "docker/prometheus/tests").glob("*.yml")
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
        for case in test["alert_rule_test"]
    ]
    page = (ROOT / "docs/dashboards.md").read_text(encoding="utf-8")
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    quiet = {case["alertname"] for case in cases if not case["exp_alerts"]}
    assert fired == quiet == alerts(shop).keys()
    cells = re.findall(r"^\| (`[A-Z][^|]+) \|", page, re.MULTILINE)
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == fired


def test_compose_mounts_the_rules(tmp_path: Path) -> None:
    """The path in prometheus.yml is valid next to the file and inside the container."""
    docker = render(tmp_path / "app", ROOT / "examples/minimal.yml") / "docker"
    patterns = yaml.safe_load((docker / "prometheus.yml").read_text(encoding="utf-8"))["rule_files"]
    compose = yaml.safe_load((docker / "docker-compose.yml").read_text(encoding="utf-8"))
    mounts = [m.split(":")[:2] for m in compose["services"]["prometheus"]["volumes"]]
    inside = {target: docker / source for source, target in mounts}
    for pattern in patterns:
        assert list(docker.glob(pattern)), pattern
        folder = Path("/etc/prometheus", pattern).parent
        sources = [src / folder.relative_to(dst) for dst, src in inside.items() if folder.is_relative_to(dst)]
        assert any(list(source.glob("*.yml")) for source in sources), f"{folder} is not mounted"


def alerts(one: Stack) -> dict[str, str]:
    """The state of every alert, by name."""
    groups = one.ask("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}, rules
    return {rule["name"]: rule["state"] for rule in rules if rule["type"] == "alerting"}


@needs_prometheus
def test_alerts(shop: Stack) -> None:
    """All are quiet while the app is well; when it is gone, the right one wakes up."""
    assert len(alerts(shop)) >= 8
    until(lambda: set(alerts(shop).values()) == {"inactive"})
    assert {name for name, state in alerts(shop).items() if state != "inactive"} == set()
    shop.app.kill()
    until(lambda: alerts(shop)["TargetDown"] != "inactive")
    assert alerts(shop)["TargetDown"] in {"pending", "firing"}


@needs_prometheus
def test_several_workers(tmp_path: Path) -> None:
    """With two workers in one container each panel shows data as well, and each write is counted once."""
    folder = render(tmp_path / "app", ROOT / "examples/minimal.yml", redis=True)
    (folder / "app/extra.py").write_text(EXTRA, encoding="utf-8")
    (tmp_path / "logs").mkdir()
    with stack(folder, tmp_path / "logs", WEB_CONCURRENCY="2") as two:
        two.load(3)
        pages = [fetch(f"{two.app_url}/metrics/metrics") for _ in range(10)]
        created = {re.search(r"^notes_created_total (.+)$", page, re.MULTILINE)[1] for page in pages}
        assert created == {"6.0"}
        shows_data(two)


@needs_prometheus
def test_many_entities(tmp_path: Path) -> None:
    """With many entities one row follows the variable, and shows data for each of them."""
    folder = render(tmp_path / "app", ROOT / "examples/minimal.yml", database="sqlite", redis=False, entities=MANY)
    (tmp_path / "logs").mkdir()
    with stack(folder, tmp_path / "logs") as many:
        many.load(2)
        variables = {v["name"]: v for v in many.dashboards["app-metrics"]["templating"]["list"]}
        until(lambda: len(many.values_of(variables["entity"])) == len(MANY))
        assert len(many.values_of(variables["entity"])) == len(MANY)
        shows_data(many)
