"""The shop answers."""

from fastapi.testclient import TestClient
from shop.web import app


def test_alive() -> None:
    assert TestClient(app).get("/alive").json() == "yes"
