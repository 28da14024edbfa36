"""Turn a JHipster JDL file into an answers file: `python -m importers.jdl model.jdl -o answers.yml`."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from importers.answers_file import finish
from importers.draft import Report

from .convert import convert


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0: done, 1: the file has errors, 2: it was called wrongly."""
    parser = argparse.ArgumentParser(prog="python -m importers.jdl", description="JHipster JDL to answers file")
    parser.add_argument("file", type=Path, help="the JDL file")
    parser.add_argument("-o", "--output", type=Path, help="the answers file to write (printed unless given)")
    options = parser.parse_args(arguments)
    try:
        text = options.file.read_text(encoding="utf-8-sig")
    except OSError as error:
        parser.error(f"cannot read {options.file}: {error.strerror}")
    except UnicodeDecodeError:
        print(f"{options.file}:1:1: the file is not UTF-8: save it as UTF-8", file=sys.stderr)
        return 1
    report = Report()
    made, errors = convert(text, options.file.name, report)
    report.lines.sort(key=_line_number)
    return finish(parser, report, errors, made, options.output)


def _line_number(line: str) -> tuple[int, ...]:
    """Return the place that a line of the report tells of."""
    found = re.search(r":(\d+):(\d+): ", line)
    return tuple(map(int, found.groups())) if found else ()


if __name__ == "__main__":
    raise SystemExit(main())
