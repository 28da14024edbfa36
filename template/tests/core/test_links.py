"""The headers of lists lead to the other pages, whatever proxies do to the URL."""

import re

import pytest
from fastapi import Request

from app.core.links import MAX_LINK_LENGTH, cursor_headers, page_headers
from app.core.schemas import MAX_OFFSET, ListQuery


def request(query: str = "") -> Request:
    """Return a request with a query string."""
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def links(headers: dict[str, str]) -> dict[str, str]:
    """Return the targets in a Link header by their relation."""
    pairs = re.findall(r'<([^>]*)>; rel="(\w+)"', headers.get("Link", ""))
    return {name: target for target, name in pairs}


@pytest.mark.parametrize(
    ("offset", "total", "expected"),
    [
        (0, 0, {"first": 0, "last": 0}),
        (0, 10, {"first": 0, "last": 0}),
        (0, 11, {"next": 10, "first": 0, "last": 10}),
        (10, 35, {"next": 20, "prev": 0, "first": 0, "last": 30}),
        (5, 35, {"next": 15, "prev": 0, "first": 0, "last": 30}),
        (30, 35, {"prev": 20, "first": 0, "last": 30}),
        (900, 35, {"prev": 30, "first": 0, "last": 30}),
        (MAX_OFFSET, 2**40, {"prev": MAX_OFFSET - 10, "first": 0}),
    ],
)
def test_offsets(offset: int, total: int, expected: dict[str, int]) -> None:
    """Each link has the offset of its page, as far as there is such a page."""
    headers = page_headers(request(), ListQuery(limit=10, offset=offset), total)
    assert headers["X-Total-Count"] == str(total)
    assert links(headers) == {name: f"?offset={value}" for name, value in expected.items()}


def test_other_parameters() -> None:
    """A link keeps the other parameters, repeated ones and special characters too."""
    asked = request("limit=5&name=%3Ca%3E%2C%22&offset=7&sort=-id&sort=name")
    found = links(page_headers(asked, ListQuery(limit=5, offset=7), 8))
    assert found["first"] == "?limit=5&name=%3Ca%3E%2C%22&sort=-id&sort=name&offset=0"


def test_cursor() -> None:
    """A list by cursor has a first page, and a next one if there is more."""
    asked = request("limit=5&cursor=abc")
    assert links(cursor_headers(asked, None)) == {"first": "?limit=5"}
    expected = {"next": "?limit=5&cursor=def", "first": "?limit=5"}
    assert links(cursor_headers(asked, "def")) == expected


def test_long_query() -> None:
    """The header stays short: the next page comes first, and then as many links as there is room for."""
    asked = request("name=" + "x" * (MAX_LINK_LENGTH // 2 - 100))
    headers = page_headers(asked, ListQuery(limit=10, offset=10), 35)
    assert list(links(headers)) == ["next", "prev"]
    asked = request("name=" + "x" * MAX_LINK_LENGTH)
    assert page_headers(asked, ListQuery(), 35) == {"X-Total-Count": "35"}
