"""What is written as text and means a value of Python: the base of moments and of uuids."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import pydantic

from ...literals import literal
from ...wording import shorten
from .base import FieldType

if TYPE_CHECKING:
    from ..fields import Field


class Parsed(FieldType):
    """A value that pydantic reads from text."""

    python_class: ClassVar[type]
    """The class of its values."""

    def parsed(self, value: object) -> Any:
        """Return what a text means. Raises ValueError or OverflowError where it means nothing."""
        return pydantic.TypeAdapter(self.python_class).validate_python(value)

    def meaning_error(self, found: Any) -> str | None:
        """Return why a value that could be read is none all the same, or None; may raise as `parsed` does."""
        return None

    def error(self, field: Field, value: object) -> str | None:
        """Check that it can be read."""
        if isinstance(value, (str, dt.datetime)):
            try:
                return self.meaning_error(self.parsed(value))
            except (ValueError, OverflowError):
                pass
        return f"is {shorten(value)}: write a {self.name} in quotes, e.g. {shorten(self.samples[0])}"

    def json(self, field: Field, value: Any) -> Any:
        """Return the text of ISO 8601, or of RFC 9562."""
        return str(self.parsed(value))

    def request_default(self, field: Field) -> str:
        """Return what pydantic reads the text with."""
        return f"Field(default={literal(self.json(field, field.default))}, validate_default=True)"
