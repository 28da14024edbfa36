"""The OpenAPI document: generated once, on the first request, outside of the event loop."""

import asyncio
import gc
from collections.abc import Sequence
from threading import Lock
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from app.core.api_document import Documented, complete


class OpenAPIDocument:
    """The OpenAPI document of an app; with many entities it takes seconds to generate."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.documents: dict[str, asyncio.Future[bytes]] = {}

    async def serve(self, request: Request) -> Response:
        """Return the document; concurrent requests share one generation."""
        root_path = request.scope.get("root_path", "").rstrip("/")
        document = self.documents.get(root_path)
        if document is None or (document.done() and document.exception()):
            loop = asyncio.get_running_loop()
            document = loop.run_in_executor(None, self.generate, root_path)
            self.documents[root_path] = document
        # A cancelled request must not cancel the generation for the others.
        return Response(await asyncio.shield(document), media_type=JSONResponse.media_type)

    def generate(self, root_path: str) -> bytes:
        """Generate the document in a thread; `servers` names the prefix that a proxy strips."""
        collecting = gc.isenabled()
        gc.disable()  # a full collection would block every request
        try:
            schema: dict[str, Any] = self.app.openapi()
            if root_path:
                without = {root_path, "/"}
                others = [one for one in schema.get("servers", []) if one["url"] not in without]
                schema = {**schema, "servers": [{"url": root_path}, *others]}
            return bytes(JSONResponse(schema).body)
        finally:
            if collecting:
                gc.enable()


def setup(app: FastAPI, entities: Sequence[Documented]) -> None:
    """Complete the document that FastAPI generates."""
    generate, lock = app.openapi, Lock()
    completed: list[dict[str, Any]] = []

    def complete_once() -> dict[str, Any]:
        """Return the complete document; other threads wait for it."""
        with lock:
            if not completed:
                completed.append(complete(generate(), entities))
            return completed[0]

    app.openapi = complete_once  # type: ignore[method-assign]  # (as FastAPI documents it)
