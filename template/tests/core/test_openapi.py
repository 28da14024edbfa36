"""The documentation of the API is complete: tags, operation ids, examples, errors."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.settings import Settings
from app.entities.registry import ENTITIES, Entity
from app.main import create_app


def written_by_template(operation_id: str) -> bool:
    """Return whether an operation came with the template: yours are documented as you like."""
    links = tuple(f"{verb}_{entity.name}_" for entity in ENTITIES for verb in ("link", "unlink"))
    verbs = ("create", "get", "replace", "update", "delete", "restore")
    own = {f"{verb}_{entity.name}" for entity in ENTITIES for verb in verbs}
    own |= {f"list_{entity.plural}" for entity in ENTITIES}
    return operation_id in own or operation_id.startswith(links)


@pytest.fixture
def operations(client: TestClient) -> list[dict[str, Any]]:
    """Return every operation of the entities that came with the template."""
    paths = client.get("/openapi.json").json()["paths"]
    found = [operation for methods in paths.values() for operation in methods.values()]
    return [operation for operation in found if written_by_template(operation["operationId"])]


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    """Return the document."""
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def parts(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield every object of the document with the path to it; examples are none of it."""
    names = path[-1:] == ("properties",)
    if isinstance(value, dict) and not names:
        yield path, value
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if names or key not in {"examples", "default"}:
                yield from parts(inner, *path, str(key))


def test_schemas(document: dict[str, Any]) -> None:
    """Every schema has one meaning for all client generators."""
    for path, part in parts(document):
        where = "/".join(path)
        if part.get("type") in {"integer", "number"}:
            assert part["format"] in {"int32", "int64", "double"}, where
            assert not {"ge", "gt", "le", "lt"} & part.keys(), where
        assert not {"maximum", "exclusiveMaximum"} <= part.keys(), where
        assert not {"minimum", "exclusiveMinimum"} <= part.keys(), where
        assert part.get("default") != [], where
        assert {} not in part.get("anyOf", []), where
    names = document["components"]["schemas"]
    assert [name for name in names if not name.isalnum()] == []


def test_responses(document: dict[str, Any]) -> None:
    """Errors are problems and nothing else; what tells a client when to retry is documented."""
    for path, part in parts(document["paths"]):
        if "application/problem+json" in part.get("content", {}):
            assert [*part["content"]] == ["application/problem+json"], path
            assert path[-1] not in {"503", "504"} or "Retry-After" in part["headers"], path


def test_whole(document: dict[str, Any]) -> None:
    """Where the service is, who keeps it and what its tags are for is stated."""
    assert document["servers"]
    assert "security" in document
    assert {"contact", "license"} <= document["info"].keys()
    described = {tag["name"] for tag in document["tags"] if tag.get("description")}
    assert {str(tag) for entity in ENTITIES for tag in entity.router.tags} <= described


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_created(operations: list[dict[str, Any]], entity: Entity) -> None:
    """A new row has a documented place, and links to what can be done with it."""
    known = {operation["operationId"]: operation for operation in operations}
    create = known.get(f"create_{entity.name}")
    if create is None:
        return
    created = create["responses"]["201"]
    assert "Location" in created["headers"]
    verbs = ("get", "replace", "update", "delete")
    offered = {f"{verb}_{entity.name}" for verb in verbs} & known.keys()
    assert created.get("links", {}).keys() == offered


def test_operations(operations: list[dict[str, Any]]) -> None:
    """Each has a tag, a summary, an id of its own, and documents its error responses as problems."""
    ids = [operation["operationId"] for operation in operations]
    assert bool(ids) == bool(ENTITIES)
    assert len(ids) == len(set(ids))
    for operation in operations:
        assert operation["tags"], operation
        assert operation["summary"], operation
        assert "application/problem+json" in operation["responses"]["422"]["content"], operation


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_example(client: TestClient, entity: Entity) -> None:
    """The schema of a new row shows an example."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    name = f"{entity.model.__name__}Create"
    if name in schemas:
        assert schemas[name]["examples"]


def test_made_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other requests are served while the document is made, and it is made once for all requests."""
    app = create_app(settings)
    began, go_on = Event(), Event()
    calls: list[int] = []

    def slow() -> dict[str, Any]:
        calls.append(1)
        began.set()
        assert go_on.wait(30)
        return {"openapi": "3.1.0"}

    monkeypatch.setattr(app, "openapi", slow)
    with TestClient(app) as client, ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(client.get, "/openapi.json") for _ in range(2)]
        assert began.wait(30)
        assert client.get("/health/health").status_code == 200
        assert client.put("/health/health").headers["Allow"] == "GET, HEAD, OPTIONS"
        go_on.set()
        assert [future.result().json() for future in asked] == [{"openapi": "3.1.0"}] * 2
        assert client.get("/openapi.json").json() == {"openapi": "3.1.0"}
    assert calls == [1]


def test_behind_a_prefix(settings: Settings) -> None:
    """A proxy's prefix is named as the server; the document is that of the app."""
    app = create_app(settings)
    with TestClient(app, root_path="/shop") as client:
        document = client.get("/openapi.json").json()
    assert document == {**app.openapi(), "servers": [{"url": "/shop"}]}


def test_failed_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the document cannot be generated, the next request tries again."""
    app = create_app(settings)

    def broken() -> dict[str, Any]:
        message = "secret"
        raise RuntimeError(message)

    with TestClient(app, raise_server_exceptions=False) as client:
        with monkeypatch.context() as patch:
            patch.setattr(app, "openapi", broken)
            assert client.get("/openapi.json").status_code == 500
        assert client.get("/openapi.json").status_code == 200
