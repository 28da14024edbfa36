"""A relation between two entities, as one side sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .entity import Entity
    from .fields import Field


@dataclass(frozen=True)
class Relation:
    """A relation as one side sees it: `name` leads to one row, or to many, of `target`."""

    name: str
    target: Entity
    field: Field
    many: bool
    forward: bool
    """Whether this is the side that declared it."""
