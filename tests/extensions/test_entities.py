"""What an `entities` answer may say, and in which words it is rejected: without rendering."""

from __future__ import annotations

import ast
import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest

from extensions.entities import EntitiesError, Entity, parse
from extensions.entities.answer import normalise
from extensions.entities.types import json, text
from extensions.source.models import relation_arguments
from extensions.source.samples import has_two_samples, sample
from extensions.source.schemas import filters
from tests.conftest import ROOT


def one(*fields: Any, **options: Any) -> Entity:
    """Return an entity with some fields."""
    return parse([{"name": "Probe", "fields": list(fields), **options}])[0]


def errors(*fields: Any, **options: Any) -> list[str]:
    """Return what is wrong with an entity."""
    with pytest.raises(EntitiesError) as caught:
        one(*fields, **options)
    assert all(line.isprintable() for line in caught.value.lines)
    return caught.value.lines


def test_an_inverse_may_be_called_like_the_field() -> None:
    fields = [{"name": "partner", "type": "reference", "to": "Mentor", "unique": True, "inverse": "partner"}]
    student, mentor = parse([{"name": "Student", "fields": fields}, "Mentor"])
    assert "foreign_keys=partner_id" in relation_arguments(student.relations[0])
    assert 'foreign_keys="Student.partner_id"' in relation_arguments(mentor.relations[0])


@pytest.mark.parametrize(
    ("values", "members"),
    [
        (["A+", "A-", "A"], ["A", "A_2", "A_3"]),
        (["A+", "A 2", "A-"], ["A", "A_2", "A_3"]),
        (["mg", "Mg"], ["MG", "MG_2"]),
        (["日本", "中国", "1", "value"], ["VALUE", "VALUE_2", "VALUE_1", "VALUE_3"]),
        (["2nd", "in-progress", "mro"], ["VALUE_2ND", "IN_PROGRESS", "MRO"]),
    ],
)
def test_members_of_enums(values: list[str], members: list[str]) -> None:
    field = one({"name": "grade", "type": "enum", "values": values}).fields[0]
    assert list(field.members.values()) == members
    longer = one({"name": "grade", "type": "enum", "values": [*values, "later"]}).fields[0]
    assert list(longer.members.values())[:-1] == members, "appended values change no name"


def test_classes_of_fields_do_not_clash() -> None:
    names = {"level1": "enum", "level_1": "enum", "address_1": "string", "address1": "string", "read": "string"}
    fields: list[dict[str, Any]] = [{"name": name, "type": kind} for name, kind in names.items()]
    for field in fields[:2]:
        field["values"] = ["x"]
    fields += [{"name": "bar", "type": "decimal", "filter": True}, {"name": "bar_filter", "max_length": 3}]
    probe = one(*fields)
    assert [field.enum_class for field in probe.fields[:2]] == ["ProbeLevel1", "ProbeLevel1Value"]
    made = [field.alias for field in probe.fields] + [probe.fields[5].filter_alias]
    assert len(set(made)) == len(made)
    assert not set(made) & {"ProbeRead", "ProbeLevel1"}
    local, exact = parse(
        [
            {"name": "Local", "fields": [{"name": "time", "type": "time"}]},
            {"name": "Exact", "fields": [{"name": "decimal", "type": "decimal"}]},
        ]
    )
    assert local.fields[0].alias == "LocalTimeValue"
    assert exact.fields[0].alias == "ExactDecimalValue"


@pytest.mark.parametrize(
    "names", ["Order OrderDetail", "Invoice InvoiceDetail", "Meter MeterRead", "Tax TaxRules", "Search SearchQuery"]
)
def test_business_names_win(names: str) -> None:
    first, second = names.split()
    field = {"name": "owner", "type": "reference", "to": first, "inverse": "parts"}
    assert len(parse([first, {"name": second, "fields": [field]}])) == 2


@pytest.mark.parametrize(
    "field",
    [
        {"name": "due", "type": "enum", "values": ["now", "later"], "default": "now"},
        {"name": "due", "default": "now"},
        {"name": "due", "type": "text", "default": "uuid"},
    ],
)
def test_now_is_a_word_too(field: dict[str, Any]) -> None:
    assert one(field).fields[0].default in {"now", "uuid"}


def test_now_is_no_number() -> None:
    assert errors({"name": "due", "type": "integer", "default": "now"}) == [
        "Probe.due: default is 'now': write a number"
    ]


FULL = "9999999999999999999999999999.9999999999"


@pytest.mark.parametrize(
    "field",
    [
        {"precision": 38, "scale": 10, "default": "12345678901234567890.5"},
        {"precision": 38, "scale": 10, "example": FULL, "min": f"-{FULL}", "max": FULL},
        {"precision": 38, "scale": 38, "default": "0.1", "min": "0." + "0" * 37 + "1"},
        {"precision": 38, "scale": 0, "max": "9" * 38, "min": "9" * 37 + "8"},
        {"precision": 38, "scale": 10, "min": "1e27", "default": "1E+27"},
    ],
)
def test_decimals_of_many_digits(field: dict[str, Any]) -> None:
    found = one({"name": "amount", "type": "decimal", **field}).fields[0]
    for number in (1, 2):
        value = Decimal(str(sample(found, number)))
        assert found.min is None or value >= Decimal(str(found.min))
        assert found.max is None or value <= Decimal(str(found.max))
    if found.default is not None:
        assert Decimal(str(found.kind.json(found, found.default))) == Decimal(str(found.default))
    assert has_two_samples(found)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "decimal", "precision": 5, "default": "1e5"}, "default 1E+5 does not fit precision 5 and scale 2"),
        ({"type": "decimal", "example": "0.125"}, "example 0.125 does not fit precision 10 and scale 2"),
        ({"type": "decimal", "min": 0.001}, "min 0.001 does not fit precision 10 and scale 2"),
        ({"type": "decimal", "max": "1e999999"}, "max 1E+999999 does not fit precision 10 and scale 2"),
        ({"type": "float", "max": "1e999"}, "max is '1E+999': no float is that large"),
        ({"type": "float", "default": math.inf}, "default is inf: write a number"),
        ({"type": "json", "default": math.nan}, "default holds nan, which JSON does not have"),
        ({"type": "json", "example": [dt.date(2026, 1, 31)]}, "example holds a date, which JSON does not have"),
        ({"type": "json", "default": {"a": "\0"}}, "default holds '\\x00', which no database stores"),
        ({"type": "json", "default": {1: "a"}}, "default has the key 1: put it in quotes"),
        ({"type": "time", "default": "08:30:00Z"}, "default has a time zone, which means nothing without a date"),
        ({"type": "datetime", "default": "0001-01-01T00:00:00+09:00"}, "default is '0001-01-01T00:00:00+09:00'"),
        ({"type": "datetime", "default": "2026-01-31T08:30:00"}, "default has no time zone"),
        ({"type": "email", "example": "a@@x.org"}, "example is 'a@@x.org': write an address like"),
        ({"type": "email", "internal": False, "example": "a@x.test"}, "example is 'a@x.test', which the internet does"),
        ({"type": "string", "internal": False}, "internal does not apply to type string: remove it"),
        ({"type": "string", "lower_case": True}, "lower_case does not apply to type string: remove it"),
        ({"type": "email", "default": "root@localhost"}, "default is 'root@localhost': write an address like"),
        ({"type": "email", "default": "a..b@x.org"}, "default is 'a..b@x.org': write an address like"),
        ({"type": "email", "max_length": 5}, "max_length 5 leaves no room for an email: at least 6"),
        ({"type": "url", "max_length": 5}, "max_length 5 leaves no room for an url: at least 11"),
        ({"type": "url", "example": "https://"}, "example is 'https://': write an address like"),
        ({"type": "url", "default": "http:// a b"}, "default is 'http:// a b': write an address like"),
        ({"type": "ip", "default": "nonsense"}, "default is 'nonsense': write an address like 192.0.2.1 or"),
        ({"type": "ip", "example": 12}, "example is the number 12: write an address in quotes, e.g. '192.0.2.1'"),
        ({"type": "ip", "default": "010.0.0.1"}, "default is '010.0.0.1': write an address like"),
        ({"type": "ip", "default": "192.0.2.0/24"}, "default is '192.0.2.0/24': write an address like"),
        ({"type": "ip", "default": "fe80::1%eth0"}, "default is 'fe80::1%eth0': remove the zone 'eth0'"),
        ({"default": "\ud800"}, "default is '\\ud800', which no database stores"),
        ({"description": "a\0b"}, "description holds the control character U+0000: remove it"),
        ({"description": "a\x1b[31m"}, "description holds the control character U+001B: remove it"),
        ({"description": "bad\u202e text"}, "description holds the control character U+202E: remove it"),
        ({"type": "url", "unique": True, "max_length": 2000}, "max_length 2000 is too long for an index: at most 600"),
    ],
)
def test_what_the_api_would_reject(field: dict[str, Any], expected: str) -> None:
    found = errors({"name": "field", **field})
    assert len(found) == 1
    assert found[0].startswith(f"Probe.field: {expected}")


def test_json_has_one_order() -> None:
    """The answers file sorts keys, so what is made from it must not depend on how they were typed."""
    value = {"theme": "dark", "sizes": [{"width": 1, "height": None}]}
    [entity] = parse([{"name": "Profile", "fields": [{"name": "settings", "type": "json", "default": value}]}])
    assert str(entity.fields[0].default) == "{'sizes': [{'height': None, 'width': 1}], 'theme': 'dark'}"


def test_json_that_holds_itself() -> None:
    endless: list[Any] = []
    endless += [endless, endless]
    expected = "Probe.field: default is nested more than 100 times, or holds itself: make it flatter"
    assert errors({"name": "field", "type": "json", "default": endless}) == [expected]


@pytest.mark.parametrize("address", ["ada@example.org", "O'Hara+x@Sub.Example.ORG", "1@a.io", "a_b@x-y.de"])
def test_addresses(address: str) -> None:
    assert one({"name": "mail", "type": "email", "default": address}).fields[0].has_default


@pytest.mark.parametrize("table", ["pg_class", "sqlite_x"])
def test_tables_of_the_database(table: str) -> None:
    assert errors(table=table) == [f"Probe: the database keeps tables like {table} for itself: write another table"]


def test_description_of_an_entity() -> None:
    assert errors(description="a\x1bb") == ["Probe: description holds the control character U+001B: remove it"]
    assert one(description="two\nlines").description


def test_restore_needs_soft_delete() -> None:
    expected = "Probe: restore needs soft_delete: write soft_delete: true, or remove restore"
    assert errors({"name": "a"}, restore=True) == [expected]
    assert one({"name": "a"}, restore=True, soft_delete=True).restore


def test_unique_groups_fit_an_index() -> None:
    names = ["a", "b", "c", "d", "e"]
    expected = (
        "Probe: unique ['a', 'b', 'c', 'd', 'e'] is too long for an index "
        "(a 600, b 600, c 600, d 600, e 600 characters): lower max_length, to 665 in all"
    )
    assert errors(*({"name": name, "max_length": 600} for name in names), unique=[names]) == [expected]
    assert len(errors({"name": "a", "max_length": 9000}, {"name": "b"}, unique=[["a", "b"]])) == 1
    fitting = [{"name": "a", "max_length": 600}, {"name": "n", "type": "decimal", "precision": 38}]
    assert one(*fitting, unique=[["a", "n"]]).unique
    assert one({"name": "home", "type": "url", "unique": True}).fields[0].length == 600
    assert one({"name": "home", "type": "url"}).fields[0].length == 2048


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([{"name": "code", "primary_key": True}], "Probe.code: primary_key: the key is always id: remove primary_key,"),
        ([{"name": "id", "type": "string", "primary_key": True}], "Probe.id: the key is an integer or a uuid"),
        ([{"name": "code", "primary_key": "no"}], "Probe.code: primary_key is the text 'no': write true or false"),
        ([{"name": "email"}], "Probe: field 1 can be read in two ways: write {name: email, type: string} for a field "),
        ([{"name": "code", "nullable": "no"}], "Probe.code: nullable is the text 'no': write true or false"),
        ([{"name": "p", "type": "one_to_one"}], "Probe.p: there is no type 'one_to_one': write reference with unique:"),
        ([{"name": "p", "type": "one_to_many"}], "Probe.p: there is no type 'one_to_many': write a reference in "),
        ([{"name": "p", "filter": ["like"]}], "Probe.p: there is no filter 'like': write some of eq, ne,"),
        ([{"name": "p", "filter": "contains"}], "Probe.p: filter is the text 'contains': write true, or a list of "),
        ([{"name": "p", "pattern": "(?=a)"}], "Probe.p: pattern is not a regular expression the API can check"),
        (
            [{"name": "p", "type": "enum", "values": [True, False]}],
            "Probe.p: values holds what YAML reads as true: put",
        ),
        ([{True: "string"}], "Probe: field 1: YAML reads on, yes or true as a truth value: put the name in quotes"),
        ([{"type": "string", "required": True}], "Probe: field 1 has no name: write {name: title, ...}"),
    ],
)
def test_messages(fields: list[Any], expected: str) -> None:
    found = errors(*fields)
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_why_a_pattern_is_none() -> None:
    found = errors({"name": "p", "pattern": "(?=a)"})[0]
    assert "look-ahead" in found.partition("(no look-around)")[2]


def test_other_messages() -> None:
    with pytest.raises(EntitiesError, match="item 1: name is missing: write one such as OrderItem"):
        parse([{"fields": []}])
    expected = "Probe: unique is a list of lists: write [[a, b]]"
    assert errors({"name": "a", "type": "integer"}, {"b": "integer"}, unique=["a", "b"]) == [expected]


def test_a_name_alone_is_a_string() -> None:
    fields = one({"name": "phone"}, {"name": "string"}, {"email": "email"}).fields
    assert [(field.name, field.type) for field in fields] == [
        ("phone", "string"),
        ("name", "string"),
        ("email", "email"),
    ]


def test_the_key_as_a_field() -> None:
    assert one({"name": "id", "type": "UUID", "primary_key": True}).primary_key == "uuid"
    assert one({"name": "id", "type": "int", "primary_key": True}).primary_key == "integer"


def test_enums_of_numbers() -> None:
    field = one({"name": "stars", "type": "enum", "values": [1, 2], "default": 1, "example": 2}).fields[0]
    assert (field.values, field.default, field.example) == (["1", "2"], "1", "2")


def test_references_by_either_name() -> None:
    fields = [{"name": "q_id", "type": "reference", "to": "Queue"}, {"name": "n", "type": "integer"}]
    for group in (["q_id", "n"], ["q", "n"]):
        for sort in ("-q_id", "-q"):
            probe = parse([{"name": "Probe", "fields": fields, "unique": [group], "sort": sort}, "Queue"])[0]
            assert probe.unique == [["q", "n"]]
            assert probe.sort == "-q_id"


def test_ids_as_text() -> None:
    """What refers to a key that is text in JSON is text, too; a uuid is text anyway."""
    fields = [{"name": "q", "type": "reference", "to": "Queue"}]
    item, _ = parse([{"name": "Item", "fields": fields}, {"name": "Queue", "id_as_text": True}])
    assert item.fields[0].kind.request_type(item.fields[0]) == "RowIdText"
    assert any("id_as_text is for integer keys" in line for line in errors(primary_key="uuid", id_as_text=True))


def test_limits_are_those_of_the_app() -> None:
    """What the questionnaire lets through is what the API lets through."""
    module = ast.parse((ROOT / "template" / "app" / "core" / "field_types.py").read_text(encoding="utf-8"))
    names = {"WEB_ADDRESS", "MAX_JSON_DEPTH"}
    found = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names
    }
    assert found == {
        "WEB_ADDRESS": f"^{text.WEB_ADDRESS.pattern}$",
        "MAX_JSON_DEPTH": json.DEEPEST_JSON,
    }


def test_search() -> None:
    searched = {"name": "title", "search": True}
    probe = one(searched, {"name": "note", "type": "text", "search": True})
    assert [field.name for field in probe.search_fields] == ["title", "note"]
    assert ("q", "SearchText") in filters(probe)
    assert ("q", "SearchText") not in filters(one({"name": "title"}))
    other = one(searched, name="Probe")
    assert other.search_index != probe.search_index, "another index where other fields are searched"
    assert len(one(searched, table="x" * 50).search_index) <= 63
    assert errors({**searched, "write_only": True}) == [
        "Probe.title: write_only fields cannot be searched: their values would show: remove search"
    ]
    assert errors({"name": "size", "type": "integer", "search": True})[0].startswith(
        "Probe.size: search does not apply to type integer: remove it"
    )
    assert errors(searched, {"name": "q", "filter": True}) == [
        "Probe.q: lists have a parameter q already, for search: rename the field, or remove filter"
    ]


def test_the_table_of_responses_is_taken() -> None:
    assert errors({"name": "title"}, table="idempotency_keys") == [
        "Probe: the table idempotency_keys holds responses for retries: write another table"
    ]


def test_bulk_needs_writes() -> None:
    assert errors({"name": "title"}, bulk=True, operations=["list", "get"]) == [
        "Probe: bulk, but nobody can write: remove it, or add an operation"
    ]


def test_normal_form_of_a_field_called_like_a_type() -> None:
    once = normalise([{"name": "Probe", "fields": [{"name": "text", "type": "string"}]}])
    assert once == normalise(once)
    assert once[0]["fields"] == [{"name": "text", "type": "string"}]
