"""Versions of rows as HTTP knows them: ETag in answers, If-Match in requests (RFC 9110, section 13.1.1)."""

from typing import Annotated, Any

from fastapi import Header

from app.core.errors import PreconditionFailedError
from app.core.schema import Given

IfMatch = Annotated[
    Given[str],
    Header(description="The ETag of the row as it was read; a newer row answers 412"),
]


def etag(row: Any) -> str:
    """Return the ETag of a row."""
    return f'"{row.version}"'


def check(row: Any, if_match: str | None) -> None:
    """Refuse a change made from another version; without If-Match, and with `*`, any version will do."""
    if if_match is None:
        return
    # Proxies that compress mark a tag as weak, though the row is the same.
    tags = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if not tags & {etag(row), "*"}:
        message = f"The row has changed since it was read: its ETag is {etag(row)} now."
        raise PreconditionFailedError(message)
