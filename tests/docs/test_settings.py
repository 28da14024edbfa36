"""The table of settings is that of the app's code, of its compose files and of its image."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from extensions.service.context import Service, service_of
from extensions.service.settings import SETTINGS, Setting, settings_of
from tests.conftest import Render, example
from tests.render import matrix

KINDS = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "list": "Annotated[list[str], NoDecode]",
    "secret": "SecretStr",
    "path": "Path",
}
FLAGS = [
    {"database": database, "redis": redis, "observability": bool(level), "tracing": level == 2}
    for database, redis, level in itertools.product(("postgresql", "sqlite"), (True, False), range(3))
]
"""Every combination of the flags that settings depend on."""


def service_with(flags: dict[str, Any]) -> Service:
    """Return the service of the shop with some flags."""
    return service_of(matrix.effective({**example("shop"), **flags, "entities": [], "docker": True}))


def fields_of(source: str) -> dict[str, tuple[str, str | None, bool]]:
    """Return the settings in the code of an app: type, default as the environment would give it, required."""
    (settings,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    found = {}
    for node in settings.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            value = node.value
            if isinstance(value, ast.Call):
                value = next(keyword.value for keyword in value.keywords if keyword.arg == "default")
            default = None if value is None else in_environment(ast.literal_eval(value))
            found[node.target.id.upper()] = ast.unparse(node.annotation), default, node.value is None
    return found


def in_environment(value: object) -> str | None:
    """Return a value as an environment variable has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(value)
    return None if value is None else str(value)


def annotation(setting: Setting) -> str:
    """Return the type of a setting as code has it."""
    if isinstance(setting.kind, tuple):
        return f"Literal[{', '.join(map(repr, setting.kind))}]"
    optional = setting.default is None and not setting.required
    return KINDS[setting.kind] + (" | None" if optional else "")


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: "-".join(map(str, flags.values())))
def test_settings_are_those_of_the_code(flags: dict[str, Any], render: Render) -> None:
    answers = {**flags, "entities": [], "docker": True}
    folder = render(example("shop"), **answers)
    service = service_with(flags)
    table = {one.name: (annotation(one), one.default_of(service), one.required) for one in settings_of(service)}
    assert fields_of((folder / "app" / "core" / "settings.py").read_text(encoding="utf-8")) == table
    assert list(variables_of(folder / "README.md")) == list(table)
    for file, place in (("", "compose"), (".dev", "dev"), (".prod", "production"), (".test", "tests")):
        compose = yaml.load(
            re.sub("!reset", "", (folder / f"docker/docker-compose{file}.yml").read_text(encoding="utf-8")),
            Loader=yaml.SafeLoader,
        )
        environment = compose["services"]["tests" if place == "tests" else "app"]["environment"]
        given = {name: value for name, value in environment.items() if not name.startswith("TEST_")}
        expected = {one.name: one.value(service, place) for one in settings_of(service) if one.value(service, place)}
        assert given == {name: yaml.safe_load(value) for name, value in expected.items()}, file
    image = (folder / "docker" / "Dockerfile").read_text(encoding="utf-8")
    for one in settings_of(service):
        if value := one.value(service, "image"):
            assert set(re.findall(rf"\b{one.name}=(\S+)", image)) == {value}, one.name


def variables_of(readme: Path) -> dict[str, str]:
    """Return the variables in the README's table of settings, each with its default."""
    section = readme.read_text(encoding="utf-8").partition("## Settings")[2].partition("## ")[0]
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", section, re.MULTILINE))


def test_defaults_in_words(render: Render) -> None:
    shown = variables_of(render(example("shop"), entities=[]) / "README.md")
    assert shown["DATABASE_URL"] == "none, must be set"
    assert (shown["REDIS_URL"], shown["CORS_ORIGINS"], shown["TRUSTED_HOSTS"]) == ("none", "none", "all")
    assert shown["PORT"] == "8000"


def test_names_are_there_once() -> None:
    names = [setting.name for setting in SETTINGS]
    assert sorted(set(names)) == sorted(names)


def test_examples_are_settings(render: Render) -> None:
    """`.env.example` shows nothing that the app does not read."""
    for flags in FLAGS:
        folder = render(example("shop"), **flags, entities=[], docker=True)
        text = (folder / ".env.example").read_text(encoding="utf-8")
        names = set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))
        assert "ENVIRONMENT" in names
        assert names <= {one.name for one in settings_of(service_with(flags))}
