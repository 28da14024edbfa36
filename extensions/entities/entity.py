"""An entity: its options, the names made from its name, and its fields by what they are for."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Literal

import pydantic

from .. import naming
from .fields import Field, Strict
from .names import OWN_CLASS_NAMES
from .relation import Relation
from .types.choices import Boolean
from .types.relations import ManyToMany

Operation = Literal["list", "get", "create", "update", "delete"]
OPERATIONS: tuple[Operation, ...] = ("list", "get", "create", "update", "delete")

CLASSES_OF_AN_ENTITY = ("", "Create", "Replace", "Patch", "BulkPatch", "Read", "Rules", "Sort", "Include", "Detail")


class Entity(Strict):
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
    id_as_text: bool = False
    """Whether an integer `id`, and what refers to it, is text in JSON, for JavaScript clients: their numbers are exact
    only up to 2^53."""
    timestamps: bool = True
    """Whether rows carry `created_at` and `updated_at`, set by the database."""
    soft_delete: bool = False
    """Whether a deleted row stays in the table, marked by `deleted_at`. Its unique values are free for new rows.
    Rows that refer to it keep doing so: `on_delete` is for rows that really go. It cannot be referred to anew."""
    restore: bool = False
    """Whether the API can restore a soft-deleted row, `POST /{id}/restore`: 409 if another row has taken a unique
    value of it, or if a row that it refers to is deleted."""
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
    bulk: bool = False
    """Whether the API creates, updates and deletes many rows in one request, at `/bulk`: all of them, or none."""
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
        self._links = [field for field in self.fields if isinstance(field.kind, ManyToMany)]
        self.fields = [field for field in self.fields if not isinstance(field.kind, ManyToMany)]

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
    def rejected_methods(self) -> list[str]:
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
        return [field for field in self.fields if isinstance(field.kind, Boolean)]

    @cached_property
    def search_fields(self) -> list[Field]:
        """The fields in which `q` looks for words."""
        return [field for field in self.fields if field.search]

    @property
    def search_index(self) -> str:
        """The name of the index of their words.

        The columns are in it: Alembic compares the names of indexes, and not their expressions.
        """
        digest = hashlib.sha256("/".join(field.column for field in self.search_fields).encode()).hexdigest()
        return f"ix_{self.table_name}_q_{digest[:6]}"

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
        return usual if usual not in OWN_CLASS_NAMES else f"{self.name}ListQuery"

    @property
    def derived_classes(self) -> set[str]:
        """The classes that every entity has, by their names."""
        return {self.query, *(self.name + kind for kind in CLASSES_OF_AN_ENTITY)}
