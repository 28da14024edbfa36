"""Find what an update left to be settled by hand: conflict markers and rejected changes."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ELSEWHERE = {
    ".git",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "node_modules",
}
# An example in a document is indented; in prose, equals signs underline a title.
MARKER = re.compile(r"(<{7}|\|{7}|>{7})( |$)")
MARKER_IN_CODE = re.compile(rf"{MARKER.pattern}|={{7}}$")
PROSE = {".md", ".rst", ".txt"}


def conflicts(folder: Path) -> Iterator[str]:
    """Yield a line for each conflict and each rejected change below a folder: where it is, and what to do."""
    for parent, folders, names in os.walk(folder):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = sorted(set(folders) - ELSEWHERE)
        for path in sorted(Path(parent, name) for name in names):
            where = path.relative_to(folder).as_posix()
            if path.suffix == ".rej":
                yield f"{where}: a change that did not fit: make it by hand, then delete this file"
            for number in lines_with_markers(path):
                yield f"{where}:{number}: a conflict: keep what is right, then delete the markers"


def lines_with_markers(path: Path) -> list[int]:
    """Return the lines where conflicts of a text begin; where no beginning is left, those of the other markers."""
    if path.is_symlink() or not path.is_file() or not os.access(path, os.R_OK):
        return []
    with path.open("rb") as file:
        if b"\0" in file.read(8192):
            return []
    marker = MARKER if path.suffix in PROSE else MARKER_IN_CODE
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    found = {number: line for number, line in enumerate(lines, start=1) if marker.match(line)}
    begin = [number for number, line in found.items() if line.startswith("<")]
    return begin or list(found)


def main() -> int:
    """Print what is found; return the exit status: 1 where there is any."""
    found = list(conflicts(ROOT))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
