"""Looks at whole apps, one after the other, in the environment of the apps and apart from each other.

python projects.py types|import CACHE APP...   prints a line of JSON for each app: its folder and what is wrong
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path


def types() -> str:
    """Return what mypy says of the app in this folder, as its own settings ask."""
    from mypy import api  # noqa: PLC0415  (the other check needs none)

    out, err, status = api.run(["--cache-dir", sys.argv[2]])
    return out + err if status else ""


def imports() -> str:
    """Import the app in this folder, with the settings of its example, and describe its interface."""
    sys.path.insert(0, ".")
    example = Path(".env.example").read_text(encoding="utf-8")
    os.environ.update(re.findall(r"^(?:# )?([A-Z_]+(?<!_FILE))=(.*)$", example, re.MULTILINE))
    module = importlib.import_module("app.main")
    return "" if module.create_app().openapi()["paths"] else "no operation"


CHECKS: dict[str, Callable[[], str]] = {"types": types, "import": imports}
SHARED = {"types": ["mypy.api"], "import": ["alembic", "fastapi", "fastapi.openapi.utils", "sqlalchemy.orm"]}
"""What every app imports: once, before the apps part."""


def apart(folder: str, check: Callable[[], str]) -> str:
    """Return what a check finds in a folder, in a process that ends with it."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        found = io.StringIO()
        try:
            os.chdir(folder)
            with contextlib.redirect_stdout(sys.stderr):
                found.write(check())
        except BaseException:  # noqa: BLE001  (the error is the result)
            traceback.print_exc(file=found)
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            pipe.write(found.getvalue())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def main() -> None:
    """Look at each app and print what is found."""
    name, _, *folders = sys.argv[1:]
    sys.dont_write_bytecode = True
    for module in SHARED[name]:
        importlib.import_module(module)
    for folder in folders:
        print(json.dumps([folder, apart(folder, CHECKS[name])]), flush=True)


if __name__ == "__main__":
    main()
