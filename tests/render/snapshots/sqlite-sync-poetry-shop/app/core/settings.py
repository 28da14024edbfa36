"""Settings, read from the environment and, in development, from `.env`."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of the service; a secret may also come from a file named by its `..._FILE` twin."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "test", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    web_concurrency: int = Field(default=1, ge=1)
    graceful_timeout: int = Field(default=30, ge=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    access_log: bool = True

    database_url: SecretStr
    database_pool_size: int = Field(default=5, ge=1)
    database_pool_timeout: float = Field(default=5, gt=0)
    database_lock_timeout: float = Field(default=5, gt=0)
    migrate_on_start: bool = True

    health_timeout: float = Field(default=2, gt=0)
    request_timeout: float = Field(default=25, gt=0)
    max_body_bytes: int = Field(default=1_048_576, ge=1)
    max_concurrency: int = Field(default=200, ge=1)
    cors_origins: Annotated[list[str], NoDecode] = []
    trusted_hosts: Annotated[list[str], NoDecode] = ["*"]
    forwarded_allow_ips: str = "127.0.0.1"

    @model_validator(mode="before")
    @classmethod
    def split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        """Read lists as words separated by commas."""
        for name in ("cors_origins", "trusted_hosts"):
            value = values.get(name)
            if isinstance(value, str):
                values[name] = [word.strip() for word in value.split(",") if word.strip()]
        return values
