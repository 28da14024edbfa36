"""The documentation of the API is complete: tags, operation ids, examples, errors."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.entities.registry import ENTITIES, Entity


@pytest.fixture
def operations(client: TestClient) -> dict[str, dict[str, Any]]:
    """Return every operation of the entities by its method and path."""
    paths = client.get("/openapi.json").json()["paths"]
    return {
        f"{method} {path}": operation
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/api/")
    }


def test_operations(operations: dict[str, dict[str, Any]]) -> None:
    """Each has a tag, a summary, an id of its own, and says that it answers errors as problems."""
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(ids) == len(set(ids))
    for name, operation in operations.items():
        assert operation["tags"], name
        assert operation["summary"], name
        assert "application/problem+json" in operation["responses"]["422"]["content"], name


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_example(client: TestClient, entity: Entity) -> None:
    """The schema of a new row shows an example."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    name = f"{entity.model.__name__}Create"
    if name in schemas:
        assert schemas[name]["examples"]


def test_pages(client: TestClient) -> None:
    """The page for people is there."""
    assert client.get("/docs").status_code == 200
