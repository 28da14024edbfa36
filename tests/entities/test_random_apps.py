"""Apps of every kind of entity, chosen and random, are good: linters, types, migrations, their own tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Render, example
from tests.entities import apps
from tests.entities.strategies import IN_CI, Answer, as_yaml, for_sqlite, samples
from tests.linters import EVERY_RULE

REGRESSIONS = Path(__file__).parent / "regressions"
COUNT = int(os.environ.get("RANDOM_APPS", "3" if IN_CI else "30"))
SEED = int(os.environ.get("RANDOM_SEED", "20260131"))
OTHER = {"postgresql": "sqlite", "sqlite": "postgresql"}


def cases() -> list[Any]:
    """List the example with everything, what failed before, then the random ones with one variant each, in turn."""
    found = [
        pytest.param({**example("kitchen-sink"), **variant}, id=f"kitchen-sink-{name}")
        for name, variant in apps.VARIANTS.items()
    ]
    for path in sorted(REGRESSIONS.glob("*.yml")):
        answers = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.append(pytest.param(answers, id=path.stem))
    variants = list(apps.VARIANTS.items())
    for number in range(COUNT):
        name, variant = variants[number % len(variants)]
        found.append(pytest.param({**variant, "number": number}, id=f"seed-{SEED}-{number}-{name}"))
    return found


@pytest.fixture(scope="session")
def random_lists() -> list[Answer]:
    """Return the random lists of this run."""
    return samples(COUNT, SEED)


@pytest.mark.slow
@pytest.mark.turns(2)
@pytest.mark.parametrize("case", cases())
def test_app(case: dict[str, Any], request: pytest.FixtureRequest, template: Path, render: Render) -> None:
    answers = dict(case)
    if "number" in answers:
        entities = request.getfixturevalue("random_lists")[answers.pop("number")]
        answers["entities"] = for_sqlite(entities) if answers["database"] == "sqlite" else entities
    try:
        whole_app(answers, template, apps.apps_python(render))
    except AssertionError:
        if "number" in case:
            text = as_yaml(answers)
            path = REGRESSIONS / f"{apps.digest(text)}.yml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"seed {SEED}, number {case['number']}: kept as {path.name}; commit it with the fix")
        raise


def whole_app(answers: dict[str, Any], template: Path, python: Path) -> None:
    """Render, lint, check types, migrate on both databases, and run the generated tests."""
    app = apps.rendered(template, "random", answers)
    run = apps.runner(python, app)
    run("ruff", "check", "--no-cache", "--output-format=concise", ".")
    run("ruff", "check", "--no-cache", "--output-format=concise", *EVERY_RULE, ".")
    run("ruff", "format", "--no-cache", "--diff", ".")
    run("mypy", "--cache-dir", apps.BUILD / "apps-mypy" / app.parent.name / answers["database"])
    run("pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "--maxfail=5")
    there = {"database": OTHER[answers["database"]], "entities": for_sqlite(answers["entities"])}
    other = apps.rendered(template, "other", {**answers, **there})
    migrations = "tests/core/test_migrations.py"
    apps.runner(python, other)("pytest", "-q", "-p", "no:cacheprovider", "--tb=short", migrations)
