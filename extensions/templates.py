"""What templates may call: every filter and function under its own name, and what they see beside the answers."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment

from .answers.answers_file import answers_yaml
from .answers.validation import errors
from .entities import creation_order
from .entities.types.relations import key_column, on_delete
from .literals import assigned, literal, literals, toml_text
from .monitoring.dashboards import app_dashboard, json_file, platform_dashboard
from .service.context import add_context
from .service.ownership import ownership_table
from .service.readme import entity_rows, er_diagram, markdown_text
from .service.settings import compose_environment, compose_variables, env_example, setting_value, settings_table
from .source.expressions import (
    key_read_type,
    key_type,
    link_columns,
    now_source,
    own_classes,
    related_models,
    related_schemas,
)
from .source.migrations import (
    constraint_name,
    deferred_foreign_keys,
    indexed_columns,
    known_columns,
    living_rows,
    migration_column,
    primary_key_column,
    search_expression,
    unique_constraints,
    unique_indexes,
)
from .source.models import (
    annotation,
    class_docstring,
    column_arguments,
    mixins,
    relation_arguments,
    relation_type,
    table_arguments,
)
from .source.python import python
from .source.renames import renamed_columns, renamed_tables
from .source.samples import (
    changeable_field,
    default_samples,
    delete_status,
    filter_samples,
    invalid_values,
    sample,
    search_sample,
)
from .source.schemas import (
    both_directions,
    create_default,
    filter_rules,
    filters,
    request_rules,
    request_type,
    response_default,
    response_type,
)
from .source.unasync import unasync_unless

__all__ = ["FILTERS", "FUNCTIONS", "add_context", "register"]

FILTERS: tuple[Callable[..., object], ...] = (
    annotation,
    answers_yaml,
    assigned,
    both_directions,
    changeable_field,
    class_docstring,
    column_arguments,
    constraint_name,
    create_default,
    creation_order,
    default_samples,
    deferred_foreign_keys,
    delete_status,
    entity_rows,
    er_diagram,
    filter_rules,
    filter_samples,
    filters,
    indexed_columns,
    invalid_values,
    json_file,
    key_column,
    key_read_type,
    key_type,
    known_columns,
    link_columns,
    literal,
    literals,
    markdown_text,
    migration_column,
    mixins,
    now_source,
    on_delete,
    own_classes,
    primary_key_column,
    python,
    related_models,
    related_schemas,
    relation_arguments,
    relation_type,
    renamed_columns,
    renamed_tables,
    request_rules,
    request_type,
    response_default,
    response_type,
    sample,
    search_expression,
    search_sample,
    table_arguments,
    toml_text,
    unasync_unless,
    unique_constraints,
    unique_indexes,
)

FUNCTIONS: tuple[Callable[..., object], ...] = (
    app_dashboard,
    compose_environment,
    compose_variables,
    env_example,
    errors,
    living_rows,
    ownership_table,
    platform_dashboard,
    setting_value,
    settings_table,
)


def register(environment: Environment) -> None:
    """Give the templates of an environment the filters and functions."""
    environment.filters.update({function.__name__: function for function in FILTERS})
    environment.globals.update({function.__name__: function for function in FUNCTIONS})
