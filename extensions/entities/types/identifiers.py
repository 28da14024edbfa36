"""Identifiers of things outside: uuids."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from ...literals import literal
from .base import EQUALITY
from .parsed import Parsed

if TYPE_CHECKING:
    from ..fields import Field


class Uuid(Parsed):
    """A universally unique identifier."""

    name = "uuid"
    summary = "a UUID of any version"
    aliases = ("guid",)
    operators = EQUALITY
    python = "UUID"
    python_class = UUID
    request = "UUID"
    column = "sa.Uuid()"
    migration = "sa.Uuid()"
    imports = ("uuid.UUID", "uuid.uuid4")
    record = "uuid"
    made = "uuid"
    made_by = "uuid4"
    samples = ("8b7f3e0a-4b43-4f5e-9c51-0f6f6a1b2c3d", "1f0c5a7e-52e7-4f0b-8a52-6f3d2b1c0a9e")
    spellings = ("8B7F3E0A-4B43-4F5E-9C51-0F6F6A1B2C3D", "8b7f3e0a4b434f5e9c510f6f6a1b2c3d")
    invalid = "not-a-uuid"

    def made_in_database(self, *, sqlite: bool) -> str:
        """SQLite has no function for it."""
        return "default=uuid4" if sqlite else "server_default=sa.func.gen_random_uuid()"

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """SQLite holds it as text without dashes."""
        value = self.parsed(field.default)
        return literal(value.hex if sqlite else str(value))
