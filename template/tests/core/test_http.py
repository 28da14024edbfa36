"""HTTP semantics of every route: methods, conditional requests, media types, compression, prefixes."""

import gzip
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import FastAPI, Query, Request, Response
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.core.field_types import RowId
from app.core.schemas import Schema
from app.core.settings import Settings
from app.main import create_app


class Thing(Schema):
    """A request with one field."""

    name: str


def app_with_routes(settings: Settings) -> FastAPI:
    """Return an app with routes to try HTTP on."""
    app = create_app(settings)

    @app.get("/texts/{size}")
    def text(size: RowId) -> str:
        return "x" * size

    @app.get("/tagged")
    def tagged(response: Response) -> str:
        response.headers["ETag"] = '"yours"'
        return "x" * 2000

    @app.get("/listed")
    def listed(kind: Annotated[list[int], Query()]) -> list[int]:
        return kind

    @app.post("/things")
    @app.patch("/things")
    def thing(data: Thing) -> str:
        return data.name

    @app.head("/own")
    def own_head() -> Response:
        return Response(headers={"X-Own": "yes"})

    @app.get("/path")
    def path(request: Request) -> str:
        return request.url.path

    return app


@pytest.fixture(scope="module")
def http(settings: Settings) -> Iterator[TestClient]:
    """Return a client that asks for no compression."""
    with TestClient(app_with_routes(settings), headers={"Accept-Encoding": "identity"}) as client:
        yield client


@pytest.mark.parametrize("path", ["/health/health", "/texts/9", "/openapi.json"])
def test_head(http: TestClient, path: str) -> None:
    """HEAD has the headers of GET and no body."""
    got, head = http.get(path), http.head(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control"):
        assert head.headers.get(name) == got.headers.get(name), name


def test_head_of_yours(http: TestClient) -> None:
    """A route for HEAD comes first; without a route for GET there is no HEAD."""
    assert http.head("/own").headers["X-Own"] == "yes"
    assert http.head("/things").status_code == 405


def test_options(http: TestClient) -> None:
    """OPTIONS lists the methods of a path."""
    response = http.options("/texts/9")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert http.options("/things").headers["Allow"] == "OPTIONS, PATCH, POST"
    assert "application/merge-patch+json" in http.options("/things").headers["Accept-Patch"]
    assert http.options("/none-such").status_code == 404


def test_not_modified(http: TestClient) -> None:
    """A client that has the response gets 304 with the same ETag and no body."""
    tag = http.get("/texts/9").headers["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        response = http.get("/texts/9", headers={"If-None-Match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag
        assert response.headers["Cache-Control"] == "private, no-cache"
    for other in (http.get("/texts/8").headers["ETag"], "unquoted", ""):
        assert http.get("/texts/9", headers={"If-None-Match": other}).status_code == 200


def test_condition_of_a_read(http: TestClient) -> None:
    """If-Match of GET is compared, too."""
    tag = http.get("/texts/9").headers["ETag"]
    assert http.get("/texts/9", headers={"If-Match": tag}).status_code == 200
    changed = http.get("/texts/9", headers={"If-Match": '"other"'})
    assert changed.status_code == 412
    assert changed.headers["content-type"] == "application/problem+json"
    assert changed.json()["status"] == 412
    assert http.get("/texts/9", headers={"If-Match": "other"}).status_code == 400


def test_etag_of_yours(http: TestClient) -> None:
    """A route's own ETag is kept."""
    assert http.get("/tagged").headers["ETag"] == '"yours"'
    response = http.get("/tagged", headers={"If-None-Match": '"yours"'})
    assert response.status_code == 304
    compressed = http.get("/tagged", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["ETag"] == 'W/"yours"'


def test_compression(http: TestClient) -> None:
    """Larger responses are compressed for clients that can read it."""
    response = http.get("/texts/5000", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert int(response.headers["Content-Length"]) < 200
    assert len(response.json()) == 5000
    tag = response.headers["ETag"]
    assert http.get("/texts/5000", headers={"If-None-Match": tag}).status_code == 304
    assert "Content-Encoding" not in http.get("/texts/5000").headers
    small = http.get("/texts/9", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers


def test_no_compression(settings: Settings) -> None:
    """It can be turned off."""
    app = app_with_routes(settings.model_copy(update={"compress_from_bytes": 0}))
    with TestClient(app, headers={"Accept-Encoding": "gzip"}) as client:
        assert "Content-Encoding" not in client.get("/texts/5000").headers


@pytest.mark.parametrize("path", ["/none-such", "/health/health"])
def test_not_stored(http: TestClient, path: str) -> None:
    """Nobody keeps errors and probes."""
    assert http.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/merge-patch+json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json-patch+json", 415),
        (None, 415),
    ],
)
def test_media_type(http: TestClient, media_type: str | None, status: int) -> None:
    """A body that is not called JSON is rejected, with the media types that are accepted."""
    headers = {"Content-Type": media_type} if media_type else {}
    body = b'[{"op": "add"}]' if media_type and "json-patch" in media_type else b'{"name": "a"}'
    response = http.patch("/things", content=body, headers=headers)
    assert response.status_code == status, response.text
    if status == 415:
        assert "application/json" in response.json()["detail"]
        assert "application/merge-patch+json" in response.headers["Accept-Patch"]
        assert http.post("/things", content=body, headers=headers).headers["Accept"] == (
            "application/json"
        )


def test_compressed_body(http: TestClient) -> None:
    """A compressed body is rejected."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = http.post("/things", content=gzip.compress(b"{}"), headers=headers)
    assert response.status_code == 415
    assert response.headers["Accept-Encoding"] == "identity"
    assert response.headers["content-type"] == "application/problem+json"


def test_broken_json(http: TestClient) -> None:
    """It is no field that is broken."""
    headers = {"Content-Type": "application/json"}
    response = http.post("/things", content=b'{"name": "a",', headers=headers)
    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert fault["field"] == "body"
    assert "at character 13" in fault["message"]


def test_values_with_commas(http: TestClient) -> None:
    """Several values are a repeated parameter."""
    assert http.get("/listed?kind=1&kind=2").json() == [1, 2]
    (fault,) = http.get("/listed?kind=1,2").json()["errors"]
    assert "repeat the parameter: kind=1&kind=2" in fault["message"]


@pytest.mark.parametrize("key", ["1.0", "+1", "1_0", "%201", "1e0", "-1", "0", "٣"])
def test_integer_ids(http: TestClient, key: str) -> None:
    """An id is written in digits only."""
    assert http.get(f"/texts/{key}").status_code == 422


@pytest.mark.parametrize("path", ["/texts/9/", "/health/health/"])
def test_slash_at_the_end(http: TestClient, path: str) -> None:
    """There is no redirect, but a hint."""
    response = http.get(path, follow_redirects=False)
    assert response.status_code == 404
    assert "without the slash" in response.json()["detail"]
    assert "slash" not in http.get("/none-such/").json()["detail"]


def test_behind_a_prefix(settings: Settings) -> None:
    """Paths of links have the prefix; probes and limits work as without it."""
    app = app_with_routes(settings.model_copy(update={"max_concurrency": 0}))
    with TestClient(app, root_path="/shop") as client:
        assert client.get("/shop/health/health").status_code == 200
        assert client.head("/shop/health/health").status_code == 200
        assert client.get("/shop/path").status_code == 503
    with TestClient(app_with_routes(settings), root_path="/shop") as client:
        assert client.get("/shop/path").json() == "/shop/path"
        assert client.options("/shop/path").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("prefix", ["shop", "/shop/", "/", "//", "http://shop"])
def test_prefix_at_fault(settings: Settings, prefix: str) -> None:
    """ROOT_PATH starts with a slash and does not end with one."""
    with pytest.raises(ValidationError, match="root_path"):
        Settings(_env_file=None, database_url=settings.database_url, root_path=prefix)


def test_origins_with_credentials(settings: Settings) -> None:
    """Cookies are for origins that were named."""
    given = {"cors_origins": ["https://ui.example"], "cors_credentials": True}
    with TestClient(create_app(settings.model_copy(update=given))) as client:
        headers = {"Origin": "https://ui.example", "Access-Control-Request-Method": "PATCH"}
        asked = client.options("/health/health", headers=headers)
        assert asked.status_code == 200
        assert asked.headers["Access-Control-Allow-Credentials"] == "true"
    with pytest.raises(ValidationError, match="CORS_ORIGINS"):
        Settings(
            _env_file=None,
            database_url=settings.database_url,
            cors_origins=["*"],
            cors_credentials=True,
        )
