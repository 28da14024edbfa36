"""HTTP as RFC 9110 has it, for every route: HEAD, ETags of responses, 304, Cache-Control, compression."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import MEDIA_TYPE, PreconditionFailedError, ServiceError, problem_body
from app.core.etag import complete, digest, tags_of
from app.core.limits import EXEMPT_PATHS
from app.core.scope import methods_of, path_in_app
from app.core.settings import Settings

# Clients may keep a response, but ask each time: with an ETag that costs no body.
REVALIDATE = "private, no-cache"
COMPRESSION_LEVEL = 4  # JSON is a tenth larger than by level 9, in a quarter of its time


class HeadMiddleware:
    """Serves HEAD by the route of GET and leaves out the body, unless there is a route for HEAD.

    The documentation does not list HEAD: every GET has it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or "HEAD" in methods_of(scope):
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            scope["method"] = "HEAD"  # servers leave out the body by it
            if message["type"] != "http.response.body":
                await send(message)
            elif not message.get("more_body"):
                await send({"type": "http.response.body", "body": b""})

        scope["method"] = "GET"
        try:
            await self.app(scope, receive, send_head)
        finally:
            scope["method"] = "HEAD"


class CompressionMiddleware(GZipMiddleware):
    """Compresses responses, whose ETag is then weak: it stands for other bytes.

    BREACH needs a body with a secret beside a text of the attacker, sent to a browser that is
    signed in by itself, as with cookies: set COMPRESS_FROM_BYTES=0 if you have such routes.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_weak(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                tag = headers.get("ETag", "W/")
                if not tag.startswith("W/") and "Content-Encoding" in headers:
                    headers["ETag"] = f"W/{tag}"
            await send(message)

        await super().__call__(scope, receive, send_weak)


class ValidatorMiddleware:
    """Gives successful responses an ETag, and leaves out a body that the client has: 304.

    ETags of rows with a version are completed; other responses to GET get a weak one. Responses
    that are streamed, and those with an ETag or a Cache-Control of their own, keep what they have.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or path_in_app(scope).startswith(EXEMPT_PATHS):
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, ValidatedResponse(scope, send).send)


class ValidatedResponse:
    """One response: its start waits for the body, which the ETag is made of."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send_next = send
        self.start: Message | None = None
        self.replaced = False

    async def send(self, message: Message) -> None:
        """Send a part of the response, or what takes its place."""
        if message["type"] == "http.response.start" and message["status"] in {200, 201}:
            self.start = message
            return
        if self.start is not None:
            start, self.start = self.start, None
            whole = message["type"] == "http.response.body" and not message.get("more_body")
            other_body = self.validate(start, message.get("body", b"") if whole else None)
            await self.send_next(start)
            if other_body is not None:
                self.replaced = True
                await self.send_next({"type": "http.response.body", "body": other_body})
        if not self.replaced:
            await self.send_next(message)

    def validate(self, start: Message, body: bytes | None) -> bytes | None:
        """Complete the headers of a response; return the body of another one if it takes its place."""
        headers = MutableHeaders(scope=start)
        tag = headers.get("ETag")
        if tag is not None and body is not None:
            headers["ETag"] = tag = complete(tag, body)
        if self.scope["method"] not in {"GET", "HEAD"} or start["status"] != HTTPStatus.OK:
            return None
        if tag is None and body and "Cache-Control" not in headers:
            headers["ETag"] = tag = f'W/"{digest(body)}"'
        if tag is None:
            return None
        headers.setdefault("Cache-Control", REVALIDATE)
        asked = Headers(scope=self.scope)
        if "If-Match" in asked and (problem := self.mismatch(tag, asked)) is not None:
            start["status"] = problem.status
            del headers["ETag"]
            headers["Content-Type"] = MEDIA_TYPE
            content = problem_body(self.scope["path"], problem.status, problem.detail)
            headers["Content-Length"] = str(len(content))
            return content
        if "If-None-Match" in asked and is_known(tag, asked):
            start["status"] = HTTPStatus.NOT_MODIFIED
            for name in ("Content-Length", "Content-Type"):
                del headers[name]
            return b""
        return None

    def mismatch(self, tag: str, asked: Headers) -> ServiceError | None:
        """Return the error for an If-Match that does not match."""
        try:
            tags = tags_of("If-Match", ", ".join(asked.getlist("If-Match")))
        except ServiceError as error:
            return error
        if tags & {"*", tag.removeprefix("W/")}:
            return None
        return PreconditionFailedError(f"If-Match: the ETag is {tag} now.")


def is_known(tag: str, asked: Headers) -> bool:
    """Return whether the client has the response; one that HTTP does not know is not compared."""
    try:
        tags = tags_of("If-None-Match", ", ".join(asked.getlist("If-None-Match")))
    except ServiceError:
        return False
    return bool(tags & {"*", tag.removeprefix("W/")})


def setup(app: FastAPI, settings: Settings) -> None:
    """Add the middleware; the one added last runs first."""
    app.add_middleware(ValidatorMiddleware)
    if settings.compress_from_bytes:
        app.add_middleware(
            CompressionMiddleware,
            minimum_size=settings.compress_from_bytes,
            compresslevel=COMPRESSION_LEVEL,
        )
    app.add_middleware(HeadMiddleware)
