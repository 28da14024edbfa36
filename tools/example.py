"""Render the shop as a version of the template makes it, into an archive: `python -m tools.example 1.2.3 ADDRESS`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import copier
import yaml

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "shop.yml"


def archive(version: str, address: str, folder: Path) -> Path:
    """Write `shop-1.2.3.tar.gz`; its answers name version and address, so that it can be updated like any app."""
    target = folder.resolve() / f"shop-{version}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        app = Path(temporary) / "shop"
        data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        copier.run_copy(address, app, data=data, defaults=True, unsafe=True, quiet=True, vcs_ref=version)
        _git(app, "init", "--quiet")
        _git(app, "add", "--all")
        tree = _git(app, "write-tree").strip()
        _git(app, "archive", f"--prefix=shop-{version}/", f"--output={target}", tree)
    return target


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(("git", *words), cwd=folder, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Write the archive; print its path."""
    parser = argparse.ArgumentParser(prog="python -m tools.example", description=__doc__)
    parser.add_argument("version", help="a tag of the template")
    parser.add_argument("address", help="where the template can be fetched, now and by later updates")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "example", help="where the archive goes")
    given = parser.parse_args()
    print(archive(given.version, given.address, given.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
