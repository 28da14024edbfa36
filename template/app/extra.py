"""Your own additions to the app; the template never changes this file again. You may delete what you do not use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.params import Depends

# Your routers. They come before those of the entities: `/orders/summary` is not read as an id.
routers: list[APIRouter] = []

# Dependencies of every route of the entities, for example `[Depends(check_token)]`.
entity_dependencies: list[Depends] = []


def extend(app: FastAPI) -> None:
    """Change the finished app, for example `app.add_middleware(...)` or `app.mount("/static", ...)`."""


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Run your start-up work before `yield` and your shutdown work after it; the database is open in both."""
    yield
