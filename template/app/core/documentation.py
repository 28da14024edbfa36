"""The OpenAPI document: made once, when it is first asked for, while other requests go on."""

import asyncio
import gc
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse


class Document:
    """The document of an app as bytes; with many entities it takes seconds to make."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.made: dict[str, asyncio.Future[bytes]] = {}

    async def serve(self, request: Request) -> Response:
        """Answer with the document; who asks while it is made waits for the same one."""
        root_path = request.scope.get("root_path", "").rstrip("/")
        making = self.made.get(root_path)
        if making is None or (making.done() and making.exception()):
            loop = asyncio.get_running_loop()
            making = self.made[root_path] = loop.run_in_executor(None, self.make, root_path)
        # A request that is given up does not stop what others wait for.
        return Response(await asyncio.shield(making), media_type=JSONResponse.media_type)

    def make(self, root_path: str) -> bytes:
        """Make the document, in a thread; behind a proxy that strips a prefix it names that one."""
        collecting = gc.isenabled()
        gc.disable()  # one search for garbage among all that is there would hold up every request
        try:
            schema: dict[str, Any] = self.app.openapi()
            servers = schema.get("servers", [])
            if root_path and all(server.get("url") != root_path for server in servers):
                schema = {**schema, "servers": [{"url": root_path}, *servers]}
            return bytes(JSONResponse(schema).body)
        finally:
            if collecting:
                gc.enable()


def setup(app: FastAPI) -> None:
    """Serve the document from here: FastAPI's own route would make it on the event loop."""
    url = app.openapi_url
    if url is not None:
        routes = app.router.routes
        routes[:] = [route for route in routes if getattr(route, "path", None) != url]
        app.add_route(url, Document(app).serve, include_in_schema=False)
