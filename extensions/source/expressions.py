"""What several kinds of generated code say of an entity or a field: its classes, its key, its default."""

from __future__ import annotations

from .. import naming
from ..entities import Entity, Field
from ..entities.types import TYPES


def own_classes(entity: Entity) -> dict[str, str]:
    """Return the classes that the modules of an entity may name, each with its module."""
    folder, name = f"app.entities.{entity.snake}", entity.name
    schemas = [name + kind for kind in ("Create", "Replace", "Patch", "BulkPatch", "Read", "Include", "Sort")]
    return {
        **dict.fromkeys([name, *(field.enum_class for field in entity.enum_fields)], f"{folder}.model"),
        **dict.fromkeys([*schemas, entity.query], f"{folder}.schemas"),
        f"{name}Detail": f"{folder}.detail",
        f"{name}Rules": f"{folder}.rules",
    }


def related_models(entity: Entity) -> dict[str, str]:
    """Return the models that the model of an entity may name, each with its module."""
    return {one.target.name: f"app.entities.{one.target.snake}.model" for one in entity.relations}


def related_schemas(entity: Entity) -> dict[str, str]:
    """Return the schemas of responses that can be shown within those of an entity, each with its module."""
    shown = (entity, *(one.target for one in entity.relations))
    return {f"{one.name}Read": f"app.entities.{one.snake}.schemas" for one in shown}


def link_columns(field: Field) -> tuple[str, str]:
    """The columns of a many-to-many table: this side's and the other's."""
    return naming.link_columns(field.entity.snake, field.target.snake)


def key_type(entity: Entity) -> str:
    """Return the type of an entity's key in a path."""
    if entity.primary_key == "uuid":
        return "UUID"
    return "RowIdText" if entity.id_as_text else "RowId"


def key_read_type(entity: Entity) -> str:
    """Return the type of an entity's key in responses."""
    if entity.primary_key == "uuid":
        return "UUID"
    return "StoredInt64Text" if entity.id_as_text else "int"


def stored_default(field: Field, *, sqlite: bool) -> list[str]:
    """The default as the database knows it, so that rows made by any hand, and older rows, have it."""
    if not field.has_default:
        return []
    if field.default_is_made:
        return [field.kind.made_in_database(sqlite=sqlite)]
    return [f"server_default={field.kind.stored_default(field, sqlite=sqlite)}"]


def now_source(name: str, *, sqlite: bool) -> str:
    """Return this moment as the database says it, as source: a `date`, a `time` or a `datetime`."""
    return TYPES[name].made_in_database(sqlite=sqlite).removeprefix("server_default=")
