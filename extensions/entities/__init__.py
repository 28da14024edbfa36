"""Entities and their fields: what users may write, what must hold of it, and what follows from it."""

from .answer import normalise, parse
from .entity import OPERATIONS, Entity, creation_order, required_targets
from .fields import Field, Relation
from .forms import DEFAULT_FIELDS, EntityFaults
from .names import OWN_CLASS_NAMES, entity_name_fault

__all__ = [
    "DEFAULT_FIELDS",
    "OPERATIONS",
    "OWN_CLASS_NAMES",
    "Entity",
    "EntityFaults",
    "Field",
    "Relation",
    "creation_order",
    "entity_name_fault",
    "normalise",
    "parse",
    "required_targets",
]
