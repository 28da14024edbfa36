"""Apps as a version of the template makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .rejected import UpdateRejected


def render(source: str, version: str, answers: dict[str, Any], target: Path) -> None:
    """Render an app. Raises what Copier raises."""
    import copier  # noqa: PLC0415  (slow to load, and most updates delete nothing)

    given = {name: value for name, value in answers.items() if not name.startswith("_")}
    copier.run_copy(source, target, given, vcs_ref=version, defaults=True, unsafe=True, quiet=True)


def render_old(before: dict[str, Any], target: Path) -> None:
    """Render the app with the old version of the template. Raises UpdateRejected if it cannot be rendered."""
    source, version = before["_src_path"], before["_commit"]
    try:
        render(source, version, before, target)
    except Exception as error:
        raise UpdateRejected(f"version {version} of the template cannot be rendered for comparison: {error}") from error
