"""Runs inside a generated app: for each line on standard input, requests without a network, and their CPU time."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from typing import Any

WARM_UP = 300


class Caller:
    """Asks an application as a server would."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        """Send one request; return status and JSON."""
        sent: list[dict[str, Any]] = []
        headers = [(b"host", b"bench"), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("bench", 80),
            "state": {},
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return sent[0]["status"], json.loads(b"".join(m.get("body", b"") for m in sent[1:]) or b"null")


async def main() -> None:
    """Read one row again and again; print microseconds of CPU for each request."""
    app = importlib.import_module("app.main").create_app()
    caller = Caller(app)
    async with app.router.lifespan_context(app):
        status, row = await caller.ask("POST", "/api/v1/categories", b'{"name": "bench"}')
        if status == 409:
            _, page = await caller.ask("GET", "/api/v1/categories")
            row = page["items"][0]
        path = f"/api/v1/categories/{row['id']}"
        for _ in range(WARM_UP):
            status, _ = await caller.ask("GET", path)
        if status != 200:
            sys.exit(f"{path}: {status}")
        print("ready", flush=True)
        for line in sys.stdin:
            count = int(line)
            start = time.process_time()
            for _ in range(count):
                await caller.ask("GET", path)
            print((time.process_time() - start) / count * 1e6, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
