"""What stands under .github, ours and the apps': valid, without findings, pinned, and silent about what is off."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from extensions import pins
from tests.conftest import ROOT, Render
from tests.render.matrix import questions, values

OURS = ROOT / ".github"
TOOLS = Path(sys.executable).parent
EXISTING_APP = {"scope": "infrastructure"}
ASKED = ("package_manager", "docker", "python_version")
WORDS_OF_DOCKER = re.compile(r"docker|compose|container|image", re.IGNORECASE)
WORDS_OF_OTHERS = re.compile(r"redis|prometheus|grafana|metrics|observab", re.IGNORECASE)

Check = Callable[[list[Path]], str]


def combinations() -> list[dict[str, Any]]:
    """Return every combination of the answers that workflows depend on."""
    asked = questions()
    return [
        dict(zip(ASKED, picked, strict=True)) for picked in itertools.product(*(values(asked[name]) for name in ASKED))
    ]


def of_app(render: Render, **answers: Any) -> list[Path]:
    """Return the workflows of an app."""
    return sorted((render(**answers, entities=[]) / ".github" / "workflows").iterdir())


@pytest.fixture(scope="session")
def rendered(render: Render, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the workflows of all apps, each distinct content once, where the linters look for them."""
    folder = tmp_path_factory.mktemp("rendered")
    paths = [path for answers in [*combinations(), EXISTING_APP] for path in of_app(render, **answers)]
    distinct = {path.read_bytes(): path for path in paths}
    found = []
    for number, path in enumerate(distinct.values()):
        target = folder / str(number) / ".github" / "workflows" / path.name
        target.parent.mkdir(parents=True)
        found.append(Path(shutil.copy(path, target)))
    # ci.yml for every combination, template-update.yml for every Python, containers.yml for an app not made here
    assert len(found) == 2 * 2 * 4 + 4 + 1
    return found


@pytest.fixture(scope="session")
def yamllint_of_apps(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Return a check with the configuration that apps have."""
    folder = tmp_path_factory.mktemp("yamllint")
    for name in (".yamllint.yml", ".gitignore"):
        shutil.copy(render(entities=[]) / name, folder)
    return lambda paths: run("yamllint", "--strict", *paths, cwd=folder)


def run(tool: str, *words: str | Path, cwd: Path | None = None) -> str:
    """Return what a tool finds: nothing where it ends well."""
    done = subprocess.run([TOOLS / tool, *words], cwd=cwd, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-5000:]


def yamllint(paths: list[Path]) -> str:
    return run("yamllint", "--strict", "-c", ROOT / ".yamllint.yml", *paths)


def schema(paths: list[Path], name: str = "github-workflows") -> str:
    return run("check-jsonschema", "--builtin-schema", f"vendor.{name}", *paths)


def zizmor(paths: list[Path]) -> str:
    words = ("--offline", "--no-config", "--quiet", "--strict-collection", "--collect=all", "--persona=pedantic")
    return run("zizmor", *words, *paths)


def actionlint(paths: list[Path]) -> str:
    """Check with actionlint, which no package index for Python has; skip loudly where it is missing."""
    found = shutil.which("actionlint")
    if found is None:
        pytest.skip(
            "NOT TESTED with actionlint: go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 brings it"
        )
    # Version 1.7.12 does not know `$/`, which zizmor asks for: https://github.com/rhysd/actionlint/issues/711
    ignored = r'reusable workflow call "\$/'
    command = [found, "-no-color", "-shellcheck", TOOLS / "shellcheck", "-ignore", ignored, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-5000:]


def shellcheck(paths: list[Path]) -> str:
    """Check the scripts of all steps, with what GitHub puts into them left out."""
    scripts = {
        re.sub(r"\$\{\{.*?\}\}", "", step["run"])
        for path in paths
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        for step in job.get("steps", [])
        if "run" in step
    }
    command = [TOOLS / "shellcheck", "--shell=bash", "-"]
    found = (
        subprocess.run(command, input=f"set -eo pipefail\n{script}", capture_output=True, text=True, check=False)
        for script in sorted(scripts)
    )
    return "".join(done.stdout for done in found)[-5000:]


def pinned(paths: list[Path]) -> str:
    """Compare the actions that are used with those of extensions/pins.py."""
    known = {f"{action.uses}  # {action.tag}" for action in pins.actions.values()}
    errors = []
    for path in paths:
        # The tag stands beside the commit, or above it where lines are short.
        steps = re.findall(r"^(?: *# (v.+)\n)? *(?:- )?uses: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        used = [f"{uses}  # {tag}" if tag else uses for tag, uses in steps]
        errors += [f"{path.name}: {one}" for one in used if one not in known and not one.startswith("$/")]
    return "\n".join(errors)


def bounded(paths: list[Path]) -> str:
    """Ask of every workflow no permission at the top, and of every job a list of them, an end and an exact machine."""
    errors = []
    for path in paths:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        if workflow.get("permissions") != {} or "concurrency" not in workflow:
            errors.append(f"{path.name}: permissions or concurrency")
        for name, job in workflow["jobs"].items():
            if "permissions" not in job or ("uses" not in job and "timeout-minutes" not in job):
                errors.append(f"{path.name}: {name}: permissions or timeout")
            if job.get("runs-on", "ubuntu-24.04") != "ubuntu-24.04":
                errors.append(f"{path.name}: {name}: runs-on")
    return "\n".join(errors)


CHECKS: dict[str, Check] = {
    "yamllint": yamllint,
    "schema": schema,
    "zizmor": zizmor,
    "actionlint": actionlint,
    "shellcheck": shellcheck,
    "pinned": pinned,
    "bounded": bounded,
}


@pytest.mark.parametrize("name", CHECKS)
def test_ours(name: str) -> None:
    assert CHECKS[name](sorted((OURS / "workflows").iterdir())) == ""


@pytest.mark.parametrize("name", CHECKS)
def test_rendered(name: str, rendered: list[Path]) -> None:
    assert CHECKS[name](rendered) == ""


def test_rendered_with_their_own_yamllint(rendered: list[Path], yamllint_of_apps: Check) -> None:
    assert yamllint_of_apps(rendered) == ""


FORMS = {
    "dependabot": ["dependabot.yml"],
    "github-issue-config": ["ISSUE_TEMPLATE/config.yml"],
    "github-issue-forms": ["ISSUE_TEMPLATE/bug.yml", "ISSUE_TEMPLATE/feature.yml"],
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    paths = [OURS / path for path in FORMS[name]]
    assert schema(paths, name) == ""
    assert yamllint(paths) == ""


def test_dependabot_with_zizmor() -> None:
    assert zizmor([OURS / "dependabot.yml"]) == ""


def test_every_file_is_checked() -> None:
    known = {f"workflows/{path.name}" for path in (OURS / "workflows").glob("*.yml")} | {"PULL_REQUEST_TEMPLATE.md"}
    known |= set(itertools.chain(*FORMS.values()))
    assert {path.relative_to(OURS).as_posix() for path in OURS.rglob("*") if path.is_file()} == known


BROKEN = {
    "yamllint": ('"on":', "on:", "truthy value"),
    "schema": ("timeout-minutes: 20", "timeout-minutes: soon", "timeout-minutes"),
    "zizmor": ("        with:\n          persist-credentials: false\n", "", "artipacked"),
    "actionlint": ("github.event_name", "github.event_nam", "event_nam"),
    "shellcheck": ('docker push "$name"', "docker push $name", "SC2086"),
    "pinned": ("# v7.0.0\n", "# v7\n", "setup-python"),
    "bounded": ("    permissions:\n      contents: read\n", "", "permissions or timeout"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_checks_can_fail(name: str, render: Render, tmp_path: Path) -> None:
    old, new, message = BROKEN[name]
    text = (render(entities=[]) / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / ".github" / "workflows" / "ci.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert message in CHECKS[name]([path])


def test_the_checks_of_forms_can_fail(tmp_path: Path, yamllint_of_apps: Check) -> None:
    for name, (first, *_others) in FORMS.items():
        path = tmp_path / Path(first).name
        path.write_text((OURS / first).read_text(encoding="utf-8") + "surprise: 1\n", encoding="utf-8")
        assert "surprise" in schema([path], name)
    assert "document start" in yamllint_of_apps([_written(tmp_path / "a.yml", "a: 1\n")])
    text = (OURS / "dependabot.yml").read_text(encoding="utf-8").replace("default-days: 7", "default-days: 1")
    (tmp_path / ".github").mkdir()
    assert "cooldown" in zizmor([_written(tmp_path / ".github" / "dependabot.yml", text)])


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("answers", combinations(), ids=lambda answers: "-".join(map(str, answers.values())))
def test_answers(answers: dict[str, Any], render: Render) -> None:
    """The chosen interpreter and package manager, at its version, and no word of what is off."""
    paths = of_app(render, **answers)
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    assert set(texts) == {"ci.yml", "template-update.yml"}
    manager, python = answers["package_manager"], answers["python_version"]
    assert re.findall(r'"(\w+)==([^"]+)"', texts["ci.yml"]) == [(manager, pins.tools[manager])]
    assert re.findall(r'python-version: "([^"]+)"', "".join(texts.values())) == [python, python]
    assert ("image" in yaml.safe_load(texts["ci.yml"])["jobs"]) == answers["docker"]
    for text in texts.values():
        assert answers["docker"] or not WORDS_OF_DOCKER.search(text)
        assert not WORDS_OF_OTHERS.search(text)
        assert ({"poetry", "uv"} - {manager}).pop() not in re.findall(r"\w+", text.lower())


def test_no_text_of_people_gets_in(render: Render) -> None:
    """Neither name nor description is anywhere in a workflow: nothing of them can be run."""
    hostile = {"app_name": "x-run-me", "app_description": "${{ github.token }}\n`id` $(id) '\" # {{ 7 * 7 }}"}
    plain, other = of_app(render), of_app(render, **hostile)
    assert [path.read_bytes() for path in plain] == [path.read_bytes() for path in other]


def test_our_package_managers_are_those_of_apps() -> None:
    jobs = yaml.safe_load((OURS / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    text = "\n".join(step.get("run", "") for step in jobs["apps"]["steps"])
    lines = [line for line in text.splitlines() if "==" in line or "pin()" in line]
    script = "\n".join(line.replace('"$folder/bin/python" -m pip install', "echo") for line in lines)
    done = subprocess.run(
        ["bash", "-euc", script.replace(".venv/bin/python", shlex.quote(sys.executable))],
        cwd=ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [f"{name}=={pins.tools[name]}" for name in ("poetry", "uv")]


def test_every_slow_test_has_a_job() -> None:
    """What `make test` leaves out runs in a job that names its folder, on every change."""
    jobs = yaml.safe_load((OURS / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    commands = "\n".join(
        step.get("run", "") for job in jobs.values() if "schedule" not in str(job.get("if")) for step in job["steps"]
    )
    slow = {
        path.relative_to(ROOT).parts[1]
        for path in (ROOT / "tests").glob("*/test_*.py")
        if re.search(r"mark\.(slow|containers)\b", path.read_text(encoding="utf-8"))
    }
    assert len(slow) > 4
    assert not [folder for folder in sorted(slow) if f"tests/{folder}" not in commands]


def test_updates_have_the_whole_history() -> None:
    """Where tests/update runs, `make test` included, the commits of released versions are there."""
    jobs = yaml.safe_load((OURS / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    depths = {
        name: [step["with"].get("fetch-depth") for step in job["steps"] if "/checkout@" in step.get("uses", "")]
        for name, job in jobs.items()
        if any(re.search(r"^make test\b|\btests/update\b", step.get("run", "")) for step in job["steps"])
    }
    assert depths == {"tests": [0], "updates": [0]}


def test_upper_bounds_are_lifted(render: Render, tmp_path: Path) -> None:
    """The scheduled run really gets newer packages; nothing but bounds is changed."""
    jobs = yaml.safe_load((OURS / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    (script,) = (step["run"] for step in jobs["newest"]["steps"] if step.get("run", "").startswith("sed"))
    path = tmp_path / "build" / "newest" / "pyproject.toml"
    path.parent.mkdir(parents=True)
    before = (render(entities=[]) / "pyproject.toml").read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    subprocess.run(["bash", "-euc", script], cwd=tmp_path, check=True)
    after = path.read_text(encoding="utf-8")
    assert before.count(",<") > 10
    assert after == re.sub(r",<[0-9.]+", "", before)


def test_pins_are_commits_with_their_tags() -> None:
    for name, action in pins.actions.items():
        assert re.fullmatch(rf"actions/{name}@[0-9a-f]{{40}} v\d+\.\d+\.\d+", " ".join(action))
