"""Row versions in HTTP: ETag in responses, If-Match in requests (RFC 9110, section 13.1.1)."""

from typing import Annotated, Any

from fastapi import Header

from app.core.errors import PreconditionFailedError
from app.core.field_types import OptionalParam

IfMatch = Annotated[
    OptionalParam[str],
    Header(description="ETag of the row as last read; returns 412 if the row has changed since"),
]


def etag(row: Any) -> str:
    """Return the ETag of a row."""
    return f'"{row.version}"'


def check_if_match(row: Any, if_match: str | None) -> None:
    """Raise PreconditionFailedError if the row has another version; None and `*` match any."""
    if if_match is None:
        return
    # Compressing proxies mark an ETag as weak, although the row is the same.
    tags = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if not tags & {etag(row), "*"}:
        message = f"The row has changed since it was read: its current ETag is {etag(row)}."
        raise PreconditionFailedError(message)
