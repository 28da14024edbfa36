"""What a next version might bring, applied to a copy of the template: stands in for the past until there is one."""

from __future__ import annotations

from pathlib import Path

VERSION = "99.0.0"
MOVED = {"docs/entities.md": "docs/tables.md"}


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that is there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def raise_a_pin(template: Path) -> None:
    """A package of every app."""
    change(template / "extensions/pins.py", '"uvicorn": ">=0.54,<0.55"', '"uvicorn": ">=0.54,<0.56"')


def change_a_core_file(template: Path) -> None:
    """Two places of a file that users also changed, and a file of every entity."""
    listing = template / "template/app/core/pagination.py"
    text = listing.read_text(encoding="utf-8")
    first, rest = text.split("\n", 1)
    assert first.endswith('."""')
    listing.write_text(f'{first[:-4]}, in the next version."""\n{rest}', encoding="utf-8")
    rules = next((template / "template/app/entities").glob("*/rules.py.jinja"))
    rules.write_text(rules.read_text(encoding="utf-8") + "\n# New in the next version.\n", encoding="utf-8")
    model = next((template / "template/app/entities").glob("*/model.py.jinja"))
    change(model, '"""The table of {{ entity.plural_words }}."""', '"""The table of all {{ entity.plural_words }}."""')


def add_a_question(template: Path) -> None:
    """A flag that is off, with a file of its own."""
    questions = template / "copier.yml"
    flag = "\ngreeting:\n  type: bool\n  help: A page that greets?\n  default: false\n"
    questions.write_text(questions.read_text(encoding="utf-8") + flag, encoding="utf-8")
    page = template / "template/docs/{% if greeting %}greeting.md{% endif %}"
    page.write_text("# Welcome\n", encoding="utf-8")


def move(template: Path, version: str, old: str, new: str) -> None:
    """Move a file or folder, with its line in the table of moves, so that edits follow."""
    target = template / "template" / new
    target.parent.mkdir(parents=True, exist_ok=True)
    (template / "template" / old).rename(target)
    line = f'MOVED.setdefault("{version}", {{}})["{old}"] = "{new}"\n'
    change(template / "updates/keep_edits/moved.py", "\n\nclass Move(", f"{line}\n\nclass Move(")


def rename_a_file(template: Path) -> None:
    """One that users changed."""
    for old, new in MOVED.items():
        move(template, VERSION, old, new)


def remove_a_file(template: Path) -> None:
    """One that nobody changed."""
    (template / "template/tests/core/test_field_types.py").unlink()


CHANGES = (raise_a_pin, change_a_core_file, add_a_question, rename_a_file, remove_a_file)


def make_next_version(template: Path) -> None:
    """All of it."""
    for one in CHANGES:
        one(template)
