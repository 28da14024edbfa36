"""Relations: what points to rows of an entity."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from ... import naming
from ...literals import literal
from ...wording import shorten
from .base import FieldType, from_field_types
from .identifiers import Uuid

if TYPE_CHECKING:
    from ..entity import Entity
    from ..fields import Field

OTHER_RELATIONS: dict[str, str] = {
    "one_to_one": "write reference with unique: true",
    "one_to_many": "write a reference in the other entity, and call its rows here with inverse",
}
"""Relations by names that say no type, and what to write instead."""


class Pointer(FieldType):
    """What relations have in common: they have no value of their own."""

    python = ""
    request = ""
    column = ""
    migration = ""
    record = ""
    samples = ("", "")

    def error(self, field: Field, value: object) -> str | None:
        """Nothing: `option_errors` rejects any value."""
        return None

    def option_errors(self, field: Field, *, entities: Collection[str], sqlite: bool) -> Iterator[str]:
        """Check the entity that it points to."""
        if field.to is None:
            yield f"a {self.name} needs an entity: add to: Project"
        elif field.to not in entities:
            near = difflib.get_close_matches(field.to, entities, n=1)
            known = f"did you mean {near[0]}?" if near else f"write one of {', '.join(entities)}"
            yield f"there is no entity {shorten(field.to)} to refer to: {known}"
        if field.on_delete == "set_null" and field.required:
            yield "on_delete set_null needs a field that may be null: drop required, or use restrict or cascade"
        if field.has_default or field.example is not None:
            yield f"a {self.name} takes no default and no example: remove it"
        yield from self.access_errors(field)
        if field.inverse is not None and (error := naming.field_name_error(field.inverse)) is not None:
            yield f"inverse {error}"

    def access_errors(self, field: Field) -> Iterator[str]:
        """Yield what the type does not allow of the common options."""
        yield from ()


class Reference(Pointer):
    """The row of an entity that a row belongs to: a foreign key."""

    name = "reference"
    summary = "a row of another entity, or of the same"
    aliases = ("ref", "foreign_key", "many_to_one")
    options = frozenset({"to", "on_delete", "inverse"})
    operators = ("eq", "in", "isnull")
    imports = (*from_field_types("BodyRowId", "RowId"), *Uuid.imports)
    invalid = "none-such"

    def adopt(self, options: dict[str, Any]) -> str | None:
        """A reference is named after what it points to: `project`, not `project_id`."""
        if options["name"] != "_id":
            options["name"] = options["name"].removesuffix("_id")
        return None

    def sample(self, field: Field, number: int) -> object:
        """Return what stands for the row it points to: 1, or a uuid."""
        return Uuid.samples[0] if _by_uuid(field) else 1

    def python_type(self, field: Field) -> str:
        """Return the type of the key."""
        return Uuid.python if _by_uuid(field) else "int"

    def request_type(self, field: Field) -> str:
        """Return the type of the key."""
        return Uuid.request if _by_uuid(field) else "BodyRowId"

    def column_arguments(self, field: Field, *, sqlite: bool) -> list[str]:
        """A foreign key takes the type of the key."""
        later = ", use_alter=True" if field.needs_deferred_foreign_key else ""
        target = literal(f"{field.target.table_name}.id")
        return [f"sa.ForeignKey({target}, ondelete={on_delete(field)}{later})"]

    def migration_type(self, field: Field, *, sqlite: bool) -> str:
        """Return the type of the key."""
        return key_column(field.target, sqlite=sqlite)

    def recorded(self, field: Field) -> dict[str, Any]:
        """Return what the key holds."""
        return {"kind": field.target.primary_key}


class ManyToMany(Pointer):
    """Any number of rows of an entity: a table of its own, no column."""

    name = "many_to_many"
    summary = "any number of rows of another entity, or of the same"
    options = frozenset({"to", "inverse"})
    indexable = False
    sortable = False
    imports = Reference.imports
    invalid = None

    def access_errors(self, field: Field) -> Iterator[str]:
        """It is no column."""
        if field.required or field.read_only or field.write_only or field.filter:
            yield "a many_to_many is never required, read_only, write_only or filtered: remove it"


def on_delete(field: Field) -> str:
    """Return what SQL does with a row when the one it points to is deleted, as source."""
    return literal((field.on_delete or "restrict").upper().replace("_", " "))


def key_column(entity: Entity, *, sqlite: bool) -> str:
    """Return the type of a column that holds an entity's key."""
    if entity.primary_key == "uuid":
        return Uuid.column
    return "sa.Integer()" if sqlite else "sa.BigInteger()"


def _by_uuid(field: Field) -> bool:
    return bool(field.target.primary_key == "uuid")
