"""Files that Git ignores: no commit has them, so they are copied before an update."""

from __future__ import annotations

import filecmp
import re
import shutil
from pathlib import Path

from .files import files_below
from .git import git, paths

BACKUP = "copier-ignored"
"""The folder below `.git` for copies of ignored files while an update runs."""


def backup_folder() -> Path:
    """Return the folder for copies of ignored files."""
    return Path(git("rev-parse", "--absolute-git-dir").decode().strip(), BACKUP)


def written_by(template: Path) -> re.Pattern[str]:
    """Return a pattern for the paths that a template may write, whatever the answers are."""
    found = []
    for file in (path for path in template.rglob("*") if path.is_file()):
        name = re.sub(r"\{%.*?%\}", "", file.relative_to(template).as_posix()).removesuffix(".jinja")
        found.append("[^/]+".join(map(re.escape, re.split(r"\{\{.*?\}\}", name))))
    return re.compile("|".join(found))


def backup_ignored(template: Path) -> None:
    """Copy the ignored files that the template may write."""
    folder, pattern = backup_folder(), written_by(template)
    shutil.rmtree(folder, ignore_errors=True)
    for path in paths("ls-files", "--others", "--ignored", "--exclude-standard"):
        if pattern.fullmatch(path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / path, follow_symlinks=False)


def restore_ignored() -> list[str]:
    """Restore the copies; return the paths that the update had changed or removed."""
    folder, changed = backup_folder(), []
    for path in files_below(folder, "."):
        here = Path(path)
        if here.is_symlink() or not here.is_file() or not filecmp.cmp(folder / path, here, shallow=False):
            here.unlink(missing_ok=True)
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / path, here, follow_symlinks=False)
            changed.append(path)
    shutil.rmtree(folder, ignore_errors=True)
    return changed
