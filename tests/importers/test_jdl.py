"""The importer of JHipster's JDL: whole files, names, options, the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.jdl.__main__ import main
from tests.conftest import Render
from tests.importers.jdl import BLOG, STORE, convert


def test_a_blog() -> None:
    answers, report = convert(BLOG, "blog.jdl")
    assert answers["app_name"] == "blog"
    assert answers["entities"] == [
        {
            "name": "Blog",
            "table": "writers_blog",
            "description": "A place where somebody writes.",
            "fields": [
                {"name": "name", "type": "string", "max_length": 80, "min_length": 3, "required": True}
                | {"description": "What it is called"},
                {"name": "handle", "type": "string", "pattern": "^[a-z0-9-]{2,30}$", "required": True, "unique": True}
                | {"description": "The last part of its address", "example": "aa"},
            ],
        },
        {
            "name": "Post",
            "fields": [
                {"name": "title", "type": "string", "required": True},
                {"name": "content", "type": "text", "required": True},
                {"name": "state", "type": "enum", "values": ["DRAFT", "PUBLISHED", "WITHDRAWN"], "required": True},
                {"name": "published_at", "type": "datetime"},
                {"name": "reading_time", "type": "string", "max_length": 64, "example": "PT1H30M"},
                {"name": "blog", "type": "reference", "to": "Blog", "required": True, "inverse": "posts"},
                {"name": "labels", "type": "many_to_many", "to": "Label", "inverse": "posts"},
            ],
        },
        {
            "name": "Label",
            "fields": [{"name": "name", "type": "string", "min_length": 2, "required": True}],
            "operations": ["list", "get"],
        },
    ]
    assert sorted(int(line.split(":")[1]) for line in report) == [17, 18, 24, 29, 30, 33, 36]


def test_a_store() -> None:
    answers, report = convert(STORE, "store.jdl")
    by_name = {one["name"]: one for one in answers["entities"]}
    assert answers["app_name"] == "corner-store"
    assert by_name["Item"]["fields"] == [
        {"name": "name", "type": "string", "max_length": 120, "required": True, "filter": True},
        {
            "name": "price",
            "type": "decimal",
            "precision": 18,
            "scale": 2,
            "min": 0.01,
            "required": True,
            "filter": True,
        },
        {"name": "weight", "type": "float", "min": 0, "max": 1000.5, "filter": True},
        {"name": "stock", "type": "integer", "min": 0, "filter": True},
        {"name": "sold", "type": "bigint", "filter": True},
        {"name": "code", "type": "string", "pattern": "^(?:[A-Z]{2}/[0-9]{4}|none)$", "unique": True}
        | {"example": "AA/0000", "filter": True},
        {"name": "active", "type": "boolean", "required": True, "filter": True},
        {"name": "offered", "type": "date", "filter": True},
        {"name": "opens", "type": "time", "filter": True},
        {"name": "changed", "type": "datetime", "filter": True},
        {"name": "token", "type": "uuid", "filter": True},
        {"name": "replacement", "type": "reference", "to": "Item", "filter": True},
    ]
    assert by_name["Purchase"] == {
        "name": "Purchase",
        "primary_key": "uuid",
        "fields": [
            {"name": "category", "type": "string"},
            {"name": "buyer", "type": "reference", "to": "Buyer", "on_delete": "set_null"} | {"inverse": "purchases"},
        ],
    }
    assert by_name["PurchaseLine"]["fields"][1:] == [
        {"name": "purchase", "type": "reference", "to": "Purchase", "required": True, "on_delete": "cascade"}
        | {"inverse": "lines"},
        {"name": "item", "type": "reference", "to": "Item"},
    ]
    assert by_name["Voucher"]["fields"] == [{"name": "purchase", "type": "reference", "to": "Purchase", "unique": True}]
    said = "\n".join(report)
    for what in (
        "application",
        "leaflet",
        "@onupdate(CASCADE)",
        "required on Purchase's side",
        "serviceClass",
        "class",
    ):
        assert what in said


def test_endless_lists_are_paged_by_cursor() -> None:
    answers, report = convert("entity A entity B paginate A with infinite-scroll paginate B with pagination")
    assert [one.get("paging") for one in answers["entities"]] == ["cursor", None]
    assert report == []


"""The keys below are those of the tables that JHipster 8.11.0 makes of it."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("entity Settings", "SettingsRecord"),
        ("entity order_item", "OrderItem"),
        ("entity Order", "Order"),
    ],
)
def test_names_of_entities(text: str, expected: str) -> None:
    answers, _ = convert(text)
    assert answers["entities"][0]["name"] == expected


def test_names_that_clash() -> None:
    text = "entity Task { state State } entity TaskState entity Session entity SessionRecord enum State { A, B }"
    text += " relationship ManyToMany { TaskState{tasks} to Session }"
    answers, report = convert(text)
    names = [one["name"] for one in answers["entities"]]
    assert names == ["Task", "TaskState", "SessionRecord", "SessionRecordRecord"]
    assert answers["entities"][0]["fields"][0]["name"] == "state"
    assert answers["entities"][1]["fields"][0]["to"] == "SessionRecord"
    assert len(report) == 2


def test_an_entity_and_an_enum_of_one_name() -> None:
    """A field is of the enum, a relationship leads to the entity, as in JHipster."""
    text = "entity Currency { kind Currency } enum Currency { TAKA, DOLLAR } entity Price"
    answers, report = convert(f"{text} relationship ManyToOne {{ Price to Currency }}")
    assert [one["fields"] for one in answers["entities"]] == [
        [{"name": "kind", "type": "enum", "values": ["TAKA", "DOLLAR"]}],
        [{"name": "currency", "type": "reference", "to": "Currency"}],
    ]
    assert report == []


@pytest.mark.parametrize(
    ("option", "operations"),
    [
        ("readOnly A", ["list", "get"]),
        ("readOnly for A", ["list", "get"]),
        ("readOnly *", ["list", "get"]),
        ("readOnly all except B", ["list", "get"]),
        ("readOnly * except A", None),
        ("dto A with mapstruct", None),
        ("use dto, paginate for A, B except B", None),
    ],
)
def test_options(option: str, operations: list[str] | None) -> None:
    answers, report = convert(f"entity A entity B {option}")
    assert answers["entities"][0].get("operations") == operations
    assert bool(report) == (operations is None and "readOnly" not in option)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "shop.jdl", tmp_path / "answers.yml"
    source.write_text(STORE, encoding="utf-8-sig")
    assert main([str(source), "-o", str(target)]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("shop.jdl:2:1: application not carried over")
    assert main([str(source)]) == 0
    assert capsys.readouterr().out == target.read_text(encoding="utf-8")


def test_the_command_with_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "bad.jdl", tmp_path / "answers.yml"
    source.write_text("entity A { x Strin }", encoding="utf-8")
    assert main([str(source), "-o", str(target)]) == 1
    assert capsys.readouterr().err == "bad.jdl:1:14: A.x has an unknown type Strin: did you mean String?\n"
    assert not target.exists()
    source.write_text("application { config { baseName shop } }", encoding="utf-8")
    assert main([str(source), "-o", str(target)]) == 1
    error = "bad.jdl: there is no entity: declare one, such as entity Product { name String }"
    assert capsys.readouterr().err.splitlines()[-1] == error
    assert not target.exists()
    source.write_bytes(b"entity \xff")
    assert main([str(source)]) == 1


@pytest.mark.parametrize("arguments", [[], ["none.jdl"], ["a", "b"], ["."]])
def test_the_command_called_wrongly(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "module"), [(BLOG, "post"), (STORE, "purchase_line")])
def test_it_renders(text: str, module: str, render: Render) -> None:
    answers, _ = convert(text)
    app = render(answers)
    for path in app.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    assert (app / "app" / "entities" / module).exists()
