"""What templates call to write code: every function under its own name, as a filter."""

from __future__ import annotations

import json
from collections.abc import Callable

from jinja2 import Environment
from jinja2.ext import Extension

from .code_common import key_type, now_source
from .code_migrations import known_columns, migration_drops, migration_tables
from .code_models import (
    class_docstring,
    class_line,
    enum_members,
    link_table_statement,
    model_column,
    model_imports,
    relationship_line,
    table_arguments,
    table_name_line,
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
    replace_line,
    schema_aliases,
    schema_imports,
)
from .layout import class_head, constant, import_line, literal, signature


def toml_text(value: str) -> str:
    """Return text as a TOML basic string (TOML 1.0: JSON's escapes are valid, DEL must be escaped as well)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


FILTERS: tuple[Callable[..., object], ...] = (
    change_sample,
    class_docstring,
    class_head,
    class_line,
    constant,
    create_line,
    default_samples,
    detail_imports,
    detail_lines,
    enum_members,
    example_lines,
    filter_samples,
    delete_status,
    handler,
    import_line,
    imports_of_tests,
    invalid_values,
    key_type,
    known_columns,
    link_handler,
    link_table_statement,
    literal,
    migration_drops,
    migration_tables,
    model_column,
    model_imports,
    now_source,
    patch_line,
    query_lines,
    read_line,
    relationship_line,
    replace_line,
    repository_line,
    route_imports,
    router_line,
    schema_aliases,
    schema_imports,
    signature,
    table_arguments,
    table_name_line,
    toml_text,
)


class CodeExtension(Extension):
    """Give templates the functions above as filters, under their own names."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for function in FILTERS:
            environment.filters[function.__name__] = function
