"""Adapts the template's tests to your code; updates never change this file."""

from typing import Any

from fastapi.testclient import TestClient


def valid_body(entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body that creates an entity and passes your rules; `body` is the documented example.

    Change it if a rule rejects the example: `if entity == "stay": body["leaves_on"] = "2026-02-02"`.
    """
    del entity  # for your conditions
    return body


def valid_patch(entity: str, patch: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a PATCH that your rules allow for a row created with `valid_body`."""
    del entity  # for your conditions
    return patch


def prepare(client: TestClient) -> None:
    """Prepare the client of the tests: `client.headers["Authorization"] = "Bearer token"`."""
