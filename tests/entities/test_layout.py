"""`extensions/source/layout.py` writes what `ruff format` and ruff's import sorting would have written."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extensions import naming
from extensions.source.layout import WIDTH, Call, Imports, imports, literal, merge_imports, typed
from tests.entities.strategies import TEXTS

BATCH = 60
"""Cases of one ruff process; starting it is what takes the time."""

batched = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # the difference of two sources says more than a shrunk batch, and sooner
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def ruff(*words: str, source: str) -> str:
    """Run ruff on a piece of source, as the generated app configures it."""
    isolated = ["--isolated", "--no-cache", "--config", f"line-length = {WIDTH}", "--stdin-filename", "app/x.py"]
    command = [sys.executable, "-m", "ruff", *words, *isolated, "-"]
    done = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return done.stdout.decode()


names = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True).map(lambda name: f"x{name}")
letters = st.characters(max_codepoint=0x17F) | st.sampled_from("日本語ｆ가🚀é́\u0301\u200b\u2028€☂")
texts = st.text(letters, max_size=40) | st.sampled_from(TEXTS)
leaves = names | texts.map(literal) | st.integers(0, 999).map(str)
keywords = st.lists(st.tuples(names, leaves).map("=".join), max_size=2)


def calls(arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    """Return calls, and subscripts, of anything."""
    some, several = st.lists(arguments, max_size=4), st.lists(arguments, min_size=2, max_size=5)
    round_ones = st.tuples(names, some, keywords).map(lambda made: Call(made[0], [*made[1], *made[2]]))
    return round_ones | st.tuples(names, several).map(lambda made: Call(*made, brackets="[]"))


nested = calls(leaves | calls(leaves))


@st.composite
def indented(draw: Any) -> tuple[int, Call]:
    """Draw a call that fills its line to just about the limit, and how deep it stands."""
    depth = draw(st.integers(0, 2))
    found: Call = draw(nested)
    room = WIDTH - 4 * depth - len(found.flat())
    if room > 0 and draw(st.booleans()):
        filler = max(1, room + draw(st.integers(-12, 3)) - 2)
        found = found._replace(arguments=["y" * filler, *found.arguments])
    return depth, found


@batched
@given(st.lists(indented(), min_size=BATCH, max_size=BATCH))
def test_calls(cases: list[tuple[int, Call]]) -> None:
    """From one line, ruff makes the same of each call; what it made stays as it is."""

    def module(lines: list[str]) -> str:
        blocks = []
        for (depth, _), line in zip(cases, lines, strict=True):
            opened = "".join("    " * level + "if x:\n" for level in range(depth))
            blocks.append(f"{opened}{'    ' * depth}{line}\n")
        return "".join(blocks)

    ours = module([found.laid_out(4 * depth) for depth, found in cases])
    assert ruff("format", source=module([found.flat() for _, found in cases])) == ours
    assert ruff("format", source=ours) == ours


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@batched
@given(st.lists(values.filter(lambda value: len(repr(value)) < WIDTH - 20), min_size=BATCH, max_size=BATCH))
def test_literals(cases: list[Any]) -> None:
    """A literal means the value, and its quotes are those ruff would choose."""
    for value in cases:
        assert eval(literal(value)) == value  # noqa: S307  (what is under test is that it is safe)
    theirs = ruff("format", source="".join(f"x = {value!r}\n" for value in cases))
    assert theirs == "".join(f"x = {literal(value)}\n" for value in cases)


@given(st.decimals(allow_nan=False, allow_infinity=False))
@settings(derandomize=True, max_examples=50)
def test_decimals(value: Decimal) -> None:
    assert eval(literal(value), {"Decimal": Decimal}) == value  # noqa: S307


modules = st.sampled_from([
    "__future__", "collections.abc", "datetime", "decimal", "enum", "typing", "uuid", "fastapi", "fastapi.testclient",
    "pydantic", "pytest", "sqlalchemy", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "app.core.db",
    "app.core.field_types", "app.entities.order_item.model", "app.entities.order.model",
    "app.entities.item2.model", "app.entities.item10.model", "tests.factory", "tools.database",
])  # fmt: skip
imported = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,25}", fullmatch=True).map(lambda name: f"{name}x") | st.sampled_from(
    [
        "UUID",
        "JSONB",
        "A",
        "Any",
        "Page",
        "PageX",
        "SessionDep",
        "get_args",
        "now",
        "uuid4",
        "Int32",
        "SHA256SumCreate",
        "A2",
        "A10",
        "a2",
        "a10",
    ]
)
tables = st.dictionaries(
    modules.filter(lambda module: module != "__future__"), st.sets(imported, min_size=1, max_size=8), max_size=8
)


@settings(batched, max_examples=60)
@given(tables, st.sets(st.sampled_from(["datetime", "sqlalchemy", "pytest"]), max_size=3))
def test_imports(wanted: Imports, whole: set[str]) -> None:
    """Sorted, merged and wrapped as ruff would have sorted, merged and wrapped the same imports."""
    short = {"datetime": " as dt", "sqlalchemy": " as sa", "pytest": ""}
    wanted = merge_imports([wanted, {module: {short[module]} for module in whole}])
    lines = []
    for module, found in sorted(wanted.items(), reverse=True):
        for name in sorted(found):
            plain = name == "" or name.startswith(" as ")
            lines.append(f"import {module}{name}" if plain else f"from {module} import {name}")
    assert sorted_by_ruff("\n".join(lines)) == imports(wanted)


def sorted_by_ruff(source: str) -> str:
    """Return imports as ruff sorts and lays them out."""
    known = 'lint.isort.known-first-party = ["app", "tests", "tools"]'
    options = ["--select=I", "--fix", "--quiet", "--config", known, "--config", "lint.isort.combine-as-imports = false"]
    return ruff("format", source=ruff("check", *options, source=f"{source}\n")).strip()


entity_names = st.integers(20, 40).flatmap(
    lambda length: st.integers(1, 8).map(lambda words: name_of(length, words, "OrderItems"))
)


def name_of(length: int, words: int, letters: str) -> str:
    """Return an entity's name of so many letters in so many words."""
    starts = {length * word // words for word in range(words)}
    made = (letters[number % len(letters)] for number in range(length))
    return "".join(one.upper() if number in starts else one.lower() for number, one in enumerate(made))


@settings(batched, max_examples=16)
@given(st.lists(st.lists(entity_names, min_size=1, max_size=4, unique_by=naming.snake), min_size=BATCH // 2))
def test_imports_in_a_block(cases: list[list[str]]) -> None:
    """A line of a block has four columns less."""
    flat, ours = [], []
    for found in cases:
        wanted = {f"app.entities.{naming.snake(name)}.model": {name} for name in found}
        lines = [f"    from {module} import {name}" for module, (name,) in wanted.items()]
        flat.append("\n".join(["if TYPE_CHECKING:", *lines, "    x = 1"]))
        ours.append(f"if TYPE_CHECKING:\n{imports({**wanted}, indent=4)}\n\n    x = 1")
    assert sorted_by_ruff("\n".join(flat)) == "\n".join(ours)


words = st.integers(1, 80).map(lambda length: "X" * length)
annotations = st.tuples(
    words | st.integers(60, 96).map(lambda length: "X" * length),
    st.sampled_from(
        [
            "{}",
            "{} | None",
            "Mapped[{}]",
            "Mapped[{} | None]",
            "dt.{}",
            "ValueList[{}] | None",
            "OptionalParam[ValueList[{}]]",
        ]
    ),
).map(lambda made: made[1].format(made[0]))
assigned = (
    st.none()
    | st.sampled_from(["None", "-1", "-123456789.5"])
    | words
    | words.map("X.{}".format)
    | words.map(literal)
    | nested
)


@settings(batched, max_examples=16)
@given(st.lists(st.tuples(st.integers(1, 45), annotations, assigned), min_size=BATCH, max_size=BATCH))
def test_typed(cases: list[tuple[int, str, str | Call | None]]) -> None:
    flat, ours = [], []
    for length, annotation, value in cases:
        one = value.flat() if isinstance(value, Call) else value
        name = "x" * length
        flat.append(f"    {name}: {annotation}" + (f" = {one}" if one else ""))
        ours.append(f"    {typed(name, annotation, value)}")
    assert ruff("format", source="\n".join(["class X:", *flat, ""])) == "\n".join(["class X:", *ours, ""])
