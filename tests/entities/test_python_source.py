"""`extensions/source/python.py` makes of plain lines what `ruff format` makes of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from extensions.source.layout import WIDTH, literal
from extensions.source.python import lay_out
from tests.entities.test_layout import (
    BATCH,
    annotations,
    batched,
    indented,
    letters,
    names,
    nested,
    ruff,
    texts,
    values,
)

parameters = st.lists(st.tuples(names, names).map(": ".join), max_size=6, unique=True).map(", ".join)
lone = st.integers(1, WIDTH).map(lambda length: f"x: {'x' * length}")
wide = st.tuples(names, st.integers(1, 66), names).map(
    lambda made: (
        f"{made[0]}: str, include: Annotated[Sequence[{'X' * made[1]}], Query(max_length=20)] = (), {made[2]}: int = 1"
    )
)
functions = st.tuples(st.sampled_from(["def", "async def"]), names, parameters | lone | wide, names).map(
    lambda made: "{} {}({}) -> {}:\n    pass\n".format(*made)
)
classes = st.tuples(names, st.lists(names, min_size=1, max_size=6, unique=True)).map(
    lambda made: f"class {made[0]}({', '.join(made[1])}):\n    pass\n"
)
constants = st.tuples(names, st.text(letters, max_size=WIDTH)).map(lambda made: f"{made[0]} = {literal(made[1])}\n")
displays = st.tuples(names, values).map(lambda made: f"f({made[0]}={literal(made[1])})\n")
assignments = st.tuples(names, nested).map(lambda made: f"{made[0]} = {made[1].flat()}\n")
imported = st.tuples(names, st.lists(names, min_size=1, max_size=6, unique=True)).map(
    lambda made: f"from app.{made[0]} import {', '.join(made[1])}\n"
)
elements = values.map(literal) | nested.map(lambda made: made.flat())


def spread(opened: str, lines: list[str], closed: str) -> str:
    """Return a bracket with an element on each line."""
    return f"{opened}\n" + "".join(f"    {line},\n" for line in lines) + f"{closed}\n"


items = st.tuples(texts, values).map(lambda made: f"{literal(made[0])}: {literal(made[1])}")
keywords = st.tuples(names, elements).map("=".join)
lists = st.tuples(names, st.lists(elements, max_size=4)).map(lambda made: spread(f"{made[0]} = [", made[1], "]"))
dicts = st.tuples(names, st.lists(items, max_size=4)).map(lambda made: spread(f"{made[0]} = {{", made[1], "}"))
calls = st.tuples(names, st.lists(keywords, min_size=1, max_size=4)).map(
    lambda made: spread(f"{made[0]}(", made[1], ")")
)
tuples = st.tuples(names, st.lists(nested, min_size=1, max_size=3)).map(
    lambda made: f"{made[0]} = ({', '.join(one.flat() for one in made[1])},)\n"
)
statements = functions | classes | constants | displays | assignments | imported | lists | dicts | calls | tuples


@batched
@given(st.lists(statements, min_size=BATCH, max_size=BATCH))
def test_statements(cases: list[str]) -> None:
    """Every statement becomes what ruff makes of it, and stays as it is when it is that already."""
    flat = "\n\n".join(cases)
    ours = lay_out(flat)
    assert ruff("format", source=flat) == ours
    assert lay_out(ours) == ours


fields = st.tuples(names, annotations, st.none() | elements).map(
    lambda made: f"    {made[0]}: {made[1]}" + (f" = {made[2]}" if made[2] else "")
)


@batched
@given(st.lists(fields, min_size=BATCH, max_size=BATCH))
def test_fields(cases: list[str]) -> None:
    """What gives way first in a field of a class is its value, and then its annotation."""
    flat = "\n".join(["class X:", *cases, ""])
    assert ruff("format", source=flat) == lay_out(flat)


@batched
@given(st.lists(indented(), min_size=BATCH, max_size=BATCH))
def test_calls(cases: list[tuple[int, Any]]) -> None:
    """A call is read as what it was written from, however deep it stands."""
    flat = [" " * 4 * depth + found.flat() for depth, found in cases]
    ours = [" " * 4 * depth + found.laid_out(4 * depth) for depth, found in cases]
    assert lay_out("\n".join(flat)) == "\n".join(ours) + "\n"


@batched
@given(st.lists(st.tuples(statements, st.integers(0, 5)), min_size=BATCH // 2, max_size=BATCH // 2))
def test_blank_lines(cases: list[tuple[str, int]]) -> None:
    """More blank lines than ruff leaves are taken away, between statements and in a class."""
    inner = "class X:\n" + "".join(f"    x{number} = 1\n" + "\n" * blank for number, (_, blank) in enumerate(cases))
    flat = inner + "\n\n" + "\n\n".join(case + "\n" * blank for case, blank in cases)
    assert ruff("format", source=flat) == lay_out(flat)
