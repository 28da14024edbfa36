"""What `copier.yml` names: it loads this folder as a package, and gives templates what is in it.

Copier's loader executes single files, and an update renders two versions of the template in one process. So the folder
becomes a package whose name holds a digest of its files: modules import each other as usual, the same files are loaded
once, and the modules of one version can never stand in for those of another.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from copier.errors import UserMessageError
from copier_template_extensions import ContextHook
from jinja2 import Environment

FOLDER = Path(__file__).resolve().parent


def package_name(folder: Path) -> str:
    """Return the name of the package that a folder becomes: other files, another name."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            digest.update(b"%d " % len(part) + part)
    return f"template_extensions_{digest.hexdigest()[:32]}"


def load(folder: Path, module: str) -> ModuleType:
    """Return a module of a folder, loaded with all that it imports, once for each content of the folder.

    Raises UserMessageError, one line with the file at fault, where a module cannot be imported.
    """
    name = package_name(folder)
    if (found := sys.modules.get(f"{name}.{module}")) is not None:
        return found
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # it is the template's folder, not ours
    try:
        _load_package(name, folder)
        return importlib.import_module(f"{name}.{module}")
    except Exception as error:
        for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
            del sys.modules[loaded]
        raise UserMessageError(_reason(error, folder)) from error
    finally:
        sys.dont_write_bytecode = write_bytecode


def _load_package(name: str, folder: Path) -> None:
    importlib.invalidate_caches()
    file, places = folder / "__init__.py", [str(folder)]
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise ImportError(f"there is no package in {folder}")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


def _reason(error: Exception, folder: Path) -> str:
    """Return one line: the file and line that cannot be imported, and why."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        places.append((error.filename or "", error.lineno))
    inside = [(Path(file), line) for file, line in places if Path(file).is_relative_to(folder)]
    path, line = inside[-1] if inside else (folder / "__init__.py", 1)
    text = " ".join(str(error.msg if isinstance(error, SyntaxError) else error).split())
    where = path.relative_to(folder.parent).as_posix()
    return f"{where}, line {line}: this extension cannot be imported: {type(error).__name__}: {text}"


class Template(ContextHook):
    """Give templates the filters and functions of `templates.py`, and `service` and `pins` beside the answers."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._templates = load(FOLDER, "templates")
        self._templates.register(environment)

    def hook(self, context: dict[str, Any]) -> None:
        """Change the context in place."""
        self._templates.add_context(context)
