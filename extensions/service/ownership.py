"""Who owns which file of an app: the one table behind docs/ownership.md and its test against copier.yml."""

from __future__ import annotations

from typing import Literal, NamedTuple

Owner = Literal["yours", "shared", "template"]


class Owned(NamedTuple):
    """Some files of an app and whose they are.

    `pattern` is a glob over paths of the app, in the words of `_skip_if_exists` where that lists it. `kept` says how an
    update leaves the users' files alone: "once" - they are not part of an update at all, "each" - they are written
    where they are missing. `beside` is the place where users add their own, so that nobody has to edit the file.
    `flags` are the answers without which the files are not there.
    """

    pattern: str
    owner: Owner
    what: str
    kept: Literal["once", "each", ""] = ""
    beside: str = ""
    flags: tuple[str, ...] = ()


# The first row that fits a path counts.
FILES: tuple[Owned, ...] = (
    Owned("migrations/versions/*", "yours", "what was done to the tables, and what their rows may hold", kept="once"),
    Owned("app/extra.py", "yours", "your routers, middleware, start-up work and dependencies", kept="once"),
    Owned("CHANGELOG.md", "yours", "what changed in this service", kept="once"),
    Owned("app/entities/*/rules.py", "yours", "the business rules of an entity", kept="each"),
    Owned("tests/extra.py", "yours", "valid bodies for the tests, where your rules reject the examples", kept="each"),
    Owned("tests/entities/*/test_rules.py", "yours", "the tests of these rules", kept="each"),
    Owned("app/entities/*/model.py", "shared", "the table of an entity"),
    Owned("app/entities/*/schemas.py", "shared", "what its requests and responses hold"),
    Owned("app/entities/*/repository.py", "shared", "how its rows are read and written"),
    Owned("app/entities/*/routes.py", "shared", "its API"),
    Owned("app/entities/registry.py", "template", "the list of all entities", beside="`app/extra.py`"),
    Owned("pyproject.toml", "shared", "packages and settings of the tools"),
    Owned("README.md", "shared", "the first page"),
    Owned(
        "app/core/*",
        "template",
        "settings, database, errors, lists, health",
        beside="the environment; a `BaseSettings` class of your own in a module of yours",
    ),
    Owned(
        "app/observability/*",
        "template",
        "metrics and logs",
        beside="metrics that your own modules make with `prometheus_client`: they are on the same page",
        flags=("observability",),
    ),
    Owned("app/*", "template", "start and command line", beside="`app/extra.py`"),
    Owned(
        "migrations/*",
        "template",
        "how migrations run",
        beside="models in modules of yours that `app/extra.py` imports: their tables are migrated, too",
    ),
    Owned("tests/*", "template", "all other tests", beside="test files of your own"),
    Owned("tools/*", "template", "what `make` runs", beside="commands of your own in `local.mk`"),
    Owned(
        "docker/prometheus/*",
        "template",
        "alert and recording rules, and their cases",
        beside="more files in `docker/prometheus/rules/`, targets in `docker/prometheus/targets.yml`",
        flags=("docker", "observability"),
    ),
    Owned(
        "docker/grafana/*",
        "template",
        "dashboards and data sources",
        beside="more files in `docker/grafana/dashboards/`",
        flags=("docker", "observability"),
    ),
    Owned(
        "docker/prometheus.yml",
        "template",
        "what Prometheus scrapes",
        beside="targets in `docker/prometheus/targets.yml`",
        flags=("docker", "observability"),
    ),
    Owned(
        "docker/alertmanager.yml",
        "template",
        "who is told of an alert",
        beside="a file of your own that `docker/docker-compose.override.yml` mounts over it",
        flags=("docker", "observability"),
    ),
    Owned(
        "docker/Dockerfile",
        "template",
        "the image",
        beside="`SYSTEM_PACKAGES` and `BUILD_PACKAGES` in `docker/.env` or `docker/docker-compose.override.yml`",
        flags=("docker",),
    ),
    Owned(
        "docker/*",
        "template",
        "compose files and what belongs to them",
        beside="`docker/.env`, `docker/app.env`, `docker/docker-compose.override.yml`",
        flags=("docker",),
    ),
    Owned(".github/*", "template", "what runs on GitHub", beside="workflows of your own"),
    Owned("Makefile", "template", "the commands", beside="`local.mk`"),
    Owned("docs/*", "template", "these pages", beside="pages of your own"),
    Owned("*", "template", "everything else that came with the service", beside="files of your own"),
)

_KEPT = {"once": "never touched, never made again", "each": "kept; made again where it is missing"}


def ownership_table(owner: Owner, *flags: str) -> str:
    """Return the rows of a Markdown table: the files of one owner in an app that has these flags."""
    rows = (row for row in FILES if row.owner == owner and set(row.flags) <= set(flags))
    return "\n".join(f"| `{_shown(row.pattern)}` | {row.what} |{_last(row)}" for row in rows)


def _last(row: Owned) -> str:
    """Return the last column: what an update does to the users' files, or where they add to the template's."""
    last = _KEPT[row.kept] if row.kept else row.beside
    return f" {last} |" if last else ""


def _shown(pattern: str) -> str:
    """Write a pattern for people: an entity's folder by name, a whole folder with its slash."""
    return pattern.replace("entities/*/", "entities/<name>/").removesuffix("*") or "*"
