"""Base classes of request and response bodies, query parameters and pages."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.field_types import OptionalParam, StoredInt32

T = TypeVar("T")

# Databases take more, but no client pages that far.
MAX_OFFSET = 2**31 - 1
# Up to this many unknown fields are reported one by one.
MAX_UNKNOWN = 20


def unset_value() -> None:
    """Return the placeholder of a field that was left out; it is never stored."""


def unset() -> Any:
    """Mark a field that a request may leave out but not set to null: the row keeps its value."""
    return Field(default_factory=unset_value)


def unchanged_value() -> None:
    """Return the placeholder of a field that only the service sets; it is never stored."""


def unchanged() -> Any:
    """Mark a field that a request may repeat but not change: responses can be sent back as they are."""
    return Field(default_factory=unchanged_value)


def unset_fields(data: BaseModel) -> set[str]:
    """Return the fields marked with unset() that a request left out."""
    return marked_with(unset_value, type(data)) - data.model_fields_set


def read_only_fields(data: BaseModel) -> set[str]:
    """Return the fields marked with unchanged(), which are never stored."""
    return marked_with(unchanged_value, type(data))


@cache
def marked_with(factory: Callable[[], None], model: type[BaseModel]) -> set[str]:
    """Return the fields of a model that have a placeholder."""
    fields = model.model_fields.items()
    return {name for name, field in fields if field.default_factory is factory}


class Schema(BaseModel):
    """Base of requests: unknown fields are rejected, so that typos show."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def reject_many_unknown(cls, data: Any) -> Any:
        """Report a large number of unknown fields as one error, to bound time and memory."""
        if isinstance(data, dict) and len(data) > len(cls.model_fields) + MAX_UNKNOWN:
            message = f"has {len(data)} fields, of which at most {len(cls.model_fields)} are known"
            raise ValueError(message)
        return data


class ReadModel(BaseModel):
    """Base of responses, filled from a row."""

    model_config = ConfigDict(from_attributes=True)


class ListQuery(Schema, extra="ignore"):
    """Query parameters of a list that is paged by offset."""

    limit: int = Field(default=20, ge=1, le=100, description="Maximum number of items to return")
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET, description="Number of items to skip")


class CursorQuery(Schema, extra="ignore"):
    """Query parameters of a list that is paged by cursor."""

    limit: int = Field(default=20, ge=1, le=100, description="Maximum number of items to return")
    cursor: OptionalParam[Annotated[str, Field(max_length=2000, pattern=r"^[A-Za-z0-9_-]+$")]] = (
        Field(default=None, description="The `next_cursor` of the previous page")
    )


class CursorPage(BaseModel, Generic[T]):
    """One page of a list that is paged by cursor."""

    items: list[T]
    next_cursor: str | None = Field(description="Cursor of the next page; null on the last page")


class Page(BaseModel, Generic[T]):
    """One page of a list that is paged by offset."""

    items: list[T]
    total: int = Field(description="Total number of matching items")
    limit: StoredInt32
    offset: StoredInt32
