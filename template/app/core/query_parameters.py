"""Query parameters of lists: a name that the route does not have is rejected, so that typos do not pass unnoticed."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from fastapi.security import APIKeyQuery
from pydantic import BaseModel

from app.core.schemas import CursorQuery, ListQuery

Names = dict[Callable[..., Any], frozenset[str]]


async def reject_unknown_parameters(request: Request) -> None:
    """Reject query parameters that a list does not have (422); other routes ignore them.

    FastAPI gives a model of query parameters all of the query. If the model itself forbade unknown
    names, it would reject those of a dependency and of parameters beside it.
    """
    if not request.query_params:
        return
    known = names_of_lists(request.app).get(request.scope["endpoint"])
    if known is None:
        return
    errors = [
        {
            "type": "extra_forbidden",
            "loc": ("query", name),
            "msg": "Extra inputs are not permitted",
            "input": request.query_params[name],
        }
        for name in request.query_params
        if name not in known
    ]
    if errors:
        raise RequestValidationError(errors)


def names_of_lists(app: FastAPI) -> Names:
    """Return the names of the query parameters of each list of an app, by its endpoint."""
    found: Names | None = getattr(app.state, "names_of_lists", None)
    if found is None:
        found = {}
        for context in iter_route_contexts(app.routes):
            dependant: Dependant | None = getattr(context, "dependant", None)
            if context.endpoint is not None and dependant is not None and is_list(dependant):
                found[context.endpoint] = frozenset(query_names(dependant))
        app.state.names_of_lists = found
    return found


def is_list(dependant: Dependant) -> bool:
    """Return whether a route takes the query parameters of a list."""
    models = (field.field_info.annotation for field in dependant.query_params)
    return any(isinstance(m, type) and issubclass(m, ListQuery | CursorQuery) for m in models)


def query_names(dependant: Dependant) -> Iterator[str]:
    """Yield the names of all query parameters of a route, those of its dependencies included."""
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (info.alias or name for name, info in model.model_fields.items())
        else:
            yield field.alias
    if isinstance(dependant.call, APIKeyQuery):
        yield dependant.call.model.name  # it reads the request itself
    for dependency in dependant.dependencies:
        yield from query_names(dependency)
