"""The endpoint that Prometheus scrapes, /metrics/metrics."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Response
from prometheus_client import REGISTRY, CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from app.observability import workers

router: Final = APIRouter(prefix="/metrics", include_in_schema=False)

# Omit the _created timestamp of each counter and histogram: a sixth of all series, never queried.
disable_created_metrics()  # type: ignore[no-untyped-call]  # (the library has no types)


def registry() -> CollectorRegistry:
    """Return the metrics of this process, or of all workers if there are several."""
    shared = workers.folder()
    if shared is None:
        return REGISTRY
    workers.remove_dead_workers(shared)
    combined = CollectorRegistry()
    MultiProcessCollector(combined, str(shared))  # type: ignore[no-untyped-call]
    combined.register(workers.ProcessesCollector(shared))
    return combined


@router.get("/metrics")
def metrics(accept: Annotated[str, Header()] = "") -> Response:
    """Return all metrics in the Prometheus text format, or in OpenMetrics if requested."""
    encode, content_type = choose_encoder(accept)
    return Response(encode(registry()), headers={"Content-Type": content_type})
