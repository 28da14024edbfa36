"""Names that no entity may have: those of the generated code, and of the types of its fields."""

from __future__ import annotations

from .. import naming
from .types import CLASS_NAMES

OWN_CLASS_NAMES = naming.OWN_CLASS_NAMES | CLASS_NAMES
"""Classes that the modules of entities import or define."""


def entity_name_error(value: object) -> str | None:
    """Return why a value cannot name an entity, in one line with a suggestion; None when it can."""
    return naming.entity_name_error(value, CLASS_NAMES)
