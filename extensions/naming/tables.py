"""Names in the database that come from two names: the table of a many-to-many relation and its columns."""

from __future__ import annotations

import hashlib
from typing import Final

LONGEST_LINK_TABLE: Final = 50


def link_table(owner: str, field: str) -> str:
    """Return the table of a many-to-many field: product_tags; a long name ends in a digest."""
    name = f"{owner}_{field}"
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:4]
    return name if len(name) <= LONGEST_LINK_TABLE else f"{name[: LONGEST_LINK_TABLE - 5]}_{digest}"


def link_columns(owner: str, target: str) -> tuple[str, str]:
    """Return the columns of a many-to-many table: the owner's and the target's, who may be the same."""
    return f"{owner}_id", f"{target}_id" if owner != target else f"other_{target}_id"
