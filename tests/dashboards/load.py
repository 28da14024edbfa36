"""Touches every entity of a running app over HTTP; runs inside the app's own environment."""

import importlib
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any


def ask(method: str, url: str, body: object = None) -> tuple[int, Any]:
    """One request: status and JSON."""
    request = urllib.request.Request(url, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, None


class Visitor:
    """Uses the API as its documentation says, by the examples of its schemas."""

    def __init__(self, base: str) -> None:
        from app.entities.registry import ENTITIES  # type: ignore[import-not-found]  # noqa: PLC0415  (the app's)

        self.base = base
        self.entities = {entity.name: entity for entity in ENTITIES}
        self.by_table = {entity.model.__tablename__: entity.name for entity in ENTITIES}
        self.keys: dict[str, Any] = {}

    def url(self, name: str) -> str:
        """The address of an entity."""
        return f"{self.base}/api/v1{self.entities[name].router.prefix}"

    def body(self, name: str) -> dict[str, Any]:
        """A valid row; those that it refers to exist."""
        schemas = importlib.import_module(f"app.entities.{name}.schemas")
        body = dict(schemas.EXAMPLE)
        for column in self.entities[name].model.__table__.columns:
            if column.unique and "@" in str(body.get(column.name)):
                body[column.name] = f"x{time.time_ns()}{body[column.name]}"  # a new address each time
            for reference in column.foreign_keys:
                body[column.name] = self.key(self.by_table[reference.column.table.name])
        return body

    def key(self, name: str) -> Any:
        """The key of a row that stays until the end of the round."""
        if name not in self.keys:
            body = self.body(name)
            status, row = ask("POST", self.url(name), body)
            if status == 409:  # left by the round before
                row = ask("GET", self.url(name))[1]["items"][0]
            self.keys[name] = row["id"]
        return self.keys[name]

    def touch(self) -> None:
        """Create, list, read, change and delete rows of every entity, and be rejected too."""
        for name in self.entities:
            one = f"{self.url(name)}/{self.key(name)}"
            body = self.body(name)
            ask("POST", self.url(name), body)
            ask("GET", self.url(name))
            ask("GET", one)
            ask("GET", f"{self.url(name)}/{2**40}")
            ask("PUT", one, body)
            ask("PATCH", one, {})
            ask("GET", f"{self.base}/cached/{name}")
        for name in reversed(self.keys):
            ask("DELETE", f"{self.url(name)}/{self.keys[name]}")
        ask("GET", f"{self.base}/nothing-here")


if __name__ == "__main__":
    for _ in range(int(sys.argv[2])):
        Visitor(sys.argv[1]).touch()
