"""The example that shows everything does show everything: types, rules, options, relations."""

from __future__ import annotations

from extensions.entities import Entity, Field, parse
from extensions.entities.types import OPERATORS, TYPES
from tests.conftest import example

ENTITIES = example("kitchen-sink")["entities"]
FIELDS = [field for entity in ENTITIES for field in entity["fields"]]
MODELS = parse(ENTITIES)


def test_every_type() -> None:
    assert {field["type"] for field in FIELDS} == set(TYPES)


def test_every_rule_of_a_field() -> None:
    assert {option for field in FIELDS for option in field} == set(Field.model_fields)
    literals = {type(field["default"]) for field in FIELDS if "default" in field}
    assert {str, bool, int, dict} <= literals
    assert {"now", "uuid"} <= {field["default"] for field in FIELDS if isinstance(field.get("default"), str)}
    assert {field["on_delete"] for field in FIELDS if "on_delete" in field} == {"restrict", "cascade", "set_null"}
    assert {operator for model in MODELS for field in model.fields for operator in field.operators} == set(OPERATORS)


def test_every_option_of_an_entity() -> None:
    assert {option for entity in ENTITIES for option in entity} == set(Entity.model_fields)
    assert {model.primary_key for model in MODELS} == {"integer", "uuid"}
    assert {model.paging for model in MODELS} == {"offset", "cursor"}
    assert {model.sort.startswith("-") for model in MODELS if model.sort} == {False, True}
    assert any(not model.can("update") for model in MODELS), "an append-only entity"


def test_every_relation() -> None:
    columns = [field for model in MODELS for field in model.fields if field.is_reference]
    assert any(field.unique for field in columns), "one-to-one"
    assert any(not field.unique for field in columns), "many-to-one"
    assert any(relation.many and not relation.forward for model in MODELS for relation in model.relations), "its view"
    assert any(field.target is field.entity for field in columns), "to itself"
    assert any(field.closes_circle and field.target is not field.entity for field in columns), "a circle of two"
    links = [link for model in MODELS for link in model.links]
    assert any(link.target is not link.entity for link in links), "many-to-many"
    assert any(link.target is link.entity for link in links), "many-to-many with itself"
