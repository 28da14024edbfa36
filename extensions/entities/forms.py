"""The forms in which entities and fields may be written, short and long."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

import pydantic

from .. import naming
from ..wording import as_yaml_word, describe_type, duplicates, shorten
from .entity import Entity
from .fields import Field
from .names import entity_name_error
from .types import ALIASES, OPERATORS, TYPES
from .types.relations import OTHER_RELATIONS

DEFAULT_FIELDS = [{"name": "name", "type": "string", "required": True}, {"name": "description", "type": "text"}]
"""What an entity given by its name alone gets."""


class EntitiesError(ValueError):
    """Every error of an `entities` answer: `lines`, one for each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


def entity_of(item: object, position: int, errors: list[str]) -> Entity | None:
    """Read one item of the list; errors are appended, and None is returned where nothing could be made of it."""
    if isinstance(item, str):
        item = {"name": item, "fields": DEFAULT_FIELDS}
    if not isinstance(item, dict):
        errors.append(
            f"item {position} is {describe_type(item)}: write a name like Task, or a mapping with name and fields"
        )
        return None
    options = {str(key): value for key, value in item.items()}
    if options.get("name") is None:
        errors.append(f"item {position}: name is missing: write one such as OrderItem")
        return None
    if (reason := entity_name_error(options["name"])) is not None:
        errors.append(f"item {position}: name {reason}")
        return None
    name = str(options["name"])
    options["unique"] = _groups(options.get("unique", []), name, errors)
    listed = _listed(options.pop("fields", None), name, errors)
    read = [_field(one, name, spot, options, errors) for spot, one in enumerate(listed, start=1)]
    fields = [field for field in read if field is not None]
    try:
        entity = Entity(**{**options, "fields": []})
    except pydantic.ValidationError as error:
        errors += [f"{name}: {line}" for line in _messages(error, Entity)]
        return None
    entity.fields = fields
    _accept_both_names(entity)
    names = duplicates(field.name for field in fields)
    errors += [f"{name}.{field}: the field is there twice: rename or remove one" for field in names]
    columns = [] if names else duplicates(field.column for field in fields)
    errors += [f"{name}: two fields are stored as {column}: rename one" for column in columns]
    return entity


def _groups(given: object, entity: str, errors: list[str]) -> object:
    """Return the groups of fields that are unique together; one group without its own brackets is rejected."""
    if isinstance(given, list) and given and all(isinstance(name, str) for name in given):
        errors.append(f"{entity}: unique is a list of lists: write [[{', '.join(map(as_yaml_word, given))}]]")
        return []
    return given


def _accept_both_names(entity: Entity) -> None:
    """A reference may be called by its name or by its column; groups keep the one, sorting the other."""
    taken = {field.name for field in entity.fields}
    references = [field for field in entity.fields if field.is_reference]
    names = {field.column: field.name for field in references if field.column not in taken}
    columns = {field.name: field.column for field in references}
    entity.unique = [[names.get(name, name) for name in group] for group in entity.unique]
    if entity.sort is not None:
        key = entity.sort.lstrip("-")
        entity.sort = entity.sort.removesuffix(key) + columns.get(key, key)


def _listed(fields: object, entity: str, errors: list[str]) -> list[object]:
    """Return the fields as a list; a mapping is rejected, for it loses its order."""
    if isinstance(fields, dict):
        name, kind = next(iter(fields.items()), ("title", "string"))
        fix = f"write a list, '- {as_yaml_word(name)}: {as_yaml_word(kind)}'"
        errors.append(f"{entity}: fields is a mapping, and a mapping loses its order: {fix}")
        return []
    if fields is not None and not isinstance(fields, list):
        errors.append(f"{entity}: fields is {describe_type(fields)}: write a list of fields, e.g. '- title: string'")
        return []
    return fields or []


def _field(item: object, entity: str, position: int, options: dict[str, Any], errors: list[str]) -> Field | None:
    """Read one field in any of its three forms."""
    data = _long_form(item)
    if data is None and (kind := _doubtful(item)) is not None:
        forms = f"write {{name: {kind}, type: string}} for a field called {kind}, or {{name: name, type: {kind}}}"
        errors.append(f"{entity}: field {position} can be read in two ways: {forms}")
        return None
    if isinstance(item, dict) and (truths := [key for key in item if isinstance(key, bool)]):
        words = "on, yes or true" if truths[0] else "off, no or false"
        errors.append(f"{entity}: field {position}: YAML reads {words} as a truth value: put the name in quotes")
        return None
    if data is None and isinstance(item, dict) and len(item) > 1:
        errors.append(f"{entity}: field {position} has no name: write {{name: title, ...}}")
        return None
    if data is None:
        forms = "write '- title: string' or '- {name: title, type: string}'"
        errors.append(f"{entity}: field {position} is {describe_type(item)}: {forms}")
        return None
    if "primary_key" in data and _is_key(data, options, f"{entity}.{as_yaml_word(data.get('name'))}", errors):
        return None
    if (reason := naming.field_name_error(data.get("name"))) is not None:
        errors.append(f"{entity}: field {position}: name {reason}")
        return None
    try:
        return Field(**_known_type(data))
    except pydantic.ValidationError as error:
        errors += [f"{entity}.{data['name']}: {line}" for line in _messages(error, Field)]
    except EntitiesError as error:
        errors += [f"{entity}.{data['name']}: {line}" for line in error.lines]
    return None


def _is_key(data: dict[str, Any], options: dict[str, Any], where: str, errors: list[str]) -> bool:
    """Take `primary_key` out of a field; tell whether the field is the key, or meant to be."""
    given = data.pop("primary_key")
    if not isinstance(given, bool):
        errors.append(f"{where}: primary_key is {describe_type(given)}: write true or false")
    if given is not True:
        return False
    kind = ALIASES.get(str(data.get("type", "integer")).lower(), str(data.get("type", "integer")).lower())
    if data.get("name") != "id":
        fix = "remove primary_key, and write unique: true, required: true"
        errors.append(f"{where}: primary_key: the key is always id: {fix}")
    elif kind not in {"integer", "bigint", "uuid"}:
        errors.append(f"{where}: the key is an integer or a uuid, not {shorten(data['type'])}: write one of them")
    else:
        options.setdefault("primary_key", "uuid" if kind == "uuid" else "integer")
    return True


def _known_type(data: dict[str, Any]) -> dict[str, Any]:
    """Return a field's options with the type in our own words. Raises EntitiesError where there is no such type."""
    if (nullable := data.pop("nullable", None)) is not None:
        if not isinstance(nullable, bool):
            raise EntitiesError([f"nullable is {describe_type(nullable)}: write true or false"])
        data.setdefault("required", not nullable)
    given = data.get("type", "string")
    if not isinstance(given, str):
        raise EntitiesError([f"type is {describe_type(given)}: write one of {', '.join(TYPES)}"])
    kind, _, target = given.partition(":")
    kind = ALIASES.get(kind.strip().lower(), kind.strip().lower())
    if kind in OTHER_RELATIONS:
        raise EntitiesError([f"there is no type {shorten(given)}: {OTHER_RELATIONS[kind]}"])
    if kind not in TYPES:
        near = difflib.get_close_matches(kind, [*TYPES, *ALIASES], n=1)
        hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(TYPES)}"
        raise EntitiesError([f"there is no type {shorten(given)}: {hint}"])
    data["type"] = kind
    if target:
        data.setdefault("to", target.strip())
    if (error := TYPES[kind].adopt(data)) is not None:
        raise EntitiesError([error])
    _check_filter(data.get("filter"))
    return data


def _check_filter(given: object) -> None:
    """Raises EntitiesError where `filter` names operators in a way, or some, that there are not."""
    if given is None or isinstance(given, bool):
        return
    if not isinstance(given, list):
        example = given if given in OPERATORS else "eq"
        raise EntitiesError(
            [f"filter is {describe_type(given)}: write true, or a list of operators such as [{example}]"]
        )
    for operator in given:
        if operator not in OPERATORS:
            raise EntitiesError([f"there is no filter {shorten(operator)}: write some of {', '.join(OPERATORS)}"])


def _long_form(item: object) -> dict[str, Any] | None:
    """Return a field as {name, type, ...}; None where it is none of the three forms."""
    if not isinstance(item, dict) or not item:
        return None
    data = {str(key): value for key, value in item.items()}
    if len(data) == 1:
        name, value = next(iter(data.items()))
        if isinstance(value, dict):
            return {"name": name, **value}
        if name == "name" and _doubtful(item) is not None:
            return None
        if name != "name" or (isinstance(value, str) and _is_type(value)):
            return {"name": name, "type": "string" if value is None else value}
    return data if "name" in data else None


def _doubtful(item: object) -> str | None:
    """Return the word of `- name: email`: a field called email, or a field `name` that holds one. None without doubt.

    `- name: string` is no doubt, for nobody calls a field so; nor is `- name: phone`, for no type is called so.
    """
    if not isinstance(item, dict) or list(item) != ["name"]:
        return None
    word = item["name"]
    clear = not isinstance(word, str) or not _is_type(word) or ":" in word
    return None if clear or word.lower() == "string" or ALIASES.get(word.lower()) == "string" else str(word)


def _is_type(word: str) -> bool:
    kind = word.partition(":")[0].strip().lower()
    return kind in TYPES or kind in ALIASES


def _messages(error: pydantic.ValidationError, model: type[pydantic.BaseModel]) -> Iterator[str]:
    """Yield what pydantic found, in our own words."""
    said: set[str] = set()
    for found in error.errors():
        option = str(found["loc"][0]) if found["loc"] else ""
        if option in said:
            continue
        said.add(option)
        value = describe_type(found.get("input"))
        if found["type"] == "extra_forbidden":
            near = difflib.get_close_matches(option, model.model_fields, n=1)
            known = ", ".join(name for name in model.model_fields if name != "name")
            yield f"there is no option {shorten(option)}: " + (
                f"did you mean {near[0]}?" if near else f"write one of {known}"
            )
        elif found["type"] == "literal_error":
            yield f"{option} is {shorten(found.get('input'))}: write {found['ctx']['expected']}"
        elif found["type"] in {"bool_type", "bool_parsing"}:
            yield f"{option} is {value}: write true or false"
        elif found["type"] in {"greater_than_equal", "less_than_equal"}:
            yield f"{option} is {shorten(found.get('input'))}: {found['msg'].removeprefix('Input ')}"
        else:
            yield f"{option} is {value}: {found['msg'].removeprefix('Input ')}"
