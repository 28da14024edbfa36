"""The questions: one record for each, from which follows what the template does with the answer.

Adding one: docs/how-to/add-a-flag.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from . import checks

Check = Callable[[object, Mapping[str, Any]], list[str]]


@dataclass(frozen=True)
class Question:
    """What is known of a question beside its text in `copier.yml`.

    A test compares the records with `copier.yml`, and a question without its record stops a copy.
    """

    name: str
    type: Literal["bool", "str", "yaml"] = "bool"
    """As in `copier.yml`. Each `bool` is an attribute of `service`."""
    check: Check | None = None
    """Returns what is wrong with an answer, a line each. The first question reports the errors of all answers."""
    in_config: bool = True
    """Whether the answer may also come inside the mapping `config`, as code-generation platforms hand it over."""
    in_service: bool = True
    """Whether `service` is made from it; templates read the other answers themselves."""
    always_stored: bool = False
    """Whether every app has an answer, also those of the first version of the template."""
    base: str = ""
    """The question that must be answered with yes for this one to be asked; if that is no, this one is no too."""
    attribute: str = ""
    """What `service` calls a `bool`, where not by its name."""
    packages: tuple[str, ...] = ()
    """Python packages that an app needs if the answer is yes; their versions stand in `pins.py`."""
    words: Mapping[Any, str] = field(default_factory=dict)
    """By answer, a regular expression of the words that belong to it: an app with another answer has none of them."""

    @property
    def flag(self) -> str:
        """The name by which `service` knows a `bool`."""
        return self.attribute or self.name


def _config(config: object, _answers: Mapping[str, Any]) -> list[str]:
    """Check that `config` holds nothing but answers to questions."""
    if not isinstance(config, dict):
        return ["must be a mapping like {database: postgresql, async: true}"]
    unknown = [str(key) for key in config if key not in CONFIG_KEYS]
    return [f"there is no option {ascii(key)[:60]}: write some of {', '.join(CONFIG_KEYS)}" for key in unknown]


_RECORDS = (
    Question("config", "yaml", check=_config, in_config=False, in_service=False),
    Question(
        "scope",
        "str",
        check=checks.scope,
        always_stored=True,
        words={
            "service": r"app/extra|app/entities|rules\.py|make migration|asyncpg|psycopg",
            "infrastructure": r"launch\.py|contract|containers\.yml",
        },
    ),
    Question("app_name", "str", check=checks.app_name, in_config=False, always_stored=True),
    Question("app_description", "str", check=checks.app_description, in_config=False, always_stored=True),
    Question("entities", "yaml", check=checks.entities, in_config=False),
    Question(
        "database",
        "str",
        always_stored=True,
        words={"postgresql": r"postgres|psycopg|asyncpg|pgserver|psql|\bpg_", "sqlite": r"sqlite"},
    ),
    Question(
        "async",
        attribute="asynchronous",
        words={True: r"\basync\b|\bawait\b|asyncio|asyncpg|aiosqlite|greenlet", False: r"psycopg"},
    ),
    Question("contract", "yaml", check=checks.contract),
    Question("idempotency", words={True: r"idempotency|idempotentroute|repeatedrequest"}),
    Question(
        "observability",
        packages=("prometheus-client", "structlog"),
        words={True: r"prometheus|grafana|structlog|observab|metrics|dashboard|alertmanager|promql|alloy|loki"},
    ),
    Question(
        "tracing",
        base="observability",
        packages=(
            "opentelemetry-exporter-otlp-proto-http",
            "opentelemetry-instrumentation-fastapi",
            "opentelemetry-instrumentation-sqlalchemy",
            "opentelemetry-sdk",
        ),
        words={True: r"opentelemetry|otel_|otlp|jaeger|tracing|trace_id|exemplar"},
    ),
    Question("objectives", "yaml", check=checks.objectives),
    Question("docker", words={True: r"docker|compose|container"}),
    Question("redis", packages=("redis",), words={True: r"redis"}),
    Question("ports", "yaml", check=checks.ports, always_stored=True),
    Question("package_manager", "str", words={"poetry": r"poetry", "uv": r"\buvx?\b"}),
    Question("python_version", "str", in_service=False),
    Question("discard_edits", in_config=False, in_service=False),
)

QUESTIONS: dict[str, Question] = {question.name: question for question in _RECORDS}
"""The records by name, in the order of `copier.yml`."""

BOOLEANS = tuple(question for question in QUESTIONS.values() if question.type == "bool")
"""Questions of yes or no: Copier takes any word that it does not know for a no."""

CONFIG_KEYS = tuple(question.name for question in QUESTIONS.values() if question.in_config)
"""What `config` may hold."""

ALWAYS_STORED = tuple(question.name for question in QUESTIONS.values() if question.always_stored)
"""Answers that every app has: data with all of them is what Copier hands on inside an update, old answers included."""

OF_SERVICE = tuple(question.name for question in QUESTIONS.values() if question.in_service)
"""Answers from which `service` is made."""


def flag_values(answers: Mapping[str, Any]) -> dict[str, bool]:
    """Return the answers of yes or no from which `service` is made, by the names that it gives them."""
    return {
        question.flag: answers[question.name] and (not question.base or answers[question.base])
        for question in BOOLEANS
        if question.in_service
    }
