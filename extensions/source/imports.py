"""Which imports a rendered module needs, and where each name comes from: one table for every template."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from ..entities import types
from .layout import Imports, imports, merge_imports

_OF_TEMPLATES: Imports = {
    "alembic": {"op"},
    "app.core.bulk": {"MAX_ROWS", "create_rows", "delete_rows", "update_rows"},
    "app.core.clock": {"now", "time_of_day", "today"},
    "app.core.db": {"SessionDep"},
    "app.core.errors": {"problems"},
    "app.core.etag": {"PlainConditions", "VersionConditions", "etag"},
    "app.core.field_types": {
        "OptionalParam", "QueryBool", "ReadOnly", "RowId", "RowIdText", "StoredInt64Text", "ValueList", "WriteOnly",
    },
    "app.core.links": {"cursor_headers", "page_headers"},
    "app.core.model": {"Base", "IntegerKey", "SoftDelete", "Timestamps", "UuidKey", "Versioned"},
    "app.core.idempotency": {"IdempotencyDep", "IdempotentRoute"},
    "app.core.includes": {"LoadedRelations"},
    "app.core.repository": {"Repository"},
    "app.core.rules": {"Rules"},
    "app.core.search": {"SearchText", "search_index"},
    "app.core.schemas": {"CursorPage", "CursorQuery", "ListQuery", "Page", "ReadModel", "Schema", "unchanged", "unset"},
    "collections.abc": {"Sequence"},
    "fastapi": {"APIRouter", "Body", "Query", "Request", "Response"},
    "fastapi.testclient": {"TestClient"},
    "pydantic": {"Field"},
    "pytest": {""},
    "sqlalchemy": {" as sa"},
    "sqlalchemy.orm": {"Mapped", "mapped_column", "relationship"},
    "typing": {"Annotated", "Any", "Literal", "NamedTuple", "get_args"},
    "uuid": {"UUID"},
}  # fmt: skip


def _of_type(name: str) -> Imports:
    """Return the import table of a name with its module, as field types have them."""
    module, space, short = name.partition(" as ")
    return {module: {space + short}} if space else {name.rpartition(".")[0]: {name.rpartition(".")[2]}}


IMPORTS: Imports = merge_imports([_OF_TEMPLATES, *map(_of_type, types.IMPORTS)])
"""What a template may name without importing it: modules, each with what is imported from it."""


class Names(NamedTuple):
    """The names that a module uses and neither defines nor imports.

    `quoted` are those that only annotations in quotes use. `attributes` are not needed: classes of the module have
    them, and use them in their bodies.
    """

    needed: frozenset[str]
    quoted: frozenset[str]
    attributes: frozenset[str]


class UnknownNamesError(LookupError):
    """Names that nothing known can be imported for; its text is a list of them."""


@lru_cache(maxsize=2048)
def names_of(source: str) -> Names:
    """Return the names of a module's source; SyntaxError where it is no Python."""
    module = _Scope()
    module.visit(ast.parse(source))
    needed = module.used - module.bound - _BUILTINS
    quoted = module.quoted - module.bound - _BUILTINS - needed
    return Names(frozenset(needed), frozenset(quoted), frozenset(module.attributes))


def import_block(names: Names, own: Iterable[str], classes: Mapping[str, str]) -> str:
    """Return the statements that import some names, laid out and in order.

    `own` are the imports that a template makes itself: they are put in order with the others. `classes` are names
    that are not the same in every app, each with its module. What only annotations in quotes need is imported where
    types are checked, so that two models may refer to each other. Raises UnknownNamesError for what is neither in
    the table nor among the classes.
    """
    known = {**_NAMES, **classes}
    unknown = (names.needed | names.quoted) - known.keys() - names.attributes
    if unknown:
        raise UnknownNamesError(", ".join(f"`{name}`" for name in sorted(unknown)))
    wanted = [_imported(name, known[name]) for name in names.needed if name in known]
    wanted += [_written(line) for line in own]
    quoted = [_imported(name, known[name]) for name in names.quoted if name in known]
    if not quoted:
        return imports(merge_imports(wanted))
    block = imports(merge_imports([*wanted, {"typing": {"TYPE_CHECKING"}}]))
    return f"{block}\n\nif TYPE_CHECKING:\n{imports(merge_imports(quoted), indent=4)}"


def _used_name(module: str, name: str) -> str:
    """Return what source calls an import: `dt` for `import datetime as dt`, `pytest` for `import pytest`."""
    return name.removeprefix(" as ") or module


def _imported(name: str, module: str) -> Imports:
    """Return the entry of an import table for a name that source uses."""
    written = next((one for one in IMPORTS.get(module, ()) if _used_name(module, one) == name), name)
    return {module: {written}}


def _written(line: str) -> Imports:
    """Return the import table of a statement on one line."""
    _, module, names = re.split(r"^from | import |^import ", line) if line.startswith("from ") else ("", line[7:], "")
    if not names:
        module, found, short = module.partition(" as ")
        return {module: {found + short}}
    return {module: set(names.split(", "))}


class _Scope:
    """What a module, a class or a function binds and uses, and what the annotations in it quote."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.used: set[str] = set()
        self.quoted: set[str] = set()
        self.attributes: set[str] = set()

    def visit(self, *nodes: ast.AST | None) -> None:
        """Add the names of some nodes and of what is in them."""
        left = list(nodes)
        while left:
            node = left.pop()
            if isinstance(node, ast.Name):
                (self.used if isinstance(node.ctx, ast.Load) else self.bound).add(node.id)
            elif isinstance(node, ast.Attribute):
                left.append(node.value)
            elif isinstance(node, ast.alias):
                self.bound.add(node.asname or node.name.partition(".")[0])
            elif isinstance(node, ast.ClassDef):
                self._add_class(node)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                self._add_function(node)
            elif node is not None and not isinstance(node, _LEAVES):
                if isinstance(node, (ast.AnnAssign, ast.arg)):
                    self.quoted |= _quoted_names(node.annotation)
                elif isinstance(node, ast.ExceptHandler) and node.name:
                    self.bound.add(node.name)
                left.extend(ast.iter_child_nodes(node))

    def _add_class(self, node: ast.ClassDef) -> None:
        """Add a class: its body sees its own names, and nothing else does."""
        self.bound.add(node.name)
        self.visit(*node.decorator_list, *node.bases, *node.keywords)
        body = _Scope()
        body.visit(*node.body)
        self.used |= body.used
        self.quoted |= body.quoted
        self.attributes |= body.bound | body.attributes

    def _add_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        """Add a function: what it binds hides what is outside."""
        body = _Scope()
        body.bound.update(one.arg for one in _parameters(node.args))
        self.visit(node.args)
        if isinstance(node, ast.Lambda):
            body.visit(node.body)
        else:
            self.bound.add(node.name)
            self.quoted |= _quoted_names(node.returns)
            self.visit(*node.decorator_list, node.returns)
            body.visit(*node.body)
        self.used |= body.used - body.bound
        self.quoted |= body.quoted
        self.attributes |= body.attributes


def _parameters(found: ast.arguments) -> list[ast.arg]:
    """Return all parameters of a function."""
    spread = [one for one in (found.vararg, found.kwarg) if one is not None]
    return [*found.posonlyargs, *found.args, *found.kwonlyargs, *spread]


def _quoted_names(annotation: ast.AST | None) -> set[str]:
    """Return the names in the quoted parts of an annotation: what Literal lists, and calls in it, are values."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", annotation.value))
    if isinstance(annotation, ast.Subscript):
        literal = isinstance(annotation.value, ast.Name) and annotation.value.id == "Literal"
        return set() if literal else _quoted_names(annotation.slice)
    if isinstance(annotation, ast.Tuple):
        return {name for part in annotation.elts for name in _quoted_names(part)}
    if isinstance(annotation, ast.BinOp):
        return _quoted_names(annotation.left) | _quoted_names(annotation.right)
    return set()


_NAMES = {_used_name(module, name): module for module, names in IMPORTS.items() for name in names}
_BUILTINS = frozenset(dir(builtins))
_LEAVES = (ast.Constant, ast.expr_context, ast.operator, ast.cmpop)
