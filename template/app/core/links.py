"""Headers of lists: links to other pages (RFC 8288), and the total number of rows.

A link is a query string without a path. Clients resolve it against the URL that they requested
(RFC 3986, section 5), so it is right whatever a proxy does to the host, the scheme or the path.
"""

from urllib.parse import urlencode

from fastapi import Request

from app.core.schemas import MAX_OFFSET, ListQuery

# Proxies reserve little room for headers: nginx 4 or 8 kB for all of them.
MAX_LINK_LENGTH = 3000


def page_headers(request: Request, query: ListQuery, total: int) -> dict[str, str]:
    """Return the headers of a page of a list that is paged by offset."""
    last = max(0, (total - 1) // query.limit * query.limit)
    following = query.offset + query.limit
    offsets = {
        "next": following if following < total else None,
        "prev": max(0, min(query.offset - query.limit, last)) if query.offset else None,
        "first": 0,
        "last": last,
    }
    links = {
        name: with_parameters(request, offset=str(offset))
        for name, offset in offsets.items()
        if offset is not None and offset <= MAX_OFFSET
    }
    return {"X-Total-Count": str(total), **link_header(links)}


def cursor_headers(request: Request, next_cursor: str | None) -> dict[str, str]:
    """Return the headers of a page of a list that is paged by cursor; it has no way back."""
    links = {"next": with_parameters(request, cursor=next_cursor)} if next_cursor else {}
    return link_header({**links, "first": with_parameters(request)})


def with_parameters(request: Request, **position: str) -> str:
    """Return the query string of a request, at another position of the list."""
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in {"offset", "cursor"}
    ]
    return f"?{urlencode([*kept, *position.items()])}"


def link_header(links: dict[str, str]) -> dict[str, str]:
    """Return the Link header, with as many of the links as MAX_LINK_LENGTH has room for."""
    header = ""
    for name, target in links.items():
        longer = f'{header}{", " if header else ""}<{target}>; rel="{name}"'
        if len(longer) > MAX_LINK_LENGTH:
            break
        header = longer
    return {"Link": header} if header else {}
