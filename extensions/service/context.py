"""What templates see beside the answers: `service`, with its entities, and `pins`."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from jinja2 import TemplateRuntimeError

from .. import naming, pins
from ..answers.checks import DEFAULT_PORTS
from ..answers.contract import OWN, Contract, contract
from ..answers.objectives import Objectives, objectives
from ..answers.questions import OF_SERVICE, flag_values
from ..answers.validation import errors_of
from ..entities import Entity, parse
from ..source.layout import natural
from .packages import development_dependencies, production_dependencies


@dataclass(frozen=True)
class Service:
    """The whole service in one object: attributes only, so that templates loop, test and print.

    Each question of yes or no is an attribute, too: `service.redis`.
    """

    name: str
    text: str
    generated: bool
    contract: Contract
    entities: list[Entity]
    postgresql: bool
    objectives: Objectives
    uv: bool
    ports: dict[str, int]
    flags: dict[str, bool]

    def __getattr__(self, name: str) -> bool:
        """Return the answer to a question of yes or no.

        Raises TemplateRuntimeError for any other name: Jinja would take an AttributeError, also one from within a
        property, for an undefined value, and hide its cause.
        """
        flags: dict[str, bool] = self.__dict__.get("flags", {})
        if name in flags:
            return flags[name]
        if name.startswith("_"):
            raise AttributeError(name)
        if hasattr(type(self), name):
            try:
                return cast("bool", object.__getattribute__(self, name))
            except AttributeError as error:
                raise TemplateRuntimeError(f"service.{name}: {error}") from error
        raise TemplateRuntimeError(f"service.{name}: no attribute of Service and no question of yes or no")

    def __dir__(self) -> list[str]:
        """Return the names of all attributes."""
        return [*super().__dir__(), *self.flags]

    @property
    def existing_app(self) -> bool:
        """Whether the app exists already, and gets containers only."""
        return not self.generated

    @property
    def health_command(self) -> list[str]:
        """What the engine runs in the container to ask whether the app is alive."""
        return ["CMD", "python", *(["-m", "app.healthcheck"] if self.generated else ["/opt/launch.py", "health"])]

    @property
    def sqlite(self) -> bool:
        """Whether SQLite is the database."""
        return not self.postgresql

    @property
    def poetry(self) -> bool:
        """Whether Poetry manages the packages."""
        return not self.uv

    @cached_property
    def snake(self) -> str:
        """task_api: the database's name"""
        return naming.snake(self.name)

    @cached_property
    def title(self) -> str:
        """Task API"""
        short = {"api": "API", "http": "HTTP", "crm": "CRM", "erp": "ERP"}
        words = [short.get(word, word) for word in naming.words(self.name)]
        return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])

    @cached_property
    def description(self) -> str:
        """The description on one line."""
        return " ".join(self.text.split())

    @cached_property
    def dependencies(self) -> list[str]:
        """What the service needs to run, as requirements, sorted."""
        return production_dependencies(self)

    @cached_property
    def dev_dependencies(self) -> list[str]:
        """What its developers need besides, as requirements, sorted."""
        return development_dependencies(self)

    @property
    def has_secret_files(self) -> bool:
        """Whether anything it connects to wants a password."""
        return self.postgresql or self.redis

    @property
    def has_stack_secrets(self) -> bool:
        """Whether any service of the compose files wants a password."""
        return self.has_secret_files or self.observability

    @property
    def has_exporter_role(self) -> bool:
        """Whether PostgreSQL has a role for the exporter of its statistics."""
        return self.postgresql and self.observability

    @cached_property
    def entities_by_module(self) -> list[Entity]:
        """The entities in the order of their imports."""
        return sorted(self.entities, key=lambda entity: natural(entity.snake))

    @property
    def synchronous_connection(self) -> bool:
        """Whether work outside requests uses a synchronous driver: SQLite's is in the standard library."""
        return self.sqlite or not self.asynchronous

    @cached_property
    def watched_entities(self) -> list[Entity]:
        """The entities that somebody should be writing to all the time."""
        return [entity for entity in self.entities if entity.writes_stalled_after]

    @property
    def by_cursor(self) -> bool:
        """Whether lists of any entity are paged by cursor."""
        return any(entity.by_cursor for entity in self.entities)

    @property
    def restores(self) -> bool:
        """Whether rows of any entity can be restored."""
        return any(entity.restore for entity in self.entities)

    @property
    def has_bulk(self) -> bool:
        """Whether the API of any entity writes many rows in one request."""
        return any(entity.bulk for entity in self.entities)

    @property
    def has_search(self) -> bool:
        """Whether lists of any entity can be searched."""
        return any(entity.search_fields for entity in self.entities)

    @property
    def has_email(self) -> bool:
        """Whether any entity has an email field."""
        return any(field.type == "email" for entity in self.entities for field in entity.fields)


_latest: list[Any] = []
"""The answers last seen and the service they describe: Copier asks for it once for every path and file."""


def service_of(answers: dict[str, Any]) -> Service:
    """Return the service that complete and valid answers describe."""
    values = [answers[name] for name in OF_SERVICE]
    if not _latest or not all(map(operator.is_, values, _latest[0])):
        postgresql = answers["database"] == "postgresql"
        generated = answers["scope"] == "service"
        service = Service(
            name=answers["app_name"],
            text=answers["app_description"],
            generated=generated,
            contract=OWN if generated else contract(answers["contract"], answers["database"]),
            entities=parse(answers["entities"], sqlite=not postgresql) if generated else [],
            postgresql=postgresql,
            objectives=objectives(answers["objectives"]),
            uv=answers["package_manager"] == "uv",
            ports={**DEFAULT_PORTS, **answers["ports"]},
            flags=flag_values(answers),
        )
        _latest[:] = values, service
    return cast("Service", _latest[1])


def add_context(context: dict[str, Any]) -> None:
    """Add `pins` to the answers known so far and, once every question has a valid answer, `service`.

    Raises what goes wrong while `service` is made of answers without an error, and TemplateRuntimeError for a record
    without its question.
    """
    context["pins"] = pins
    if context.get("scope") == "infrastructure":
        context["docker"] = True  # not asked: there would be nothing to make
    missing = [name for name in OF_SERVICE if name not in context]
    if missing and context.get("_copier_phase") == "render":
        where = "extensions/answers/questions.py"
        raise TemplateRuntimeError(f"{missing[0]}: it has a record in {where}, but copier.yml does not ask it")
    if not missing:
        try:
            context["service"] = service_of(context)
        except Exception:
            if not any(errors_of(name, context[name], context) for name in OF_SERVICE):
                raise  # else the validator of the question says what is wrong
