"""From an `entities` answer to linked entities: short and long forms, and every fault at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

import pydantic

from . import naming
from .entity_checks import clashes, endless, entity_faults, field_faults, relation_clashes
from .entity_model import OPERATIONS, Entity, Field, Relation, creation_order, required_targets
from .field_types import ALIASES, TYPES
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)
from .wording import brief, plain, twice, what

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

DEFAULT_FIELDS = [{"name": "name", "type": "string", "required": True}, {"name": "description", "type": "text"}]
"""What an entity given by its name alone gets."""


class EntityFaults(ValueError):  # noqa: N818  (the word says it)
    """Every fault of an `entities` answer: `lines`, one for each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


def parse(answer: object, *, sqlite: bool = False) -> list[Entity]:
    """Return the entities of an answer (short or long form), linked to each other.

    `sqlite` adds that database's own limits. Raises EntityFaults with every fault found.
    """
    if not isinstance(answer, list):
        raise EntityFaults([f"is {what(answer)}: write a list of entities, e.g. [Task, Note], or [] for none"])
    faults: list[str] = []
    read = [_entity(item, position, faults) for position, item in enumerate(answer, start=1)]
    found = [entity for entity in read if entity is not None]
    by_name = _link(found)
    for entity in found:
        faults += entity_faults(entity)
        for field in entity.fields:
            faults += [f"{entity.name}.{field.name}: {fault}" for fault in field_faults(field, by_name, sqlite=sqlite)]
    faults += clashes(found)
    faults += relation_clashes(found)
    faults = faults or list(endless(found))
    if faults:
        raise EntityFaults(faults)
    _resolve(found)
    return found


def _link(found: list[Entity]) -> dict[str, Entity]:
    """Tell each field its entity, and each reference what it points to; return the entities by name."""
    by_name = {entity.name: entity for entity in found}
    for entity in found:
        for field in entity.fields:
            field.link(entity, by_name.get(field.to or ""))
    return by_name


def _resolve(found: list[Entity]) -> None:
    """Fill in what was left out, and mark the references that close a circle of tables."""
    for entity in found:
        entity.split_links()
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
            field.mark_circle(closes=place[field.target.name] > place[entity.name])
    _name_classes(found)


def _name_classes(found: list[Entity]) -> None:
    """Name the classes made of fields, past every name that a module of entities or the API's documentation holds."""
    taken = naming.OWN_CLASS_NAMES.union(*(entity.derived_classes for entity in found))
    taken_by_enums = set(taken)
    for entity in found:
        for field in entity.enum_fields:
            field.name_class("enum", "", taken_by_enums)
    for entity in found:
        own = {*taken, *(field.enum_class for field in entity.enum_fields)}
        for field in entity.fields:
            field.name_class("alias", "", own)
        for field in entity.fields:
            if field.type == "decimal":
                field.name_class("filter", "Filter", own)


def normalise(answer: object) -> list[dict[str, Any]]:
    """Return an answer in its long form, whatever form it was written in. Raises EntityFaults."""
    entities = parse(answer)
    for entity in entities:
        entity.fields = [*entity.fields, *entity.links]
    return [entity.model_dump(exclude_defaults=True) for entity in entities]


def _entity(item: object, position: int, faults: list[str]) -> Entity | None:
    """Read one item of the list; faults are appended, and None is returned where nothing could be made of it."""
    if isinstance(item, str):
        item = {"name": item, "fields": DEFAULT_FIELDS}
    if not isinstance(item, dict):
        faults.append(f"item {position} is {what(item)}: write a name like Task, or a mapping with name and fields")
        return None
    options = {str(key): value for key, value in item.items()}
    if (fault := naming.entity_name_fault(options.get("name"))) is not None:
        faults.append(f"item {position}: name {fault}")
        return None
    name = str(options["name"])
    listed = _listed(options.pop("fields", None), name, faults)
    read = [_field(one, name, spot, options, faults) for spot, one in enumerate(listed, start=1)]
    fields = [field for field in read if field is not None]
    try:
        entity = Entity(**{**options, "fields": []})
    except pydantic.ValidationError as error:
        faults += [f"{name}: {line}" for line in _messages(error, Entity)]
        return None
    entity.fields = fields
    names = twice(field.name for field in fields)
    faults += [f"{name}.{field}: the field is there twice: rename or remove one" for field in names]
    columns = [] if names else twice(field.column for field in fields)
    faults += [f"{name}: two fields are stored as {column}: rename one" for column in columns]
    return entity


def _listed(fields: object, entity: str, faults: list[str]) -> list[object]:
    """Return the fields as a list; a mapping is refused, for it loses its order."""
    if isinstance(fields, dict):
        name, kind = next(iter(fields.items()), ("title", "string"))
        mend = f"write a list, '- {plain(name)}: {plain(kind)}'"
        faults.append(f"{entity}: fields is a mapping, and a mapping loses its order: {mend}")
        return []
    if fields is not None and not isinstance(fields, list):
        faults.append(f"{entity}: fields is {what(fields)}: write a list of fields, e.g. '- title: string'")
        return []
    return fields or []


def _field(item: object, entity: str, position: int, options: dict[str, Any], faults: list[str]) -> Field | None:
    """Read one field in any of its three forms."""
    data = _long_form(item)
    if data is None:
        forms = "write '- title: string' or '- {name: title, type: string}'"
        faults.append(f"{entity}: field {position} is {what(item)}: {forms}")
        return None
    if data.pop("primary_key", False) is True:
        options.setdefault("primary_key", "uuid" if data.get("type") in {"uuid", "guid", "UUID"} else "integer")
        return None
    if (fault := naming.field_name_fault(data.get("name"))) is not None:
        faults.append(f"{entity}: field {position}: name {fault}")
        return None
    try:
        return Field(**_known_type(data))
    except pydantic.ValidationError as error:
        faults += [f"{entity}.{data['name']}: {line}" for line in _messages(error, Field)]
    except EntityFaults as error:
        faults += [f"{entity}.{data['name']}: {line}" for line in error.lines]
    return None


def _known_type(data: dict[str, Any]) -> dict[str, Any]:
    """Return a field's options with the type in our own words. Raises EntityFaults where there is no such type."""
    if (nullable := data.pop("nullable", None)) is not None:
        data.setdefault("required", nullable is False)
    given = data.get("type", "string")
    if not isinstance(given, str):
        raise EntityFaults([f"type is {what(given)}: write one of {', '.join(TYPES)}"])
    kind, _, target = given.partition(":")
    kind = ALIASES.get(kind.strip().lower(), kind.strip().lower())
    if kind not in TYPES:
        near = difflib.get_close_matches(kind, [*TYPES, *ALIASES], n=1)
        hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(TYPES)}"
        raise EntityFaults([f"there is no type {brief(given)}: {hint}"])
    data["type"] = kind
    if target:
        data.setdefault("to", target.strip())
    if kind == "reference" and data["name"] != "_id":
        data["name"] = data["name"].removesuffix("_id")
    if isinstance(data.get("values"), list):
        data["values"] = [_yaml_word(value) for value in data["values"]]
    return data


def _long_form(item: object) -> dict[str, Any] | None:
    """Return a field as {name, type, ...}; None where it is none of the three forms."""
    if not isinstance(item, dict) or not item:
        return None
    data = {str(key): value for key, value in item.items()}
    if len(data) == 1:
        name, value = next(iter(data.items()))
        if isinstance(value, dict):
            return {"name": name, **value}
        if name != "name" or (isinstance(value, str) and _is_type(value)):
            return {"name": name, "type": "string" if value is None else value}
    return data if "name" in data else None


def _is_type(word: str) -> bool:
    kind = word.partition(":")[0].strip().lower()
    return kind in TYPES or kind in ALIASES


def _yaml_word(value: object) -> object:
    """YAML reads `on`, `yes` and 1 as something else than the words that were meant."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return str(value)


def _messages(error: pydantic.ValidationError, model: type[pydantic.BaseModel]) -> Iterator[str]:
    """Say what pydantic found in our own words."""
    said: set[str] = set()
    for fault in error.errors():
        option = str(fault["loc"][0]) if fault["loc"] else ""
        if option in said:
            continue
        said.add(option)
        value = what(fault.get("input"))
        if fault["type"] == "extra_forbidden":
            near = difflib.get_close_matches(option, model.model_fields, n=1)
            known = ", ".join(name for name in model.model_fields if name != "name")
            yield f"there is no option {brief(option)}: " + (
                f"did you mean {near[0]}?" if near else f"write one of {known}"
            )
        elif fault["type"] == "literal_error":
            yield f"{option} is {brief(fault.get('input'))}: write {fault['ctx']['expected']}"
        elif fault["type"] in {"bool_type", "bool_parsing"}:
            yield f"{option} is {value}: write true or false"
        elif fault["type"] in {"greater_than_equal", "less_than_equal"}:
            yield f"{option} is {brief(fault.get('input'))}: {fault['msg'].removeprefix('Input ')}"
        else:
            yield f"{option} is {value}: {fault['msg'].removeprefix('Input ')}"
