"""Request bodies: buffered within limits of size, time and memory, before the app runs."""

import asyncio
import json
import re
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from app.core.settings import Settings

MAX_BODY_DEPTH = 128
# Bodies up to this size may use twice the memory limit of larger ones, so that a few large uploads
# do not block ordinary requests.
SMALL_BODY_BYTES = 65_536
# An unterminated string extends to the end of the body, so that matching stays linear.
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
BRACKETS = re.compile(r"[\[\]{}]")


class RejectedRequestError(Exception):
    """A request exceeds a limit; holds the status, the detail and headers of the response."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


class BodyReader:
    """Reads bodies and limits the number of bytes held in memory at once."""

    def __init__(self, settings: Settings) -> None:
        self.max_bytes = settings.max_body_bytes
        self.max_bytes_in_memory = max(settings.max_bodies_bytes, settings.max_body_bytes)
        self.max_values = settings.max_json_values
        self.timeout = settings.body_timeout
        self.bytes_in_memory = 0

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """Return the whole body; RejectedRequestError if it exceeds a limit. Call `release` afterwards."""
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
            detail = "Send the body without Content-Encoding: compressed bodies are not accepted."
            raise RejectedRequestError(415, detail, {"Accept-Encoding": "identity"})
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
            detail = f"The request body was not received within {self.timeout:g} seconds."
            raise RejectedRequestError(408, detail) from None
        except BaseException:
            self.release(len(body))
            raise
        return bytes(body)

    async def _receive_part(self, receive: Receive, body: bytearray) -> bool:
        """Append the next part to the body; return True if more follows."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RejectedRequestError(
                400, "The connection was closed before the body was complete."
            )
        part: bytes = message.get("body", b"")
        body += part
        self.bytes_in_memory += len(part)
        self._check_size(len(body))
        limit = (
            self.max_bytes_in_memory
            if len(body) > SMALL_BODY_BYTES
            else 2 * self.max_bytes_in_memory
        )
        if part and self.bytes_in_memory > limit:
            raise RejectedRequestError(503, "Too many large request bodies at once; try again.")
        return bool(message.get("more_body", False))

    def _check_size(self, size: int) -> None:
        if size > self.max_bytes:
            raise RejectedRequestError(
                413, f"The request body is larger than {self.max_bytes} bytes."
            )

    def release(self, size: int) -> None:
        """Subtract the size of a body that is no longer in memory."""
        self.bytes_in_memory -= size


def check_json(body: bytearray, max_values: int) -> None:
    """Reject JSON with too many values or nesting levels before it is parsed.

    One megabyte of brackets would become hundreds of megabytes of objects and validation errors.
    """
    openings = body.count(b"[") + body.count(b"{")
    if openings <= MAX_BODY_DEPTH and openings + body.count(b",") < max_values:
        return  # even if none of them is inside a string
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError:
        return  # the parser reports it
    text = STRING.sub("", text)
    values = text.count("[") + text.count("{") + text.count(",") + 1
    if values > max_values:
        raise RejectedRequestError(
            413, f"The request body contains more than {max_values} JSON values."
        )
    steps = (1 if bracket in "[{" else -1 for bracket in BRACKETS.findall(text))
    if max(accumulate(steps), default=0) > MAX_BODY_DEPTH:
        raise RejectedRequestError(
            413, f"The request body is nested more than {MAX_BODY_DEPTH} levels deep."
        )
