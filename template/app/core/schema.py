"""The base of every request and response, and the types that let nothing through a database would refuse."""

import datetime as dt
import ipaddress
import math
import re
import sys
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic_core import core_schema
from typing_extensions import TypeAliasType

T = TypeVar("T")

# Python's own context would cut numbers at 28 digits.
UNROUNDED = Context(prec=1000)


def storable(value: str) -> str:
    """Refuse what no database stores in text: NUL and halves of surrogate pairs."""
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        message = "must not contain NUL or unpaired surrogate characters"
        raise ValueError(message)
    return value


def storable_json(value: Any, _check: Any) -> Any:
    """Refuse JSON that the database would refuse: not-a-number, infinity, NUL, broken characters.

    Stands in for pydantic's own check, whose errors would name every kind of value at every depth.
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
            message = "must not hold not-a-number or infinity"
            raise ValueError(message)
        elif isinstance(part, (dict, list)):
            if depth > DEEPEST_JSON:
                message = f"must not be nested more than {DEEPEST_JSON} times"
                raise ValueError(message)
            inner = part if isinstance(part, list) else [*part, *part.values()]
            left.extend((item, depth + 1) for item in inner)
    return value


def in_utc(value: dt.datetime) -> dt.datetime:
    """Return the same moment in UTC; the first and last hours of the calendar have no such moment."""
    if value.tzinfo is None:
        message = "needs a time zone"
        raise ValueError(message)
    try:
        return value.astimezone(dt.UTC)
    except OverflowError as error:
        message = "is outside the calendar"
        raise ValueError(message) from error


def without_exponent(value: Decimal) -> str:
    """Write a number with all its digits."""
    return f"{value:f}"


def local(value: dt.time) -> dt.time:
    """Refuse a time of day with a zone: without a date it means nothing."""
    if value.tzinfo is not None:
        message = "must have no time zone"
        raise ValueError(message)
    return value


def one_address(value: str) -> str:
    """Return the one text of an IP address (RFC 5952), so that equal addresses are equal text."""
    address = ipaddress.ip_address(value)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.scope_id is not None:
        message = "must have no zone: only one host knows it"
        raise ValueError(message)
    mapped = address.ipv4_mapped  # older Pythons write it in hexadecimal digits
    return f"::ffff:{mapped}" if mapped else str(address)


def shaped(pattern: str) -> BeforeValidator:
    """Refuse text of another shape, and numbers: pydantic would read a 0 as the first of January 1970."""

    def check(value: Any) -> Any:
        if isinstance(value, (bool, int, float)) or (
            isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII)
        ):
            message = f"must look like {pattern}"
            raise ValueError(message)
        return value

    return BeforeValidator(check)


class NotNull:
    """Marks a parameter that is given or not: there is no null in a query string or a header."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Leave null out of the documentation."""
        found = handler(schema)
        options = [option for option in found.get("anyOf", []) if option != {"type": "null"}]
        return options[0] if len(options) == 1 else {**found, "anyOf": options}


def or_text(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Return one of a closed list of values, or the text that a row of before holds instead."""
    try:
        return check(value)
    except ValidationError:
        return str(value)


class AsStored:
    """Marks a choice in a response: the list is documented, but a row may hold a value of before."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic to let other text pass."""
        return core_schema.no_info_wrap_validator_function(
            or_text, handler(source), serialization=core_schema.to_string_ser_schema()
        )


def json_number(value: Any) -> Any:
    """Refuse true, false and text, which would be read as numbers."""
    if isinstance(value, (bool, str)):
        message = "must be a number"
        raise ValueError(message)  # noqa: TRY004  (pydantic turns no other error into an answer)
    return value


@dataclass(frozen=True)
class Digits:
    """A decimal of so many digits, so many of them after the point, perhaps between two bounds."""

    precision: int
    scale: int
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def pattern(self) -> str:
        """What it looks like as text."""
        sign = "" if self.least is not None and self.least >= 0 else "-?"
        whole = rf"\d{{1,{self.precision - self.scale}}}" if self.precision > self.scale else "0"
        return rf"^{sign}{whole}(\.\d{{1,{self.scale}}})?$" if self.scale else f"^{sign}{whole}$"

    def plain(self, value: Any) -> Any:
        """Refuse text of another shape, and what is no number."""
        if isinstance(value, bool) or (
            isinstance(value, str) and not re.fullmatch(self.pattern, value, re.ASCII)
        ):
            message = f"must be a number or look like {self.pattern}"
            raise ValueError(message)
        if not isinstance(value, (str, int, float, Decimal)):
            return value
        number = Decimal(str(value)).normalize(UNROUNDED)
        if isinstance(value, float) and len(number.as_tuple().digits) > sys.float_info.dig:
            message = f"must be text: a JSON number keeps {sys.float_info.dig} digits only"
            raise ValueError(message)
        # A plain 0 would count as a digit before the point.
        return number or Decimal(0).scaleb(-self.scale)

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic how to check it."""
        number = core_schema.decimal_schema(
            max_digits=self.precision, decimal_places=self.scale, ge=self.least, le=self.most
        )
        return core_schema.no_info_before_validator_function(self.plain, number)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell clients what it looks like; with many digits, as text only."""
        text = {"type": "string", "pattern": self.pattern}
        if self.precision > sys.float_info.dig:
            return text
        step = Decimal(1).scaleb(-self.scale)
        largest = Decimal(1).scaleb(self.precision - self.scale) - step
        number = {
            "type": "number",
            "minimum": float(-largest if self.least is None else self.least),
            "maximum": float(largest if self.most is None else self.most),
            "multipleOf": float(step),
        }
        return {"anyOf": [number, text]}


TIME = r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
DATE_TIME = r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"
WEB_ADDRESS = r"^https?://[^\x00-\x20\x7f/?#@\\]+([/?#][^\x00-\x20\x7f]*)?$"

# Of 64 bits, and the same number in OpenAPI, where it is a float.
LARGEST = 9_223_372_036_854_775_000

DEEPEST_JSON = 100
# So many unknown fields are named one by one.
MAX_UNKNOWN = 20
# Other keys than those of the pattern are refused.
CLOSED = Field(json_schema_extra={"additionalProperties": False})

# What stands in paths and query strings is text, and read as numbers; in JSON, numbers are numbers.
Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31)]
Int64 = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
RowId = Annotated[int, Field(ge=1, le=2**53 - 1)]
Float = Annotated[float, Field(allow_inf_nan=False)]
TrueOrFalse = Annotated[bool, shaped("^(true|false)$")]
NUMBER = BeforeValidator(json_number)
BodyInt32 = Annotated[Int32, NUMBER]
BodyInt64 = Annotated[Int64, NUMBER]
BodyRowId = Annotated[RowId, NUMBER]
BodyFloat = Annotated[Float, Field(strict=True)]
BodyBool = Annotated[bool, Field(strict=True)]

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Date = Annotated[dt.date, shaped(DATE)]
UtcDateTime = Annotated[AwareDatetime, AfterValidator(in_utc), shaped(DATE_TIME)]
LocalTime = Annotated[
    dt.time,
    AfterValidator(local),
    shaped(TIME),
    WithJsonSchema({"type": "string", "pattern": TIME}),
]
ExactDecimal = Annotated[
    Decimal,
    PlainSerializer(without_exponent, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
]
JsonPart = TypeAliasType(
    "JsonPart",
    "bool | int | float | Text | list[JsonPart | None]"
    " | Annotated[dict[Text, JsonPart | None], CLOSED]",
)
Json = Annotated[JsonPart, WrapValidator(storable_json)]
Email = Annotated[EmailStr, AfterValidator(storable)]
Url = Annotated[str, Field(pattern=WEB_ADDRESS)]
Ip = Annotated[
    str,
    AfterValidator(one_address),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}),
]
Choices = Annotated[list[T], Field(min_length=1, max_length=100)]
Given = Annotated[T | None, NotNull()]
StoredChoice = Annotated[T, AsStored()]


def now() -> dt.datetime:
    """Return this moment."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return the date in UTC."""
    return now().date()


def time_of_day() -> dt.time:
    """Return the time of day in UTC, in whole seconds."""
    return now().time().replace(microsecond=0)


def nothing() -> None:
    """Return the value of a field that was left out; it is never stored."""


def left_out() -> Any:
    """Mark a field that a change may leave out, though it may not be null: the row keeps its value."""
    return Field(default_factory=nothing)


def kept(data: BaseModel) -> set[str]:
    """Return the fields so marked that a request left out."""
    fields = type(data).model_fields.items()
    marked = {name for name, field in fields if field.default_factory is nothing}
    return marked - data.model_fields_set


class Schema(BaseModel):
    """The base of requests: a field that is not known is refused, so that typing errors show."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def refuse_many_unknown(cls, data: Any) -> Any:
        """Refuse very many unknown fields as one fault: a fault for each takes time and memory."""
        if isinstance(data, dict) and len(data) > len(cls.model_fields) + MAX_UNKNOWN:
            message = f"has {len(data)} fields, of which at most {len(cls.model_fields)} are known"
            raise ValueError(message)
        return data


class ReadModel(BaseModel):
    """The base of responses, filled from a row."""

    model_config = ConfigDict(from_attributes=True)


class ListQuery(Schema):
    """The parameters of every list."""

    limit: int = Field(default=20, ge=1, le=100, description="How many rows at most")
    offset: int = Field(default=0, ge=0, le=2**31 - 1, description="How many rows to skip")


class CursorQuery(Schema):
    """The parameters of every list that is paged by cursor."""

    limit: int = Field(default=20, ge=1, le=100, description="How many rows at most")
    cursor: Given[Annotated[str, Field(max_length=2000, pattern=r"^[A-Za-z0-9_-]+$")]] = Field(
        default=None, description="The `next_cursor` of the page before"
    )


class CursorPage(BaseModel, Generic[T]):
    """One page of a list that may be very long."""

    items: list[T]
    next_cursor: str | None = Field(description="The cursor of the next page; null on the last one")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int = Field(description="How many rows there are in all")
    limit: int
    offset: int
