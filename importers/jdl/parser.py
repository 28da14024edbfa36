"""A recursive descent parser of JDL."""

from __future__ import annotations

import difflib
from typing import Final

from .model import (
    Annotation,
    Document,
    Entity,
    Enum,
    EnumValue,
    Field,
    JdlError,
    Option,
    Relationship,
    Side,
    Token,
    Validation,
)
from .phrases import Phrases

RELATIONS: Final = ("OneToMany", "ManyToOne", "OneToOne", "ManyToMany")

BOUNDS: Final = ("min", "max", "minlength", "maxlength", "minbytes", "maxbytes")

_VALIDATIONS: Final = ("required", "unique", "pattern", *BOUNDS)

LISTED_OPTIONS: Final = ("skipClient", "skipServer", "noFluentMethod", "readOnly", "embedded", "filter")

VALUED_OPTIONS: Final = (
    "dto", "service", "paginate", "pagination", "search", "microservice", "angularSuffix", "clientRootFolder",
    "changelogDate",
)  # fmt: skip

_DECLARATIONS: Final = ("entity", "enum", "relationship", "application", "deployment", "use")

_STARTS: Final = (*_DECLARATIONS, *LISTED_OPTIONS, *VALUED_OPTIONS)


def parse(text: str) -> Document:
    """Return what a file says, with every error found in its spelling."""
    return _Parser(text).document()


class _Parser(Phrases):
    """Recursive descent over the tokens; after an error it goes on with the next declaration."""

    def __init__(self, text: str) -> None:
        self._found = Document()
        super().__init__(text, self._found.errors)

    def document(self) -> Document:
        """Read the whole file."""
        while self._peek().kind != "end":
            start = self._at
            try:
                self._declaration()
            except JdlError as error:
                self._found.errors.append(error)
                self._recover(start)
        self._found.errors.sort(key=lambda error: error.place)
        return self._found

    def _recover(self, start: int) -> None:
        """Go to the next word that begins a declaration at the start of a line."""
        self._at = max(self._at, start + 1)
        self._doc = None
        while self._tokens[self._at].kind != "end":
            token = self._tokens[self._at]
            first = self._tokens[self._at - 1].last_line < token.place.line
            if first and token.text in _DECLARATIONS and token.kind == "name" and token.place.column == 1:
                return
            self._at += 1

    def _declaration(self) -> None:
        doc = self._take_doc()
        annotations = self._annotations()
        doc = self._take_doc() or doc
        token = self._name("a declaration", "write entity, enum, relationship or an option")
        if token.text == "entity":
            self._found.entities.append(self._entity(doc, annotations))
        elif token.text == "enum":
            self._found.enums.append(self._enum())
        elif token.text == "relationship":
            self._found.relationships += self._relationships()
        elif token.text in {"application", "deployment"}:
            self._skip_block(token)
        elif self._skip("="):
            self._found.constants[token.text] = self._constant()
        elif token.text == "use":
            self._found.options += self._used()
        elif token.text in (*LISTED_OPTIONS, *VALUED_OPTIONS):
            self._found.options.append(self._option(token))
        else:
            near = difflib.get_close_matches(token.text, _STARTS, n=1)
            fix = f"did you mean {near[0]}?" if near else "write entity, enum, relationship or an option"
            raise JdlError(token.place, f"there is no declaration {token}", fix)

    def _entity(self, doc: str | None, annotations: list[Annotation]) -> Entity:
        token = self._name("the name of an entity", "write one such as Product")
        entity = Entity(token.text, token.place, doc=doc, annotations=annotations)
        if self._skip("("):
            entity.table = self._name("the name of a table", "write it between the brackets").text
            self._expect(")", "close the bracket")
        if self._is("{"):
            entity.fields = self._several(self._field, "write the fields in braces")
        return entity

    def _field(self) -> Field:
        doc = self._take_doc()
        annotations = self._annotations()
        doc = self._take_doc() or doc
        name = self._name("a field", "write a name and a type, such as title String")
        if self._is("("):
            near = difflib.get_close_matches(name.text, _VALIDATIONS, n=1)
            fix = f"did you mean {near[0]}?" if near else f"write {', '.join(_VALIDATIONS)}"
            raise JdlError(name.place, f"there is no validation {name}", fix)
        kind = self._name(f"the type of {name.text}", f"write one after {name.text}, such as String")
        made = Field(name.text, kind.text, name.place, kind.place, doc, annotations=annotations)
        made.doc = self._trailing_doc() or made.doc
        while self._is(*_VALIDATIONS):
            made.validations.append(self._validation())
            made.doc = self._trailing_doc() or made.doc
        return made

    def _validation(self) -> Validation:
        token = self._next()
        if token.text in {"required", "unique"}:
            return Validation(token.text, None, token.place)
        self._expect("(", f"write {token.text}({'/.../' if token.text == 'pattern' else '10'})")
        value = self._next()
        if token.text == "pattern" and value.kind != "regex":
            raise JdlError(value.place, f"a pattern is /.../, not {value}", "write it between two slashes")
        if token.text != "pattern" and value.kind not in {"number", "name"}:
            raise JdlError(value.place, f"here is {value}, not a number", "write a number or a constant")
        self._expect(")", "close the bracket")
        return Validation(token.text, value.text, value.place)

    def _enum(self) -> Enum:
        token = self._name("the name of an enum", "write one such as State")
        return Enum(token.text, token.place, self._several(self._enum_value, "write the values in braces"))

    def _enum_value(self) -> EnumValue:
        self._take_doc()
        token = self._name("a value of an enum", "write names such as OPEN, with commas between them")
        value = EnumValue(token.text, token.place)
        if self._skip("("):
            value.label = self._value("the label of the value")
            self._expect(")", "close the bracket")
        self._trailing_doc()
        return value

    def _relationships(self) -> list[Relationship]:
        kind = self._name("the kind of relationship", f"write {', '.join(RELATIONS)}")
        if kind.text not in RELATIONS:
            near = difflib.get_close_matches(kind.text, RELATIONS, n=1)
            fix = f"did you mean {near[0]}?" if near else f"write {', '.join(RELATIONS)}"
            raise JdlError(kind.place, f"there is no relationship {kind}", fix)
        return self._several(lambda: self._relationship(kind.text), "write them in braces: { A to B }")

    def _relationship(self, kind: str) -> Relationship:
        source = self._side()
        self._expect("to", f"write {source.entity} to another entity")
        target = self._side()
        found = Relationship(kind, source, target, source.place)
        if self._skip("with"):
            found.methods.append(self._name("a word", "write builtInEntity").text)
        found.target.doc = self._trailing_doc() or found.target.doc
        return found

    def _side(self) -> Side:
        doc = self._take_doc()
        annotations = self._annotations()
        doc = self._take_doc() or doc
        token = self._name("the name of an entity", "write Author{book} to Book{author}")
        side = Side(token.text, token.place, doc=doc, annotations=annotations)
        if self._skip("{"):
            side.attribute = self._name("the name of a field", "write it between the braces").text
            if self._skip("("):
                side.display = self._name("the name of a field", "write it between the brackets").text
                self._expect(")", "close the bracket")
            side.required = self._skip("required")
            self._expect("}", "close the brace")
        return side

    def _option(self, name: Token) -> Option:
        self._skip("for")
        option = Option(name.text, name.place, self._list())
        if self._skip("with"):
            option.value = self._value("the value of an option")
        option.excluded = self._excluded()
        return option

    def _used(self) -> list[Option]:
        place = self._peek().place
        names = self._list()
        self._expect("for", "write use dto for A, B")
        entities, excluded = self._list(), self._excluded()
        return [Option(name, place, entities, None, excluded) for name in names]

    def _skip_block(self, start: Token) -> None:
        """Skip a block in braces, but look for the application's name."""
        self._found.skipped.append(start)
        self._expect("{", f"write the {start.text} in braces")
        depth = 1
        while depth:
            token = self._next()
            if token.kind == "end":
                raise JdlError(start.place, f"the {start.text} that begins here has no end", "close it with }")
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "mark" else 0
            if token.text == "baseName" and self._peek().kind in {"name", "string"}:
                self._found.base_name = self._found.base_name or self._next().text.strip("\"'")
