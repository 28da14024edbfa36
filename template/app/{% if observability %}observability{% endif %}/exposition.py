"""The page that Prometheus reads, /metrics/metrics."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Response
from prometheus_client import REGISTRY, CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from app.observability import workers

router: Final = APIRouter(prefix="/metrics", include_in_schema=False)

# A timestamp beside each counter and histogram: a sixth of all series, and nothing asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]


def registry() -> CollectorRegistry:
    """Return this process's metrics, or with several workers the sum of all of them."""
    shared = workers.folder()
    if shared is None:
        return REGISTRY
    workers.forget_the_dead(shared)
    together = CollectorRegistry()
    MultiProcessCollector(together, str(shared))  # type: ignore[no-untyped-call]
    together.register(workers.ProcessesCollector(shared))
    return together


@router.get("/metrics")
def metrics(accept: Annotated[str, Header()] = "") -> Response:
    """Return all metrics in Prometheus's text format, or in OpenMetrics for those who ask for it."""
    encode, content_type = choose_encoder(accept)
    return Response(encode(registry()), headers={"Content-Type": content_type})
