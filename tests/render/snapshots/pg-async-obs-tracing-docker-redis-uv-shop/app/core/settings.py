"""Settings, read from the environment and, in development, from `.env`."""

import sys
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app import about

INVALID_SETTINGS = 2  # the exit status, as for a wrong command line
MISSING = "is missing; set it in the environment or in the file .env"


class Settings(BaseSettings):
    """Every setting of the service; a secret may also come from a file named by its `..._FILE` twin."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,  # it may be a password
    )

    environment: Literal["development", "test", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    web_concurrency: int = Field(default=1, ge=1)
    drain_seconds: float = Field(default=5, ge=0)
    graceful_timeout: int = Field(default=30, ge=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    entity_rows_interval: float = Field(default=60, ge=0)
    otel_exporter_otlp_endpoint: str | None = None
    access_log: bool = False

    database_url: SecretStr
    database_password: SecretStr | None = None
    database_password_file: Path | None = None
    database_pool_size: int = Field(default=5, ge=1)
    database_pool_timeout: float = Field(default=5, gt=0)
    database_connect_timeout: float = Field(default=5, gt=0)
    database_statement_timeout: float = Field(default=10, gt=0)
    database_lock_timeout: float = Field(default=5, gt=0)
    migrate_on_start: bool = True
    migrate_beside_other_tables: bool = False

    redis_url: SecretStr | None = None
    redis_password: SecretStr | None = None
    redis_password_file: Path | None = None
    redis_timeout: float = Field(default=0.25, gt=0)
    cache_seconds: int = Field(default=60, ge=1)

    docs: Literal["public", "guarded", "off"] = "public"
    health_timeout: float = Field(default=2, gt=0)
    request_timeout: float = Field(default=25, gt=0)
    body_timeout: float = Field(default=10, gt=0)
    max_body_bytes: int = Field(default=1_048_576, ge=1)
    max_bodies_bytes: int = Field(default=16_777_216, ge=1)
    max_json_values: int = Field(default=10_000, ge=1)
    max_concurrency: int = Field(default=200, ge=1)
    compress_from_bytes: int = Field(default=1024, ge=0)
    cors_origins: Annotated[list[str], NoDecode] = []
    cors_credentials: bool = False
    trusted_hosts: Annotated[list[str], NoDecode] = ["*"]
    forwarded_allow_ips: str = "127.0.0.1"
    root_path: str = Field(default="", pattern=r"^(/[\w.~-]+)*$")

    @field_validator("database_url")
    @classmethod
    def check_database_url(cls, url: SecretStr) -> SecretStr:
        """Reject what is no address of a database; the message never holds it: it may have a password."""
        try:
            host = make_url(url.get_secret_value()).host or ""
        except (ArgumentError, ValueError):
            message = "is not a database URL, for instance postgresql://user@host:5432/name"
            raise ValueError(message) from None
        if "@" in host:
            message = "has two @: write that of the password as %40"
            raise ValueError(message)
        return url

    @model_validator(mode="before")
    @classmethod
    def split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        """Read lists as words separated by commas."""
        for name in ("cors_origins", "trusted_hosts"):
            value = values.get(name)
            if isinstance(value, str):
                values[name] = [word.strip() for word in value.split(",") if word.strip()]
        return values

    @model_validator(mode="after")
    def check_origins(self) -> Self:
        """Reject that every site of the web acts with the credentials of its visitors."""
        if self.cors_credentials and "*" in self.cors_origins:
            message = "CORS_CREDENTIALS needs CORS_ORIGINS to name each origin, not *"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def read_secret_files(self) -> Self:
        """Take each password from its file where one is named; a missing file stops the start."""
        if self.database_password_file is not None:
            self.database_password = read_secret(
                "DATABASE_PASSWORD_FILE", self.database_password_file
            )
        if self.redis_password_file is not None:
            self.redis_password = read_secret("REDIS_PASSWORD_FILE", self.redis_password_file)
        return self


def read_secret(setting: str, path: Path) -> SecretStr:
    """Return the content of a setting's file without its line end; ValueError where there is none."""
    try:
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        message = f"{setting}: the secret file {path} cannot be read: {error.strerror}"
        raise ValueError(message) from error
    if not secret:
        message = f"{setting}: the secret file {path} is empty"
        raise ValueError(message)
    return SecretStr(secret)


def load_settings() -> Settings:
    """Return the settings of the environment; exit with status 2 and one line if one is invalid.

    The line never holds a value: it may be a password.
    """
    try:
        return Settings()
    except ValidationError as error:
        errors: list[str] = []
        for found in error.errors(include_input=False, include_context=False):
            message = found["msg"].removeprefix("Value error, ")
            text = MISSING if found["type"] == "missing" else message
            errors.append(": ".join([*(str(part).upper() for part in found["loc"]), text]))
        sys.stderr.write(f"{about.NAME} cannot start: {'; '.join(errors)}\n")
        raise SystemExit(INVALID_SETTINGS) from None
