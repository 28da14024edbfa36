"""Who owns which file of an app: the one table behind docs/ownership.md and its test against copier.yml."""

from __future__ import annotations

from typing import Literal, NamedTuple

from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)

Owner = Literal["yours", "shared", "template"]


class Owned(NamedTuple):
    """Some files of an app and whose they are.

    `pattern` is a glob over paths of the app, in the words of `_skip_if_exists` where that lists it. `kept` says how an
    update leaves the users' files alone: "once" - they are not part of an update at all, "each" - they are written
    where they are missing. `flag` is the answer without which the files are not there.
    """

    pattern: str
    owner: Owner
    what: str
    kept: Literal["once", "each", ""] = ""
    flag: str = ""


# The first row that fits a path counts.
FILES: tuple[Owned, ...] = (
    Owned("migrations/versions/*", "yours", "what was done to the tables, step by step", kept="once"),
    Owned("app/extra.py", "yours", "your routers, middleware and start-up work", kept="once"),
    Owned("CHANGELOG.md", "yours", "what changed in this service", kept="once"),
    Owned("app/entities/*/rules.py", "yours", "the business rules of an entity", kept="each"),
    Owned("tests/entities/*/test_rules.py", "yours", "the tests of these rules", kept="each"),
    Owned("app/entities/*/model.py", "shared", "the table of an entity"),
    Owned("app/entities/*/schemas.py", "shared", "what its requests and answers hold"),
    Owned("app/entities/*/routes.py", "shared", "its API"),
    Owned("app/entities/registry.py", "template", "the list of all entities; your own routers go into `app/extra.py`"),
    Owned("pyproject.toml", "shared", "packages and settings of the tools"),
    Owned("README.md", "shared", "the first page"),
    Owned("app/core/*", "template", "settings, database, errors, lists, health"),
    Owned("app/observability/*", "template", "metrics and logs", flag="observability"),
    Owned("app/*", "template", "start and command line; extend it in `app/extra.py`"),
    Owned("migrations/*", "template", "how migrations run"),
    Owned("tests/*", "template", "all other tests; add files of your own beside them"),
    Owned("tools/*", "template", "what `make` runs"),
    Owned("docker/*", "template", "image, compose files and what belongs to them", flag="docker"),
    Owned("Makefile", "template", "the commands; your own go into `local.mk`"),
    Owned("*", "template", "everything else that came with the service"),
)

_KEPT = {"once": "never touched, never made again", "each": "kept; made again where it is missing"}


def ownership_table(owner: Owner, *flags: str) -> str:
    """Return the rows of a Markdown table: the files of one owner in an app that has these flags."""
    rows = (row for row in FILES if row.owner == owner and (not row.flag or row.flag in flags))
    return "\n".join(f"| `{_shown(row.pattern)}` | {row.what} |{_on_update(row)}" for row in rows)


def _on_update(row: Owned) -> str:
    """Return the last column, which only the users' own files have: all others are merged."""
    return f" {_KEPT[row.kept]} |" if row.kept else ""


def _shown(pattern: str) -> str:
    """Write a pattern for people: an entity's folder by name, a whole folder with its slash."""
    return pattern.replace("entities/*/", "entities/<name>/").removesuffix("*") or "*"
