"""Types of fields in requests and responses; they reject every value that the database cannot store."""

import datetime as dt
import ipaddress
import math
import re
import sys
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import core_schema

T = TypeVar("T")

# The default context would round numbers to 28 digits.
UNROUNDED = Context(prec=1000)


def storable(value: str) -> str:
    """Reject NUL and unpaired surrogates, which no database stores in text."""
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        message = "must not contain NUL or unpaired surrogate characters"
        raise ValueError(message)
    return value


def storable_json(value: Any, _check: Any) -> Any:
    """Reject JSON that the database cannot store: NaN, infinity, NUL, unpaired surrogates.

    Replaces pydantic's own validation, which reports an error per type at every level of nesting.
    """
    if value is None:
        message = "must not be null"
        raise ValueError(message)
    left = [(value, 1)]
    while left:
        part, depth = left.pop()
        if isinstance(part, str):
            storable(part)
        elif isinstance(part, float) and not math.isfinite(part):
            message = "must not contain NaN or infinity"
            raise ValueError(message)
        elif isinstance(part, (dict, list)):
            if depth > MAX_JSON_DEPTH:
                message = f"must not be nested more than {MAX_JSON_DEPTH} levels deep"
                raise ValueError(message)
            inner = part if isinstance(part, list) else [*part, *part.values()]
            left.extend((item, depth + 1) for item in inner)
    return value


def to_utc(value: dt.datetime) -> dt.datetime:
    """Convert to UTC; ValueError if the result is outside the years 1 to 9999."""
    if value.tzinfo is None:
        message = "needs a time zone"
        raise ValueError(message)
    try:
        return value.astimezone(dt.UTC)
    except OverflowError as error:
        message = "must be between the years 1 and 9999 in UTC"
        raise ValueError(message) from error


def plain_decimal(value: Decimal) -> str:
    """Format a number without an exponent."""
    return f"{value:f}"


def without_zone(value: dt.time) -> dt.time:
    """Reject a time of day with a zone: without a date, its offset is ambiguous."""
    if value.tzinfo is not None:
        message = "must not have a time zone"
        raise ValueError(message)
    return value


def canonical_address(value: str) -> str:
    """Return the canonical text of an IP address (RFC 5952), so that equal addresses are equal text."""
    address = ipaddress.ip_address(value)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.scope_id is not None:
        message = "must have no zone: only one host knows it"
        raise ValueError(message)
    mapped = address.ipv4_mapped  # older Pythons write it in hexadecimal digits
    return f"::ffff:{mapped}" if mapped else str(address)


def matching(pattern: str) -> BeforeValidator:
    """Accept only text that matches; pydantic alone would read 0 as 1970-01-01."""

    def check(value: Any) -> Any:
        if isinstance(value, (bool, int, float)) or (
            isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII)
        ):
            message = f"must match {pattern}"
            raise ValueError(message)
        return value

    return BeforeValidator(check)


class NotNull:
    """Marks an optional query parameter or header, which can be left out but never be null."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Omit null from the documented schema."""
        found = handler(schema)
        options = [option for option in found.get("anyOf", []) if option != {"type": "null"}]
        return options[0] if len(options) == 1 else {**found, "anyOf": options}


def enum_or_text(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Return the member of an enum, or the stored text if it is no longer a member."""
    try:
        return check(value)
    except ValidationError:
        return str(value)


class AnyText:
    """Marks an enum in a response: its values are documented, but older rows may hold others."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept other text as well."""
        return core_schema.no_info_wrap_validator_function(
            enum_or_text, handler(source), serialization=core_schema.to_string_ser_schema()
        )


def integer_text(value: Any) -> Any:
    """Reject what is no integer in plain digits."""
    if isinstance(value, (bool, float)) or (
        isinstance(value, str) and not re.fullmatch(INTEGER, value, re.ASCII)
    ):
        message = f"must match {INTEGER}"
        raise ValueError(message)
    return value


def json_number(value: Any) -> Any:
    """Reject booleans and text, which pydantic would convert to numbers."""
    if isinstance(value, (bool, str)):
        message = "must be a number"
        raise ValueError(message)  # pydantic reports only ValueError
    return value


def digits_only(value: Any) -> Any:
    """Reject text such as `1.0`, `+1` and `1_0`, which pydantic would convert to whole numbers."""
    if isinstance(value, str) and not re.fullmatch(r"-?\d+", value, re.ASCII):
        message = "must be a whole number, written in digits only"
        raise ValueError(message)
    return value


class AsText:
    """Marks an integer that is text in JSON: a number of JavaScript is exact only up to 2^53."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept digits, and numbers as well."""
        return core_schema.no_info_before_validator_function(
            integer_text,
            handler(source),
            serialization=core_schema.to_string_ser_schema(when_used="json-unless-none"),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Document the text, with what else is documented of the number."""
        found = handler(schema)
        least = found.get("minimum", -1)
        pattern = POSITIVE if least >= 1 else INTEGER if least < 0 else NOT_NEGATIVE
        kept = {"title", "description", "examples"} & found.keys()
        return {"type": "string", "pattern": pattern} | {name: found[name] for name in kept}


@dataclass(frozen=True)
class Digits:
    """A decimal with a precision, a scale and optional bounds."""

    precision: int
    scale: int
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def pattern(self) -> str:
        """The regular expression for its text form, with as many digits as the bounds leave room for."""
        sign = "" if self.least is not None and self.least >= 0 else "-?"
        digits = self.precision - self.scale
        if self.least is not None and self.most is not None:
            digits = min(digits, len(str(int(max(abs(self.least), abs(self.most))))))
            if max(abs(self.least), abs(self.most)) < 1:
                digits = 0
        whole = rf"\d{{1,{digits}}}" if digits else "0"
        return rf"^{sign}{whole}(\.\d{{1,{self.scale}}})?$" if self.scale else f"^{sign}{whole}$"

    def parse(self, value: Any) -> Any:
        """Return the value as a Decimal; ValueError if it is not a number in plain notation."""
        if isinstance(value, bool) or (
            isinstance(value, str) and not re.fullmatch(self.pattern, value, re.ASCII)
        ):
            message = f"must be a number or match {self.pattern}"
            raise ValueError(message)
        if not isinstance(value, (str, int, float, Decimal)):
            return value
        number = Decimal(str(value)).normalize(UNROUNDED)
        if isinstance(value, float) and len(number.as_tuple().digits) > sys.float_info.dig:
            message = f"must be a string: JSON numbers keep only {sys.float_info.dig} digits"
            raise ValueError(message)
        # Decimal(0) would count as one digit before the point.
        return number or Decimal(0).scaleb(-self.scale)

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate precision, scale and bounds."""
        number = core_schema.decimal_schema(
            max_digits=self.precision, decimal_places=self.scale, ge=self.least, le=self.most
        )
        return core_schema.no_info_before_validator_function(self.parse, number)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Document it as text, which every client keeps exactly; JSON numbers are accepted, too."""
        bounds = {"At least": self.least, "At most": self.most}
        given = [f"{word} {bound:f}." for word, bound in bounds.items() if bound is not None]
        found = {"type": "string", "pattern": self.pattern, "description": " ".join(given)}
        return {name: value for name, value in found.items() if value}


INTEGER = r"^(0|-?[1-9]\d{0,18})$"
NOT_NEGATIVE = r"^(0|[1-9]\d{0,18})$"
POSITIVE = r"^[1-9]\d{0,18}$"
TIME = r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
DATE_TIME = r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"
WEB_ADDRESS = r"^https?://[^\x00-\x20\x7f/?#@\\]+([/?#][^\x00-\x20\x7f]*)?$"

MAX_JSON_DEPTH = 100

# Values in paths and query strings are text; in JSON bodies, only JSON numbers count as numbers.
WHOLE = BeforeValidator(digits_only)
Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1, json_schema_extra={"format": "int32"})]
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1, json_schema_extra={"format": "int64"})]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1, json_schema_extra={"format": "int64"}), WHOLE]
Float = Annotated[float, Field(allow_inf_nan=False)]
# Bounds of a field come before the other checks, or the OpenAPI document would not have them.
QueryInt32 = Annotated[Int32, WHOLE]
QueryInt64 = Annotated[Int64, WHOLE]
QueryBool = Annotated[bool, matching("^(true|false)$")]
NUMBER = BeforeValidator(json_number)
Int64Text = Annotated[Int64, AsText()]
RowIdText = Annotated[RowId, AsText()]
BodyInt32 = Annotated[Int32, NUMBER]
BodyInt64 = Annotated[Int64, NUMBER]
BodyRowId = Annotated[RowId, NUMBER]
BodyFloat = Annotated[Float, Field(strict=True)]
BodyBool = Annotated[bool, Field(strict=True)]

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Date = Annotated[dt.date, matching(DATE)]
UtcDateTime = Annotated[AwareDatetime, AfterValidator(to_utc), matching(DATE_TIME)]
LocalTime = Annotated[
    dt.time,
    AfterValidator(without_zone),
    matching(TIME),
    WithJsonSchema({"type": "string", "pattern": TIME}),
]
ExactDecimal = Annotated[
    Decimal,
    PlainSerializer(plain_decimal, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
]
Json = Annotated[Any, WrapValidator(storable_json), WithJsonSchema({})]
Url = Annotated[str, Field(pattern=WEB_ADDRESS)]
Ip = Annotated[
    str,
    AfterValidator(canonical_address),
    WithJsonSchema({"type": "string", "format": "ip", "description": "An IPv4 or IPv6 address."}),
]
ReadOnly = Annotated[T, Field(json_schema_extra={"readOnly": True})]
WriteOnly = Annotated[T, Field(json_schema_extra={"writeOnly": True})]
ValueList = Annotated[
    list[T],
    Field(min_length=1, max_length=100, description="Repeat the parameter for each value"),
]
OptionalParam = Annotated[T | None, NotNull()]
StoredEnum = Annotated[T, AnyText()]
StoredInt32 = Annotated[int, WithJsonSchema({"type": "integer", "format": "int32"})]
StoredInt64Text = Annotated[int, AsText()]
StoredJson = Annotated[Any, WithJsonSchema({})]
