"""Generated models: enums, columns, relations, tables between tables."""

from __future__ import annotations

from .code_common import (
    MODULE_OF,
    column_type,
    identifiers,
    link_columns,
    on_delete,
    python_imports,
    python_type,
    stored_default,
)
from .entities import Entity, Field, Relation
from .layout import WIDTH, Call, Imports, call, constant, imports, literal, merge_imports, typed
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)


def enum_members(field: Field) -> list[str]:
    """Return the lines of an enum's body."""
    return [constant(member, value, indent=4) for value, member in field.members.items()]


def class_docstring(entity: Entity) -> str:
    """Return the docstring of a model: the entity's description, or its name."""
    text = " ".join((entity.description or f"{entity.a_words[0].upper()}{entity.a_words[1:]}.").split())
    text = text.replace('"', "'")
    return f'    {"r" if chr(92) in text else ""}"""{text if text.endswith((".", "!", "?")) else text + "."}"""'


def table_name_line(entity: Entity) -> str:
    """Return the attribute that names the table."""
    return f"__tablename__ = {literal(entity.table_name)}"


def model_column(field: Field, *, sqlite: bool) -> str:
    """Return a mapped attribute of a model, laid out for four blanks of indent."""
    arguments: list[str | Call] = [column_type(field, sqlite=sqlite)]
    if field.is_reference:
        target = literal(f"{field.target.table_name}.id")
        later = ["use_alter=True"] if field.closes_circle else []
        arguments = [Call("sa.ForeignKey", [target, f"ondelete={on_delete(field)}", *later])]
    if field.type == "json" and field.required:
        arguments.append("nullable=False")  # JsonValue itself may be None
    if field.unique:
        arguments.append("unique=True")
    if field.indexed:
        arguments.append("index=True")
    arguments += stored_default(field, sqlite=sqlite)
    kind = python_type(field) + (" | None" if field.nullable else "")
    return typed(field.column, f"Mapped[{kind}]", Call("mapped_column", arguments))


def table_arguments(entity: Entity) -> str:
    """Return the table arguments of a model: a constraint for each group of fields that is unique together."""
    columns = {field.name: field.column for field in entity.fields}
    constraints = [Call("sa.UniqueConstraint", [literal(columns[name]) for name in group]) for group in entity.unique]
    one = f"__table_args__ = ({constraints[0].flat()},)"
    if len(constraints) == 1 and len(one) + 4 <= WIDTH:
        return one
    lines = "".join(f"        {constraint.laid_out(8, behind=1)},\n" for constraint in constraints)
    return f"__table_args__ = (\n{lines}    )"


def class_line(entity: Entity) -> str:
    """Return the first line of a model: its mixins, then the base."""
    return call(f"class {entity.name}", [*_mixins(entity), "Base"], ":")


def _mixins(entity: Entity) -> list[str]:
    mixins = ["Timestamps"] if entity.timestamps else []
    mixins += ["SoftDelete"] if entity.soft_delete else []
    mixins += ["Versioned"] if entity.optimistic_locking else []
    return [*mixins, "UuidKey" if entity.primary_key == "uuid" else "IntegerKey"]


def relationship_line(relation: Relation) -> str:
    """Return a relation of a model: for reading, and only where it was asked for."""
    kind = f'Mapped[list["{relation.target.name}"]]' if relation.many else f'Mapped["{relation.target.name} | None"]'
    arguments = ["viewonly=True", 'lazy="raise"']
    field = relation.field
    if field.is_reference:
        arguments.insert(0, f"foreign_keys={_foreign_columns(relation)}")
        if field.target is field.entity and relation.forward:
            arguments.insert(1, f'remote_side="{relation.target.name}.id"')
        if not relation.many and not relation.forward:
            arguments.append("uselist=False")
    else:
        arguments.insert(0, f"secondary={literal(field.link_table)}")
        if field.target is field.entity:
            here, there = link_columns(field)
            first, second = (here, there) if relation.forward else (there, here)
            name = field.entity.name
            arguments[1:1] = [
                f"primaryjoin={literal(f'{name}.id == {field.link_table}.c.{first}')}",
                f"secondaryjoin={literal(f'{name}.id == {field.link_table}.c.{second}')}",
            ]
    return typed(relation.name, kind, Call("relationship", arguments))


def _foreign_columns(relation: Relation) -> str:
    field = relation.field
    return field.column if relation.forward else literal(f"{field.entity.name}.{field.column}")


def link_table_statement(field: Field) -> str:
    """Return the table of a many-to-many relation."""
    columns: list[str | Call] = [
        Call(
            "sa.Column",
            [
                literal(column),
                Call("sa.ForeignKey", [literal(f"{entity.table_name}.id"), 'ondelete="CASCADE"']),
                "primary_key=True",
                *(["index=True"] if number else []),
            ],
        )
        for number, (column, entity) in enumerate(zip(link_columns(field), (field.entity, field.target), strict=True))
    ]
    arguments = [literal(field.link_table), "Base.metadata", *columns]
    return Call(f"{field.link_table} = sa.Table", arguments).laid_out()


def model_imports(entity: Entity, *, sqlite: bool) -> str:
    """Return the import block of an entity's model: just what its lines name."""
    lines = [class_line(entity), *(model_column(field, sqlite=sqlite) for field in entity.fields)]
    lines += [relationship_line(relation) for relation in entity.relations]
    lines += [link_table_statement(link) for link in entity.links]
    if entity.unique:
        lines.append(table_arguments(entity))
    words = identifiers("\n".join(lines))
    wanted: list[Imports] = [{module: words & names} for module, names in _MODEL_NAMES.items() if words & names]
    wanted += [python_imports(name) for name in MODULE_OF if name in words]
    if entity.enum_fields:
        wanted.append({"enum": {"StrEnum"}})
    others = {one.target.snake: one.target.name for one in entity.relations if one.target is not entity}
    if not others:
        return imports(merge_imports(wanted))
    wanted.append({"typing": {"TYPE_CHECKING"}})
    types = imports({f"app.entities.{snake}.model": {name} for snake, name in others.items()}, indent=4)
    return f"{imports(merge_imports(wanted))}\n\nif TYPE_CHECKING:\n{types}"


_MODEL_NAMES: Imports = {
    "app.core.model": {
        "Base",
        "IntegerKey",
        "ScaledDecimal",
        "SoftDelete",
        "TimestampUtc",
        "Timestamps",
        "UuidKey",
        "Versioned",
        "choice",
    },
    "pydantic": {"JsonValue"},
    "sqlalchemy.dialects.postgresql": {"JSONB"},
    "sqlalchemy.orm": {"Mapped", "mapped_column", "relationship"},
    "uuid": {"uuid4"},
}
"""What a line of a model may name, and where it comes from."""
