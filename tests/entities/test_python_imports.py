"""`extensions/source/imports.py` imports what a module names: all of it, nothing else, and never in silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import copier
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions.entities import OWN_CLASS_NAMES
from extensions.source.imports import IMPORTS, names_of
from extensions.source.layout import WIDTH
from extensions.source.python import python
from tests.conftest import copy_of_template, quick_renders
from tests.entities.test_layout import batched

TABLE = sorted(name.removeprefix(" as ") or module for module, names in IMPORTS.items() for name in names)
CLASSES = {"Longer" + "r" * number: f"app.entities.longer{'_r' * 24}{number}.model" for number in range(9)}
"""Classes whose imports just fit on a line, and just do not, in a block of types and outside."""


def finished(source: str, classes: dict[str, str] | None = None) -> str:
    """Return what the filter makes of a template's text."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701  (it renders Python)
    environment.filters["python"] = python
    return environment.from_string("{% filter python(classes) %}{{ source }}{% endfilter %}").render(
        source=source, classes=classes
    )


def test_every_name_has_one_place() -> None:
    assert len(TABLE) == len(set(TABLE))


def test_no_entity_is_called_like_a_class_of_the_table() -> None:
    assert {name for name in TABLE if name[0].isupper()} <= OWN_CLASS_NAMES | {"NamedTuple"}


used = st.sets(st.sampled_from([*TABLE, *CLASSES]))
quoted = st.sets(st.sampled_from(sorted(CLASSES)))


@settings(batched, max_examples=40)
@given(used, quoted)
def test_imports(used: set[str], quoted: set[str]) -> None:
    """Ruff finds no name undefined, no import unused or out of order, and nothing to lay out."""
    lines = [f"print({name})" for name in sorted(used)] + [f'x: list["{name} | None"]' for name in sorted(quoted)]
    source = finished('"""Text."""\n\n# imports\n\n' + "\n".join([*lines, "pass", ""]), CLASSES)
    known = 'lint.isort.known-first-party = ["app", "tests", "tools"]'
    words = ["--isolated", "--no-cache", "--stdin-filename=app/x.py", f"--config=line-length = {WIDTH}"]
    select = ["--select=F,I", f"--config={known}", "--config=lint.isort.combine-as-imports = false"]
    for command in (["check", "--quiet", *select], ["format", "--diff", "--quiet"]):
        process = [sys.executable, "-m", "ruff", *command, *words, "-"]
        done = subprocess.run(process, input=source, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr + source


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("x = f(y)", {"f", "y"}),
        ("def f(a: A = D, *b: B, **c) -> R:\n    x = a + b\n    return x + g(c)\n", {"A", "B", "D", "R", "g"}),
        ("@d\nclass C(B, k=K):\n    x: X = Y\n    z = x\n", {"d", "B", "K", "X", "Y"}),
        ("[a for a in b]\n{k: v for k, v in c}", {"b", "c"}),
        ("f = lambda a, *b: a + c", {"c"}),
        ("try:\n    a()\nexcept E as e:\n    print(e)\n", {"a", "E"}),
        ("with a as b:\n    b.c(d=e)\n", {"a", "e"}),
        ("import a.b\nimport c as d\nfrom e import f as g\na, d, g, c", {"c"}),
        ("f'{a.b} {c!r:{d}}'", {"a", "c", "d"}),
        ("x: Literal['a', 'b'] = 'c'", {"Literal"}),
        ("async def f():\n    async for a in b:\n        await a\n", {"b"}),
        ("def f():\n    def g():\n        return h + x\n    x = 1\n", {"h"}),
    ],
)
def test_needed_names(source: str, needed: set[str]) -> None:
    """What is bound where it is used is not needed; what a class binds is, if anything can be imported for it."""
    names = names_of(source)
    assert names.needed - names.attributes == needed
    assert not names.quoted


def test_quoted_names() -> None:
    source = 'class A:\n    x: M["A | None"] = f("C")\n    y: list["B.D"]\ndef g(a: "E", b: Literal["F"]) -> "H": ...\n'
    assert names_of(source).quoted == {"B", "E", "H"}


def test_own_names_of_a_class_are_imported_where_the_table_has_them() -> None:
    """A field may be called like what it is made with: its own line uses what is imported."""
    lines = ["    today: Date = Field(default_factory=today)", "    x_id: int = 1", "    y: int = x_id"]
    text = finished("\n".join(["# imports", "", "", "class A:", *lines, ""]))
    assert "from app.core.clock import today\nfrom app.core.field_types import Date\n" in text


def test_imports_of_the_template_itself() -> None:
    """They go first where a name has more than one meaning, and are put in order."""
    source = "# imports\nfrom tests.factory import Factory\nimport pytest\n\npytest, Factory, FactorySort\n"
    classes = {"Factory": "app.entities.factory.model", "FactorySort": "app.entities.factory.schemas"}
    lines = ["import pytest", "", "from app.entities.factory.schemas import FactorySort"]
    assert finished(source, classes).splitlines()[:4] == [*lines, "from tests.factory import Factory"]


def test_a_module_without_imports_has_no_place_for_them() -> None:
    assert finished('"""Text."""\n\n# imports\n\nX = 1\n') == '"""Text."""\n\nX = 1\n'


@pytest.mark.parametrize(
    ("behind", "blank"), [("x = sa\n", 1), ("class X(Base): ...\n", 2), ("@sa.x\ndef f(): ...\n", 2)]
)
def test_blank_lines_behind_the_imports(behind: str, blank: int) -> None:
    text = finished(f"# imports\n\n\n\n{behind}")
    assert text.startswith(("import sqlalchemy as sa\n", "from app.core.model import Base\n"))
    assert text.split("\n", 1)[1] == "\n" * blank + behind


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# imports\n\nx = unheard(Query, Unseen)\n", "no import is known for `Unseen`, `unheard`: add it to IMPORTS"),
        ('# imports\n\nx: Mapped["Unseen | None"]\n', "no import is known for `Unseen`: add it to IMPORTS"),
        ("def f():\n    return unheard\n", "no import is known for `unheard`: add it to IMPORTS"),
        ("x = sa.true()\n", "write `# imports` where 'import sqlalchemy as sa' belongs"),
        ("x = 1\ny = (\n", "line 2 of what it renders is no Python: '(' was never closed: y = ("),
    ],
)
def test_errors(source: str, message: str) -> None:
    """What would break the app when it starts, breaks the template when it renders."""
    with pytest.raises(jinja2.TemplateRuntimeError) as caught:
        finished(source)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_name_stops_a_copy(tmp_path: Path) -> None:
    """The message names the template and the name, on one line."""
    template = copy_of_template(tmp_path / "src")
    (routes,) = template.glob("template/app/entities/*/routes.py.jinja")
    text = routes.read_text(encoding="utf-8").replace("responses=problems(409", "responses=unheard(409")
    routes.write_text(text, encoding="utf-8")
    data = {"entities": ["Task"]}
    with quick_renders(), pytest.raises(jinja2.TemplateRuntimeError) as caught:
        copier.run_copy(str(template), tmp_path / "app", data=data, defaults=True, unsafe=True, quiet=True)
    wanted = "routes.py.jinja: no import is known for `unheard`: add it to IMPORTS in extensions/source/imports.py"
    assert str(caught.value).endswith(wanted)
    assert "\n" not in str(caught.value)
