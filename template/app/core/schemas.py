"""Base classes of request and response bodies, query parameters and pages."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.field_types import OptionalParam

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


def unset_fields(data: BaseModel) -> set[str]:
    """Return the fields marked with unset() that a request left out."""
    fields = type(data).model_fields.items()
    marked = {name for name, field in fields if field.default_factory is unset_value}
    return marked - data.model_fields_set


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
    limit: int
    offset: int
