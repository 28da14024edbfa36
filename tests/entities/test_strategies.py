"""Every list that the strategies build is a valid answer, and its meaning does not depend on how it is written."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extensions.entities import Entity, Field, normalise, parse
from extensions.entities.types import TYPES
from tests.entities.strategies import Answer, entity_lists, for_sqlite, pool_fields, pool_names, samples, shortened

many = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking such lists takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@many
@given(entity_lists())
def test_accepted(entities: Answer) -> None:
    for sqlite in (False, True):
        fitting = for_sqlite(entities) if sqlite else entities
        assert [entity.name for entity in parse(fitting, sqlite=sqlite)] == [entity["name"] for entity in entities]


@many
@given(entity_lists())
def test_order_of_keys_means_nothing(entities: Answer) -> None:
    """Copier sorts the keys of the answers file, at every level."""
    sorted_text = yaml.safe_dump(entities, sort_keys=True, allow_unicode=True)
    assert normalise(entities) == normalise(yaml.safe_load(sorted_text))


@many
@given(entity_lists())
def test_normal_form_is_a_fixed_point(entities: Answer) -> None:
    once = normalise(entities)
    assert normalise(once) == once


@many
@given(entity_lists())
def test_nothing_is_lost(entities: Answer) -> None:
    kept = [
        (entity["name"], sorted(field["name"] for field in entity.get("fields", []))) for entity in normalise(entities)
    ]
    assert kept == [(entity["name"], sorted(field["name"] for field in entity["fields"])) for entity in entities]


@many
@given(st.data())
def test_short_form_means_the_same(data: st.DataObject) -> None:
    entities: Answer = data.draw(entity_lists())
    short: list[Any] = data.draw(shortened(entities))
    assert normalise(short) == normalise(entities)


def test_names_do_not_clash() -> None:
    """Every awkward name is used, and all of them together are one valid answer."""
    fields = [{"name": name, "type": "string"} for name in pool_fields]
    assert len(parse([{"name": name, "fields": fields} for name in pool_names])) == len(pool_names)
    assert max(map(len, pool_names)) == max(map(len, pool_fields)) == 40


def test_samples_use_everything() -> None:
    """A new type or option that no strategy draws is noticed here."""
    lists = samples(30, 1)
    assert lists == samples(30, 1)
    entities = [entity for one in lists for entity in one]
    fields = [field for entity in entities for field in entity["fields"]]
    assert {field["type"] for field in fields} == set(TYPES)
    assert {option for field in fields for option in field} == set(Field.model_fields)
    assert {option for entity in entities for option in entity} == set(Entity.model_fields)
    assert max(map(len, lists)) >= 10
