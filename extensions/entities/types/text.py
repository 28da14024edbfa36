"""Text: strings, long texts, and texts of a form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import pydantic

from ...literals import literal
from ...wording import describe_type, last_line, shorten
from .base import LONGEST_INDEXED, TEXT, FieldType, from_field_types

if TYPE_CHECKING:
    from ..fields import Field

_LOWER = "AfterValidator(str.lower)"

_OPTIONS = frozenset({"min_length", "max_length", "search"})

# The API's own checks, as far as they can be made without its libraries: app.core.field_types and email-validator.
WEB_ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f/?#@\\]+([/?#][^\x00-\x20\x7f]*)?")

ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,
)

INTERNAL_DOMAINS = ("arpa", "invalid", "local", "localhost", "onion", "test")  # those of email-validator


class Characters(FieldType):
    """What all texts have in common."""

    python = "str"
    operators = TEXT
    invalid: ClassVar[object] = 1
    record = "text"
    longest: ClassVar[int | None] = None
    """The largest `max_length`."""
    shortest: ClassVar[int] = 0
    """The smallest `max_length`."""

    def form_error(self, field: Field, value: str) -> str | None:
        """Return why a text does not have the type's form, or None."""
        return None

    def error(self, field: Field, value: object) -> str | None:
        """Check length, characters, pattern and form."""
        if not isinstance(value, str):
            return f"is {describe_type(value)}: write text, in quotes"
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            return f"is {shorten(value)}, which no database stores: remove NUL and unpaired surrogates"
        if field.length is not None and len(value) > field.length:
            return f"has {len(value)} characters, and max_length is {field.length}: shorten it"
        if field.min_length is not None and len(value) < field.min_length:
            return f"has {len(value)} characters, and min_length is {field.min_length}: lengthen it"
        return _mismatch(field, value) or self.form_error(field, value)

    def option_errors(self, field: Field, *, entities: Collection[str], sqlite: bool) -> Iterator[str]:
        """Check lengths and pattern."""
        given = field.max_length
        if field.min_length is not None and field.length is not None and field.min_length > field.length:
            yield f"min_length {field.min_length} is larger than max_length {field.length}: swap them"
        if self.longest is not None and given is not None and given > self.longest:
            yield f"max_length {given} is more than {self.name} holds ({self.longest}): use type text"
        if given is not None and given < self.shortest:
            yield f"max_length {given} leaves no room for an {self.name}: at least {self.shortest}"
        fits = (field.length or 0) <= LONGEST_INDEXED or (self.longest or 0) <= LONGEST_INDEXED
        if (field.unique or field.indexed) and not fits:
            fix = f"at most {LONGEST_INDEXED}, or drop unique, index and filter"
            yield f"max_length {field.length} is too long for an index: {fix}"
        if field.pattern is not None:
            yield from _pattern_errors(field)

    def rejected(self, field: Field) -> list[str]:
        """A text that is too long, one that is too short."""
        too_long = [] if field.length is None else [f'"x" * {field.length + 1}']
        return [*too_long, '""'] if field.min_length else too_long

    def column_options(self, field: Field) -> dict[str, object]:
        """How many characters it holds."""
        return {"max_length": field.length}

    def rules(self, field: Field) -> list[str]:
        """Lengths and pattern."""
        found = {"min_length": field.min_length, "max_length": field.length, "pattern": field.pattern}
        return [f"{name}={literal(value)}" for name, value in found.items() if value is not None]


class PlainText(Characters):
    """A text of any form, or of that of a pattern."""

    request = "Text"
    options = _OPTIONS | {"pattern"}
    imports = (*from_field_types("Text", "storable"), "pydantic.AfterValidator")

    def sample(self, field: Field, number: int) -> object:
        """Cut or lengthen a sample to the field's limits; its last character tells samples apart."""
        value = str(self.samples[number - 1])
        if field.length is not None and len(value) > field.length:
            value = value[-field.length :]
        return value.rjust(field.min_length or 0, "-")

    def rejected(self, field: Field) -> list[str]:
        """NUL, too."""
        return [*super().rejected(field), '"NUL \\x00"']

    def narrowed(self, field: Field, parts: list[str]) -> list[str]:
        """With a pattern: it stands where that of `Text` would."""
        return (
            ["str", *parts, "AfterValidator(storable)"] if field.pattern is not None else super().narrowed(field, parts)
        )


class String(PlainText):
    """A text on a line, of at most `max_length` characters."""

    name = "string"
    summary = "a text of limited length"
    aliases = ("str", "varchar", "char")
    column = "sa.String({max_length})"
    migration = "sa.String(length={max_length})"
    samples = ("Sample 1", "Sample 2")
    usual_length = 255
    longest = 10_000


class LongText(PlainText):
    """A text of any length."""

    name = "text"
    summary = "a text of any length"
    column = "sa.Text()"
    migration = "sa.Text()"
    samples = ("A longer text, number 1.", "A longer text, number 2.")
    indexable = False


class FormedText(Characters):
    """A text whose form the API checks."""

    options = frozenset({"max_length", "search"})
    column = "sa.String({max_length})"
    migration = "sa.String(length={max_length})"
    short_samples: ClassVar[tuple[str, str]]
    """Samples for a field in which the others have no room."""

    def sample(self, field: Field, number: int) -> object:
        """Return a short one where the other has no room."""
        value = str(self.samples[number - 1])
        return self.short_samples[number - 1] if len(value) > (field.length or 0) else value

    def rejected(self, field: Field) -> list[str]:
        """Nothing: too long a text has another form, too."""
        return []


class Email(FormedText):
    """An address of e-mail, with its domain in lower case."""

    name = "email"
    summary = "an e-mail address"
    request = "Email"
    options = FormedText.options | {"internal", "lower_case"}
    imports = (
        "app.core.email_addresses.Email",
        "app.core.email_addresses.PublicEmail",
        *from_field_types("Text"),
        "pydantic.AfterValidator",
    )
    samples = ("sample-1@example.org", "sample-2@example.org")
    short_samples = ("1@a.io", "2@a.io")
    spellings = ("ada@example.org", "a.b+c@sub.example.com", "O'Hara@Example.ORG")
    invalid = "not an address"
    usual_length = 254  # RFC 5321's longest address
    longest = 254
    shortest = 6  # a@b.io

    def form_error(self, field: Field, value: str) -> str | None:
        """Check what the API checks with email-validator."""
        before, _, domain = value.lower().rpartition("@")
        last = domain.rpartition(".")[2]
        fits = ADDRESS.fullmatch(value) is not None and len(before) <= 64 and len(domain) <= 253
        if not fits or not last[-1:].isalpha():
            return f"is {shorten(value)}: write an address like someone@example.org"
        if last in INTERNAL_DOMAINS and not field.internal:
            return f"is {shorten(value)}, which the internet does not know: write another, or drop internal: false"
        return None

    def request_type(self, field: Field) -> str:
        """Return the type that internal addresses have, or the one that rejects them."""
        return self.request if field.internal else "PublicEmail"

    def json(self, field: Field, value: Any) -> Any:
        """Write the domain in lower case, or all of it."""
        before, _, domain = value.rpartition("@")
        return value.lower() if field.lower_case else f"{before}@{domain.lower()}"

    def narrowed(self, field: Field, parts: list[str]) -> list[str]:
        """Convert to lower case after every check."""
        return super().narrowed(field, [*parts, _LOWER] if field.lower_case else parts)

    def compared_type(self, field: Field, operator: str) -> str:
        """A whole address is compared in the form it is stored in."""
        if operator == "contains":
            return "Text"
        return field.filter_alias if field.lower_case else self.request

    def compared_rules(self, field: Field) -> list[str]:
        """Convert to lower case, as the stored addresses are."""
        return [self.request, _LOWER] if field.lower_case else []


class Url(FormedText):
    """An address of a page."""

    name = "url"
    summary = "an address with http or https"
    aliases = ("uri", "link")
    request = "Url"
    imports = from_field_types("Text", "Url")
    samples = ("https://example.org/sample-1", "https://example.org/sample-2")
    short_samples = ("http://1.io", "http://2.io")
    spellings = ("https://example.org", "http://example.org/a?b=c&d=%20#e", "https://EXAMPLE.org:8080/ä")
    invalid = "not a link"
    usual_length = 2048
    longest = 10_000
    shortest = 11  # http://a.io

    def form_error(self, field: Field, value: str) -> str | None:
        """Check what the API checks with a pattern."""
        if WEB_ADDRESS.fullmatch(value):
            return None
        return f"is {shorten(value)}: write an address like https://example.org/page"

    def compared_type(self, field: Field, operator: str) -> str:
        """Any text: a filter may look for what is no address."""
        return "Text"


def _pattern_type(pattern: str) -> Any:
    """Return the type of texts that match a regular expression."""
    return pydantic.constr(pattern=pattern)


def _mismatch(field: Field, value: str) -> str | None:
    if field.pattern is None:
        return None
    try:
        pydantic.TypeAdapter(_pattern_type(field.pattern)).validate_python(value)
    except pydantic.ValidationError:
        return f"{shorten(value)} does not match the pattern {shorten(field.pattern)}: change one"
    except Exception:  # noqa: BLE001  (the pattern's own error is reported elsewhere)
        return None
    return None


def _pattern_errors(field: Field) -> Iterator[str]:
    try:
        pydantic.TypeAdapter(_pattern_type(str(field.pattern)))
    except pydantic.PydanticSchemaGenerationError:
        yield "pattern is not a regular expression"
        return
    except Exception as error:  # noqa: BLE001  (the regex engine has an exception type of its own)
        yield f"pattern is not a regular expression the API can check (no look-around): {last_line(error)}"
        return
    if field.example is None:
        yield "a pattern needs an example for documentation and tests: add example: ..."
