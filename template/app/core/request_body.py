"""Request bodies: read whole, within limits of size, time and memory, before a request is let in."""

import asyncio
import json
import re
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from app.core.settings import Settings

DEEPEST_BODY = 128
# A body up to this size is refused only when all of them take twice the memory that large ones may:
# a few large bodies that do not end keep no ordinary request out.
ORDINARY_BYTES = 65_536
# A string that is not closed reaches to the end, so that the search never starts over.
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
BRACKETS = re.compile(r"[\[\]{}]")


class RefusedError(Exception):
    """A request that breaks a limit; the status and the text of its response."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class BodyReader:
    """Reads bodies, and bounds how many bytes of them are in memory at once."""

    def __init__(self, settings: Settings) -> None:
        self.max_bytes = settings.max_body_bytes
        self.max_held = max(settings.max_bodies_bytes, settings.max_body_bytes)
        self.max_values = settings.max_json_values
        self.timeout = settings.body_timeout
        self.held = 0

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """Return the whole body; RefusedError where it breaks a limit. `release` it after the request."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        body = bytearray()
        try:
            if length.isdigit():
                self._check_size(int(length))
            async with asyncio.timeout(self.timeout):
                while await self._receive_part(receive, body):
                    pass
            if "json" in headers.get("content-type", "").lower():
                check_json(body, self.max_values)
        except TimeoutError:
            self.release(len(body))
            detail = f"The body did not arrive within {self.timeout:g} seconds."
            raise RefusedError(408, detail) from None
        except BaseException:
            self.release(len(body))
            raise
        return bytes(body)

    async def _receive_part(self, receive: Receive, body: bytearray) -> bool:
        """Add what comes next to the body; say whether there is more."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "The connection ended before the body was complete.")
        part: bytes = message.get("body", b"")
        body += part
        self.held += len(part)
        self._check_size(len(body))
        limit = self.max_held if len(body) > ORDINARY_BYTES else 2 * self.max_held
        if part and self.held > limit:
            raise RefusedError(503, "Too many large requests at once; try again.")
        return bool(message.get("more_body", False))

    def _check_size(self, size: int) -> None:
        if size > self.max_bytes:
            raise RefusedError(413, f"The body is larger than {self.max_bytes} bytes.")

    def release(self, size: int) -> None:
        """Count so many bytes as no longer in memory."""
        self.held -= size


def check_json(body: bytearray, max_values: int) -> None:
    """Refuse JSON of very many values, or nested very deeply, before anything is made of it.

    A megabyte of brackets becomes hundreds of megabytes of objects and of errors about them.
    """
    openings = body.count(b"[") + body.count(b"{")
    if openings <= DEEPEST_BODY and openings + body.count(b",") < max_values:
        return  # even if none of them stands in a string
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError:
        return  # the parser says so, too
    text = STRING.sub("", text)
    values = text.count("[") + text.count("{") + text.count(",") + 1
    if values > max_values:
        raise RefusedError(413, f"The body holds more than {max_values} values.")
    steps = (1 if bracket in "[{" else -1 for bracket in BRACKETS.findall(text))
    if max(accumulate(steps), default=0) > DEEPEST_BODY:
        raise RefusedError(413, f"The body is nested more than {DEEPEST_BODY} times.")
