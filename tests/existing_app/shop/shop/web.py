"""The shop's API."""

from fastapi import APIRouter, FastAPI
from prometheus_fastapi_instrumentator import Instrumentator, metrics
from sqlalchemy import select

from shop.database import Order, Session

orders = APIRouter(prefix="/orders")


@orders.get("")
def listed() -> list[str]:
    """List what was ordered."""
    with Session() as session:
        return list(session.scalars(select(Order.what).order_by(Order.id)))


@orders.post("/{what}", status_code=201)
def ordered(what: str) -> None:
    """Order something."""
    with Session.begin() as session:
        session.add(Order(what=what))


app = FastAPI(title="Shop")
app.include_router(orders)


@app.get("/alive")
def alive() -> str:
    """Say that the process runs."""
    return "yes"


@app.get("/ready")
def ready() -> str:
    """Say that the database answers."""
    with Session() as session:
        session.execute(select(1))
    return "yes"


BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10)

Instrumentator(
    should_group_status_codes=False,
    should_instrument_requests_inprogress=True,
    inprogress_name="http_requests_in_progress",
    excluded_handlers=["/alive", "/ready", "/metrics"],
).add(
    metrics.default(latency_lowr_buckets=BUCKETS),
).instrument(app).expose(app, endpoint="/metrics")
