"""Print what CHANGELOG.md says of its newest version, or only that version: `python -m tools.release_notes`."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_HEADING = re.compile(r"^## (?P<text>.*)$", re.MULTILINE)
_RELEASED = re.compile(r"\[(?P<version>\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d")
_LINKS = re.compile(r"^\[[^\]]+\]: \S+$", re.MULTILINE)


def newest(changelog: str) -> tuple[str, str]:
    """Return the newest version of a changelog and its text; both empty where nothing is released yet.

    Raises ValueError where its heading is not `## [1.2.3] - 2026-01-31` or nothing stands under it.
    """
    headings = [one for one in _HEADING.finditer(changelog) if one["text"] != "[Unreleased]"]
    if not headings:
        return "", ""
    first = _RELEASED.fullmatch(headings[0]["text"])
    if first is None:
        raise ValueError(f"CHANGELOG.md: write {headings[0][0]!r} as '## [1.2.3] - 2026-01-31'")
    end = headings[1].start() if len(headings) > 1 else len(changelog)
    text = _LINKS.sub("", changelog[headings[0].end() : end]).strip()
    if not text:
        raise ValueError(f"CHANGELOG.md: nothing stands under version {first['version']}")
    return first["version"], text


def main() -> int:
    """Print it; return the exit status: 0, or 1 where changelog and pyproject.toml do not fit together."""
    parser = argparse.ArgumentParser(prog="python -m tools.release_notes", description=__doc__)
    parser.add_argument("--version", action="store_true", help="print the version only")
    only_version = parser.parse_args().version
    try:
        version, text = newest((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if version and version != project["version"]:
        print(f"CHANGELOG.md has version {version}, pyproject.toml {project['version']}", file=sys.stderr)
        return 1
    print(version if only_version else text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
