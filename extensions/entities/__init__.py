"""Entities and their fields: what users may write, what must hold of it, and what follows from it."""

from .answer import normalise, parse
from .entity import OPERATIONS, Entity, creation_order, required_targets
from .fields import Field, Relation
from .forms import DEFAULT_FIELDS, EntityFaults

__all__ = [
    "DEFAULT_FIELDS",
    "OPERATIONS",
    "Entity",
    "EntityFaults",
    "Field",
    "Relation",
    "creation_order",
    "normalise",
    "parse",
    "required_targets",
]
