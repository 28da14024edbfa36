"""Hooks of Schemathesis, which reads this file; pytest does not."""

import schemathesis
from hypothesis import strategies as st

# Its own addresses may end in .test, a reserved name that email-validator rejects, and no schema can say so.
schemathesis.openapi.format(
    "email", st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9]{1,20}[.](com|org|io)", fullmatch=True)
)


@schemathesis.hook
def map_headers(context: schemathesis.HookContext, headers: dict[str, str]) -> dict[str, str]:
    """Drop Idempotency-Key: a key that came with another body is rejected, and no schema can say that."""
    del context
    return {name: value for name, value in headers.items() if name.lower() != "idempotency-key"}
