"""Hooks of Schemathesis, which reads this file; pytest does not. Each says what no schema can say."""

import json
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


def fits(value: Any) -> bool:
    """Return whether a text is no number of the column `receipt`: a pattern does not say how large it may be."""
    return not (isinstance(value, str) and re.fullmatch(r"-?\d+", value)) or 1 <= int(value) < 2**63


@schemathesis.hook
def filter_body(_context: Any, body: Any) -> bool:
    """Leave out what a column cannot hold although the schema says so: any JSON is `{}`, a large number is text."""
    if not isinstance(body, dict):
        return True
    settings = [body[name] for name in ("settings", "extra") if name in body]
    return body.get("settings", 1) is not None and all(map(storable, settings)) and fits(body.get("receipt"))


@schemathesis.hook
def filter_query(_context: Any, query: Any) -> bool:
    """Leave out filters by a text that is no number of 64 bits."""
    given = [value for name, value in (query or {}).items() if name.startswith("receipt")]
    texts = [text for value in given for text in (value if isinstance(value, list) else [value])]
    return all(map(fits, texts))
