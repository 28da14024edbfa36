"""Tables to drafts of entities."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedForeignKeyConstraint

from extensions import entities, naming
from importers.draft import EntityDraft, FieldDraft, Report, one_line
from importers.fields import add_field
from importers.names import name_entities, plain
from importers.relations import break_required_cycles, drop_rejected_groups
from importers.singular import singular

from . import column_types, defaults
from .tables import Table

_STAMPS: Final = ("created_at", "updated_at")

_ON_DELETE: Final = {"CASCADE": "cascade", "SET NULL": "set_null"}


class Importer:
    """Turns tables into drafts."""

    def __init__(self, tables: list[Table], report: Report, *, sqlite: bool) -> None:
        self._tables = {table.name: table for table in tables}
        self._sqlite = sqlite
        self._report = report
        self._drafts: dict[str, EntityDraft] = {}
        self._names: dict[str, dict[str, str]] = {}  # of a table's columns: the fields they became

    def drafts(self) -> list[EntityDraft]:
        """Return the entities."""
        for table in self._tables.values():
            self._drafts[table.name] = self._entity(table)
        drafts = list(self._drafts.values())
        name_entities(drafts, self._report)
        break_required_cycles(drafts, self._report)
        return drafts

    def _entity(self, table: Table) -> EntityDraft:
        name = naming.pascal(singular(plain(table.name))) or "Imported"
        draft = EntityDraft(table.name, name, table.name, description=one_line(table.comment))
        draft.table = self._table_name(table)
        stamps = self._stamps(table)
        draft.timestamps = bool(stamps)
        self._names[table.name] = {}
        own_key = self._primary_key(draft, table)
        if _only_links(table):
            self._report.note(table.name, "it only links two tables: an entity of its own, could be a many_to_many")
        for column in table.columns:
            if column["name"] != own_key and column["name"] not in stamps:
                self._column(draft, table, column)
        self._groups(draft, table)
        drop_rejected_groups(draft, self._report)
        self._leftovers(table)
        return draft

    def _table_name(self, table: Table) -> str | None:
        try:
            entities.parse([{"name": "Probe", "table": table.name}])
        except entities.EntitiesError:
            self._report.note(table.name, "the table's name is not carried over: it is no plain name")
            return None
        return table.name

    def _stamps(self, table: Table) -> list[str]:
        """Return the columns whose place the template's own `created_at` and `updated_at` take, createdAt as well."""
        there: dict[str, str] = {}
        for column in table.columns:
            stamp = naming.snake(plain(column["name"]))
            if stamp in _STAMPS and isinstance(column["type"], (sa.DateTime, sa.Date)):
                there.setdefault(stamp, column["name"])
        for stamp, name in there.items():
            if name != stamp:
                self._report.note(table.name, f"{name} is called {stamp} and comes from timestamps")
        if len(there) == 1:
            other = next(stamp for stamp in _STAMPS if stamp not in there)
            self._report.note(table.name, f"{next(iter(there))} comes from timestamps, which add {other}")
        return list(there.values())

    def _primary_key(self, draft: EntityDraft, table: Table) -> str | None:
        """Choose the type of `id`; return the column that it takes the place of, if any."""
        key = table.primary_key
        if len(key) != 1:
            what = f"its primary key has {len(key)} columns" if key else "it has no primary key"
            unique = "; they are unique together" if key else ""
            self._report.note(table.name, f"{what}: an integer id is added{unique}")
            return None
        column = table.column(key[0])
        kind = column_types.key_type(column["type"], sqlite=self._sqlite)
        if kind is None or table.foreign_key_of(column["name"]) is not None:
            why = "refers to another table" if kind else f"is a {column['type']}"
            self._report.note(table.name, f"its primary key {column['name']} {why}: an integer id is added")
            return None
        if column["name"] != "id":
            self._report.note(table.name, f"its primary key {column['name']} is called id")
        draft.primary_key = kind
        return column["name"]

    def _column(self, draft: EntityDraft, table: Table, column: ReflectedColumn) -> None:
        where = f"{table.name}.{column['name']}"
        if column.get("computed") is not None:
            self._report.note(where, "not carried over: the database computes it")
            return
        made = self._reference(table, column) or self._value(table, column)
        if made is None:
            return
        made["required"] = not column["nullable"] or column["name"] in table.primary_key
        made["unique"] = [column["name"]] in table.unique or table.primary_key == [column["name"]]
        if made["type"] == "text" and self._is_grouped(table, column["name"]):
            self._report.note(where, "a text that is unique with others needs a length: a string of 255 characters")
            made |= {"type": "string", "max_length": 255}
        made["index"] = made["type"] != "reference" and [column["name"]] in table.indexes
        made["description"] = one_line(column.get("comment"))
        if made.get("on_delete") == "set_null" and made["required"]:
            self._report.note(where, "on delete set null not carried over: the column may not be null")
            made["on_delete"] = None
        made["default"] = self._default(made, column, where)
        name = add_field(draft, made, where, self._report)
        if name is not None:
            self._names[table.name][column["name"]] = name

    @staticmethod
    def _is_grouped(table: Table, column: str) -> bool:
        """Return whether a column is unique together with others."""
        return any(column in group and len(group) > 1 for group in (*table.unique, table.primary_key))

    def _value(self, table: Table, column: ReflectedColumn) -> FieldDraft | None:
        where = f"{table.name}.{column['name']}"
        made = column_types.field_type(column["type"], where, self._report, sqlite=self._sqlite)
        if made is None:
            return None
        check = table.checks.get(column["name"])
        if check is not None and check.values and made["type"] in {"string", "text"}:
            made = {"type": "enum", "values": check.values}
        if check is not None and made["type"] in {"integer", "bigint", "float", "decimal"}:
            made |= {"min": check.low, "max": check.high}
        return {"name": column["name"], **made}

    def _reference(self, table: Table, column: ReflectedColumn) -> FieldDraft | None:
        """Return a column that refers to one row of another table as a reference."""
        key = table.foreign_key_of(column["name"])
        if key is None or not self._leads_somewhere(table, column["name"], key):
            return None
        where = f"{table.name}.{column['name']}"
        target = self._tables[key["referred_table"]]
        if key["referred_columns"] != target.primary_key:
            self._report.note(where, f"refers to {target.name}.{key['referred_columns'][0]}: refers to its id now")
        rule = (key.get("options", {}).get("ondelete") or "NO ACTION").upper()
        if rule == "SET DEFAULT":
            self._report.note(where, "on delete set default not carried over: a deletion is rejected")
        name = naming.snake(column["name"])
        name = name.removesuffix("_id") or name
        return {"name": name, "type": "reference", "to": target.name, "on_delete": _ON_DELETE.get(rule)}

    def _leads_somewhere(self, table: Table, column: str, key: ReflectedForeignKeyConstraint) -> bool:
        target = key["referred_table"]
        if key.get("referred_schema") not in {None, table.schema} or target not in self._tables:
            self._report.note(f"{table.name}.{column}", f"its foreign key to {target} not carried over: no table here")
            return False
        return True

    def _default(self, made: FieldDraft, column: ReflectedColumn, where: str) -> object:
        source = column.get("default")
        identity = column.get("identity") is not None
        if source is None and not identity:
            return None
        if identity or made["type"] == "reference" or (source or "").lower().startswith("nextval("):
            self._report.note(where, "default not carried over: the database counts" if made["type"] != "reference" else
                              "default not carried over: a reference has none")  # fmt: skip
            return None
        array = column_types.array_of(column["type"])
        if array is not None:
            value = defaults.array_literal(str(source), array)
        else:
            value = defaults.literal(str(source), made["type"])
        if value is defaults.NO_LITERAL:
            kind = "literal" if array is None else "list of texts, numbers or truth values"
            self._report.note(where, f"default not carried over: {source} is no {kind}")
            return None
        return value

    def _groups(self, draft: EntityDraft, table: Table) -> None:
        """Carry over what is unique over several columns, a composite primary key among it."""
        names = self._names[table.name]
        groups = [*table.unique, *([table.primary_key] if len(table.primary_key) > 1 else [])]
        for group in groups:
            missing = [column for column in group if column not in names]
            made = [names[column] for column in group if column in names]
            if len(group) < 2 or made in draft.unique:
                continue
            if missing:
                columns = ", ".join(group)
                self._report.note(table.name, f"unique ({columns}) not carried over: {missing[0]} is no field")
            else:
                draft.unique.append(made)

    def _leftovers(self, table: Table) -> None:
        for key in table.foreign_keys:
            if len(key["constrained_columns"]) > 1:
                columns = ", ".join(key["constrained_columns"])
                self._report.note(table.name, f"foreign key ({columns}) not carried over: it has several columns")
        for index in table.indexes:
            if len(index) > 1:
                self._report.note(table.name, f"index ({', '.join(index)}) not carried over: it has several columns")


def _only_links(table: Table) -> bool:
    """Return whether a table holds two references and nothing else."""
    columns = [column["name"] for column in table.columns]
    return len(columns) == 2 and all(table.foreign_key_of(column) is not None for column in columns)
