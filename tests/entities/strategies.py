"""Hypothesis strategies for valid `entities` answers: every type, rule, option and relation that the models have."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from extensions import naming
from extensions.entities import DEFAULT_FIELDS, OPERATIONS, Entity, Field, entity_name_error, normalise
from extensions.entities.entity_checks import LARGEST_INDEX_ROW
from extensions.entities.field_checks import LIST_PARAMETERS
from extensions.entities.types import ALIASES, LONGEST_INDEXED, TYPES
from extensions.entities.types.decimals import SQLITE_DIGITS
from extensions.entities.types.numbers import INT32, INT64
from extensions.wording import EXACT

MOST_DIGITS = 38
LONG_DECIMAL = "long_decimal"
"""A field that may have more digits than SQLite holds."""

Answer = list[dict[str, Any]]
Draw = Callable[[st.SearchStrategy[Any]], Any]

IN_CI = os.environ.get("HYPOTHESIS_PROFILE") == "ci"

ENTITY_NAMES = (
    "Order", "User", "Select", "Data", "Person", "Sha256Sum", "Task", "Category", "Analysis", "Status", "Series",
    "Sheep", "OrderItem", "HTTPServer", "Table", "Group", "Window", "Where", "A", "Test", "Event", "Item", "Metric",
    "Value2", "Value10", "Child", "OrderDetail", "TaskRead", "ItemRules", "Cursor", "Local",
    "AbcdefghijAbcdefghijAbcdefghijAbcdefghij", "SomeVeryLongNameOfAnEntityThatFillsItAll",
    "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMn",
)  # fmt: skip
"""Legal names that something could stumble over."""

FIELD_NAMES = (
    "order", "group", "date", "offset", "limit", "type", "text", "value", "user", "select", "where", "key", "name",
    "names", "values", "title", "state", "status", "price", "note", "count", "total", "items", "query", "session",
    "data", "body", "field", "time", "uuid", "email", "url", "decimal", "enum", "pattern", "desc", "check", "level",
    "match", "case",
    "a", "b2", "is_open", "due_at", "column", "index", "default", "primary", "path", "page", "cursor",
    "include", "read", "sort", "password", "token", "secret", "property", "input",
    "filter", "hash", "max", "detail", "address1", "address_1",
    "object", "print", "super", "length_of_forty_characters_exactly_that1",
    "an_even_longer_looking_name_of_a_field_x",
)  # fmt: skip

ENUM_VALUES = (
    "Open", "A+", "A-", "日本", "中国", "now",
    "open", "doing", "done", "in-progress", "2nd", "on", "no", "name", "value", "mro", "two words", "it's",
    'a "quote"', "ünï", "back\\slash", "50%", "{{ x }}", "None", "class", "1", "x" * 50,
)  # fmt: skip

PATTERNS = (
    (r"^[A-Z]{2}-[0-9]{4}$", ("NB-0001", "ZZ-9999")),
    (r"^\S+$", ("one", "two")),
    (r"\d", ("a1", "2")),
    (r'^["\'\\]+$', ("\"'\\", "\\")),
    (r"^(a|b)*c?$", ("abc", "")),
)

TEXTS = (
    "It\u2019s \u2013 \u201c\u041f\u0440\u0438\u0432\u0435\u0442\u201d",
    "0.0.0.0",  # noqa: S104
    "/tmp/file",  # noqa: S108
    "it's",
    'a "quote"',
    "back\\slash",
    "{{ x }}",
    "{% raw %}",
    "50% off",
    ":name",
    "$(id)",
    "%s",
    "`x`",
    "日本語 🚀",
    "",
)
CHARACTERS = st.sampled_from(" abcXYZ012-_.,;:!?'\"\\/%{}$#@&<>()[]\n\täß日🚀")

pool_names = tuple(name for name in ENTITY_NAMES if entity_name_error(name) is None)
pool_fields = tuple(name for name in FIELD_NAMES if naming.field_name_error(name) is None)


def texts(least: int = 0, most: int = 30) -> st.SearchStrategy[str]:
    """Return texts of some length, awkward ones among them."""
    fitting = [text for text in TEXTS if least <= len(text) <= most]
    made = st.text(CHARACTERS, min_size=least, max_size=max(least, min(most, least + 20)))
    return st.one_of(st.sampled_from(fitting), made) if fitting else made


def sentences() -> st.SearchStrategy[str]:
    """Return descriptions: any text that is not blank."""
    return texts(1, 200).filter(lambda text: bool(text.strip()))


def flag(draw: Draw, chances: int = 4) -> bool:
    """Say yes once in so many times."""
    return bool(draw(st.integers(1, chances)) == 1)


# ---------------------------------------------------------------------------------------------------- values by type
def _text_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if flag(draw):
        pattern, examples = draw(st.sampled_from(PATTERNS))
        field |= {"pattern": pattern, "example": draw(st.sampled_from(examples))}
        return st.sampled_from(examples)
    least, most = 0, 255
    if flag(draw, 3):
        least = field["min_length"] = draw(st.integers(0, 20))
    if flag(draw, 2):
        longest = LONGEST_INDEXED if field["type"] == "string" else 5000
        most = field["max_length"] = draw(st.integers(max(least, 1), max(least, 1) + 30) | st.just(longest))
    return texts(least, most)


def _short_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if flag(draw):
        field["max_length"] = draw(st.integers(40, 250))
    return st.sampled_from(TYPES[field["type"]].spellings)


def _email_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    field["internal"] = flag(draw)
    field["lower_case"] = flag(draw)
    return _short_rules(draw, field) | st.just("ada@corp.local") if field["internal"] else _short_rules(draw, field)


def _number_rules(draw: Draw, field: dict[str, Any], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Perhaps add bounds, written in any of the ways a bound may be written; return what lies between."""
    first, second = sorted([draw(values), draw(values)])
    low, high = flag(draw, 3), flag(draw, 3)
    spelt: Callable[[Any], Any] = draw(st.sampled_from([lambda value: value, str]))
    if low:
        field["min"] = spelt(first)
    if high:
        field["max"] = spelt(second)
    if low or high:
        return st.sampled_from([first] if not high else [second] if not low else [first, second])
    return values


def _decimal_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    precision, scale = 10, 2
    most = MOST_DIGITS if field["name"] == LONG_DECIMAL else SQLITE_DIGITS
    if flag(draw, 2):
        precision = field["precision"] = draw(st.integers(1, most))
        scale = field["scale"] = draw(st.integers(0, precision))
    largest = 10**precision - 1
    whole = st.integers(-largest, largest)
    numbers = whole.map(lambda value: Decimal(value).scaleb(-scale, EXACT))
    between = _number_rules(draw, field, numbers.map(lambda value: f"{value:f}").map(Decimal))
    for bound in ("min", "max"):
        if isinstance(field.get(bound), Decimal):
            field[bound] = f"{field[bound]:f}"
    return between.map(lambda value: f"{value.normalize(EXACT):f}") | between.map(lambda value: f"{value:f}")


JSON = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31) | st.floats(-1e6, 1e6) | texts(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
    max_leaves=5,
)


def _whole_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if field["type"] == "bigint":
        field["as_text"] = flag(draw)
    least, most = {"integer": (-INT32 - 1, INT32), "bigint": (-INT64 - 1, INT64)}[field["type"]]
    return _number_rules(draw, field, st.integers(least, most) | st.integers(-3, 3))


def _float_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    wide = st.floats(-1e300, 1e300, allow_subnormal=False) | st.floats(-10, 10, allow_subnormal=False)
    return _number_rules(draw, field, wide | st.integers(-3, 3))


def _enum_rules(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    field["values"] = draw(st.lists(st.sampled_from(ENUM_VALUES), min_size=1, max_size=6, unique=True))
    return st.sampled_from(field["values"])


RULES: dict[str, Callable[[Draw, dict[str, Any]], st.SearchStrategy[Any]]] = {
    "string": _text_rules,
    "text": _text_rules,
    "email": _email_rules,
    "url": _short_rules,
    "integer": _whole_rules,
    "bigint": _whole_rules,
    "float": _float_rules,
    "decimal": _decimal_rules,
    "enum": _enum_rules,
}
"""For each type with options of its own: a function that perhaps adds some, and returns the values that are left."""

MORE_VALUES: dict[str, st.SearchStrategy[Any]] = {"json": JSON, "uuid": st.uuids(version=4).map(str)}


def _values(draw: Draw, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Perhaps add rules that narrow a field's values, and return the values that are left."""
    kind = TYPES[field["type"]]
    if kind.options:
        if kind.name not in RULES:
            options = ", ".join(sorted(kind.options))
            raise LookupError(f"type {kind.name} takes {options}, and nothing draws them: add it to RULES")
        return RULES[kind.name](draw, field)
    values = st.sampled_from([*kind.samples, *kind.spellings])
    return values | MORE_VALUES[kind.name] if kind.name in MORE_VALUES else values


# ------------------------------------------------------------------------------------------------------------ fields
def _plain_field(draw: Draw, name: str, kind: str) -> dict[str, Any]:
    """Draw a field of a type that holds a value of its own."""
    field: dict[str, Any] = {"name": name, "type": kind}
    values = _values(draw, field)
    made = TYPES[kind].made
    defaults = values | st.just(made) if made else values
    if "example" not in field and flag(draw):
        field["example"] = draw(values)
    if flag(draw):
        field["default"] = draw(defaults)
    _access(draw, field)
    _filters(draw, field)
    if "search" in TYPES[kind].options and not field.get("write_only") and flag(draw, 4):
        field["search"] = True
    return field


def _access(draw: Draw, field: dict[str, Any]) -> None:
    """Perhaps make a field required, unique, indexed, described, or closed to one side."""
    if flag(draw, 2):
        field["required"] = True
    if TYPES[field["type"]].indexable:
        if flag(draw, 6):
            field["unique"] = True
        if flag(draw, 5):
            field["index"] = True
    if flag(draw, 5):
        field["description"] = draw(sentences())
    match draw(st.integers(1, 8)):
        case 1:
            field["write_only"] = True
        case 2 if not field.get("required") or "default" in field:
            field["read_only"] = True


def _filters(draw: Draw, field: dict[str, Any]) -> None:
    operators = TYPES[field["type"]].operators
    if operators and field["name"] not in LIST_PARAMETERS and not field.get("write_only") and flag(draw, 3):
        some = st.lists(st.sampled_from(operators), min_size=1, unique=True)
        field["filter"] = draw(st.booleans() | some)


def _relation(draw: Draw, name: str, kind: str, target: str, *, optional: bool) -> dict[str, Any]:
    """Draw a relation; only an `optional` one may point anywhere without ever blocking the first row."""
    field: dict[str, Any] = {"name": name, "type": kind, "to": target}
    if flag(draw, 6):
        field["description"] = draw(sentences())
    if kind == "many_to_many":
        return field
    if not optional and flag(draw, 2):
        field["required"] = True
    if flag(draw, 2):
        choices = ["restrict", "cascade"] if field.get("required") else ["restrict", "cascade", "set_null"]
        field["on_delete"] = draw(st.sampled_from(choices))
    for option, chances in (("unique", 6), ("index", 6)):
        if flag(draw, chances):
            field[option] = True
    match draw(st.integers(1, 10)):
        case 1:
            field["write_only"] = True
        case 2 if not field.get("required"):
            field["read_only"] = True
    _filters(draw, field)
    return field


def _inverse(draw: Draw, field: dict[str, Any], taken: set[str]) -> None:
    """Perhaps give a reference its view from the other side, under a name that is free there."""
    if "inverse" not in Field.model_fields or not flag(draw, 3):
        return
    name = next(name for number in range(99) if (name := f"linked_{number}") not in taken)
    taken.add(name)
    field["inverse"] = name


def _fields(draw: Draw, name: str, earlier: list[str], everyone: list[str], taken: dict[str, set[str]]) -> Answer:
    """Draw the fields of one entity."""
    names = draw(st.lists(st.sampled_from(pool_fields), max_size=9, unique=True))
    taken[name].update(names, (f"{one}_id" for one in names))
    found: Answer = []
    for one in names:
        kind = draw(st.sampled_from(sorted(TYPES)))
        if kind == "many_to_many" and one == "items":
            kind = "text"  # order_items may be an entity's own table
        if kind in {"reference", "many_to_many"}:
            target = draw(st.sampled_from(everyone))
            field = _relation(draw, one, kind, target, optional=target not in earlier)
            _inverse(draw, field, taken[target])
            found.append(field)
        else:
            found.append(_plain_field(draw, one, kind))
    if flag(draw):
        found.append(_plain_field(draw, LONG_DECIMAL, "decimal"))
    return found


def for_sqlite(entities: list[Any]) -> Answer:
    """Return a list without the decimals that SQLite does not hold."""
    kept = normalise(entities)
    for entity in kept:
        fields = entity.get("fields", [])
        long = {field["name"] for field in fields if field.get("precision", 0) > SQLITE_DIGITS}
        entity["fields"] = [field for field in fields if field["name"] not in long]
        entity["unique"] = [group for group in entity.get("unique", []) if not long.intersection(group)]
        if entity.get("sort", "").lstrip("-") in long:
            del entity["sort"]
    return kept


# ---------------------------------------------------------------------------------------------------------- entities
def _key(draw: Draw, entity: dict[str, Any]) -> None:
    """Perhaps choose the kind of the primary key."""
    if flag(draw, 3):
        entity["primary_key"] = draw(st.sampled_from(["integer", "uuid"]))
    if entity.get("primary_key") != "uuid" and flag(draw, 5):
        entity["id_as_text"] = True


def _options(draw: Draw, entity: dict[str, Any]) -> None:
    """Perhaps set the entity's own options."""
    name = entity["name"]
    _key(draw, entity)
    for option in ("timestamps", "soft_delete", "optimistic_locking"):
        if option in Entity.model_fields and flag(draw, 3):
            entity[option] = draw(st.booleans())
    entity |= {"restore": draw(st.booleans())} if entity.get("soft_delete") else {}
    if "paging" in Entity.model_fields and flag(draw):
        entity["paging"] = draw(st.sampled_from(["offset", "cursor"]))
    if flag(draw, 4):
        entity["description"] = draw(sentences())
    if flag(draw, 5) and len(name) < 30:
        entity["plural"] = f"{name}List"
    if flag(draw, 5):
        entity["table"] = f"t_{naming.snake(name)}_{'x' * 50}"[:50]
    _groups(draw, entity)
    if flag(draw, 3):
        operations = st.lists(st.sampled_from(OPERATIONS), min_size=1, unique=True)
        entity["operations"] = draw(operations)
    _writes(draw, entity)
    _old_names(draw, entity)
    if flag(draw, 3):
        entity["sort"] = draw(st.sampled_from(["", "-"])) + draw(st.sampled_from(_sort_keys(entity)))


def _writes(draw: Draw, entity: dict[str, Any]) -> None:
    """Perhaps set `writes_stalled_after` and `bulk`, for entities that can be written."""
    if {"create", "update", "delete"}.isdisjoint(entity.get("operations", OPERATIONS)):
        return
    if flag(draw):
        entity["writes_stalled_after"] = draw(st.sampled_from(["30m", "6h", "2d"]))
    if flag(draw, 3):
        entity["bulk"] = True


def _old_names(draw: Draw, entity: dict[str, Any]) -> None:
    """Perhaps say what the entity and one of its fields were called before."""
    if flag(draw):
        entity["renamed_from"] = f"Was{entity['name']}"
    if entity["fields"] and flag(draw):
        field = draw(st.sampled_from(entity["fields"]))
        field["renamed_from"] = f"was_{field['name']}"


def _groups(draw: Draw, entity: dict[str, Any]) -> None:
    """Perhaps make fields unique together."""
    kinds = {name for name, kind in TYPES.items() if kind.indexable}
    stored = [field["name"] for field in entity["fields"] if field["type"] in kinds - {"url"}]
    if len(stored) > 1 and flag(draw, 3):
        group = st.lists(st.sampled_from(stored), min_size=2, max_size=3, unique=True)
        sizes = {field["name"]: TYPES[field["type"]].index_bytes(Field(**field)) for field in entity["fields"]}
        fitting = group.filter(lambda one: sum(sizes[name] for name in one) <= LARGEST_INDEX_ROW)
        entity["unique"] = draw(st.lists(fitting, min_size=1, max_size=2, unique_by=lambda one: tuple(sorted(one))))


def _sort_keys(entity: dict[str, Any]) -> list[str]:
    stamps = ["created_at", "updated_at"] if entity.get("timestamps", True) else []
    return ["id", *stamps] + [
        field["name"] + ("_id" if field["type"] == "reference" else "")
        for field in entity["fields"]
        if TYPES[field["type"]].sortable and not field.get("write_only")
        if field.get("required") or entity.get("paging") != "cursor"
    ]


@st.composite
def entity_lists(draw: Draw, most: int = 12) -> Answer:
    """Draw a valid list of entities in its long form: required references never go round, optional ones may."""
    names = draw(st.lists(st.sampled_from(pool_names), min_size=1, max_size=most, unique=True))
    taken: dict[str, set[str]] = {name: set() for name in names}
    found: Answer = []
    for position, name in enumerate(names):
        entity = {"name": name, "fields": _fields(draw, name, names[:position], names, taken)}
        _options(draw, entity)
        found.append(entity)
    return draw(st.permutations(found))


@st.composite
def shortened(draw: Draw, entities: Answer) -> list[Any]:
    """Write a list in any of the shorter forms that mean the same."""
    return [_short_entity(draw, entity) for entity in entities]


def _short_entity(draw: Draw, entity: dict[str, Any]) -> Any:
    if set(entity) == {"name", "fields"} and entity["fields"] == DEFAULT_FIELDS:
        return entity["name"]
    short = {**entity, "fields": [_short_field(draw, field) for field in entity["fields"]]}
    if not short["fields"] and flag(draw, 2):
        del short["fields"]
    return short


def _short_field(draw: Draw, field: dict[str, Any]) -> dict[str, Any]:
    rest = {option: value for option, value in field.items() if option != "name"}
    words = [rest["type"], *(alias for alias, kind in ALIASES.items() if kind == rest["type"])]
    rest["type"] = draw(st.sampled_from(words))
    if flag(draw, 3):
        rest["type"] = rest["type"].upper()
    if "to" in rest and flag(draw, 2):
        rest["type"] += f":{rest.pop('to')}"
    if rest["type"] == "string" and len(rest) > 1 and flag(draw, 2):
        del rest["type"]
    if "required" in rest and flag(draw, 2):
        rest["nullable"] = not rest.pop("required")
    may_end = field["type"] == "reference" and len(field["name"]) + 3 <= naming.LONGEST_NAME
    name = field["name"] + ("_id" if may_end and flag(draw, 2) else "")
    if set(rest) == {"type"} and name != "name" and flag(draw, 2):
        return {name: rest["type"]}
    return {name: rest} if flag(draw, 2) else {"name": name, **rest}


def variety(entities: Answer) -> int:
    """Say how many different things a list uses."""
    used = {option for entity in entities for option in entity}
    used |= {(field["type"], option) for entity in entities for field in entity["fields"] for option in field}
    return len(used)


def samples(count: int, number: int) -> list[Answer]:
    """Return lists that are the same for the same `number`, on every worker and in every run.

    Hypothesis remembers things from earlier tests in a process: only a new one always draws the same.
    """
    command = [sys.executable, "-m", "tests.entities.strategies", str(count), str(number)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True)
    found: list[Answer] = yaml.safe_load(done.stdout)
    return found


def draw_samples(count: int, number: int, out_of: int = 5) -> list[Answer]:
    """Draw `count` lists: of each few the one that uses the most."""
    found: list[Answer] = []

    @seed(number)
    @settings(
        max_examples=count * out_of,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(entity_lists())
    def collect(entities: Answer) -> None:
        found.append(entities)

    collect()
    groups = [found[start : start + out_of] for start in range(0, len(found), out_of)]
    return [max(group, key=variety) for group in groups][:count]


class _NoAliases(yaml.SafeDumper):
    """YAML that repeats what is the same object, instead of naming it."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def as_yaml(answer: Any) -> str:
    """Write an answer as a file may hold it."""
    return yaml.dump(answer, Dumper=_NoAliases, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    # It would also draw constants that it finds in our modules, not the same ones in every run.
    providers._get_local_constants = providers.Constants  # noqa: SLF001
    sys.stdout.buffer.write(as_yaml(draw_samples(int(sys.argv[1]), int(sys.argv[2]))).encode())
