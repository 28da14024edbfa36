"""Names of a renamed entity in the files that users edited."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from pathlib import Path

from .files import files_below

WORD = re.compile(r"https?://\S+|\.?[A-Za-z_][A-Za-z0-9_]*\b\(?")

STRING = re.compile(r"""(?<!\w)([A-Za-z]{0,2})("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")

OUR_PATHS = re.compile(r"""["'](?:app\.|tests\.|/api/)""")

OURS = {"app", "tests"}
"""The packages of an app."""


class Translator:
    """Writes new names for old ones in files.

    Only words that the template itself wrote (`known`) change, so that `.order_by(` and addresses stay. In lines that
    the template did not write, strings stay too, except paths of the app, and so do names imported from other
    packages. Where a word should have stayed after all, nothing is lost: base and edited file are translated alike, and
    merged.
    """

    def __init__(self, names: dict[str, str], known: set[str]) -> None:
        self.names, self.known = names, known
        longest_first = sorted(names, key=len, reverse=True)
        phrases = [name for name in longest_first if not name.isidentifier()]
        # An alternative of nothing would be found everywhere; `(?!)` never is.
        self.name = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, longest_first)) or '(?!)'})(?![a-z0-9])")
        self.phrase = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, phrases)) or '(?!)'})(?![A-Za-z0-9])")

    def __call__(self, content: bytes, base: bytes | None) -> bytes:
        """Return a file with the new names; `base` is what the template made of it."""
        try:
            text, made = content.decode(), (base or b"").decode()
        except UnicodeDecodeError:
            return content
        template, foreign = set(made.splitlines()), _imported(text)
        lines = text.splitlines(keepends=True)
        return "".join(
            self.words(line) if line.rstrip("\n") in template else self.own_line(line, foreign) for line in lines
        ).encode()

    def words(self, text: str, foreign: Collection[str] = ()) -> str:
        """Return a text with the new names, but for some words."""

        def word(match: re.Match[str]) -> str:
            is_method = match[0].startswith(".") and match[0].endswith("(") and match[0][1:2].islower()
            name = match[0].strip(".(")
            if is_method or name not in self.known or name in foreign:
                return match[0]
            return self.name.sub(self._new, match[0])

        return WORD.sub(word, self.phrase.sub(self._new, text))

    def _new(self, found: re.Match[str]) -> str:
        return self.names[found[1]]

    def own_line(self, line: str, foreign: Collection[str]) -> str:
        """Return a line that the template did not write."""
        done, end = [], 0
        for string in STRING.finditer(line):
            text = string[0]
            if "f" in string[1].lower():
                text = re.sub(r"\{[^{}]*\}", lambda field: self.words(field[0], foreign), text)
            elif OUR_PATHS.match(string[2]):
                text = self.words(text)
            done += [self.words(line[end : string.start()], foreign), text]
            end = string.end()
        return "".join([*done, self.words(line[end:], foreign)])


def _imported(text: str) -> set[str]:
    """Return the names that Python imports from packages other than the app's; none where it is no Python."""
    try:
        found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    except (SyntaxError, ValueError):
        return set()
    other = [node for node in found if not isinstance(node, ast.ImportFrom) or _is_foreign(node)]
    return {name for node in other for alias in node.names for name in (alias.name, alias.asname) if name}


def _is_foreign(node: ast.ImportFrom) -> bool:
    return not node.level and (node.module or "").split(".")[0] not in OURS


def words_below(app: Path, path: str) -> set[str]:
    """Return the words of the files at a path of an app."""
    texts = ((app / file).read_bytes().decode(errors="ignore") for file in files_below(app, path))
    return {match.strip(".(") for text in texts for match in WORD.findall(text)}
