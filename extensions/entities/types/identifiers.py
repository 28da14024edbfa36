"""Identifiers of things outside: uuids and addresses of hosts."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ...literals import literal
from ...wording import describe_type, shorten
from .base import EQUALITY, FieldType, from_field_types
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


class Ip(FieldType):
    """An address of a host, as text: PostgreSQL's INET has no twin in SQLite, and its drivers return no text.

    One address has one text, so that it can be compared: that of RFC 5952.
    """

    name = "ip"
    summary = "an address of IPv4 or IPv6"
    aliases = ("inet",)
    operators = EQUALITY
    python = "str"
    request = "Ip"
    column = "sa.String(39)"
    migration = "sa.String(length=39)"
    imports = from_field_types("Ip")
    record = "text"
    samples = ("192.0.2.1", "2001:db8::1")
    spellings = ("2001:DB8:0:0:0:0:0:1", "::ffff:192.0.2.1", "::FFFF:c000:0201", "ffff" + ":ffff" * 7)
    invalid = "256.0.0.1"

    def error(self, field: Field, value: object) -> str | None:
        """Check that it can be read, and means the same on every host."""
        if not isinstance(value, str):
            return f"is {describe_type(value)}: write an address in quotes, e.g. {shorten(self.samples[0])}"
        try:
            address = ip_address(value)
        except ValueError:
            return f"is {shorten(value)}: write an address like {self.samples[0]} or {self.samples[1]}"
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return f"is {shorten(value)}: remove the zone {shorten(address.scope_id)}, which only one host knows"
        return None

    def json(self, field: Field, value: Any) -> Any:
        """Return the text that app.core.field_types makes of it."""
        address = ip_address(value)
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return f"::ffff:{mapped}" if mapped else str(address)
