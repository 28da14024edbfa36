"""The pages of the API's documentation need no other host, and are shown to whom DOCS says."""

import re
from typing import Annotated

import pytest
from fastapi import Depends, HTTPException
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from fastapi.testclient import TestClient

from app import extra
from app.core.settings import Settings
from app.main import create_app

PATHS = ("/docs", "/redoc", "/openapi.json", "/docs/swagger-ui-bundle.js")


def only_ada(given: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> None:
    """Reject every user but one."""
    if given.username != "ada":
        raise HTTPException(401)


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_pages(settings: Settings, page: str) -> None:
    """Everything that a page loads comes from the app, with a policy that allows no more."""
    prefix = "/shop"
    with TestClient(create_app(settings), root_path=prefix) as client:
        response = client.get(prefix + page)
        assert response.status_code == 200
        loaded = re.findall(r'(?:src|href|spec-url)="([^"]+)"', response.text)
        loaded += re.findall(r"url: '([^']+)'", response.text)
        assert len(loaded) >= 3
        for path in loaded:
            assert path.startswith(f"{prefix}/"), path
            assert client.get(path).status_code == 200, path
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert policy.count("'sha256-") == response.text.count("<script>")


def test_files_are_kept(client: TestClient) -> None:
    """A browser loads the scripts once."""
    tag = client.get("/docs/swagger-ui.css").headers["ETag"]
    again = client.get("/docs/swagger-ui.css", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_off(settings: Settings) -> None:
    """Nothing of the API is shown."""
    with TestClient(create_app(settings.model_copy(update={"docs": "off"}))) as client:
        assert {client.get(path).status_code for path in PATHS} == {404}


def test_guarded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the API is that of its documentation."""
    monkeypatch.setattr(extra, "entity_dependencies", [Depends(only_ada)], raising=False)
    with TestClient(create_app(settings.model_copy(update={"docs": "guarded"}))) as client:
        for path in PATHS:
            assert client.get(path).status_code == 401
            assert client.get(path, auth=("bob", "any")).status_code == 401
            assert client.get(path, auth=("ada", "any")).status_code == 200


def test_guarded_by_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app does not start with the documentation open that its owner believes to be guarded."""
    monkeypatch.setattr(extra, "entity_dependencies", [], raising=False)
    with pytest.raises(ValueError, match="has no entity_dependencies"):
        create_app(settings.model_copy(update={"docs": "guarded"}))
