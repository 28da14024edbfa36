"""The entry point of `python updates/keep_edits`, as `copier.yml` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])  # the template itself, not this folder

from updates.keep_edits.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
