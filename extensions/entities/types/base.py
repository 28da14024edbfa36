"""What every field type must say: one class for a type, with everything that differs between types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from ...literals import literal

if TYPE_CHECKING:
    from ..fields import Field

EQUALITY = ("eq", "ne", "in", "isnull")
ORDER = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "isnull")
TEXT = ("eq", "ne", "contains", "in", "isnull")
OPERATORS = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "isnull")

LONGEST_INDEXED = 600
"""The most characters of a text with an index: at 4 bytes each they fit PostgreSQL's index row of 2704 bytes."""


def from_field_types(*names: str) -> tuple[str, ...]:
    """Return names with the module of an app that holds the types of requests."""
    return tuple(f"app.core.field_types.{name}" for name in names)


class FieldType(ABC):
    """A field type. A class of its own for each type says what the type means in every layer.

    Its attributes say what is the same for all fields of the type, its methods what depends on a field's options.
    """

    name: ClassVar[str]
    """What users write."""
    summary: ClassVar[str]
    """What such a field holds, for the documentation."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other words for it, lower-case."""
    options: ClassVar[frozenset[str]] = frozenset()
    """The options of a field that may be given besides the common ones."""
    operators: ClassVar[tuple[str, ...]] = ()
    """The filters of lists, in the order of OPERATORS."""
    indexable: ClassVar[bool] = True
    sortable: ClassVar[bool] = True
    usual_length: ClassVar[int | None] = None
    """The most characters where no `max_length` is given."""
    made: ClassVar[str] = ""
    """A word that is no value, but as a default makes one for each row."""
    made_by: ClassVar[str] = ""
    """The function that makes it, as source."""

    samples: ClassVar[tuple[object, object]]
    """Two JSON values that are valid where no rule narrows them, in the form in which the API shows them."""
    spellings: ClassVar[tuple[object, ...]] = ()
    """More values, as YAML may hold them in a default or an example; the repository's tests draw from them."""
    invalid: ClassVar[object]
    """A JSON value that is never valid; None where there is none."""

    python: ClassVar[str]
    """The annotation of models, as source."""
    request: ClassVar[str]
    """The annotation of requests, as source: one of app.core.field_types where Python's own checks too little."""
    column: ClassVar[str]
    """The SQLAlchemy type of the column, as source; `{...}` is one of `column_options`."""
    migration: ClassVar[str]
    """The same as Alembic writes it."""
    sqlite_column: ClassVar[str] = ""
    """The column in SQLite, where it needs another."""
    sqlite_migration: ClassVar[str] = ""
    imports: ClassVar[tuple[str, ...]]
    """The names that its source needs, each with its module: `uuid.UUID`, `datetime as dt`."""
    record: ClassVar[str]
    """What its column holds, in the words of `tools/kinds.py` of the app."""

    def __init_subclass__(cls) -> None:
        """Raise TypeError, one line, for a type that leaves something out."""
        super().__init_subclass__()
        asked = [name for base in cls.__mro__ if issubclass(base, FieldType) for name in base.__annotations__]
        missing = sorted({name for name in asked if not hasattr(cls, name)})
        if "name" in vars(cls) and missing:
            raise TypeError(f"class {cls.__name__} of type {cls.name} lacks {', '.join(missing)}: add them")

    # ------------------------------------------------------------------------------------------------ what users write
    @abstractmethod
    def error(self, field: Field, value: object) -> str | None:
        """Return why a value, as YAML holds it, is no valid one of a field, or None. Raises nothing."""

    def adopt(self, options: dict[str, Any]) -> str | None:
        """Change what was written of a field to what was meant, in place; return what nothing can be made of."""
        return None

    def option_errors(self, field: Field, *, entities: Collection[str], sqlite: bool) -> Iterator[str]:
        """Yield what is wrong with the options of a field; `entities` are the names of all entities."""
        yield from ()

    def json(self, field: Field, value: Any) -> Any:
        """Return a valid value as the API shows it in JSON, however it was written in YAML."""
        return value

    # --------------------------------------------------------------------------------------------------------- samples
    def sample(self, field: Field, number: int) -> object:
        """Return a valid JSON value; numbers 1 and 2 differ where the rules leave room for two values."""
        return self.samples[number - 1]

    def rejected(self, field: Field) -> list[str]:
        """Return values, as source, that the rules of a field reject; `invalid` is rejected without them."""
        return []

    # ----------------------------------------------------------------------------------------------- models and tables
    def python_type(self, field: Field) -> str:
        """Return the annotation of a field's value in models."""
        return self.python

    def column_options(self, field: Field) -> dict[str, object]:
        """Return what the templates of the column's type ask for."""
        return {}

    def column_type(self, field: Field, *, sqlite: bool) -> str:
        """Return the SQLAlchemy type of a model's column."""
        template = (self.sqlite_column if sqlite else "") or self.column
        return template.format(**self.column_options(field))

    def column_arguments(self, field: Field, *, sqlite: bool) -> list[str]:
        """Return the arguments of `mapped_column` that depend on the type."""
        return [self.column_type(field, sqlite=sqlite)]

    def migration_type(self, field: Field, *, sqlite: bool) -> str:
        """Return the type of a column in a migration."""
        template = (self.sqlite_migration if sqlite else "") or self.migration
        return template.format(**self.column_options(field))

    def made_in_database(self, *, sqlite: bool) -> str:
        """Return the argument of a column that makes the default `made`."""
        raise NotImplementedError(f"type {self.name} says `made`, and not how: write made_in_database")

    def stored_default(self, field: Field, *, sqlite: bool) -> str:
        """Return a default that is a value as the database knows it, as source: text, or an SQL expression."""
        return literal(self.json(field, field.default))

    def recorded(self, field: Field) -> dict[str, Any]:
        """Return what a column holds, as `tools/columns.py` of the app records it."""
        return {"kind": self.record}

    def index_bytes(self, field: Field) -> int:
        """Return how many bytes a value may take in an index of PostgreSQL, with 4 bytes a character."""
        return 40 if field.length is None else 4 * field.length + 4  # numbers of 38 digits, and everything shorter

    # ---------------------------------------------------------------------------------------------------------- schemas
    def request_type(self, field: Field) -> str:
        """Return the annotation of a field in requests, without the rules of the field."""
        return self.request

    def rules(self, field: Field) -> list[str]:
        """Return the arguments of pydantic's `Field` that say what a valid value is."""
        return []

    def narrowed(self, field: Field, parts: list[str]) -> list[str]:
        """Return a type of requests and what else must hold, given the `Field(...)` of its rules; [] without any."""
        return [self.request_type(field), *parts] if parts else []

    def request_default(self, field: Field) -> str:
        """Return a default that is a value, in requests."""
        return literal(self.json(field, field.default))

    def response_type(self, field: Field) -> str:
        """Return the annotation of a field in responses: a plain type, so that old rows never fail a newer rule."""
        return self.python_type(field)

    def compared_type(self, field: Field, operator: str) -> str:
        """Return the type of one value that lists compare a field with: it comes as text."""
        return self.request_type(field).removeprefix("Body")

    def compared_rules(self, field: Field) -> list[str]:
        """Return the type of list parameters and what must hold of them, where they need an alias of their own."""
        return []
