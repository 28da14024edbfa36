"""A field of an entity: its options, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pydantic

from .. import naming
from .types import LONGEST_INDEXED, OPERATORS, TYPES, FieldType
from .types.choices import Enum, enum_member
from .types.relations import Pointer, Reference

if TYPE_CHECKING:
    from .entity import Entity

    TypeName: TypeAlias = str
else:
    TypeName = Literal[tuple(TYPES)]


class Strict(pydantic.BaseModel):
    """Options of an entity or a field: nothing unknown, and nothing converted."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Field(Strict):
    """One field of an entity."""

    name: str
    """snake_case, at most 40 characters. A reference is named after what it points to: `project`, not `project_id`."""
    type: TypeName = "string"
    """What the field holds."""
    required: bool = False
    """Whether it must be given and is never null."""
    unique: bool = False
    """Whether no two rows may share a value. A unique reference is a one-to-one relation."""
    index: bool = False
    """Whether the column gets an index (references, unique and filtered fields
    have one anyway, but for text, which may be too long for one)."""
    default: Any = None
    """A value, `now` (date, time, datetime) or `uuid` (uuid): what a new row gets when nothing is given."""
    min: int | float | str | None = None
    """The smallest value (integer, bigint, float, decimal)."""
    max: int | float | str | None = None
    """The largest value (integer, bigint, float, decimal)."""
    as_text: bool = False
    """Whether a bigint is text in JSON, for JavaScript clients: their numbers are exact only up to 2^53."""
    min_length: int | None = pydantic.Field(default=None, ge=0)
    """The fewest characters."""
    max_length: int | None = pydantic.Field(default=None, ge=1, le=10_000_000)
    """The most characters (string 255, email 254, url 2048 or, with an index, 600 unless given; text has no limit)."""
    pattern: str | None = None
    """A regular expression the value must match somewhere; anchor it with ^ and $. Needs an `example`."""
    internal: bool = True
    """Whether an email may be one of an internal network, such as `ada@corp.local`."""
    lower_case: bool = False
    """Whether an email is stored in lower case: it is unique and filtered whatever the case of a request."""
    precision: int | None = pydantic.Field(default=None, ge=1, le=38)
    """How many digits a decimal has in all (10 unless given)."""
    scale: int | None = pydantic.Field(default=None, ge=0, le=38)
    """How many of them stand after the point (2 unless given)."""
    values: list[str] | None = None
    """The values of an enum, in the order people should see them."""
    to: str | None = None
    """The entity a reference or a many_to_many points to."""
    inverse: str | None = None
    """What the entity pointed to calls the rows that point to it: `?include=` shows them under this name."""
    on_delete: Literal["restrict", "cascade", "set_null"] | None = None
    """What happens to this row when that one is deleted: `restrict` (the default) rejects the deletion."""
    description: str | None = None
    """Shown in the API's documentation."""
    example: Any = None
    """A valid value, shown in the API's documentation and used by the generated tests."""
    read_only: bool = False
    """Whether clients can never set it; it is in responses only."""
    write_only: bool = False
    """Whether clients can set but never see it; it is in requests only. PUT may leave it out: the row keeps it."""
    renamed_from: str | None = None
    """What the field was called before: the migration then renames its column instead of dropping it."""
    filter: bool | list[Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "isnull"]] | None = None
    """Whether lists can be filtered by it: true for every operator that makes sense, or the operators themselves."""
    search: bool = False
    """Whether the parameter `q` of lists looks for words in it (string, text, email, url)."""

    _entity: Entity | None = pydantic.PrivateAttr(default=None)
    _target: Entity | None = pydantic.PrivateAttr(default=None)
    _needs_deferred_foreign_key: bool = pydantic.PrivateAttr(default=False)
    _classes: dict[str, str] = pydantic.PrivateAttr(default_factory=dict)

    def link(self, entity: Entity, target: Entity | None) -> None:
        """Link the field to its entity and, for a reference, to its target."""
        self._entity, self._target = entity, target if self.points else None

    def defer_foreign_key(self, *, deferred: bool) -> None:
        """Record whether the foreign key must be added after its table: the table it points to is created later."""
        self._needs_deferred_foreign_key = deferred

    @property
    def kind(self) -> FieldType:
        """The type, with all that it means."""
        return TYPES[self.type]

    @property
    def is_reference(self) -> bool:
        """Whether the field points to another entity."""
        return isinstance(self.kind, Reference)

    @property
    def points(self) -> bool:
        """Whether the field names another entity."""
        return isinstance(self.kind, Pointer)

    @property
    def link_table(self) -> str:
        """The table of a many-to-many field: product_tags."""
        return naming.link_table(self.entity.snake, self.name)

    @property
    def is_enum(self) -> bool:
        """Whether the field holds one of a closed list of values."""
        return isinstance(self.kind, Enum)

    @property
    def column(self) -> str:
        """The column's and the attribute's name: a reference `project` is stored as `project_id`."""
        return f"{self.name}_id" if self.is_reference else self.name

    @property
    def entity(self) -> Entity:
        """The entity the field belongs to; RuntimeError before it is linked."""
        return _linked(self._entity)

    @property
    def target(self) -> Entity:
        """The entity a reference points to; RuntimeError for other fields."""
        return _linked(self._target)

    @property
    def needs_deferred_foreign_key(self) -> bool:
        """Whether the foreign key must be added after its table: the table it points to is created later."""
        return self._needs_deferred_foreign_key

    @property
    def pascal(self) -> str:
        """The column's name as a class name."""
        return naming.pascal(self.column)

    @property
    def enum_class(self) -> str:
        """The class that lists an enum's values, e.g. TaskState."""
        return self._classes["enum"]

    @property
    def alias(self) -> str:
        """The type of the field in requests where rules narrow it, e.g. TaskTitle."""
        return self._classes["alias"]

    @property
    def filter_alias(self) -> str:
        """The type of a decimal in list parameters, e.g. TaskPriceFilter."""
        return self._classes["filter"]

    def name_class(self, role: str, ending: str, taken: set[str]) -> None:
        """Name a class after the field: TaskState, or TaskStateValue, TaskStateValue2 where that is taken."""
        name = self.entity.name + self.pascal
        endings = (ending, *(f"Value{number or ''}{ending}" for number in (0, *range(2, len(taken) + 3))))
        chosen = next(name + one for one in endings if name + one not in taken)
        self._classes[role] = chosen
        taken.add(chosen)

    @property
    def members(self) -> dict[str, str]:
        """The Python name of each value of an enum; those that would share one are numbered: A, A_2."""
        names: dict[str, str] = {}
        for value in self.values or []:
            name, number = enum_member(value), 1
            while (f"{name}_{number}" if number > 1 else name) in names.values():
                number += 1
            names[value] = f"{name}_{number}" if number > 1 else name
        return names

    @property
    def length(self) -> int | None:
        """The most characters the column holds, or None."""
        usual = self.kind.usual_length
        return self.max_length or (min(usual, LONGEST_INDEXED) if usual and (self.unique or self.indexed) else usual)

    @property
    def digits(self) -> tuple[int, int]:
        """Precision and scale of a decimal."""
        return (self.precision or 10, 2 if self.scale is None else self.scale)

    @property
    def has_default(self) -> bool:
        """Whether a new row gets a value when none is given."""
        return self.default is not None

    @property
    def default_is_made(self) -> bool:
        """Whether the default differs from row to row: this moment, or a new uuid."""
        return bool(self.kind.made) and bool(self.default == self.kind.made)

    @property
    def nullable(self) -> bool:
        """Whether the column may be null."""
        return not self.required

    @property
    def writable(self) -> bool:
        """Whether clients may set it."""
        return not self.read_only

    @property
    def readable(self) -> bool:
        """Whether responses show it."""
        return not self.write_only

    @property
    def sortable(self) -> bool:
        """Whether lists can be sorted by it."""
        return self.kind.sortable and self.readable

    @property
    def operators(self) -> tuple[str, ...]:
        """The filter operators of lists, in the order of the documentation."""
        if self.filter is None:
            return ("eq", "in") if self.is_reference and self.readable else ()
        if isinstance(self.filter, list):
            return tuple(operator for operator in OPERATORS if operator in self.filter)
        fitting = self.kind.operators if self.filter else ()
        return tuple(operator for operator in fitting if operator != "isnull" or self.nullable)

    @property
    def indexed(self) -> bool:
        """Whether the column needs an index of its own (a unique column has one already)."""
        wanted = self.index or self.is_reference or (bool(self.operators) and self.kind.indexable)
        return wanted and not self.unique


def _linked(entity: Entity | None) -> Entity:
    if entity is None:
        message = "the field is not linked: entities.parse does that"
        raise RuntimeError(message)
    return entity
