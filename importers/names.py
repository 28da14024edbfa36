"""Names that are valid and free, near to those of the source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from extensions import entities, naming

from .draft import EntityDraft, Report


def plain(text: str) -> str:
    """Spell a name in ASCII, from its first letter on."""
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    text = "".join(char for char in spread if not unicodedata.combining(char))
    return re.sub(r"^[^A-Za-z]+", "", re.sub(r"[^A-Za-z0-9]+", "_", text))


def free_field_name(text: str, taken: Iterable[str]) -> str | None:
    """Return a valid name near to some text that is not taken yet, or None where there is none."""
    used = set(taken)
    near = naming.snake(plain(text))
    candidates = [near, naming.BETTER_FIELDS.get(near, f"{near}_value")]
    candidates += [f"{near}_value", *(f"{near}_{number}" for number in range(2, 10))]
    short = near[: naming.LONGEST_NAME - 2].rstrip("_")
    candidates += [short, *(f"{short}_{number}" for number in range(2, 10))]
    return next((one for one in candidates if naming.field_name_error(one) is None and one not in used), None)


def free_entity_name(text: str) -> Iterator[str]:
    """Yield valid entity names near to some text, the nearest first."""
    near = text if entities.entity_name_error(text) is None else naming.pascal(plain(text))
    short = near[: naming.LONGEST_NAME - len("Record2")]
    for one in (near, f"{near}Record", short, f"{short}Record", *(f"{short}Record{n}" for n in range(2, 10))):
        if entities.entity_name_error(one) is None:
            yield one


def app_name(*texts: str) -> str:
    """Return the first text that gives a valid application name."""
    for text in texts:
        near = naming.kebab(plain(text))
        for one in (near, f"{near}-api"):
            if naming.app_name_error(one) is None:
                return one
    return "imported-api"


def name_entities(drafts: list[EntityDraft], report: Report) -> None:
    """Give every draft a name that clashes with no other; references follow."""
    taken: set[tuple[str, str]] = set()
    for draft in drafts:
        before = draft.name
        draft.name = next((one for one in free_entity_name(before) if not _claims(one, draft.table) & taken), before)
        taken |= _claims(draft.name, draft.table)
        if draft.name != before:
            report.note(draft.where, f"the name {before} is not free: called {draft.name}")
        if draft.table == naming.snake(naming.plural(draft.name)):
            draft.table = None
    names = {draft.key: draft.name for draft in drafts}
    for draft in drafts:
        for one_field in draft.fields:
            if "to" in one_field:
                one_field["to"] = names[one_field["to"]]


def _claims(name: str, table: str | None) -> set[tuple[str, str]]:
    """Return every name that an entity would take for itself."""
    entity = entities.Entity(name=name, table=table)
    claims = {("file", entity.snake.replace("_", "")), ("route", entity.plural_kebab), ("table", entity.table_name)}
    return claims | {("metric", entity.plural_snake + end) for end in ("", "_created", "_updated", "_deleted")}
