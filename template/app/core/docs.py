"""The pages /docs and /redoc: the app serves their scripts itself, so that browsers need no other host."""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import (
    get_redoc_html,
    get_swagger_ui_html,
    get_swagger_ui_oauth2_redirect_html,
)
from fastapi.params import Depends
from starlette.responses import FileResponse, HTMLResponse

from app.core.openapi import OpenAPIDocument
from app.core.settings import Settings

FILES = ("swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js", "favicon.png")
SIGNED_IN = "/docs/oauth2-redirect"
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Both pages write their styles with scripts; Redoc searches in a worker.
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:;"
    " style-src 'self' 'unsafe-inline'; worker-src blob:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; script-src 'self'"
)
NO_GUARD = "DOCS=guarded needs a guard: app/extra.py has no entity_dependencies"


def setup(app: FastAPI, settings: Settings, guards: Sequence[Depends]) -> None:
    """Add the OpenAPI document and its pages, with the guard of the API if DOCS is `guarded`.

    Raises ValueError if there is no guard then.
    """
    if settings.docs == "off":
        return
    if settings.docs == "guarded" and not guards:
        raise ValueError(NO_GUARD)
    dependencies = [*guards] if settings.docs == "guarded" else []
    router = APIRouter(include_in_schema=False, dependencies=dependencies)
    router.add_api_route("/openapi.json", OpenAPIDocument(app).serve)

    @router.get("/docs")
    async def swagger_ui(request: Request) -> Response:
        prefix = prefix_of(request)
        return page(
            get_swagger_ui_html(
                openapi_url=f"{prefix}/openapi.json",
                title=f"{app.title}: API",
                swagger_js_url=f"{prefix}/docs/swagger-ui-bundle.js",
                swagger_css_url=f"{prefix}/docs/swagger-ui.css",
                swagger_favicon_url=f"{prefix}/docs/favicon.png",
                oauth2_redirect_url=f"{prefix}{SIGNED_IN}",
            )
        )

    @router.get(SIGNED_IN)
    async def signed_in() -> Response:
        return page(get_swagger_ui_oauth2_redirect_html())

    @router.get("/redoc")
    async def redoc(request: Request) -> Response:
        prefix = prefix_of(request)
        return page(
            get_redoc_html(
                openapi_url=f"{prefix}/openapi.json",
                title=f"{app.title}: API",
                redoc_js_url=f"{prefix}/docs/redoc.standalone.js",
                redoc_favicon_url=f"{prefix}/docs/favicon.png",
                with_google_fonts=False,
            )
        )

    folder = Path(str(files("fastapi_offline"))) / "static"
    for name in FILES:
        router.add_api_route(f"/docs/{name}", file_route(folder / name))
    app.include_router(router)


def prefix_of(request: Request) -> str:
    """Return the prefix of the app's paths in a browser."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def file_route(path: Path) -> Callable[[], Awaitable[Response]]:
    """Return the endpoint of a file."""

    async def serve() -> Response:
        return FileResponse(path)

    return serve


def page(html: HTMLResponse) -> Response:
    """Return a page that may run its own scripts only, those of the app and those that stand in it."""
    scripts = SCRIPT.findall(bytes(html.body).decode())
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = "".join(f" 'sha256-{digest}'" for digest in digests)
    html.headers["Content-Security-Policy"] = POLICY + allowed
    return html
