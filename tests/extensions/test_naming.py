"""Words, plurals and rejected names."""

import builtins
import keyword
import string
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions import naming, pins
from extensions.naming import (
    app_name_error,
    entity_name_error,
    field_name_error,
    kebab,
    pascal,
    plural,
    reserved,
    snake,
    title,
    words,
)

Error = Callable[[object], "str | None"]

HOSTILE = Path(__file__).parent.parent / "data" / "hostile.yaml"
ERRORS: dict[str, Error] = {
    "app_name": app_name_error,
    "entities[].name": entity_name_error,
    "entities[].fields[].name": field_name_error,
}
ROWS = [row for row in yaml.safe_load(HOSTILE.read_text(encoding="utf-8"))["cases"] if row["field"] in ERRORS]
ANYTHING = st.one_of(
    st.text(st.characters()),
    st.text(string.ascii_letters + string.digits + "_- ", max_size=45),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.integers()),
)
PASCAL = st.from_regex(r"[A-Z][A-Za-z0-9]{0,39}", fullmatch=True)
SNAKE = st.from_regex(r"[a-z][a-z0-9]{1,6}(_[a-z][a-z0-9]{1,6}){0,4}", fullmatch=True)
RESERVED = [
    "APP_NAMES",
    "OWN_CLASS_NAMES",
    "OWN_FIELDS",
    "OWN_VARIABLES",
    "POSTGRESQL_SYSTEM_COLUMNS",
    "PYDANTIC_ATTRIBUTES",
    "PYTHON_BUILTINS",
    "PYTHON_WORDS",
    "SQLALCHEMY_ATTRIBUTES",
    "STDLIB_MODULES",
    "WINDOWS_DEVICES",
]
PLURALS = {
    "Address": "Addresses",
    "Album": "Albums",
    "Alias": "Aliases",
    "Analysis": "Analyses",
    "Analytics": "Analytics",
    "Belief": "Beliefs",
    "Bookshelf": "Bookshelves",
    "Box": "Boxes",
    "Branch": "Branches",
    "Bus": "Buses",
    "Canvas": "Canvases",
    "Category": "Categories",
    "Child": "Children",
    "Company": "Companies",
    "Criterion": "Criteria",
    "Data": "Data",
    "Day": "Days",
    "Equipment": "Equipment",
    "Fish": "Fish",
    "Grandchild": "Grandchildren",
    "Hero": "Heroes",
    "House": "Houses",
    "Human": "Humans",
    "Index": "Indexes",
    "Information": "Information",
    "Key": "Keys",
    "Knife": "Knives",
    "Leaf": "Leaves",
    "Lens": "Lenses",
    "Matrix": "Matrices",
    "Media": "Media",
    "Menu": "Menus",
    "Metadata": "Metadata",
    "Metric": "Metrics",
    "Metropolis": "Metropolises",
    "Mouse": "Mice",
    "News": "News",
    "People": "People",
    "Person": "People",
    "Photo": "Photos",
    "Quiz": "Quizzes",
    "Roof": "Roofs",
    "Salesperson": "Salespeople",
    "Schema": "Schemas",
    "Series": "Series",
    "Sheep": "Sheep",
    "Software": "Software",
    "Specimen": "Specimens",
    "Staff": "Staff",
    "Status": "Statuses",
    "Task": "Tasks",
    "Taxi": "Taxis",
    "Tomato": "Tomatoes",
    "User": "Users",
    "Virus": "Viruses",
    "Warehouse": "Warehouses",
    "Wolf": "Wolves",
    "Woman": "Women",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OrderItem", "order item"),
        ("orderItem", "order item"),
        ("order_item", "order item"),
        ("order-item", "order item"),
        ("HTTPServer", "http server"),
        ("Sha256Sum", "sha256 sum"),
        ("MP3Player", "mp3 player"),
        ("AB1c", "a b1c"),
        ("URLs", "urls"),
        ("OrderURLs", "order urls"),
        ("URL", "url"),
        ("PlanB", "plan b"),
        ("A", "a"),
        ("A1", "a1"),
        ("__a__", "a"),
        ("", ""),
    ],
)
def test_words(name: str, expected: str) -> None:
    assert words(name) == tuple(expected.split())


@pytest.mark.parametrize("name", ["OrderItem", "orderItem", "order_item", "order-item"])
def test_case_styles(name: str) -> None:
    assert snake(name) == "order_item"
    assert kebab(name) == "order-item"
    assert pascal(name) == "OrderItem"
    assert title(name) == "Order item"


@given(PASCAL)
@settings(deadline=None)
def test_case_styles_keep_the_words(name: str) -> None:
    assert "".join(words(name)) == name.lower()
    assert words(snake(name)) == words(kebab(name)) == words(name)
    assert words(title(name)) == words(name)


@given(SNAKE)
@settings(deadline=None)
def test_snake_comes_back_from_pascal(name: str) -> None:
    assert snake(pascal(name)) == name


@pytest.mark.parametrize(("one", "many"), PLURALS.items())
def test_plural(one: str, many: str) -> None:
    assert plural(one) == many
    assert plural(many) == many
    assert plural(one.lower()) == many.lower()
    assert plural("Order" + one) == "Order" + many
    assert plural("order_" + one.lower()) == "order_" + many.lower()


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("", ""),
        ("-", "-"),
        ("URL", "URLs"),
        ("OrderURL", "OrderURLs"),
        ("BUS", "BUSES"),
        ("MP3", "MP3s"),
        ("Sha256", "Sha256s"),
        ("order-item", "order-items"),
        ("A", "Aes"),
        ("I", "Ies"),
    ],
)
def test_plural_keeps_the_case_style(one: str, many: str) -> None:
    assert plural(one) == many


@given(st.one_of(st.text(), PASCAL, SNAKE))
@settings(deadline=None)
def test_plural_takes_any_text(name: str) -> None:
    assert snake(plural(name)) == plural(snake(name))
    assert len(words(plural(name))) == len(words(name))


@given(PASCAL)
@settings(deadline=None)
def test_plural_of_an_entity_is_never_a_keyword(name: str) -> None:
    if entity_name_error(name) is None:
        assert not keyword.iskeyword(snake(plural(name)))


@pytest.mark.parametrize("table", [naming.IRREGULAR_PLURALS, naming.IRREGULAR_ENDINGS])
def test_tables_of_plurals_are_lower_case(table: dict[str, str]) -> None:
    assert all((one + many).isalpha() and (one + many).islower() for one, many in table.items())
    assert not set(table) & naming.UNCOUNTABLE


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_hostile_names(row: dict[str, object]) -> None:
    error = ERRORS[str(row["field"])](row["value"])
    assert (error is None) == (row["expect"] == "accept"), error


@pytest.mark.parametrize(
    ("error", "name", "expected"),
    [
        (app_name_error, "Task-API", "'Task-API' has upper case letters: use task-api"),
        (app_name_error, "1task", "'1task' begins with a digit: use task"),
        (
            app_name_error,
            "task--api",
            "'task--api' has a dash at its start, at its end or beside another: use task-api",
        ),
        (
            app_name_error,
            "t\u00e2che",
            "'t\\xe2che' may hold only the letters a to z, digits and single dashes: use tache",
        ),
        (
            app_name_error,
            "t\u0430sk",
            ("'t\\u0430sk' may hold only the letters a to z, digits and single dashes: write a name such as task-api"),
        ),
        (
            app_name_error,
            "json",
            "'json' is a module of the Python standard library: use json-api",
        ),
        (app_name_error, "", "is empty: write a name such as task-api"),
        (app_name_error, None, "must be text such as task-api, not null"),
        (app_name_error, 12, "must be text such as task-api, not a number"),
        (entity_name_error, "task", "'task' does not begin with an upper case letter: use Task"),
        (
            entity_name_error,
            "Task-Item",
            "'Task-Item' may hold only the letters A to Z, a to z and digits: use TaskItem",
        ),
        (
            entity_name_error,
            "session",
            "'session' does not begin with an upper case letter: use SessionRecord",
        ),
        (
            entity_name_error,
            "Session",
            "'Session' is a name that the generated code itself uses: use SessionRecord",
        ),
        (entity_name_error, [], "must be text such as OrderItem, not a list"),
        (field_name_error, "Title", "'Title' has upper case letters: use title"),
        (field_name_error, "class", "'class' is a word of the Python language: use category"),
        (
            field_name_error,
            "price__gte",
            "'price__gte' has a double underscore, which filters use (price__gte): use price_gte",
        ),
        (
            field_name_error,
            "first name",
            "'first name' may hold only the letters a to z, digits and underscores: use first_name",
        ),
        (
            field_name_error,
            "x" * 41,
            f"'{'x' * 40}...' is 41 characters long: use at most 40",
        ),
    ],
)
def test_message(error: Error, name: object, expected: str) -> None:
    assert error(name) == expected


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (app_name_error, "a table node-modules order-api group user xn-api " + "x" * 40),
        (entity_name_error, "A B2 Task Table Order Group File Match Sheep Sku " + "X" * 40),
        (
            field_name_error,
            "a x1 date time datetime type match case order group select limit user model_year " + "x" * 40,
        ),
    ],
)
def test_accepted(error: Error, names: str) -> None:
    assert {name: error(name) for name in names.split() if error(name)} == {}


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (app_name_error, "class match json py-compile tests app redis com1 yes default"),
        (entity_name_error, "None Class Import List Exception Registry Com1 COM1 SqliteFile"),
        (
            field_name_error,
            "list metadata self model_dump_x validate id version dt enum_type xmin oid _a a_ a__b",
        ),
    ],
)
def test_rejected(error: Error, names: str) -> None:
    assert [name for name in names.split() if error(name) is None] == []


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@given(value=ANYTHING)
@settings(deadline=None)
def test_errors_are_one_safe_line(error: Error, value: object) -> None:
    line = error(value)
    if line is None:
        assert isinstance(value, str)
        assert value.isascii()
        assert 1 <= len(value) <= naming.LONGEST_NAME
        return
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 600
    if ": use " in line and not line.endswith("use at most 40"):
        assert error(line.rsplit(": use ", 1)[1]) is None


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("value", [object(), object, b"x", "x" * 10_000, "\ud800", "task\n", "a\0"])
def test_odd_values_are_rejected(error: Error, value: object) -> None:
    line = error(value)
    assert line
    assert line.isprintable()


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_sets_are_plain(name: str) -> None:
    found = getattr(reserved, name)
    assert isinstance(found, frozenset)
    assert all(isinstance(entry, str) and entry.isascii() for entry in found)


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="the lists end at Python 3.14")
def test_python_lists_are_complete() -> None:
    modules = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert modules <= reserved.STDLIB_MODULES
    assert set(keyword.kwlist) == reserved.PYTHON_KEYWORDS
    assert set(keyword.softkwlist) <= reserved.PYTHON_SOFT_KEYWORDS
    assert {name for name in dir(builtins) if name[0].isupper()} <= reserved.PYTHON_BUILTINS


def test_library_attributes_are_complete() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.BaseModel
    attributes = {name for name in [*dir(model), *dir(type(model))] if not name.startswith("_")}
    assert attributes <= reserved.PYDANTIC_ATTRIBUTES
    orm = pytest.importorskip("sqlalchemy.orm")
    base = type("Base", (orm.DeclarativeBase,), {})
    assert {name for name in dir(base) if name[0] != "_"} <= reserved.SQLALCHEMY_ATTRIBUTES


@pytest.mark.parametrize("name", sorted(pins.packages))
def test_an_app_is_not_called_like_what_it_depends_on(name: str) -> None:
    assert naming.app_name_error(name)
