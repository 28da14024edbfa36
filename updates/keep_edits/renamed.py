"""Entities that got another name, by their `renamed_from`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from extensions import naming
from extensions.entities.relation_checks import IN_TWO_STEPS

from .moved import Move
from .rejected import UpdateRejected

FOLDERS = ("app/entities", "tests/entities")
"""Where each entity has a folder of its name."""


def moves(before: dict[str, Any], after: dict[str, Any]) -> list[Move]:
    """Return the folders of renamed entities, old and new. Raises UpdateRejected where a rename cannot be followed."""
    was, now = names_of(before.get("entities")), names_of(after.get("entities"))
    _check_fields(was, now)
    renamed = [(was[options["renamed_from"]], options) for options in now.values() if _is_renamed(options, was, now)]
    names = {form: form for options in was.values() for form in forms(options)}
    for old, new in renamed:
        names |= dict(zip(reversed(forms(old)), reversed(forms(new)), strict=True))
    folders = [(naming.snake(old["name"]), naming.snake(new["name"])) for old, new in renamed]
    return [Move(f"{parent}/{old}", f"{parent}/{new}", names) for old, new in folders for parent in FOLDERS]


def _is_renamed(options: dict[str, Any], was: dict[str, Any], now: dict[str, Any]) -> bool:
    """Return whether an entity got its name by this update. Raises UpdateRejected where that cannot be followed."""
    name, old = options["name"], options.get("renamed_from")
    if old is None or (name in was and old not in was):
        return False  # it had this name before: the rename is history
    if old not in was:
        raise UpdateRejected(f"{name}: renamed_from is {old}, and there was no such entity: fix the name, or remove it")
    if name in was:
        raise UpdateRejected(f"{name}: was there before, so it cannot be what {old} became: {IN_TWO_STEPS}")
    if old in now:
        raise UpdateRejected(f"{name}: renamed_from is {old}, which is still there: {IN_TWO_STEPS}")
    table = was[old].get("table") or naming.snake(was[old].get("plural") or naming.plural(old))
    if table != naming.snake(naming.plural(old)) and options.get("table") != table:
        raise UpdateRejected(f"{name}: the table of {old} is called {table}: write `table: {table}` in {name}")
    return True


def names_of(entities: object) -> dict[str, dict[str, Any]]:
    """Return the entities of an answer by name, each with its options; what is not well-formed is left out."""
    found: dict[str, dict[str, Any]] = {}
    for item in entities if isinstance(entities, list) else []:
        options = {"name": item} if isinstance(item, str) else item
        if isinstance(options, dict) and isinstance(options.get("name"), str):
            found[options["name"]] = options
    return found


def forms(options: dict[str, Any]) -> list[str]:
    """Return an entity's name as code and texts write it: OrderItem, order_items, order-item, Order items ..."""
    singular = options["name"]
    many = options.get("plural") or naming.plural(singular)
    written: list[Callable[[str], str]] = [
        str,
        naming.snake,
        naming.kebab,
        lambda name: naming.snake(name).upper(),
        lambda name: " ".join(naming.words(name)),
        naming.title,
    ]
    return [write(name) for name in (many, singular) for write in written]


def old_names_of(options: dict[str, Any]) -> dict[str, str | None]:
    """Return the fields of an entity by name, each with the name in its `renamed_from`."""
    found: dict[str, str | None] = {}
    for item in options.get("fields") or []:
        if isinstance(item, dict) and isinstance(item.get("name"), str) and len(item) > 1:
            found[item["name"]] = item.get("renamed_from")
        elif isinstance(item, dict):
            found |= {name: rest.get("renamed_from") if isinstance(rest, dict) else None for name, rest in item.items()}
    return found


def _check_fields(was: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> None:
    """Raise UpdateRejected for a field that says it had a name which its entity's fields did not have."""
    for name, options in now.items():
        before = was.get(name) or was.get(options.get("renamed_from", ""))
        known = old_names_of(before) if before else {}
        for field, old in old_names_of(options).items():
            if known and old is not None and not {field, old} & known.keys():
                raise UpdateRejected(
                    f"{name}.{field}: renamed_from is {old}, and there was no such field: fix the name, or remove it"
                )
