"""One row per field type: how it is stored, validated, filtered and tried in tests."""

from __future__ import annotations

from dataclasses import dataclass

EQUALITY = ("eq", "ne", "in", "isnull")
ORDER = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "isnull")
TEXT = ("eq", "ne", "contains", "in", "isnull")
OPERATORS = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "isnull")

# Words that are no value, but make one for each row.
MADE_DEFAULTS = {"date": "now", "time": "now", "datetime": "now", "uuid": "uuid"}

INT32 = 2**31 - 1
INT64 = 2**63 - 1


@dataclass(frozen=True)
class FieldType:
    """What a type means in every layer.

    `python` is the annotation of models and responses, `schema` that of requests (from app.core.field_types if it
    has a capital and is no builtin), `column` and `migration` the SQLAlchemy type (`{...}` are the field's own options;
    a `sqlite_` twin where SQLite needs another), `rules` the options that may be given besides the common ones,
    `samples` two JSON values that are valid when no rule narrows them, `invalid` one that never is.
    """

    name: str
    python: str
    schema: str
    column: str
    migration: str
    samples: tuple[object, object]
    invalid: object
    operators: tuple[str, ...] = ()
    rules: frozenset[str] = frozenset()
    sqlite_column: str = ""
    sqlite_migration: str = ""
    indexable: bool = True
    sortable: bool = True


_LENGTHS = frozenset({"min_length", "max_length"})
_RANGE = frozenset({"min", "max"})

TYPES: dict[str, FieldType] = {
    row.name: row
    for row in (
        FieldType(
            "string",
            "str",
            "Text",
            "sa.String({max_length})",
            "sa.String(length={max_length})",
            ("Sample 1", "Sample 2"),
            1,
            TEXT,
            _LENGTHS | {"pattern"},
        ),
        FieldType(
            "text",
            "str",
            "Text",
            "sa.Text()",
            "sa.Text()",
            ("A longer text, number 1.", "A longer text, number 2."),
            1,
            TEXT,
            _LENGTHS | {"pattern"},
            indexable=False,
        ),
        FieldType("integer", "int", "BodyInt32", "sa.Integer()", "sa.Integer()", (1, 2), "one", ORDER, _RANGE),
        FieldType("bigint", "int", "BodyInt64", "sa.BigInteger()", "sa.BigInteger()", (1, 2), "one", ORDER, _RANGE),
        FieldType(
            "float",
            "float",
            "BodyFloat",
            "sa.Double()",
            "sa.Double()",
            (1.5, 2.5),
            "one",
            ORDER,
            _RANGE,
            sqlite_migration="sa.Double()",
        ),
        FieldType(
            "decimal",
            "Decimal",
            "Decimal",
            "sa.Numeric({precision}, {scale})",
            "sa.Numeric(precision={precision}, scale={scale})",
            ("1.00", "2.00"),
            "one",
            ORDER,
            _RANGE | {"precision", "scale"},
            sqlite_column="ScaledDecimal({scale})",
            sqlite_migration="sa.BigInteger()",
        ),
        FieldType(
            "boolean",
            "bool",
            "BodyBool",
            "sa.Boolean()",
            "sa.Boolean()",
            (True, False),
            "perhaps",
            ("eq", "isnull"),
        ),
        FieldType(
            "date",
            "dt.date",
            "Date",
            "sa.Date()",
            "sa.Date()",
            ("2026-01-31", "2026-02-28"),
            "tomorrow",
            ORDER,
        ),
        FieldType(
            "time",
            "dt.time",
            "LocalTime",
            "sa.Time()",
            "sa.Time()",
            ("08:30:00", "17:45:00"),
            "noon",
            ORDER,
        ),
        FieldType(
            "datetime",
            "dt.datetime",
            "UtcDateTime",
            "TimestampUtc()",
            "sa.DateTime(timezone=True)",
            ("2026-01-31T08:30:00Z", "2026-02-28T17:45:00Z"),
            "yesterday",
            ORDER,
        ),
        FieldType(
            "uuid",
            "UUID",
            "UUID",
            "sa.Uuid()",
            "sa.Uuid()",
            ("8b7f3e0a-4b43-4f5e-9c51-0f6f6a1b2c3d", "1f0c5a7e-52e7-4f0b-8a52-6f3d2b1c0a9e"),
            "not-a-uuid",
            EQUALITY,
        ),
        FieldType(
            "json",
            "JsonValue",
            "Json",
            "JSONB(none_as_null=True)",
            "postgresql.JSONB(astext_type=sa.Text())",
            ({"key": "value 1"}, {"key": "value 2"}),
            None,
            ("isnull",),
            sqlite_column="sa.JSON(none_as_null=True)",
            sqlite_migration="sa.JSON()",
            indexable=False,
            sortable=False,
        ),
        FieldType(
            "enum",
            "",
            "",
            "enum_type({enum_class})",
            "sa.String(length=50)",
            ("", ""),
            "not-a-choice",
            EQUALITY,
            frozenset({"values"}),
        ),
        FieldType(
            "email",
            "str",
            "Email",
            "sa.String({max_length})",
            "sa.String(length={max_length})",
            ("sample-1@example.org", "sample-2@example.org"),
            "not an address",
            TEXT,
            frozenset({"max_length"}),
        ),
        FieldType(
            "url",
            "str",
            "Url",
            "sa.String({max_length})",
            "sa.String(length={max_length})",
            ("https://example.org/sample-1", "https://example.org/sample-2"),
            "not a link",
            TEXT,
            frozenset({"max_length"}),
        ),
        FieldType(
            "reference",
            "",
            "",
            "",
            "",
            ("", ""),
            "none-such",
            ("eq", "in", "isnull"),
            frozenset({"to", "on_delete", "inverse"}),
        ),
        FieldType(
            "many_to_many",
            "",
            "",
            "",
            "",
            ("", ""),
            None,
            rules=frozenset({"to", "inverse"}),
            indexable=False,
            sortable=False,
        ),
    )
}

ALIASES: dict[str, str] = {
    "str": "string", "varchar": "string", "char": "string",
    "int": "integer", "int32": "integer", "smallint": "integer",
    "long": "bigint", "int64": "bigint", "biginteger": "bigint",
    "double": "float", "number": "float", "real": "float",
    "numeric": "decimal", "money": "decimal",
    "bool": "boolean",
    "timestamp": "datetime", "timestamptz": "datetime",
    "guid": "uuid",
    "object": "json", "jsonb": "json", "dict": "json",
    "choice": "enum",
    "uri": "url", "link": "url",
    "ref": "reference", "foreign_key": "reference", "many_to_one": "reference",
}  # fmt: skip
"""Other words for a type, lower-case."""

OTHER_RELATIONS: dict[str, str] = {
    "one_to_one": "write reference with unique: true",
    "one_to_many": "write a reference in the other entity, and call its rows here with inverse",
}
"""Relations by names that say no type, and what to write instead."""

LONGEST_INDEXED = 600
"""The most characters of a text with an index: at 4 bytes each they fit PostgreSQL's index row of 2704 bytes."""

DEFAULT_LENGTHS = {"string": 255, "email": 254, "url": 2048}
"""Column lengths where no `max_length` is given (254: RFC 5321's longest address)."""
