"""Rows that are shown with others: what `?include=` loads, and responses that hold just what was loaded."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, model_validator
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.core.model import Base, SoftDelete


def loading(model: type[Base], names: Sequence[str]) -> list[ORMOption]:
    """Return the options that load relations: one more statement for each name, however many rows there are."""
    options: list[ORMOption] = []
    for name in dict.fromkeys(names):
        relation = getattr(model, name)
        target = relation.property.mapper.class_
        if issubclass(target, SoftDelete):
            relation = relation.and_(target.deleted_at.is_(None))
        options.append(selectinload(relation))
    return options


class Loaded(BaseModel):
    """A response that holds the relations which were loaded, and says nothing of the others."""

    @model_validator(mode="before")
    @classmethod
    def take_what_is_loaded(cls, row: Any) -> Any:
        """Leave out what the row does not have: asking for it would be another statement."""
        if not isinstance(row, Base):
            return row
        unloaded = sa.inspect(row).unloaded
        return {name: getattr(row, name) for name in cls.model_fields if name not in unloaded}
