"""What the containers must know of an app: how it starts and on which paths it responds; asked for an existing app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..wording import describe_type, shorten


@dataclass(frozen=True)
class Contract:
    """What is asked for as `contract`; the defaults are those of the question."""

    module: str = "app.main:app"
    factory: bool = False
    folder: str = "."
    packages: str = "requirements.txt"
    health: str = "/health/health"
    ready: str = "/health/ready"
    metrics: str = "/metrics/metrics"
    migrate: str = ""
    dialect: str = ""

    @property
    def pip(self) -> bool:
        """Whether its packages stand in a requirements file."""
        return self.packages.endswith(".txt")

    @property
    def package_files(self) -> str:
        """What the build copies to install them: all files beside the one named, which may include them."""
        folder, slash, _ = self.packages.rpartition("/")
        return f"{folder}/ ./{folder}/" if slash else "*.txt ./"

    @property
    def import_path(self) -> str:
        """The folder of its top-level package in the image."""
        return f"/app/{self.folder}".removesuffix("/.")


OWN = Contract(module="app.main:create_app", factory=True, packages="pyproject.toml", migrate="python -m app migrate")
"""What every service made by this template keeps."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_DOTTED = rf"{_NAME}(\.{_NAME})*"
_PATH = r"(?!.*\.\.)(?!.*//)[A-Za-z0-9_][A-Za-z0-9_./-]*"

FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "module": (re.compile(rf"{_DOTTED}:{_DOTTED}"), "write a module and a name in it, like app.main:app"),
    "folder": (re.compile(rf"\.|{_PATH}"), "write a folder of the project, like src, or . for its root"),
    "packages": (re.compile(rf"pyproject\.toml|{_PATH}\.txt"), "write requirements.txt or pyproject.toml"),
    "health": (re.compile(r"/[A-Za-z0-9._~/-]*"), "write a path, like /health"),
    "ready": (re.compile(r"/[A-Za-z0-9._~/-]*"), "write a path, like /ready"),
    "metrics": (re.compile(r"/[A-Za-z0-9._~-][A-Za-z0-9._~/-]*"), "write a path, like /metrics"),
    "migrate": (
        re.compile(r"[A-Za-z0-9_./=:@+ -]*"),
        "write one command without signs of a shell, like alembic upgrade head",
    ),
    "dialect": (re.compile(r"((postgresql|postgres|sqlite)(\+[a-z0-9_]+)?)?"), "write one like postgresql+asyncpg"),
}
"""The form of each text in it, and what to write instead of another."""


def contract_errors(answer: object, database: object = None) -> list[str]:
    """Return what is wrong with the answer to `contract`, a line each; `database` is that answer, where it is known."""
    if not isinstance(answer, dict):
        return [f"is {describe_type(answer)}: write a mapping like {{module: app.main:app, health: /health}}"]
    known = [field.name for field in fields(Contract)]
    lines = [f"there is no {shorten(key)} in it: write {', '.join(known)}" for key in answer if key not in known]
    if not isinstance(answer.get("factory", False), bool):
        lines.append(f"factory is {shorten(answer['factory'])}: write true or false")
    for key, (form, fix) in FORMS.items():
        value = answer.get(key, getattr(Contract, key))
        if not isinstance(value, str) or not form.fullmatch(value):
            lines.append(f"{key} is {shorten(value)}: {fix}")
    dialect = str(answer.get("dialect") or "")
    if dialect and database in {"postgresql", "sqlite"} and dialect.startswith("sqlite") != (database == "sqlite"):
        lines.append(f"dialect is {shorten(dialect)}, but the database is {database}: change one")
    return lines


def contract(answer: Mapping[str, Any], database: str) -> Contract:
    """Return the contract of a valid answer; what it leaves out keeps its default."""
    return Contract(**{**answer, "dialect": answer.get("dialect") or database})
