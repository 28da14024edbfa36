"""Defaults, checks and names that the importer reads from a database."""

from __future__ import annotations

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

pytest.importorskip("sqlalchemy")

from importers.answers_file import document
from importers.database.checks import read_check
from importers.database.defaults import NO_LITERAL, array_literal, literal
from importers.database.tables import Check
from importers.draft import EntityDraft, Report
from importers.names import name_entities
from importers.relations import break_required_cycles


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("'open'::order_state", "enum", "open"),
        ("'it''s'::character varying", "string", "it's"),
        ("('a'::character varying)::text", "text", "a"),
        ("NULL::character varying", "string", None),
        ("0", "integer", 0),
        ("'-5'::integer", "integer", -5),
        ("(1)", "bigint", 1),
        ("1.50", "decimal", 1.5),
        ("0.1234567890123456789", "decimal", "0.1234567890123456789"),
        ("1e3", "float", NO_LITERAL),
        ("true", "boolean", True),
        ("'f'", "boolean", False),
        ("perhaps", "boolean", NO_LITERAL),
        ("now()", "datetime", "now"),
        ("CURRENT_TIMESTAMP", "datetime", "now"),
        ("('now'::text)::date", "date", "now"),
        ("timezone('utc'::text, now())", "datetime", NO_LITERAL),
        ("'2026-01-31 08:30:00+00'::timestamp with time zone", "datetime", "2026-01-31T08:30:00+00:00"),
        ("'2026-01-31 08:30:00'::timestamp without time zone", "datetime", NO_LITERAL),
        ("gen_random_uuid()", "uuid", "uuid"),
        ("'{}'::jsonb", "json", {}),
        ("'{'", "json", NO_LITERAL),
        ("concat('a', 'b')", "string", NO_LITERAL),
    ],
)
def test_defaults(source: str, kind: str, expected: object) -> None:
    assert literal(source, kind) == expected


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("'{}'::text[]", "text", []),
        ("ARRAY[]::text[]", "text", []),
        ("NULL::text[]", "text", None),
        ("'{ a , \"b c\" }'::text[]", "text", ["a", "b c"]),
        ("'{{1},{NULL}}'::integer[]", "integer", [[1], [None]]),
        ("'{1'", "integer", NO_LITERAL),
        ("'{1}}'", "integer", NO_LITERAL),
        ("'{1}2'", "integer", NO_LITERAL),
        ("'{1,}'", "integer", NO_LITERAL),
        ("'{,1}'", "integer", NO_LITERAL),
        ("'{1 2}'", "integer", NO_LITERAL),
        ("'{\"a}'", "text", NO_LITERAL),
        ("'{a\"b\"}'", "text", NO_LITERAL),
        ("'1'", "integer", NO_LITERAL),
        ("''", "text", NO_LITERAL),
        ("'{a}'", "", NO_LITERAL),
        ("make_list()", "text", NO_LITERAL),
    ],
)
def test_defaults_that_are_lists(source: str, kind: str, expected: object) -> None:
    assert array_literal(source, kind) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("n > 0", {"n": Check(low=1)}),
        ("(n >= 1 AND n < 10)", {"n": Check(low=1, high=9)}),
        ("n BETWEEN -1 AND 5", {"n": Check(low=-1, high=5)}),
        ('"x" >= 0.5', {"x": Check(low=0.5)}),
        ("x <= '-5'::integer::double precision", {"x": Check(high=-5)}),
        ("((s)::text = ANY ((ARRAY['a'::character varying, 'b)c'::character varying])::text[]))",
         {"s": Check(values=["a", "b)c"])}),
        ("s IN ('a', 'it''s AND so')", {"s": Check(values=["a", "it's AND so"])}),
        ("s IN ('a')", {"s": Check(values=["a"])}),
        ("x > 0", None),
        ("n > 0 OR x > 0", None),
        ("NOT (n > 0)", None),
        ("length(s) > 3", None),
        ("n > x", None),
        ("other > 3", None),
        ("s = 'a'", None),
    ],
)  # fmt: skip
def test_checks(source: str, expected: dict[str, Check] | None) -> None:
    found: dict[str, Check] = {}
    assert read_check(source, {"n": True, "x": False, "s": False}, found) == (expected is not None)
    assert found == (expected or {})


def test_long_fields_are_broken_into_lines() -> None:
    values = [f"value number {number}" for number in range(40)]
    draft = EntityDraft("A", "A", "a", description="word " * 100)
    draft.fields = [
        {"name": "kind", "type": "enum", "values": values, "description": "x" * 300},
        {"name": "code", "type": "string", "pattern": "^(?:" + r"\\d\"ä🐘 " * 50 + ")$", "example": " " + "é" * 250},
    ]
    made = document([draft], comment="c" * 300, name="a", description="b")
    config = YamlLintConfig("extends: default\nrules: {line-length: {max: 120}}\n")
    assert list(linter.run(made, config)) == []
    assert yaml.safe_load(made)["entities"][0] == draft.answer()


def test_names_that_clash() -> None:
    drafts = [EntityDraft(table, "Task", table, table=table) for table in ("task", "tasks", "TASK")]
    drafts[1].fields = [{"name": "a", "type": "reference", "to": "task", "required": True}]
    report = Report()
    name_entities(drafts, report)
    break_required_cycles(drafts, report)
    assert [draft.name for draft in drafts] == ["Task", "TaskRecord", "TaskRecord2"]
    assert drafts[1].fields[0]["to"] == "Task"
