"""What a JDL file declares, with places for messages.

Applications and deployments are skipped, except for an application's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class JdlError(Exception):
    """Something that is wrong in a file: where, what, and how to fix it."""

    def __init__(self, place: Place, what: str, fix: str) -> None:
        self.place = place
        self.what = what
        self.fix = fix
        super().__init__(f"{place}: {what}: {fix}")


class Place(NamedTuple):
    """A place in a file, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class Token(NamedTuple):
    """A piece of a file; `kind` is name, number, string, regex, comment, mark or end."""

    kind: str
    text: str
    place: Place
    last_line: int

    def __str__(self) -> str:
        return "the end of the file" if self.kind == "end" else ascii(self.text[:40])


@dataclass
class Annotation:
    """@name, or @name(value); the name is lower-case."""

    name: str
    value: str | None
    place: Place


@dataclass
class Validation:
    """A rule of a field: its name, and its value as text."""

    name: str
    value: str | None
    place: Place


@dataclass
class Field:
    """A field of an entity."""

    name: str
    type: str
    place: Place
    type_place: Place
    doc: str | None = None
    validations: list[Validation] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)

    def signature(self) -> tuple[object, ...]:
        """Return the type and the rules of the field, to compare it with another of its name."""
        validations = sorted((one.name, one.value or "") for one in self.validations)
        annotations = sorted((one.name, one.value or "") for one in self.annotations)
        return self.type, validations, annotations


@dataclass
class Entity:
    """An entity."""

    name: str
    place: Place
    table: str | None = None
    doc: str | None = None
    fields: list[Field] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)


@dataclass
class EnumValue:
    """A value of an enum; `label` is what pages show instead of it."""

    name: str
    place: Place
    label: str | None = None


@dataclass
class Enum:
    """A closed list of values."""

    name: str
    place: Place
    values: list[EnumValue] = field(default_factory=list)


@dataclass
class Side:
    """One side of a relationship: `attribute` is what this entity calls the other, `display` what pages show of it."""

    entity: str
    place: Place
    attribute: str | None = None
    display: str | None = None
    required: bool = False
    doc: str | None = None
    annotations: list[Annotation] = field(default_factory=list)


@dataclass
class Relationship:
    """A relationship between two entities."""

    kind: str
    source: Side
    target: Side
    place: Place
    methods: list[str] = field(default_factory=list)


@dataclass
class Option:
    """An option of some entities: `dto A, B with mapstruct except B`; `*` stands for all."""

    name: str
    place: Place
    entities: list[str]
    value: str | None = None
    excluded: list[str] = field(default_factory=list)

    def applies_to(self, entity: str) -> bool:
        """Return whether the option is meant for an entity."""
        return bool({entity, "*", "all"} & set(self.entities)) and entity not in self.excluded


@dataclass
class Document:
    """What a file says."""

    entities: list[Entity] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    relationships: list[Relationship] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    skipped: list[Token] = field(default_factory=list)
    base_name: str | None = None
    errors: list[JdlError] = field(default_factory=list)
