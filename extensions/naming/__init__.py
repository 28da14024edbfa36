"""Words and names: case styles, English plurals, and which names may not be used."""

from .cases import kebab, pascal, snake, title, words
from .errors import BETTER_FIELDS, LONGEST_NAME, app_name_error, entity_name_error, field_name_error, near_app_name
from .plurals import IRREGULAR_ENDINGS, IRREGULAR_PLURALS, OES, UNCOUNTABLE, UNCOUNTABLE_ENDINGS, plural
from .reserved import OWN_CLASS_NAMES
from .tables import link_columns, link_table

__all__ = [
    "BETTER_FIELDS",
    "IRREGULAR_ENDINGS",
    "IRREGULAR_PLURALS",
    "LONGEST_NAME",
    "OES",
    "OWN_CLASS_NAMES",
    "UNCOUNTABLE",
    "UNCOUNTABLE_ENDINGS",
    "app_name_error",
    "entity_name_error",
    "field_name_error",
    "kebab",
    "link_columns",
    "link_table",
    "near_app_name",
    "pascal",
    "plural",
    "snake",
    "title",
    "words",
]
