"""Why a name is rejected, in one line with a better one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from .cases import kebab, pascal, snake
from .reserved import (
    APP_NAMES,
    OWN_CLASS_NAMES,
    OWN_FIELDS,
    OWN_MODULES,
    OWN_VARIABLES,
    POSTGRESQL_SYSTEM_COLUMNS,
    PYDANTIC_ATTRIBUTES,
    PYDANTIC_PREFIXES,
    PYTHON_BUILTINS,
    PYTHON_KEYWORDS,
    PYTHON_TYPES,
    PYTHON_WORDS,
    SQLALCHEMY_ATTRIBUTES,
    SQLITE_ROW_IDS,
    STDLIB_MODULES,
    WINDOWS_DEVICES,
)

LONGEST_NAME: Final = 40

# A better name for a field that is rejected; any other gets the ending "_value".
BETTER_FIELDS: Final[dict[str, str]] = {
    "class": "category",
    "copy": "copy_text",
    "created_at": "opened_at",
    "deleted_at": "removed_at",
    "dict": "entries",
    "from": "starts_at",
    "id": "external_id",
    "import": "import_name",
    "json": "payload",
    "metadata": "details",
    "registry": "registry_name",
    "relationship": "relation",
    "schema": "schema_name",
    "updated_at": "changed_at",
    "version": "version_number",
}


def app_name_error(value: object) -> str | None:
    """Return why a value cannot name an application, in one line with a suggestion; None when it can."""
    return _error(value, "task-api", _app_shape_error, _app_reserved, _app_suggestions)


def near_app_name(text: str) -> str | None:
    """Return the valid application name nearest to a text, or None where it would be guesswork."""
    return next((one for one in (text, *_app_suggestions(text)) if app_name_error(one) is None), None)


def entity_name_error(value: object, classes: frozenset[str] = frozenset()) -> str | None:
    """Return why a value cannot name an entity, in one line with a suggestion; None when it can.

    `classes` are names that generated code uses besides OWN_CLASS_NAMES.
    """

    def reserved(name: str) -> str | None:
        return "is a name that the generated code itself uses" if name in classes else _entity_reserved(name)

    return _error(value, "OrderItem", _entity_shape_error, reserved, _entity_suggestions)


def field_name_error(value: object) -> str | None:
    """Return why a value cannot name a field, in one line with a suggestion; None when it can."""
    return _error(value, "due_at", _field_shape_error, _field_reserved, _field_suggestions)


def _error(
    value: object,
    example: str,
    shape_error: Callable[[str], str | None],
    reserved: Callable[[str], str | None],
    suggestions: Callable[[str], tuple[str, ...]],
) -> str | None:
    """Judge a value: its type, length and shape, then the names that are taken."""
    if not isinstance(value, str):
        return f"must be text such as {example}, not {_kind(value)}"
    if not value.strip():
        return f"is empty: write a name such as {example}"
    if len(value) > LONGEST_NAME:
        return f"{_shown(value)} is {len(value)} characters long: use at most {LONGEST_NAME}"
    what = shape_error(value) or reserved(value)
    if what is None:
        return None
    for suggestion in suggestions(value):
        if len(suggestion) <= LONGEST_NAME and not (shape_error(suggestion) or reserved(suggestion)):
            return f"{_shown(value)} {what}: use {suggestion}"
    return f"{_shown(value)} {what}: write a name such as {example}"


def _app_shape_error(name: str) -> str | None:
    """Return what is wrong with the spelling of an application's name, or None."""
    if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", name):
        return None
    if re.search(r"[^A-Za-z0-9-]", name):
        return "may hold only the letters a to z, digits and single dashes"
    if re.search(r"[A-Z]", name):
        return "has upper case letters"
    if name[0].isdigit():
        return "begins with a digit"
    return "has a dash at its start, at its end or beside another"


def _entity_shape_error(name: str) -> str | None:
    """Return what is wrong with the spelling of an entity's name, or None."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        return None
    if re.search(r"[^A-Za-z0-9]", name):
        return "may hold only the letters A to Z, a to z and digits"
    if name[0].isdigit():
        return "begins with a digit"
    return "does not begin with an upper case letter"


def _field_shape_error(name: str) -> str | None:
    """Return what is wrong with the spelling of a field's name, or None."""
    if re.search(r"[^A-Za-z0-9_]", name):
        return "may hold only the letters a to z, digits and underscores"
    if re.search(r"[A-Z]", name):
        return "has upper case letters"
    if name[0].isdigit():
        return "begins with a digit"
    if name.startswith("_") or name.endswith("_"):
        return "has an underscore at its start or end"
    if "__" in name:
        return "has a double underscore, which filters use (price__gte)"
    return None


def _app_reserved(name: str) -> str | None:
    """Return why a well-formed name of an application is reserved, or None."""
    as_module = name.replace("-", "_")
    if as_module in PYTHON_WORDS:
        return "is a word of the Python language"
    if as_module in STDLIB_MODULES:
        return "is a module of the Python standard library"
    if name in WINDOWS_DEVICES:
        return "is the name of a device on Windows"
    if name in APP_NAMES:
        return "is a name that YAML, a tool, a service or a dependency already uses"
    return None


def _entity_reserved(name: str) -> str | None:
    """Return why a well-formed name of an entity is reserved, or None."""
    module = snake(name)
    if name in PYTHON_KEYWORDS or module in PYTHON_KEYWORDS:
        return "is a word of the Python language"
    if name in PYTHON_BUILTINS or module in PYTHON_TYPES:
        return "is built into Python"
    if name in OWN_CLASS_NAMES or module in OWN_MODULES:
        return "is a name that the generated code itself uses"
    if module in WINDOWS_DEVICES:
        return "is the name of a device on Windows"
    if module.startswith("sqlite_"):
        return "gives a table name that SQLite keeps for itself"
    return None


def _field_reserved(name: str) -> str | None:
    """Return why a well-formed name of a field is reserved, or None."""
    if name in PYTHON_KEYWORDS:
        return "is a word of the Python language"
    if name in OWN_FIELDS:
        return "is a field that the template adds itself"
    if name in OWN_VARIABLES:
        return "is a name that the generated code itself uses"
    if name in PYDANTIC_ATTRIBUTES or name.startswith(PYDANTIC_PREFIXES):
        return "is an attribute of every pydantic model"
    if name in SQLALCHEMY_ATTRIBUTES:
        return "is an attribute of every SQLAlchemy model"
    if name in PYTHON_TYPES:
        return "is built into Python"
    if name in POSTGRESQL_SYSTEM_COLUMNS:
        return "is a system column of PostgreSQL"
    if name in SQLITE_ROW_IDS:
        return "is a system column of SQLite"
    return None


def _app_suggestions(name: str) -> tuple[str, ...]:
    """Return names to suggest instead, the best first."""
    near = kebab(_plain(name))
    return (near, f"{near}-api") if near else ()


def _entity_suggestions(name: str) -> tuple[str, ...]:
    """Return names to suggest instead, the best first."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        return (f"{name}Record",)
    near = pascal(_plain(name))
    return (near, f"{near}Record") if near else ()


def _field_suggestions(name: str) -> tuple[str, ...]:
    """Return names to suggest instead, the best first."""
    near = snake(_plain(name))
    return (near, BETTER_FIELDS.get(near, f"{near}_value")) if near else ()


def _plain(name: str) -> str:
    """Spell a name in ASCII from its first letter on; empty when that would be guesswork."""
    spread = unicodedata.normalize("NFKD", name)
    text = "".join(char for char in spread if not unicodedata.combining(char))
    if not re.fullmatch(r"[A-Za-z0-9 _./-]*", text):
        return ""
    return re.sub(r"^[^A-Za-z]+", "", text)


def _shown(text: str) -> str:
    """Quote a text for a message: printable ASCII, one line, never long."""
    return ascii(text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "...")


def _kind(value: object) -> str:
    """Name the type of an answer in the words of YAML."""
    if value is None:
        return "null"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false (write it in quotes)"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "a mapping"),
    )
    for kind, called in kinds:
        if isinstance(value, kind):
            return called
    return ascii(type(value).__name__)
