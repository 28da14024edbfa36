"""What dashboards have in common: address, variables, marks, links."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .exporters import EXPORTERS
from .expressions import series
from .panels import BLUE, DATASOURCE, YELLOW, Json

if TYPE_CHECKING:
    from ..entities import Entity
    from ..service.context import Service


SCHEMA_VERSION = 41


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
