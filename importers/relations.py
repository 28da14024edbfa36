"""What concerns several fields or entities: inverses, unique groups, cycles of required references."""

from __future__ import annotations

from extensions import entities, naming

from .draft import EntityDraft, Report
from .fields import column_of


def drop_taken_inverses(drafts: list[EntityDraft], report: Report) -> None:
    """Spell the inverse of each relation as a field's name, and drop those that are not free where they would be."""
    taken = {one.key: {name for made in one.fields for name in (made["name"], column_of(made))} for one in drafts}
    for draft in drafts:
        for made in draft.fields:
            if made.get("inverse") is None:
                continue
            name, others = naming.snake(made["inverse"]), taken[made["to"]]
            if naming.field_name_error(name) is None and name not in others:
                made["inverse"] = name
                others.add(name)
            else:
                where = f"{draft.where}: {draft.key}.{made['name']}"
                report.note(where, f"inverse {made.pop('inverse')} not carried over: {made['to']} has no room for it")


def drop_rejected_groups(draft: EntityDraft, report: Report) -> None:
    """Drop the groups of unique fields that no index holds."""
    fields = [
        {**one, "to": "Probe", "required": False, "default": None} if "to" in one else one for one in draft.fields
    ]
    for group in list(draft.unique):
        try:
            entities.parse([{"name": "Probe", "fields": fields, "unique": [group]}])
        except entities.EntitiesError as error:
            found = next((line for line in error.lines if line.startswith("Probe: unique")), None)
            if found is not None:
                report.note(draft.where, f"unique ({', '.join(group)}) not carried over: {found.partition(': ')[2]}")
                draft.unique.remove(group)


def break_required_cycles(drafts: list[EntityDraft], report: Report) -> None:
    """Drop `required` from references that go round in a circle: no first row could ever be made."""
    by_name = {draft.name: draft for draft in drafts}
    done: set[str] = set()

    def visit(draft: EntityDraft, path: list[str]) -> None:
        for one in draft.fields:
            if one["type"] != "reference" or not one.get("required") or one["to"] not in by_name:
                continue
            if one["to"] in [*path, draft.name]:
                del one["required"]
                names = " -> ".join([*path, draft.name, one["to"]])
                report.note(draft.where, f"field {one['name']}: required references go round ({names}): may be null")
            elif one["to"] not in done:
                visit(by_name[one["to"]], [*path, draft.name])
        done.add(draft.name)

    for draft in drafts:
        if draft.name not in done:
            visit(draft, [])
