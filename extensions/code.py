"""What templates call to write code: every function under its own name, as a filter."""

from __future__ import annotations

import json
from collections.abc import Callable

from jinja2 import Environment
from jinja2.ext import Extension

from .code_common import key_type, link_columns, now_source, related_models
from .code_migrations import migration_drops, migration_tables
from .code_models import (
    annotation,
    class_docstring,
    column_arguments,
    mixins,
    relation_arguments,
    relation_type,
    unique_constraints,
)
from .code_routes import handler, link_handler, repository_line, route_imports, router_line
from .code_samples import (
    change_sample,
    default_samples,
    delete_status,
    example_lines,
    filter_samples,
    imports_of_tests,
    invalid_values,
)
from .code_schemas import (
    create_line,
    detail_imports,
    detail_lines,
    patch_line,
    query_lines,
    read_line,
    schema_aliases,
    schema_imports,
)
from .layout import class_head, constant, import_line, literal, signature


def toml_text(value: str) -> str:
    """Return text as a TOML basic string (TOML 1.0: JSON's escapes are valid, DEL must be escaped as well)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


FILTERS: tuple[Callable[..., object], ...] = (
    annotation,
    change_sample,
    class_docstring,
    class_head,
    column_arguments,
    constant,
    create_line,
    default_samples,
    delete_status,
    detail_imports,
    detail_lines,
    example_lines,
    filter_samples,
    handler,
    import_line,
    imports_of_tests,
    invalid_values,
    key_type,
    link_columns,
    link_handler,
    literal,
    migration_drops,
    migration_tables,
    mixins,
    now_source,
    patch_line,
    query_lines,
    read_line,
    related_models,
    relation_arguments,
    relation_type,
    repository_line,
    route_imports,
    router_line,
    schema_aliases,
    schema_imports,
    signature,
    toml_text,
    unique_constraints,
)


class CodeExtension(Extension):
    """Give templates the functions above as filters, under their own names."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for function in FILTERS:
            environment.filters[function.__name__] = function
