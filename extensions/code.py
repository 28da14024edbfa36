"""What templates call to write code: every function under its own name, as a filter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from jinja2 import Environment
from jinja2.ext import Extension

from .code_common import (
    key_type,
    link_columns,
    now_source,
    on_delete,
    own_classes,
    related_models,
    related_schemas,
)
from .code_migrations import (
    constraint_name,
    indexed_columns,
    key_column,
    known_columns,
    late_keys,
    migration_column,
    primary_key_column,
    unique_columns,
)
from .code_models import (
    annotation,
    class_docstring,
    column_arguments,
    mixins,
    relation_arguments,
    relation_type,
    unique_constraints,
)
from .code_samples import (
    changeable_field,
    default_samples,
    delete_status,
    filter_samples,
    invalid_values,
    sample,
)
from .code_schemas import (
    both_directions,
    create_default,
    filter_rules,
    filters,
    request_rules,
    request_type,
    response_default,
    response_type,
)
from .entities import creation_order
from .layout import literal


def toml_text(value: str) -> str:
    """Return text as a TOML basic string (TOML 1.0: JSON's escapes are valid, DEL must be escaped as well)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def literals(values: Iterable[object]) -> str:
    """Return values as literals, with commas between."""
    return ", ".join(literal(value) for value in values)


def assigned(value: str) -> str:
    """Return what assigns a value, for the place behind a name; nothing where there is no value."""
    return f" = {value}" if value else ""


FILTERS: tuple[Callable[..., object], ...] = (
    annotation,
    assigned,
    both_directions,
    changeable_field,
    class_docstring,
    column_arguments,
    constraint_name,
    create_default,
    creation_order,
    default_samples,
    delete_status,
    filter_rules,
    filter_samples,
    filters,
    indexed_columns,
    invalid_values,
    key_column,
    key_type,
    known_columns,
    late_keys,
    link_columns,
    literal,
    literals,
    migration_column,
    mixins,
    now_source,
    on_delete,
    own_classes,
    primary_key_column,
    related_models,
    related_schemas,
    relation_arguments,
    relation_type,
    request_rules,
    request_type,
    response_default,
    response_type,
    sample,
    toml_text,
    unique_columns,
    unique_constraints,
)


class CodeExtension(Extension):
    """Give templates the functions above as filters, under their own names."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for function in FILTERS:
            environment.filters[function.__name__] = function
