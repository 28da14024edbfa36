"""Related rows in responses: load what `?include=` names, and return only what was loaded."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, model_validator
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.core.model import Base
from app.core.rules import visible
from app.core.session import Context


def load_options(model: type[Base], names: Sequence[str], context: Context) -> list[ORMOption]:
    """Return the options that load the visible related rows: one more statement per name."""
    options: list[ORMOption] = []
    for name in dict.fromkeys(names):
        relation = getattr(model, name)
        where = visible(relation.property.mapper.class_, context)
        options.append(selectinload(relation.and_(*where) if where else relation))
    return options


class LoadedRelations(BaseModel):
    """A response that holds the relations that were loaded, and omits the others."""

    @model_validator(mode="before")
    @classmethod
    def skip_unloaded(cls, row: Any) -> Any:
        """Omit attributes that are not loaded: reading one would run another statement."""
        if not isinstance(row, Base):
            return row
        unloaded = sa.inspect(row).unloaded
        return {name: getattr(row, name) for name in cls.model_fields if name not in unloaded}
