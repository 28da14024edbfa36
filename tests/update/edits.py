"""Twenty-odd things that users do to an app, each with the words by which to find it again after an update."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.update.project import Project

MINE = "Written by the users."


class Edit(NamedTuple):
    """A change: what it does, in which file its words stand (None: they are gone), and which words."""

    do: Callable[[Project], None]
    path: str
    words: str | None = MINE


def _extra(project: Project) -> None:
    (project.app / "app/extra.py").write_text(
        f'''"""{MINE}"""

from fastapi import FastAPI, Request, Response
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from app import reports


async def add_header(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Say who answers."""
    response = await call_next(request)
    response.headers["X-Served-By"] = "us"
    return response


def extend(app: FastAPI) -> None:
    """Add reports, and a header to every answer."""
    app.include_router(reports.router)
    app.add_middleware(BaseHTTPMiddleware, dispatch=add_header)
''',
        encoding="utf-8",
    )


def _reports(project: Project) -> None:
    project.add(
        "app/reports.py",
        f'''"""{MINE}"""

from fastapi import APIRouter

router = APIRouter(prefix="/reports", include_in_schema=False)


@router.get("")
def reports() -> list[str]:
    """List what there is."""
    return []
''',
    )


def _own_migration(project: Project) -> None:
    project.add(
        "migrations/versions/0002_comment.py",
        f'''"""{MINE}

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this migration."""
    op.execute("CREATE INDEX customers_by_name ON customers (name, id)")
    op.execute("DROP INDEX customers_by_name")


def downgrade() -> None:
    """Take it back."""
''',
    )


EDITS: dict[str, Edit] = {
    "a new route and a middleware": Edit(_extra, "app/extra.py"),
    "a module": Edit(_reports, "app/reports.py"),
    "a test of it": Edit(lambda p: p.add("tests/test_reports.py", f'"""{MINE}"""\n'), "tests/test_reports.py"),
    "a business rule": Edit(
        lambda p: p.edit("app/entities/order/rules.py", '"""Override', f'"""{MINE} Override'),
        "app/entities/order/rules.py",
    ),
    "a test of the rule": Edit(
        lambda p: p.add("tests/entities/order/test_rules.py", f"\n# {MINE}\n"), "tests/entities/order/test_rules.py"
    ),
    "the docstring of a table": Edit(
        lambda p: p.edit("app/entities/order/model.py", '"""An order."""', f'"""An order. {MINE}"""'),
        "app/entities/order/model.py",
    ),
    "a comment in the schemas": Edit(
        lambda p: p.add("app/entities/customer/schemas.py", f"\n\n# {MINE}\n"), "app/entities/customer/schemas.py"
    ),
    "a comment in the routes": Edit(
        lambda p: p.add("app/entities/customer/routes.py", f"\n\n# {MINE}\n"), "app/entities/customer/routes.py"
    ),
    "a migration on top": Edit(_own_migration, "migrations/versions/0002_comment.py"),
    "a word in the first migration": Edit(
        lambda p: p.edit("migrations/versions/0001_initial.py", '"""The first tables.', f'"""{MINE}'),
        "migrations/versions/0001_initial.py",
    ),
    "another Make target": Edit(
        lambda p: p.edit("Makefile", "pytest --cov --cov-report=term", "pytest --cov --cov-report=html"),
        "Makefile",
        "--cov-report=html",
    ),
    "a Make command": Edit(lambda p: p.add("local.mk", f"# {MINE}\n"), "local.mk"),
    "a compose override": Edit(
        lambda p: p.add("docker/docker-compose.override.yml", f"---\n# {MINE}\nservices: {{}}\n"),
        "docker/docker-compose.override.yml",
    ),
    "another limit in the compose file": Edit(
        lambda p: p.edit("docker/docker-compose.yml", "${APP_CPUS:-1.0}", "${APP_CPUS:-2.0}"),
        "docker/docker-compose.yml",
        "APP_CPUS:-2.0",
    ),
    "a dashboard": Edit(
        lambda p: p.add("docker/grafana/dashboards/own.json", f'{{"title": "{MINE}", "uid": "own", "panels": []}}\n'),
        "docker/grafana/dashboards/own.json",
    ),
    "an alert": Edit(
        lambda p: p.add("docker/prometheus/rules/own.yml", f"---\n# {MINE}\ngroups: []\n"),
        "docker/prometheus/rules/own.yml",
    ),
    "the README": Edit(lambda p: p.add("README.md", f"\n## Who we are\n\n{MINE}\n"), "README.md"),
    "the changelog": Edit(lambda p: p.add("CHANGELOG.md", f"- {MINE}\n"), "CHANGELOG.md"),
    "a package": Edit(
        lambda p: p.edit("pyproject.toml", "dependencies = [\n", 'dependencies = [\n    "aiofiles>=24",\n'),
        "pyproject.toml",
        "aiofiles",
    ),
    "a rule of the linter": Edit(
        lambda p: p.edit("pyproject.toml", "line-length = 100\n", "line-length = 100\nfix = false\n"),
        "pyproject.toml",
        "fix = false",
    ),
    "a workflow": Edit(lambda p: p.add(".github/workflows/own.yml", f"# {MINE}\n"), ".github/workflows/own.yml"),
    "a file that nobody reads": Edit(
        lambda p: (p.app / "docker/VALIDATION_CHECKLIST.md").unlink(), "docker/VALIDATION_CHECKLIST.md", None
    ),
    "a page that the template moves": Edit(lambda p: p.add("docs/entities.md", f"\n{MINE}\n"), "docs/entities.md"),
    "a line of the core": Edit(lambda p: p.add("app/core/pagination.py", f"\n\n# {MINE}\n"), "app/core/pagination.py"),
}


def missing(project: Project, moved: dict[str, str]) -> list[str]:
    """Return the edits that an update lost; `moved` are the files that have a new place."""
    lost = []
    for name, edit in EDITS.items():
        file = project.app / moved.get(edit.path, edit.path)
        there = file.is_file()
        if there != (edit.words is not None) or (edit.words and edit.words not in file.read_text(encoding="utf-8")):
            lost.append(name)
    return lost
