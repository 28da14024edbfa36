"""What several declarations of JDL share: annotations, values, lists of names."""

from __future__ import annotations

from .model import Annotation, JdlError
from .tokens import Cursor


class Phrases(Cursor):
    """Read the parts of declarations."""

    def _annotations(self) -> list[Annotation]:
        found: list[Annotation] = []
        while self._is("@"):
            place = self._next().place
            name = self._name("the name of an annotation", "write it after the @").text
            value: str | None = None
            if self._skip("("):
                value = self._value("the value of an annotation")
                self._expect(")", "close the bracket")
            found.append(Annotation(name.lower(), value, place))
        return found

    def _value(self, what: str) -> str:
        token = self._next()
        if token.kind == "string":
            return token.text[1:-1]
        if token.kind in {"name", "number"}:
            return token.text
        raise JdlError(token.place, f"here is {token}, not {what}", "write a name, a number or a text in quotes")

    def _constant(self) -> str:
        token = self._next()
        if token.kind != "number":
            raise JdlError(token.place, f"a constant is a number, not {token}", "write a number")
        return token.text

    def _excluded(self) -> list[str]:
        return self._list() if self._skip("except") else []

    def _list(self) -> list[str]:
        found = [self._listed()]
        while self._skip(","):
            found.append(self._listed())
        return found

    def _listed(self) -> str:
        if self._skip("*"):
            return "*"
        return self._name("the name of an entity", "write names with commas between them, or *").text
