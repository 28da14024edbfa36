"""What is known of a whole app only: types, that it can be imported, and what Prometheus says of its rules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.environments import python_with, requirements_of
from tests.render.rendered import RenderedApps

pytestmark = pytest.mark.slow

Record = Callable[[str, object], None]
SCRIPT = Path(__file__).with_name("projects.py")


@pytest.fixture(scope="module")
def python(rendered: RenderedApps) -> str:
    """Return a Python with the packages of all apps."""
    projects = rendered.files("pyproject.toml")
    return python_with(line for path in projects for line in requirements_of(path, development=True))


@pytest.fixture(scope="module")
def apps(rendered: RenderedApps) -> list[Path]:
    """Return an app for each distinct set of Python files; those that differ in their setup only take turns.

    Where only the infrastructure was asked for, the app is not here.
    """
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for files, names in rendered.groups("*.py").items():
        if "app/main.py" in dict(files):
            found.setdefault(tuple(file for file in files if file[0] != "tools/setup.py"), []).extend(names)
    return [rendered.app(names[number % len(names)]) for number, names in enumerate(found.values())]


def errors(python: str, check: str, apps: list[Path], caches: Path) -> list[str]:
    """Return what a check finds in apps, looked at by a process for each core."""
    parts = os.cpu_count() or 1
    running = [
        subprocess.Popen(
            [python, SCRIPT, check, caches / str(part), *apps[part::parts]], stdout=subprocess.PIPE, text=True
        )
        for part in range(parts)
    ]
    found: list[list[str]] = []
    for process in running:
        printed, _ = process.communicate()
        assert process.returncode == 0
        found += map(json.loads, printed.splitlines())
    assert len(found) == len(apps)
    return [f"{folder}:\n{said}" for folder, said in found if said]


@pytest.mark.parametrize("check", ["types", "import"])
def test_whole_apps(check: str, apps: list[Path], python: str, tmp_path: Path, record_property: Record) -> None:
    """Strict types, and an interface, of every app that differs in its code."""
    start = time.monotonic()
    found = errors(python, check, apps, tmp_path)
    assert not found, "\n".join(found)[-8000:]
    record_property("figure", f"  {check:20} {len(apps):6} apps  {time.monotonic() - start:7.1f} s")


BROKEN = {
    "types": ("app/about.py", 'NAME: int = "a"\n', "Incompatible types"),
    "import": ("app/extra.py", "1 / 0\n", "ZeroDivisionError"),
}


@pytest.mark.parametrize("check", BROKEN)
def test_the_checks_can_fail(check: str, apps: list[Path], python: str, tmp_path: Path) -> None:
    path, text, message = BROKEN[check]
    app = tmp_path / "app"
    shutil.copytree(apps[0], app)
    (app / path).write_text(text, encoding="utf-8")
    (found,) = errors(python, check, [app], tmp_path / "caches")
    assert message in found


def promtool() -> str:
    """Return Prometheus's own tool; skip loudly where it is missing."""
    found = shutil.which("promtool") or shutil.which("promtool", path=str(ROOT / "build" / "debian" / "usr" / "bin"))
    return found or pytest.skip("NOT TESTED with promtool: tests/dashboards/debian.sh build/debian true brings it")


def rule_errors(folder: Path) -> str:
    """Return what Prometheus says of its settings and rules, and of the cases beside them."""
    program = promtool()
    for command in (
        ["check", "config", "--lint=all", "prometheus.yml"],
        ["check", "rules", "--lint=all", *sorted(folder.glob("prometheus/rules/*.yml"))],
        ["test", "rules", *sorted(folder.glob("prometheus/tests/*.yml"))],
    ):
        done = subprocess.run([program, *command], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stdout + done.stderr
    return ""


def test_rules_of_prometheus(rendered: RenderedApps, tmp_path: Path, record_property: Record) -> None:
    """Of every distinct set of them; and a rule that is wrong is found."""
    promtool()
    start = time.monotonic()
    sets = [rendered.app(names[0]) / "docker" for names in rendered.groups("docker/prometheus*").values()]
    assert sets
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for folder, found in zip(sets, pool.map(rule_errors, sets), strict=True):
            assert found == "", folder
    record_property("figure", f"  {'promtool':20} {len(sets):6} sets  {time.monotonic() - start:7.1f} s")
    shutil.copytree(sets[0], tmp_path / "docker")
    targets = tmp_path / "docker" / "prometheus" / "targets.yml"
    readme = (tmp_path / "docker" / "README.md").read_text(encoding="utf-8")
    own = "---\n- targets:" + readme.partition("```yaml\n---\n- targets:")[2].partition("```")[0]
    targets.write_text(own, encoding="utf-8")
    assert rule_errors(tmp_path / "docker") == ""
    targets.write_text(own.replace("targets:", "target:"), encoding="utf-8")
    assert "target" in rule_errors(tmp_path / "docker")
    targets.unlink()
    rules = next((tmp_path / "docker" / "prometheus" / "rules").glob("*.yml"))
    rules.write_text(rules.read_text(encoding="utf-8").replace("expr:", "exprs:"), encoding="utf-8")
    assert "exprs" in rule_errors(tmp_path / "docker")
