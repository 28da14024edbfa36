"""The settings of an app in one table, from which its README, `.env.example` and compose files are written.

The app's own `app/core/settings.py` is code; tests/docs/test_settings.py compares it with the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from .context import Service

Text = str | Callable[["Service"], str]
"""A text, or what makes it of the service."""

Kind = Literal["bool", "int", "float", "str", "list", "secret", "path"]
"""The type of a setting; the words of a list are separated by commas, a path is the file of a secret."""

Place = Literal["compose", "dev", "production", "tests", "image", "example"]
"""Where a setting has a value: in a compose file (`compose` is docker-compose.yml), the image or `.env.example`."""

FROM_ENV: Final = "${}"
"""The compose file passes the setting on from docker/.env, with the app's own default."""


class Setting(NamedTuple):
    """A setting: `default` is its text in the environment, None where it has no value.

    `kind` is its type, or the words that it may be. `when` names the attributes of the service without which it does
    not exist. `set_by` holds the values that these places give it; an empty one means that it is not set there.
    `variable` is its name in docker/.env, where that is another one.
    """

    name: str
    kind: Kind | tuple[str, ...]
    default: Text | None
    meaning: Text = ""
    when: tuple[str, ...] = ()
    required: bool = False
    set_by: Mapping[Place, Text] = {}
    variable: str = ""

    def exists(self, service: Service) -> bool:
        """Return whether a service has this setting."""
        return all(getattr(service, flag) for flag in self.when)

    def default_of(self, service: Service) -> str | None:
        """Return the default in an app, as the environment would give it."""
        return None if self.default is None else _text(self.default, service)

    def value(self, service: Service, place: Place) -> str:
        """Return the value that a place gives the setting, as YAML or Dockerfiles write it; "" where it gives none."""
        text = _text(self.set_by.get(place, ""), service)
        return f"${{{self.variable or self.name}:-{self.default_of(service) or ''}}}" if text == FROM_ENV else text


def _text(text: Text, service: Service) -> str:
    return text if isinstance(text, str) else text(service)


def _database_url(service: Service) -> str:
    return (
        f">-\n        postgresql://app@postgres:5432/{service.snake}"
        if service.postgresql
        else "sqlite:////data/app.db"
    )


def _test_database_url(service: Service) -> str:
    name = f"{service.snake}_test"
    return f">-\n        postgresql://app@test-postgres/{name}" if service.postgresql else "sqlite:////tmp/test.db"


def _development_url(service: Service) -> str:
    return (
        f"postgresql://app@localhost:{service.ports['postgres']}/{service.snake}"
        if service.postgresql
        else "sqlite:///data/development.db"
    )


def _example_url(service: Service) -> str:
    return f"`postgresql://app@host:5432/{service.snake}`" if service.postgresql else "`sqlite:////data/app.db`"


def _port(service: Service) -> str:
    return str(service.ports["app"])


def _drain_meaning(service: Service) -> str:
    limit = "; with `GRACEFUL_TIMEOUT` less than the containers' `APP_STOP_GRACE_PERIOD`" if service.docker else ""
    return f"seconds after SIGTERM in which it still serves, but is not ready{limit}"


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("DATABASE_URL", "secret", None, _example_url, required=True,
            set_by={"compose": _database_url, "tests": _test_database_url, "example": _development_url}),
    Setting("DATABASE_PASSWORD", "secret", None, "the database's password", ("postgresql",)),
    Setting("DATABASE_PASSWORD_FILE", "path", None, "a file that holds it", ("postgresql",),
            set_by={"compose": "/run/secrets/postgres_password",
                    "example": lambda service: "docker/secrets/postgres_password" if service.docker else ""}),
    Setting("DATABASE_POOL_SIZE", "int", "5", "how many connections at most",
            set_by={"compose": lambda service: FROM_ENV if service.postgresql else ""}),
    Setting("DATABASE_POOL_TIMEOUT", "float", "5", "seconds to wait for one of them"),
    Setting("DATABASE_CONNECT_TIMEOUT", "float", "5", "seconds to wait for a connection to the database",
            ("postgresql",)),
    Setting("DATABASE_STATEMENT_TIMEOUT", "float", "10", "seconds a statement may take", ("postgresql",)),
    Setting("DATABASE_LOCK_TIMEOUT", "float", "5", "seconds to wait for a lock"),
    Setting("MIGRATE_ON_START", "bool", "true", "whether `python -m app` migrates before it serves",
            set_by={"compose": FROM_ENV}),
    Setting("MIGRATE_BESIDE_OTHER_TABLES", "bool", "false",
            "whether it may make its tables in a database that holds others"),
    Setting("REDIS_URL", "secret", None, "`redis://host:6379/0`; without it there is no cache", ("redis",),
            set_by={"compose": "redis://redis:6379/0",
                    "example": lambda service: f"redis://localhost:{service.ports['redis']}/0"}),
    Setting("REDIS_PASSWORD", "secret", None, "the password of Redis", ("redis",)),
    Setting("REDIS_PASSWORD_FILE", "path", None, "a file that holds it", ("redis",),
            set_by={"compose": "/run/secrets/redis_password"}),
    Setting("REDIS_TIMEOUT", "float", "0.25", "seconds to wait for Redis before continuing without it", ("redis",)),
    Setting("CACHE_SECONDS", "int", "60", "how long a value is kept unless the code says otherwise", ("redis",)),
    Setting("IDEMPOTENCY_SECONDS", "int", "86400", "seconds that a response is kept for retries with its key",
            ("idempotency",)),
    Setting("ENVIRONMENT", ("development", "test", "production"), "production",
            set_by={"compose": "${ENVIRONMENT:-development}", "dev": "development", "production": "production",
                    "tests": "test", "example": "development"}),
    Setting("HOST", "str", "127.0.0.1", "where to listen", set_by={"image": "0.0.0.0"}),  # noqa: S104  (a container)
    Setting("PORT", "int", _port, "on which port", set_by={"image": "8000", "example": _port}),
    Setting("WEB_CONCURRENCY", "int", "1", "worker processes", set_by={"compose": FROM_ENV}),
    Setting("DRAIN_SECONDS", "float", "5", _drain_meaning, set_by={"dev": '"0"'}),
    Setting("GRACEFUL_TIMEOUT", "int", "30", "seconds that requests in flight get when it stops",
            set_by={"compose": FROM_ENV}),
    Setting("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO",
            set_by={"compose": FROM_ENV, "dev": "DEBUG", "example": "DEBUG"}),
    Setting("LOG_FORMAT", ("json", "console"), "json", "", ("observability",),
            set_by={"compose": FROM_ENV, "dev": "console"}),
    Setting("ENTITY_ROWS_INTERVAL", "float", "60",
            "seconds between two counts of the rows of each entity; 0 counts none", ("observability",)),
    Setting("OTEL_EXPORTER_OTLP_ENDPOINT", "str", None,
            "where traces go, `http://host:4318`; without it there are none", ("tracing",),
            set_by={"compose": FROM_ENV}),
    Setting("ACCESS_LOG", "bool", lambda service: "false" if service.observability else "true",
            "whether uvicorn logs each request"),
    Setting("DOCS", ("public", "guarded", "off"), "public",
            "who sees `/docs`, `/redoc` and `/openapi.json`: `guarded` asks for what `entity_dependencies` ask for",
            set_by={"production": "${DOCS:-off}"}),
    Setting("HEALTH_TIMEOUT", "float", "2", "seconds that each check of `/health/ready` gets"),
    Setting("REQUEST_TIMEOUT", "float", "25", "seconds a request may take; then the response is 504"),
    Setting("BODY_TIMEOUT", "float", "10", "seconds a body may take to arrive; then the response is 408"),
    Setting("MAX_BODY_BYTES", "int", "1048576", "bytes of a body; a larger one gets 413"),
    Setting("MAX_BODIES_BYTES", "int", "16777216", "bytes of all bodies in memory at once; more get 503"),
    Setting("MAX_JSON_VALUES", "int", "10000", "values in a JSON body; more get 413"),
    Setting("MAX_CONCURRENCY", "int", "200", "requests at once; more get 503"),
    Setting("COMPRESS_FROM_BYTES", "int", "1024",
            "bytes of a response from which on it is compressed; 0 compresses none"),
    Setting("CORS_ORIGINS", "list", "", "origins that browsers may call from, separated by commas",
            set_by={"example": "http://localhost:3000,http://localhost:5173"}),
    Setting("CORS_CREDENTIALS", "bool", "false", "whether browsers send cookies from those origins"),
    Setting("TRUSTED_HOSTS", "list", "*", "host names it accepts, separated by commas",
            set_by={"production": "${TRUSTED_HOSTS:-${DOMAIN:-localhost}}"}),
    Setting("FORWARDED_ALLOW_IPS", "str", "127.0.0.1", "proxies whose forwarding headers are trusted",
            set_by={"production": "${NETWORK_SUBNET:-172.25.0.0/16}"}),
    Setting("ROOT_PATH", "str", "", "the prefix that a proxy strips from paths, for example `/shop`"),
)  # fmt: skip
"""In the order of the README."""


def _contract_url(service: Service) -> str:
    dialect = service.contract.dialect
    path = f"app:{{postgres_password}}@postgres:5432/{service.snake}"
    return f">-\n        {dialect}://{path}" if service.postgresql else f"{dialect}:////data/app.db"


CONTRACT_SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("DATABASE_URL", "secret", None, required=True, set_by={"compose": _contract_url}),
    Setting("ENVIRONMENT", "str", None, set_by={"compose": "${ENVIRONMENT:-development}", "dev": "development",
                                                "production": "production"}),
    Setting("FORWARDED_ALLOW_IPS", "str", None, set_by={"production": "${NETWORK_SUBNET:-172.25.0.0/16}"}),
    Setting("MIGRATE_ON_START", "bool", "true",
            set_by={"compose": lambda service: FROM_ENV if service.contract.migrate else ""}),
    Setting("REDIS_URL", "secret", None, when=("redis",), set_by={"compose": "redis://:{redis_password}@redis:6379/0"}),
    Setting("UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "int", "30", set_by={"compose": FROM_ENV},
            variable="GRACEFUL_TIMEOUT"),
    Setting("WEB_CONCURRENCY", "int", "1", set_by={"compose": FROM_ENV}),
)  # fmt: skip
"""What the containers give an existing app; launch.py replaces {name} with the secret of that name."""

_SHOWN: Final = {"": "none", "*": "all"}
"""Defaults that people read better in words."""

_EXAMPLES: Final = (
    "ENVIRONMENT",
    "LOG_LEVEL",
    "PORT",
    "DATABASE_URL",
    "DATABASE_PASSWORD_FILE",
    "REDIS_URL",
    "CORS_ORIGINS",
)
"""The order of `.env.example`: what a developer changes first."""


def settings_of(service: Service) -> list[Setting]:
    """Return the settings that an app has."""
    table = CONTRACT_SETTINGS if service.existing_app else SETTINGS
    return [setting for setting in table if setting.exists(service)]


def settings_table(service: Service) -> str:
    """Return the rows of the README's table: variable, default, meaning."""
    return "\n".join(_row(setting, service) for setting in settings_of(service))


def _row(setting: Setting, service: Service) -> str:
    default = setting.default_of(service) or ""
    shown = "none, must be set" if setting.required else _SHOWN.get(default, default)
    meaning = _text(setting.meaning, service)
    if isinstance(setting.kind, tuple):
        values = f"{', '.join(setting.kind[:-1])} or {setting.kind[-1]}"
        meaning = f"{values}: {meaning}" if meaning else values
    return f"| `{setting.name}` | {shown} | {meaning} |"


def env_example(service: Service) -> str:
    """Return the lines of `.env.example`: only ENVIRONMENT is no comment."""
    shown = sorted(_given(service, "example"), key=lambda pair: _EXAMPLES.index(pair[0].name))
    return "\n".join(("" if one.name == "ENVIRONMENT" else "# ") + f"{one.name}={text}" for one, text in shown)


def compose_environment(service: Service, place: Place) -> str:
    """Return the settings in the `environment` of the app in a compose file."""
    return "\n".join(f"      {setting.name}: {value}" for setting, value in _given(service, place))


def setting_value(service: Service, place: Place, name: str) -> str:
    """Return the value of one setting in a compose file. Raises KeyError for an unknown name."""
    return {setting.name: setting for setting in settings_of(service)}[name].value(service, place)


def compose_variables(service: Service, place: Place) -> str:
    """Return the settings that a compose file passes on from docker/.env, as lines of its example."""
    lines = []
    for setting, value in _given(service, place):
        variable = setting.variable or setting.name
        if form := re.fullmatch(rf"\$\{{{variable}:-(.*)\}}", value):
            lines.append(f"#{variable}={form[1]}")
    return "\n".join(sorted(lines))


def _given(service: Service, place: Place) -> Iterator[tuple[Setting, str]]:
    """Yield the settings that a place sets, with their values, by name."""
    for setting in sorted(settings_of(service), key=lambda setting: setting.name):
        if value := setting.value(service, place):
            yield setting, value
