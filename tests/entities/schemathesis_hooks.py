"""Hooks of Schemathesis, which reads this file; pytest does not. Each says what no schema can say."""

import json
import os
import re
from typing import Any

import schemathesis
from hypothesis import strategies as st

# Its own addresses may have a domain that only some networks know: a field can reject those.
schemathesis.openapi.format(
    "email", st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9]{1,20}[.](com|org|io)", fullmatch=True)
)
# JSON Schema has a format for each version, and none for both.
schemathesis.openapi.format("ip", st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str))


def storable(value: Any) -> bool:
    """Return whether a database stores any JSON value: no NUL, no half of a surrogate pair."""
    text = json.dumps(value)
    return "\\u0000" not in text and "\\ud" not in text


ROWS: dict[str, list[Any]] = json.loads(os.environ["SCHEMATHESIS_ROWS"])
"""The ids that there are, by the name of the parameter or field that holds one."""


def known(name: str, value: Any) -> Any:
    """Return the id of a row in place of every second valid id: made-up ones hit nothing. Others stay as they are."""
    ids = ROWS.get(name, [])
    text = str(value)
    if not ids or type(value) is not type(ids[0]) or not re.fullmatch(r"[1-9]\d*|[0-9a-fA-F-]{36}", text):
        return value
    number = int(text.replace("-", ""), 16)
    return ids[number // 2 % len(ids)] if number % 2 else value


@schemathesis.hook
def map_path_parameters(_context: Any, parameters: Any) -> Any:
    """Put ids of rows into paths."""
    return {name: known(name, value) for name, value in parameters.items()} if parameters else parameters


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Put ids of rows into references."""
    return {name: known(name, value) for name, value in body.items()} if isinstance(body, dict) else body


TEXT_NUMBERS = ("receipt", "country_id")


def fits(name: str, value: Any) -> bool:
    """Return whether a text is no number that the column cannot hold: a pattern does not say how large it may be."""
    if not name.startswith(TEXT_NUMBERS) or not isinstance(value, str) or not re.fullmatch(r"-?\d+", value):
        return True
    return 1 <= int(value) < 2**63


@schemathesis.hook
def filter_body(_context: Any, body: Any) -> bool:
    """Leave out what a column cannot hold although the schema says so: any JSON is `{}`, a large number is text."""
    if not isinstance(body, dict):
        return True
    settings = [body[name] for name in ("settings", "extra") if name in body]
    storable_settings = body.get("settings", 1) is not None and all(map(storable, settings))
    return storable_settings and all(fits(name, value) for name, value in body.items())


@schemathesis.hook
def filter_query(_context: Any, query: Any) -> bool:
    """Leave out filters by a text that is no number of 64 bits."""
    given = ((name, value if isinstance(value, list) else [value]) for name, value in (query or {}).items())
    return all(fits(name, text) for name, values in given for text in values)


@schemathesis.hook
def filter_path_parameters(_context: Any, parameters: Any) -> bool:
    """Leave out ids that are no number of 64 bits."""
    return all(fits(name, value) for name, value in (parameters or {}).items())


@schemathesis.hook
def map_headers(_context: Any, headers: Any) -> Any:
    """Drop Idempotency-Key: a key that came with another body is rejected, and no schema can say that."""
    return {name: value for name, value in headers.items() if name.lower() != "idempotency-key"} if headers else headers
