"""Put an archive of the example on the branch `example`, as its next commit: `python -m tools.example_branch FILE`.

Needs nothing but Python and Git. The differences between two commits of that branch are what an update brings.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

BRANCH = "example"
IDENTITY = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
LEFT_OUT = ".github/workflows"
"""A workflow's token may not push workflow files."""


def publish(archive: Path, repository: Path, remote: str = "origin") -> bool:
    """Push the content of an archive as the next commit of the branch; False where nothing has changed."""
    version = archive.name.removeprefix("shop-").removesuffix(".tar.gz")
    known = _git(repository, "ls-remote", "--heads", remote, f"refs/heads/{BRANCH}").split()
    parent = known[0] if known else ""
    if parent:
        _git(repository, "fetch", "--quiet", "--depth=1", remote, parent)
    with tempfile.TemporaryDirectory() as temporary:
        with tarfile.open(archive) as packed:
            packed.extractall(temporary, filter="data")
        (app,) = Path(temporary).iterdir()
        index = {"GIT_INDEX_FILE": str(Path(temporary) / "index")}
        _git(repository, f"--work-tree={app}", "add", "--all", "--force", ".", f":(exclude){LEFT_OUT}", **index)
        tree = _git(repository, "write-tree", **index).strip()
    if parent and tree == _git(repository, "rev-parse", f"{parent}^{{tree}}").strip():
        return False
    message = f"The shop, as version {version} makes it"
    behind = ("-p", parent) if parent else ()
    commit = _git(repository, "commit-tree", tree, *behind, "-m", message).strip()
    _git(repository, "push", "--quiet", remote, f"{commit}:refs/heads/{BRANCH}")
    return True


def _git(folder: Path, *words: str, **environment: str) -> str:
    name, email = IDENTITY
    own = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", email))
    }
    done = subprocess.run(
        ("git", *words), cwd=folder, env=os.environ | own | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def main() -> int:
    """Publish an archive; say whether there was anything to publish."""
    parser = argparse.ArgumentParser(prog="python -m tools.example_branch", description=__doc__)
    parser.add_argument("archive", type=Path, help="what tools.example has written")
    changed = publish(parser.parse_args().archive.resolve(), Path.cwd())
    print(f"Branch {BRANCH}: {'one commit more' if changed else 'as it was'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
