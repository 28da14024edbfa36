"""What the generated app's documents show of it: text made harmless, its entities as a diagram, its files as a tree."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from ..entities import OPERATIONS, Entity, Field

_WIDTH = 80
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|&~$]")
_STARTS_A_BLOCK = re.compile(r"\A(\d{1,9}(?=[.)]\Z)|(?=[-+=]+\Z))")
_MERMAID_KEYS = frozenset({"pk", "fk", "uk"})
_MERMAID_LIMIT = 40_000  # GitHub draws no diagram of more than 50,000 characters


def markdown_text(text: str) -> str:
    """Return text for a Markdown paragraph that shows exactly its words: no markup, no HTML, no list, no heading."""
    words = [_STARTS_A_BLOCK.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", word)) for word in text.split()]
    return textwrap.fill(" ".join(words), _WIDTH, break_long_words=False, break_on_hyphens=False)


def er_diagram(entities: Iterable[Entity]) -> str:
    """Return a Mermaid entity-relationship diagram; one that grew too large for its readers leaves the fields out."""
    known = list(entities)
    relations = [_relation(entity, field) for entity in known for field in (*entity.references, *entity.links)]
    tables = [line for entity in known for line in _table(entity)]
    if sum(map(len, (*tables, *relations))) > _MERMAID_LIMIT:
        tables = [f'    "{entity.name}"' for entity in known]
    return "\n".join(("erDiagram", *tables, *relations))


def _table(entity: Entity) -> list[str]:
    """Return an entity with its fields; quoted, as Mermaid has key words among its names."""
    lines = [f"        {entity.primary_key} id PK", *(f"        {_attribute(field)}" for field in entity.fields)]
    return [f'    "{entity.name}" {{', *lines, "    }"]


def _attribute(field: Field) -> str:
    """Return a field as Mermaid's `type name keys`."""
    kind = field.target.primary_key if field.is_reference else field.type
    name = f"_{field.column}" if field.column in _MERMAID_KEYS else field.column
    keys = ", ".join(key for key, wanted in (("FK", field.is_reference), ("UK", field.unique)) if wanted)
    return f"{kind} {name} {keys}".rstrip()


def _relation(entity: Entity, field: Field) -> str:
    """Return a relation: how many rows on either side, and what it is called."""
    if not field.is_reference:
        return f'    "{entity.name}" }}o--o{{ "{field.target.name}" : "{field.name}"'
    there = "||" if field.required else "|o"
    here = "o|" if field.unique else "o{"
    return f'    "{field.target.name}" {there}--{here} "{entity.name}" : "{field.name}"'


def entity_rows(entities: Iterable[Entity]) -> str:
    """Return the rows of the table of entities: name, route, what the API offers, table."""
    return "\n".join(
        f"| {entity.name} | `/api/v1/{entity.plural_kebab}` | {_offered(entity)} | `{entity.table_name}` |"
        for entity in entities
    )


def _offered(entity: Entity) -> str:
    return ", ".join(operation for operation in OPERATIONS if entity.can(operation))
