"""How the answers file of an app is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ..entities import Entity, Field

_LINE = 77
"""Columns of a line in the answers file: linters allow 80, less quotes and a space."""


class _IndentedDumper(yaml.SafeDumper):
    """YAML as linters want it: items of a list stand further in than their name."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002
        """Never leave a list unindented."""
        del indentless
        super().increase_indent(flow, indentless=False)

    def process_scalar(self) -> None:
        """Break lines before the word that would pass the end, and before a first word that is too long."""
        scalar, analysis = self.event, self.analysis
        if isinstance(scalar, yaml.ScalarEvent) and analysis is not None:
            words = scalar.value.replace("'", "''").split() or [""]
            self.best_width = _LINE - max(map(len, words))
            text = scalar.tag == "tag:yaml.org,2002:str" and not analysis.multiline
            if text and analysis.allow_block and self.column + len(words[0]) > _LINE:
                self.style = ">"
        super().process_scalar()


_ENTITY_ORDER, _FIELD_ORDER = tuple(Entity.model_fields), tuple(Field.model_fields)


def _in_order(value: Any, order: Sequence[str] = ()) -> Any:
    """Return an answer with the keys of its mappings in reading order: at the prompt Copier sorts them.

    Otherwise an update that is answered with Enter would shuffle the answers file.
    """
    if isinstance(value, list):
        return [_in_order(item, order) for item in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: (order.index(key) if key in order else len(order), str(key)))
    return {key: _in_order(value[key], _FIELD_ORDER if order else ()) for key in keys}


def answers_yaml(answers: Mapping[str, Any]) -> str:
    """Return the answers file's content: Copier's own entries, then the answers by name; lists keep their order."""
    names = sorted(answers, key=lambda name: (name[0] != "_", name))
    by_name = {name: _in_order(answers[name], _ENTITY_ORDER if name == "entities" else ()) for name in names}
    return yaml.dump(by_name, Dumper=_IndentedDumper, sort_keys=False, allow_unicode=True)
