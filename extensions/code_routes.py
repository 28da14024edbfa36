"""Generated routes: their parameters and what they import."""

from __future__ import annotations

from .code_common import (
    identifiers,
    key_type,
)
from .entities import Entity, Field
from .layout import Imports, call, display, imports, literal, merge_imports, signature
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)

_OPERATION_OF = {
    "find": "list",
    "create": "create",
    "read": "read",
    "replace": "update",
    "change": "update",
    "delete": "delete",
}


def replacing(entity: Entity) -> str:
    """Return the schema of a PUT: one of its own where rows keep what clients cannot read."""
    return f"{entity.name}Replace" if entity.kept_fields else f"{entity.name}Create"


def parameters(entity: Entity, name: str) -> list[str]:
    """Return the parameters of a route's function."""
    key = f"key: {key_type(entity)}"
    found = {
        "find": [f"query: Annotated[{entity.query}, Query()]"],
        "create": [f"data: {entity.name}Create", "request: Request", "response: Response"],
        "read": [key],
        "replace": [key, f"data: {replacing(entity)}"],
        "change": [key, f"data: {entity.name}Patch"],
        "delete": [key],
    }[name]
    if entity.optimistic_locking and name in {"read", "replace", "change"}:
        found.append("response: Response")
    if entity.relations and name == "read":
        found.append(f"include: Annotated[Sequence[{entity.name}Include], Query()] = ()")
    if entity.optimistic_locking and name in {"replace", "change", "delete"}:
        found.append("if_match: IfMatch = None")
    return ["session: SessionDep", *found]


def handler(entity: Entity, name: str, *, asynchronous: bool) -> str:
    """Return the first line of a route's function."""
    returns = {"find": "dict[str, object]", "delete": "None"}.get(name, entity.name)
    return signature(name, parameters(entity, name), returns, asynchronous=asynchronous)


def link_handler(field: Field, verb: str, *, asynchronous: bool) -> str:
    """Return the first line of the function that adds to, or removes from, a many-to-many relation."""
    found = ["session: SessionDep", f"key: {key_type(field.entity)}", f"other: {key_type(field.target)}"]
    return signature(f"{verb}_{field.name}", found, "None", asynchronous=asynchronous)


def route_imports(entity: Entity) -> str:
    """Return the import block of an entity's routes: just what their lines name."""
    here = f"app.entities.{entity.snake}"
    offered = [name for name, operation in _OPERATION_OF.items() if entity.can(operation)]
    lines = [handler(entity, name, asynchronous=True) for name in offered]
    if entity.can("update"):
        lines += [link_handler(link, "add", asynchronous=True) for link in entity.links]
    words = identifiers("\n".join(lines))
    schemas = words & {entity.name + kind for kind in ("Create", "Replace", "Patch", "Include")}
    wanted: list[Imports] = [{module: words & names} for module, names in _ROUTE_NAMES.items() if words & names]
    wanted += [
        {"fastapi": {"APIRouter"}},
        {"app.core.db": {"SessionDep"}},
        {"app.core.errors": {"problems"}},
        {"app.core.repository": {"Repository"}},
        {f"{here}.model": {entity.name}},
        {f"{here}.rules": {f"{entity.name}Rules"}},
    ]
    shown = set(offered) & {"find", "read"}
    if shown:
        wanted.append({f"{here}.detail" if entity.relations else f"{here}.schemas": {entity.detail}})
    if set(offered) & {"create", "replace"} or (shown and not entity.relations):
        schemas.add(f"{entity.name}Read")
    if "find" in offered:
        schemas.add(entity.query)
        wanted.append({"app.core.schema": {"CursorPage" if entity.by_cursor else "Page"}})
    if entity.optimistic_locking and set(offered) & {"create", "read", "replace"}:
        wanted.append({"app.core.etag": {"etag"}})
    if schemas:
        wanted.append({f"{here}.schemas": schemas})
    return imports(merge_imports(wanted))


_ROUTE_NAMES: Imports = {
    "app.core.etag": {"IfMatch"},
    "app.core.schema": {"RowId"},
    "collections.abc": {"Sequence"},
    "fastapi": {"Query", "Request", "Response"},
    "typing": {"Annotated"},
    "uuid": {"UUID"},
}
"""What a line of a route may name, and where it comes from."""


def router_line(entity: Entity) -> str:
    """Return the statement that makes an entity's router."""
    arguments = [f'prefix="/{entity.plural_kebab}"', display([entity.title], "tags=")]
    return call("router = APIRouter", arguments)


def repository_line(entity: Entity) -> str:
    """Return the statement that makes an entity's repository."""
    sort = f"[{literal(entity.sort)}]" if entity.sort else "[]"
    arguments = [entity.name, f"{entity.name}Rules()", f"name={literal(entity.snake)}", f"sort={sort}"]
    return call("repository = Repository", arguments)
