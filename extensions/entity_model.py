"""Entities and their fields: what a user may write, and the names derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pydantic

from . import naming
from .field_types import DEFAULT_LENGTHS, LONGEST_INDEXED, MADE_DEFAULTS, OPERATORS, TYPES, FieldType
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)

Operation = Literal["list", "get", "create", "update", "delete"]
OPERATIONS: tuple[Operation, ...] = ("list", "get", "create", "update", "delete")

CLASSES_OF_AN_ENTITY = ("", "Create", "Replace", "Patch", "Read", "Rules", "Sort", "Include", "Detail")

_TYPE_NAMES = Literal[
    "string", "text", "integer", "bigint", "float", "decimal", "boolean", "date", "time", "datetime", "uuid", "json",
    "enum", "email", "url", "reference", "many_to_many",
]  # fmt: skip


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Field(_Strict):
    """One field of an entity."""

    name: str
    """snake_case, at most 40 characters. A reference is named after what it points to: `project`, not `project_id`."""
    type: _TYPE_NAMES = "string"
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
    min_length: int | None = pydantic.Field(default=None, ge=0)
    """The fewest characters."""
    max_length: int | None = pydantic.Field(default=None, ge=1, le=10_000_000)
    """The most characters (string 255, email 254, url 2048 or, with an index, 600 unless given; text has no limit)."""
    pattern: str | None = None
    """A regular expression the value must match somewhere; anchor it with ^ and $. Needs an `example`."""
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
    """What happens to this row when that one is deleted: `restrict` (the default) refuses the deletion."""
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

    _entity: Entity | None = pydantic.PrivateAttr(default=None)
    _target: Entity | None = pydantic.PrivateAttr(default=None)
    _closes_circle: bool = pydantic.PrivateAttr(default=False)
    _classes: dict[str, str] = pydantic.PrivateAttr(default_factory=dict)

    def link(self, entity: Entity, target: Entity | None) -> None:
        """Tell the field its entity and, for a reference, what it points to."""
        self._entity, self._target = entity, target if self.points else None

    def mark_circle(self, *, closes: bool) -> None:
        """Note whether the table a reference points to is made after this one's."""
        self._closes_circle = closes

    @property
    def kind(self) -> FieldType:
        """The row of the type table."""
        return TYPES[self.type]

    @property
    def is_reference(self) -> bool:
        """Whether the field points to another entity."""
        return self.type == "reference"

    @property
    def points(self) -> bool:
        """Whether the field names another entity."""
        return self.type in {"reference", "many_to_many"}

    @property
    def link_table(self) -> str:
        """The table of a many-to-many field: product_tags."""
        return naming.link_table(self.entity.snake, self.name)

    @property
    def is_enum(self) -> bool:
        """Whether the field holds one of a closed list of values."""
        return self.type == "enum"

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
    def closes_circle(self) -> bool:
        """Whether the table a reference points to can only be made after this one."""
        return self._closes_circle

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
        usual = DEFAULT_LENGTHS.get(self.type)
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
        return self.type in MADE_DEFAULTS and self.default == MADE_DEFAULTS[self.type]

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


@dataclass(frozen=True)
class Relation:
    """A relation as one side sees it: `name` leads to one row, or to many, of `target`."""

    name: str
    target: Entity
    field: Field
    many: bool
    forward: bool
    """Whether this is the side that declared it."""


class Entity(_Strict):
    """One entity: a table, its API, its metrics and its dashboard row."""

    name: str
    """PascalCase, singular, at most 40 characters."""
    fields: list[Field] = pydantic.Field(default_factory=list)
    """The fields, in the order of columns and documentation. `id` is always there."""
    plural: str | None = None
    """The plural in PascalCase, where the rule would be wrong."""
    table: str | None = None
    """The table's name, where it should not be the plural."""
    description: str | None = None
    """One sentence, shown in the API's documentation."""
    primary_key: Literal["integer", "uuid"] = "integer"
    """The type of `id`; uuid is version 7 where Python has it, else version 4."""
    timestamps: bool = True
    """Whether rows carry `created_at` and `updated_at`, set by the database."""
    soft_delete: bool = False
    """Whether a deleted row stays in the table, marked by `deleted_at`; it keeps its unique values,
    and rows that refer to it keep doing so: `on_delete` is for rows that really go. It cannot be referred to anew."""
    optimistic_locking: bool = False
    """Whether rows carry a `version`, shown as ETag; a change with an If-Match that is out of date gets 412.
    Links of a many_to_many are not part of the row: adding one leaves its version as it is. So does the database
    when it empties a reference with `on_delete: set_null`."""
    paging: Literal["offset", "cursor"] = "offset"
    """How lists are paged: by limit and offset with a total, or by cursor, which big tables need.
    Rows added or deleted meanwhile move no page; sorted by a moment, a row that is committed late may lie
    behind a reader who has gone past that moment."""
    unique: list[list[str]] = pydantic.Field(default_factory=list)
    """Groups of fields whose values together may occur once."""
    sort: str | None = None
    """How lists are sorted unless asked otherwise: a field, `-field` for descending (`id` unless given)."""
    operations: list[Operation] = pydantic.Field(default_factory=lambda: list(OPERATIONS))
    """What the API offers: leave out `update` and `delete` for an append-only entity."""
    renamed_from: str | None = None
    """What the entity was called before: an update then moves its files with your edits, and the migration renames
    its table instead of dropping it."""
    writes_stalled_after: str | None = None
    """How long nobody may write before an alert says so: `30m`, `6h` or `2d` (no alert unless given)."""

    _links: list[Field] = pydantic.PrivateAttr(default_factory=list)
    _relations: list[Relation] = pydantic.PrivateAttr(default_factory=list)

    @property
    def links(self) -> list[Field]:
        """The many-to-many fields: they are tables of their own, not columns."""
        return self._links

    @property
    def read_only_fields(self) -> list[Field]:
        """The fields that clients see and cannot set."""
        return [field for field in self.fields if field.read_only]

    def split_links(self) -> None:
        """Part the many-to-many fields from those that are columns."""
        self._links = [field for field in self.fields if field.type == "many_to_many"]
        self.fields = [field for field in self.fields if field.type != "many_to_many"]

    @property
    def relations(self) -> list[Relation]:
        """What `?include=` can show, in both directions."""
        return self._relations

    def add_relation(self, relation: Relation) -> None:
        """Note one more relation."""
        self._relations.append(relation)

    @property
    def by_cursor(self) -> bool:
        """Whether lists are paged by cursor."""
        return self.paging == "cursor"

    @property
    def detail(self) -> str:
        """The class of responses that can hold included rows: the plain one where there are no relations."""
        return self.name + ("Detail" if self.relations else "Read")

    @cached_property
    def snake(self) -> str:
        """order_item"""
        return naming.snake(self.name)

    @cached_property
    def kebab(self) -> str:
        """order-item"""
        return naming.kebab(self.name)

    @cached_property
    def words(self) -> str:
        """order item"""
        return " ".join(naming.words(self.name))

    @cached_property
    def title(self) -> str:
        """Order item"""
        return naming.title(self.name)

    @cached_property
    def a_words(self) -> str:
        """an order item"""
        vowel = self.words.startswith(tuple("aeiou")) and not self.words.startswith(("use", "uni", "eu", "one"))
        return f"{'an' if vowel else 'a'} {self.words}"

    @cached_property
    def plural_pascal(self) -> str:
        """OrderItems"""
        return self.plural or naming.plural(self.name)

    @cached_property
    def plural_snake(self) -> str:
        """order_items, also the prefix of its metrics"""
        return naming.snake(self.plural_pascal)

    @cached_property
    def plural_kebab(self) -> str:
        """order-items, its route"""
        return naming.kebab(self.plural_pascal)

    @cached_property
    def plural_words(self) -> str:
        """order items"""
        return " ".join(naming.words(self.plural_pascal))

    @cached_property
    def table_name(self) -> str:
        """The table in the database."""
        return self.table or self.plural_snake

    @cached_property
    def references(self) -> list[Field]:
        """The fields that point to another entity."""
        return [field for field in self.fields if field.is_reference]

    @cached_property
    def required_references(self) -> list[Field]:
        """The references a row cannot do without."""
        return [field for field in self.references if field.required]

    @cached_property
    def writable_references(self) -> list[Field]:
        """The references clients may set."""
        return [field for field in self.references if field.writable]

    @cached_property
    def required_writable(self) -> list[Field]:
        """The fields clients may set, but not to null."""
        return [field for field in self.fields if field.required and field.writable]

    @cached_property
    def nullable_defaults(self) -> list[Field]:
        """The fields that clients may set to null although they have a default, and see."""
        return [field for field in self.writable_fields if field.nullable and field.has_default and field.readable]

    @cached_property
    def kept_fields(self) -> list[Field]:
        """The fields that clients cannot read, so that a row keeps them where a PUT leaves them out."""
        return [field for field in self.fields if field.write_only] if self.can("update") else []

    @cached_property
    def unseen_fields(self) -> list[Field]:
        """The fields that a PUT need not hold, or cannot: a row keeps them."""
        return [field for field in self.fields if field.write_only or field.read_only] if self.can("update") else []

    @cached_property
    def has_unique(self) -> bool:
        """Whether the same request cannot be made twice."""
        columns = {field.name for field in self.fields if field.writable}
        alone = any(field.unique and field.required for field in self.writable_fields if not field.is_reference)
        return (
            alone
            or any(field.unique and field.required for field in self.writable_references)
            or any(set(group) <= columns and all(self._field(name).required for name in group) for group in self.unique)
        )

    def _field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @cached_property
    def refused_methods(self) -> list[str]:
        """The HTTP methods on a row that the API does not offer."""
        methods = {"get": "get", "put": "update", "patch": "update", "delete": "delete"}
        return [method for method, operation in methods.items() if not self.can(operation)]

    @cached_property
    def enum_fields(self) -> list[Field]:
        """The fields with a closed list of values."""
        return [field for field in self.fields if field.is_enum]

    @cached_property
    def boolean_fields(self) -> list[Field]:
        """The yes-or-no fields."""
        return [field for field in self.fields if field.type == "boolean"]

    @cached_property
    def writable_fields(self) -> list[Field]:
        """The fields clients may set."""
        return [field for field in self.fields if field.writable]

    @cached_property
    def readable_fields(self) -> list[Field]:
        """The fields responses show."""
        return [field for field in self.fields if field.readable]

    @cached_property
    def sort_keys(self) -> list[str]:
        """The columns lists can be sorted by."""
        stamps = ["created_at", "updated_at"] if self.timestamps else []
        return ["id", *(field.column for field in self.fields if field.sortable), *stamps]

    @property
    def stalled_seconds(self) -> int:
        """`writes_stalled_after` in seconds; 0 without."""
        length = self.writes_stalled_after or "0m"
        return int(length[:-1]) * {"m": 60, "h": 3600, "d": 86400}[length[-1]]

    def can(self, operation: str) -> bool:
        """Whether the API offers an operation."""
        return operation in self.operations

    @property
    def query(self) -> str:
        """The class of its list parameters, e.g. TaskQuery."""
        usual = f"{self.name}Query"
        return usual if usual not in naming.OWN_CLASS_NAMES else f"{self.name}ListQuery"

    @property
    def derived_classes(self) -> set[str]:
        """The classes that every entity has, by their names."""
        return {self.query, *(self.name + kind for kind in CLASSES_OF_AN_ENTITY)}


def _linked(entity: Entity | None) -> Entity:
    if entity is None:
        message = "the field is not linked: entities.parse does that"
        raise RuntimeError(message)
    return entity


def enum_member(value: str) -> str:
    """Return a Python name for an enum value: in-progress -> IN_PROGRESS, 2nd -> VALUE_2ND, - -> VALUE."""
    member = "_".join("".join(c if c.isascii() and c.isalnum() else " " for c in value).upper().split())
    return member if member and not member[0].isdigit() else f"VALUE_{member}".rstrip("_")


def required_targets(entity: Entity) -> list[Entity]:
    """Return the entities a row of this one cannot do without."""
    return [field.target for field in entity.references if field.required]


def creation_order(found: list[Entity]) -> list[Entity]:
    """Return the entities so that each comes after what it refers to, as far as circles allow; stable."""
    ordered: list[Entity] = []
    visiting: set[str] = set()

    def visit(entity: Entity) -> None:
        if entity.name in visiting:
            return
        visiting.add(entity.name)
        for field in entity.references:
            visit(field.target)
        ordered.append(entity)

    for entity in found:
        visit(entity)
    return ordered
