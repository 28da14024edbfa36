"""What middleware and error handlers ask of an ASGI scope."""

from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.types import Scope


def path_in_app(scope: Scope) -> str:
    """Return the path of a request without the prefix that ROOT_PATH names."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def methods_of(scope: Scope, path: str | None = None) -> list[str]:
    """Return all methods of a path; the framework reports only those of the first matching route."""
    path = path_in_app(scope) if path is None else path
    found: set[str] = set()
    for context in iter_route_contexts(scope["app"].routes):
        pattern = getattr(context, "path_regex", None)
        if pattern is not None and pattern.match(path):
            found |= context.methods or set()
    return sorted(found)


def route_of(scope: Scope) -> Any:
    """Return the route of a request as the app includes it: with its prefix and all its dependencies."""
    return scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
