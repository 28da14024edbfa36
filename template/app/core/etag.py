"""Row versions in HTTP: ETag in responses, If-Match and If-None-Match in requests (RFC 9110, section 13.1)."""

import re
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Header, Request
from pydantic import WithJsonSchema

from app.core.errors import MalformedError, PreconditionFailedError
from app.core.field_types import OptionalParam
from app.core.model import Versioned
from app.core.scope import route_of

TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
TAGS = re.compile(rf"\s*(?:\*|{TAG.pattern}(?:\s*,\s*{TAG.pattern})*)\s*")
OPEN_END = '-"'

DOCUMENTED = WithJsonSchema({"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*")$'})

IfMatch = Annotated[
    OptionalParam[Annotated[str, DOCUMENTED]],
    Header(description="ETag of the row as last read; returns 412 if the row has changed since"),
]


class Conditions(NamedTuple):
    """The headers that make a write conditional, as `Repository.update` and `delete` take them."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, row: Any) -> None:
        """Raise PreconditionFailedError if a row is not what the client wants to change."""
        version = row.version if isinstance(row, Versioned) else None
        if self.if_match is not None and not matches("If-Match", self.if_match, version):
            if version is None:
                message = "If-Match: a row without a version has no ETag for it; leave it out."
            else:
                message = f"The row has changed since it was read: its version is {version} now."
            raise PreconditionFailedError(message)
        if self.if_none_match and matches("If-None-Match", self.if_none_match, version):
            message = "If-None-Match: the row exists."
            raise PreconditionFailedError(message)


UNCONDITIONAL = Conditions()


async def read_conditions(request: Request, if_match: IfMatch = None) -> Conditions:
    """Return the conditions of a write to a row with a version, whose documentation names If-Match."""
    return Conditions(if_match, header(request, "If-None-Match"))


async def read_plain_conditions(request: Request) -> Conditions:
    """Return the conditions of a write to a row without a version: only `*` can match it."""
    return Conditions(header(request, "If-Match"), header(request, "If-None-Match"))


VersionConditions = Annotated[Conditions, Depends(read_conditions)]
PlainConditions = Annotated[Conditions, Depends(read_plain_conditions)]


def header(request: Request, name: str) -> str | None:
    """Return a header, its lines joined; None if it is not sent."""
    return ", ".join(request.headers.getlist(name)) or None


async def reject_ignored_conditions(request: Request) -> None:
    """Raise PreconditionFailedError for a conditional write to what has no ETag, such as a link.

    Ignored, the condition would be taken for one that was met.
    """
    if request.method == "GET":
        return  # see ValidatorMiddleware
    names = [name for name in ("If-Match", "If-None-Match") if name in request.headers]
    if names and not takes_conditions(request.scope):
        message = f"{names[0]}: there is no ETag to compare it with; leave the header out."
        raise PreconditionFailedError(message)


def takes_conditions(scope: Any) -> bool:
    """Return whether the route of a request compares the conditions itself."""
    readers = {read_conditions, read_plain_conditions}
    return any(one.call in readers for one in route_of(scope).dependant.dependencies)


def etag(row: Any) -> str:
    """Return the ETag of a row, whose end `complete` adds: what a response shows is more than its row."""
    return f'"{row.version}{OPEN_END}'


def complete(tag: str, body: bytes) -> str:
    """Return an ETag of `etag` with the digest of the body; others as they are."""
    return f'{tag[:-1]}{digest(body)}"' if tag.endswith(OPEN_END) else tag


def digest(body: bytes) -> str:
    """Return a short digest of a body."""
    return sha256(body, usedforsecurity=False).hexdigest()[:16]


def tags_of(name: str, value: str) -> set[str]:
    """Return the ETags of a header, weak ones as strong ones; MalformedError if it holds anything else.

    Compressing proxies mark an ETag as weak, although the row is the same.
    """
    if not TAGS.fullmatch(value):
        given = value.strip()[:50]
        message = f'{name}: an ETag stands in quotes, for example "{given.strip(chr(34))}".'
        raise MalformedError(message)
    return {"*"} if value.strip() == "*" else set(TAG.findall(value))


def matches(name: str, value: str, version: int | None) -> bool:
    """Return whether a header names a version; the end of an ETag is a digest of the response."""
    tags = tags_of(name, value)
    return "*" in tags or f"{version}" in {tag.strip('"').partition("-")[0] for tag in tags}
