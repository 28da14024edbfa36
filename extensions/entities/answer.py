"""From an `entities` answer to linked entities, with every error at once."""

from __future__ import annotations

from typing import Any

from ..wording import describe_type
from .entity import Entity
from .entity_checks import entity_errors
from .field_checks import field_errors
from .forms import EntitiesError, entity_of
from .names import OWN_CLASS_NAMES
from .order import creation_order
from .relation import Relation
from .relation_checks import clashes, relation_clashes, required_cycles


def parse(answer: object, *, sqlite: bool = False) -> list[Entity]:
    """Return the entities of an answer (short or long form), linked to each other.

    `sqlite` adds that database's own limits. Raises EntitiesError with every error found.
    """
    if not isinstance(answer, list):
        line = f"is {describe_type(answer)}: write a list of entities, e.g. [Task, Note], or [] for none"
        raise EntitiesError([line])
    errors: list[str] = []
    read = [entity_of(item, position, errors) for position, item in enumerate(answer, start=1)]
    found = [entity for entity in read if entity is not None]
    by_name = _link(found)
    for entity in found:
        errors += entity_errors(entity)
        for field in entity.fields:
            errors += [f"{entity.name}.{field.name}: {error}" for error in field_errors(field, by_name, sqlite=sqlite)]
    errors += clashes(found)
    errors += relation_clashes(found)
    errors = errors or list(required_cycles(found))
    if errors:
        raise EntitiesError(errors)
    _resolve(found)
    return found


def _link(found: list[Entity]) -> dict[str, Entity]:
    """Link each field to its entity, and each reference to its target; return the entities by name."""
    by_name = {entity.name: entity for entity in found}
    for entity in found:
        for field in entity.fields:
            field.link(entity, by_name.get(field.to or ""))
    return by_name


def _resolve(found: list[Entity]) -> None:
    """Fill in what was left out, and mark the references that close a circle of tables."""
    for entity in found:
        entity.split_links()
        for field in entity.fields:
            field.default, field.example = _by_key(field.default), _by_key(field.example)
    for entity in found:
        for field in (*entity.references, *entity.links):
            if not field.readable:
                continue
            entity.add_relation(Relation(field.name, field.target, field, many=not field.is_reference, forward=True))
            if field.inverse is not None:
                one = field.is_reference and field.unique
                field.target.add_relation(Relation(field.inverse, entity, field, many=not one, forward=False))
    place = {entity.name: position for position, entity in enumerate(creation_order(found))}
    for entity in found:
        entity.plural, entity.table = entity.plural_pascal, entity.table_name
        for field in entity.references:
            field.defer_foreign_key(deferred=place[field.target.name] > place[entity.name])
    _name_classes(found)


def _by_key(value: Any) -> Any:
    """Return a JSON value with the keys of its objects sorted, as the answers file has them: an update reads that."""
    if isinstance(value, list):
        return [_by_key(item) for item in value]
    return {key: _by_key(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def _name_classes(found: list[Entity]) -> None:
    """Name the classes made of fields, past every name that a module of entities or the API's documentation holds."""
    pages = {f"{entity.name}Page" for entity in found}  # in the API's documentation
    taken = OWN_CLASS_NAMES.union(pages, *(entity.derived_classes for entity in found))
    taken_by_enums = set(taken)
    for entity in found:
        for field in entity.enum_fields:
            field.name_class("enum", "", taken_by_enums)
    for entity in found:
        own = {*taken, *(field.enum_class for field in entity.enum_fields)}
        for field in entity.fields:
            field.name_class("alias", "", own)
        for field in entity.fields:
            if field.kind.compared_rules(field):
                field.name_class("filter", "Filter", own)


def normalise(answer: object) -> list[dict[str, Any]]:
    """Return an answer in its long form, whatever form it was written in. Raises EntitiesError."""
    entities = parse(answer)
    for entity in entities:
        entity.fields = [*entity.fields, *entity.links]
    found = [entity.model_dump(exclude_defaults=True) for entity in entities]
    for field in (field for entity in found for field in entity.get("fields", [])):
        if set(field) == {"name"}:
            field["type"] = "string"  # {name: text} could be read in two ways
    return found
