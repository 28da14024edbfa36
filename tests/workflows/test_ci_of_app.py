"""The continuous integration of an app: what each job may do, in which order, and its scripts, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from extensions import pins
from tests.conftest import Render

TOKEN = "the-token-of-the-job"  # noqa: S105  (none)
DOCKER = """#!/bin/bash
# Stands in for the engine: notes how it is called, writes what it would write.
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in
  save*) : > "$3" ;;
  *spdx-json*) : > "$RUNNER_TEMP/image/sbom.spdx.json" ;;
  *--exit-code*) exit "${VULNERABLE:-0}" ;;
  login*) cat > "$RUNNER_TEMP/password" ;;
esac
"""

Job = dict[str, Any]


@dataclass
class Machine:
    """What runs the steps of a job, with an engine that only notes what it is asked."""

    folder: Path

    def run(self, step: Job, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step as GitHub's machines do."""
        own = {
            "CALLS": str(self.folder / "calls"),
            "GITHUB_ACTOR": "ada",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.folder),
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            command, cwd=self.folder, env=os.environ | own | env, capture_output=True, text=True, check=False
        )

    def calls(self) -> list[str]:
        """Return what the engine was asked, in order."""
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine on which nothing has run yet."""
    (tmp_path / "docker").write_text(DOCKER, encoding="utf-8")
    (tmp_path / "docker").chmod(0o755)
    return Machine(tmp_path)


def workflow(render: Render, **answers: Any) -> Job:
    """Return the workflow of an app."""
    folder = render(**answers, entities=[])
    loaded: Job = yaml.safe_load((folder / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    return loaded


def scripts(job: Job) -> list[Job]:
    """Return the steps of a job that run a script."""
    return [step for step in job["steps"] if "run" in step]


def test_jobs_and_what_they_may_do(render: Render) -> None:
    jobs = workflow(render)["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "checks": {"contents": "read"},
        "image": {"contents": "read"},
        "publish": {"packages": "write"},
    }
    assert jobs["publish"]["needs"] == ["checks", "image"]
    assert jobs["publish"]["if"] == "github.ref_type == 'tag'"
    assert list(workflow(render, docker=False)["jobs"]) == ["checks"]


def test_what_starts_it(render: Render) -> None:
    assert workflow(render)["on"]["push"] == {"branches": ["main"], "tags": ["[0-9]*", "v[0-9]*"]}
    assert workflow(render, docker=False)["on"]["push"] == {"branches": ["main"]}


def test_order(render: Render) -> None:
    """Whatever can reject the image stands before what keeps it; its list is kept even where it is rejected."""
    jobs = workflow(render)["jobs"]
    assert [step["name"].split(",")[0] for step in jobs["checks"]["steps"][3:]] == ["Set up", "Lint", "Test"]
    words = [
        next(word for word in ("build", "python -c", "save", "spdx-json", "sbom", "exit-code", "image.tar", "checkout")
             if word in step.get("run", "") + step.get("uses", "") + str(step.get("with", "")))
        for step in jobs["image"]["steps"]
    ]  # fmt: skip
    assert words == ["checkout", "build", "python -c", "save", "spdx-json", "sbom", "exit-code", "image.tar"]


def test_the_token_is_where_it_is_needed(render: Render) -> None:
    """In one step, after everything that runs code of this repository or of others."""
    loaded = workflow(render)
    holders = [
        (name, step["name"])
        for name, job in loaded["jobs"].items()
        for step in job["steps"]
        if re.search(r"token|secrets", str(step), re.IGNORECASE)
    ]
    assert holders == [("publish", "Push it")]
    assert not re.search(r"token|secrets", str([job.get("env") for job in loaded["jobs"].values()]), re.IGNORECASE)
    assert "env" not in loaded
    assert not [step for step in loaded["jobs"]["publish"]["steps"] if "checkout" in step.get("uses", "")]


def test_the_scanner_is_the_pinned_one(render: Render) -> None:
    assert re.fullmatch(r"[\w/]+:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}", pins.images["trivy"])
    job = workflow(render)["jobs"]["image"]
    assert job["env"] == {"TRIVY": pins.images["trivy"]}
    runs = [step["run"].split() for step in scripts(job) if step["run"].startswith("docker run")]
    assert [[word for word in words if word in {"app:ci", '"$TRIVY"'}] for words in runs] == [
        ["app:ci"],
        ['"$TRIVY"'],
        ['"$TRIVY"'],
    ]


def test_scripts(render: Render, machine: Machine) -> None:
    """From the build to the registry: the image that was checked, under the tag without its v."""
    jobs = workflow(render)["jobs"]
    for step in scripts(jobs["image"]):
        done = machine.run(step, **jobs["image"]["env"])
        assert done.returncode == 0, done.stderr
    assert [" ".join(call.split()[:2]) for call in machine.calls()] == [
        "build --file",
        "run --rm",
        "save --output",
        "run --rm",
        "run --rm",
    ]
    kept = [step["with"]["path"] for step in jobs["image"]["steps"] if step.get("with", {}).get("path")]
    for path in kept:
        assert Path(path.replace("${{ runner.temp }}", str(machine.folder))).is_file(), path
    (push,) = scripts(jobs["publish"])
    done = machine.run(push, GITHUB_REPOSITORY="Ada/Shop-API", GITHUB_REF_NAME="v1.2.0", TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    name = "ghcr.io/ada/shop-api:1.2.0"
    assert machine.calls()[5:] == [
        f"load --input {machine.folder}/image/image.tar",
        f"tag app:ci {name}",
        "login ghcr.io --username ada --password-stdin",
        f"push {name}",
        "logout ghcr.io",
    ]
    assert (machine.folder / "password").read_text(encoding="utf-8").strip() == TOKEN
    assert TOKEN not in done.stdout + done.stderr + "".join(machine.calls())
    assert name in (machine.folder / "summary").read_text(encoding="utf-8")


def test_a_vulnerable_image_is_rejected(render: Render, machine: Machine) -> None:
    job = workflow(render)["jobs"]["image"]
    ended = [machine.run(step, **job["env"], VULNERABLE="1").returncode for step in scripts(job)]
    assert ended == [0, 0, 0, 0, 1]
