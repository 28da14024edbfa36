"""Names that generated code uses itself: none is free for an entity or a field, and the lists leave out none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from extensions import naming
from extensions.entities import OWN_CLASS_NAMES, Entity, entity_name_error
from extensions.entities.entity import CLASSES_OF_AN_ENTITY
from tests.conftest import Render, example
from tests.entities.apps import LEAN, VARIANTS


@pytest.fixture(params=VARIANTS)
def modules(render: Render, request: pytest.FixtureRequest) -> list[ast.Module]:
    """Return the generated modules of an app with every type, rule, option and relation."""
    app = render({**example("kitchen-sink"), **LEAN, **VARIANTS[request.param]})
    paths = sorted((app / "app" / "entities").glob("*/*.py"))
    assert {path.name for path in paths} >= {"model.py", "schemas.py", "detail.py", "routes.py", "rules.py"}
    return [ast.parse(Path(path).read_text(encoding="utf-8")) for path in paths]


def imported(module: ast.Module) -> Iterator[str]:
    """Yield the names that a module imports from elsewhere than entities."""
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "module", "").startswith("app.entities"):
            yield from (one.asname or one.name for one in node.names)


def test_entities_never_hide_imports(modules: list[ast.Module]) -> None:
    """No class of an entity is called like something that its modules import."""
    names = {name for module in modules for name in imported(module) if name[0].isupper()}
    stems = {name.removesuffix(kind) for name in names for kind in (*CLASSES_OF_AN_ENTITY, "Query")} - {""}
    free = [stem for stem in stems if entity_name_error(stem) is None]
    assert "Cursor" in free
    assert {stem: names & Entity(name=stem).derived_classes for stem in free} == {stem: set() for stem in free}


def test_classes_of_fields_avoid_imports(modules: list[ast.Module]) -> None:
    """Aliases and enums are named past every import and constant."""
    names = {name for module in modules for name in imported(module) if name[0].isupper()} | {"EXAMPLE"}
    names.discard("TYPE_CHECKING")  # no class name has an underscore
    assert names <= OWN_CLASS_NAMES


def test_fields_never_hide_what_classes_use(modules: list[ast.Module]) -> None:
    """A field is a name in the body of a class: no other line of that body may need the name for something else."""
    used: set[str] = set()
    for module in modules:
        for one in module.body:
            if isinstance(one, ast.ClassDef):
                loaded = {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}
                stored = {node.target.id for node in one.body if isinstance(node, ast.AnnAssign)}  # type: ignore[union-attr]
                used |= {name for name in loaded - stored if name[0].islower()}
    assert {"sa", "mapped_column", "relationship", "unset"} <= used
    assert sorted(name for name in used if naming.field_name_error(name) is None) == []
