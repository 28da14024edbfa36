"""Entities and their fields: what users may write, what must hold of it, and what follows from it."""

from .answer import normalise, parse
from .entity import OPERATIONS, Entity
from .fields import Field
from .forms import DEFAULT_FIELDS, EntitiesError
from .names import OWN_CLASS_NAMES, entity_name_error
from .order import creation_order, required_targets
from .relation import Relation

__all__ = [
    "DEFAULT_FIELDS",
    "OPERATIONS",
    "OWN_CLASS_NAMES",
    "EntitiesError",
    "Entity",
    "Field",
    "Relation",
    "creation_order",
    "entity_name_error",
    "normalise",
    "parse",
    "required_targets",
]
