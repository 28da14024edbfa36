"""What `app/extra.py` may have: routers, start-up work, and dependencies of the entities' routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from fastapi.security import APIKeyQuery, HTTPAuthorizationCredentials, HTTPBearer
from fastapi.testclient import TestClient

from app import extra, main
from app.core.filtering import filters
from app.core.schemas import ListQuery
from app.core.settings import Settings
from app.entities.registry import ENTITIES, Entity
from app.main import API_PREFIX, create_app


@pytest.fixture(autouse=True)
def without_yours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what your file has."""
    for name in main.EXTRA_NAMES:
        monkeypatch.delattr(extra, name, raising=False)


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> APIRouter:
    """Return the router of an entity that every app created in this test has."""
    router = APIRouter(prefix="/things")

    @router.get("")
    def list_things(query: Annotated[ListQuery, Query()], q: str = "") -> dict[str, Any]:
        return {"limit": query.limit, "q": q}

    @router.get("/{thing_id}")
    def get_thing(thing_id: int) -> int:
        return thing_id

    entity = Entity(name="thing", plural="things", model=object, router=router)
    monkeypatch.setattr(main, "ENTITIES", (*ENTITIES, entity))
    return router


def test_router_of_yours(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, things: APIRouter
) -> None:
    """It comes before the routes of the entities: its path is not taken for an id."""
    router = APIRouter()

    @router.get(f"{API_PREFIX}{things.prefix}/summary")
    def summarize() -> str:
        return "short"

    monkeypatch.setattr(extra, "routers", [router], raising=False)
    with TestClient(create_app(settings)) as client:
        assert client.get(f"{API_PREFIX}/things/summary").json() == "short"
        assert client.get(f"{API_PREFIX}/things/7").json() == 7


def test_start_up_work(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs while the database is open, on start and on shutdown."""
    done: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await app.state.database.ping()
        done.append("started")
        yield
        await app.state.database.ping()
        done.append("stopped")

    monkeypatch.setattr(extra, "lifespan", lifespan, raising=False)
    with TestClient(create_app(settings)) as client:
        assert done == ["started"]
        assert client.get("/health/health").status_code == 200
    assert done == ["started", "stopped"]


def test_start_up_work_that_fails(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app does not start, and says why."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        message = "no license"
        raise RuntimeError(message)
        yield

    monkeypatch.setattr(extra, "lifespan", lifespan, raising=False)
    with pytest.raises(RuntimeError, match="no license"), TestClient(create_app(settings)):
        pass


def check_token(token: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> None:
    """Reject every token but one."""
    if token.credentials != "right":
        raise HTTPException(401)


@pytest.mark.usefixtures("things")
def test_dependency_of_all_entities(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It guards every route of the entities and no other, and the documentation says so."""
    monkeypatch.setattr(extra, "entity_dependencies", [Depends(check_token)], raising=False)
    app = create_app(settings)
    with TestClient(app) as client:
        right, wrong = {"Authorization": "Bearer right"}, {"Authorization": "Bearer wrong"}
        assert client.get(f"{API_PREFIX}/things").status_code in {401, 403}
        assert client.get(f"{API_PREFIX}/things?bad=1", headers=wrong).status_code == 401
        assert client.get(f"{API_PREFIX}/things/7", headers=right).status_code == 200
        assert client.get("/health/ready").status_code == 200
    document = app.openapi()
    assert "HTTPBearer" in document["components"]["securitySchemes"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            of_entity = path.startswith(f"{API_PREFIX}/")
            assert ("security" in operation) == of_entity, path


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("router", "routers"),
        ("entity_dependecies", "entity_dependencies"),
        ("extent", "extend"),
        ("life_span", "lifespan"),
    ],
)
def test_misspelt_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, known: str
) -> None:
    """An app does not start without what its owner believes to be in use, a guard for example."""
    monkeypatch.setattr(extra, name, [], raising=False)
    with pytest.raises(NameError, match=f"{name} is not used: rename it to {known}"):
        create_app(settings)
    monkeypatch.setattr(extra, known, [], raising=False)
    with pytest.raises(NameError, match=f"{name} is not used: rename it to {known}"):
        create_app(settings)


def test_similar_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of another type may be named like the list that it is in."""
    router = APIRouter()
    monkeypatch.setattr(extra, "router", router, raising=False)
    monkeypatch.setattr(extra, "routers", [router], raising=False)
    assert create_app(settings).title


@pytest.mark.usefixtures("things")
def test_key_in_the_query(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard may read its key from the query of a list."""
    guard = Depends(APIKeyQuery(name="api_key"))
    monkeypatch.setattr(extra, "entity_dependencies", [guard], raising=False)
    with TestClient(create_app(settings)) as client:
        assert client.get(f"{API_PREFIX}/things?api_key=k").status_code == 200
        assert client.get(f"{API_PREFIX}/things").status_code in {401, 403}


@pytest.mark.usefixtures("things")
def test_query_parameters_of_yours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list takes parameters beside its model and those of dependencies; others are rejected."""

    def in_language(language: str = "en") -> str:
        return language

    monkeypatch.setattr(extra, "entity_dependencies", [Depends(in_language)], raising=False)
    with TestClient(create_app(settings)) as client:
        response = client.get(f"{API_PREFIX}/things?q=chair&limit=3&language=fr")
        assert response.json() == {"limit": 3, "q": "chair"}
        response = client.get(f"{API_PREFIX}/things?limits=3")
        assert response.status_code == 422
        assert [error["field"] for error in response.json()["errors"]] == ["query.limits"]


@pytest.mark.parametrize("entity", ENTITIES[:1], ids=lambda entity: entity.name)
def test_parameter_that_is_no_column(entity: Entity) -> None:
    """A field added to the model of a list's parameters is no filter; your own code reads it."""

    class Query(ListQuery):
        q: str | None = None

        id__between: str | None = None

    assert filters(entity.model, Query(q="chair", id__between="1,2")) == []


def test_nothing_of_yours(settings: Settings) -> None:
    """Every name may be missing."""
    with TestClient(create_app(settings)) as client:
        assert client.get("/health/health").status_code == 200
