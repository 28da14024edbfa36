"""Your own additions to the app: routers, middleware, start-up work. The template never touches this file again."""

from fastapi import FastAPI


def extend(app: FastAPI) -> None:
    """Add what is yours to the finished app, e.g. `app.include_router(reports.router)`."""
