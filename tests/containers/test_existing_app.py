"""An app that was not made here, really built and started; each broken part of its contract has a line of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import copier
import pytest

from tests.existing_app.existing import answers, shop

from .engine import EXPORTERS, SERVICES, Stack, inspect, provide_for, run
from .test_documents import commands

pytestmark = pytest.mark.containers

IMPORT = '"""\n\nfrom fastapi.responses import PlainTextResponse\n'
UNMEASURED = '''

@app.get("/metrics")
def unmeasured() -> PlainTextResponse:
    """Say nothing of requests."""
    return PlainTextResponse("# TYPE process_start_time_seconds gauge")
'''
DATA = {"app_name": "shop-api", "app_description": "Takes orders."}


def started(folder: Path, what: str, **more: Any) -> Stack:
    """Take the shop over and start it."""
    provide_for(proxy=True)
    stack = Stack.rendered(shop(folder), what, **{**answers(), **more})
    stack.up()
    return stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return the running stack of the shop; tests leave it as they found it."""
    one = started(tmp_path_factory.mktemp("existing-app") / "shop", "existing-app")
    yield one
    one.remove()


def give(stack: Stack, **contract: Any) -> None:
    """Answer again, with changes to the contract; what runs keeps running."""
    template = stack.folder.with_name(stack.folder.name + "-template")
    ports = {service: stack.ports[service] for service in SERVICES}
    data = {**answers(**contract), "ports": ports}
    copier.run_copy(str(template), stack.folder, data=data, defaults=True, unsafe=True, overwrite=True, quiet=True)


def errors(stack: Stack) -> dict[str, str]:
    """Return what each failing step of the validation script reports."""
    report = stack.validate("--no-start", "--wait=3")
    return {step["name"]: step["report"] for step in report["steps"] if not step["ok"]}


def test_every_step_passes(stack: Stack) -> None:
    """Built and started by the script itself; its report names the contract's paths."""
    report = stack.validate()
    assert report["failed"] == 0, report
    text = json.dumps(report)
    for line in (
        "shop.web:app can be started",
        "/alive",
        "/ready",
        "/metrics",
        "the metrics of dashboards and alerts exist",
    ):
        assert line in text


def test_it_migrates_and_keeps_its_data(stack: Stack) -> None:
    """Its own migrations made the table; it logs in with the secret, and reads what it wrote after a restart."""
    assert stack.get("/orders/tea", nothing="")[0] == 201
    stack.compose("restart", "--timeout", "20", "app")
    stack.until("/ready", 200)
    assert "tea" in stack.get("/orders")[1]
    assert stack.inside("app", "python /opt/launch.py alembic current").stdout.split()[0] == "0001"


def test_it_is_locked_down(stack: Stack) -> None:
    """As any service: no privilege, and no secret but in its file and in the process that needs it."""
    for service in (*SERVICES, *EXPORTERS):
        (one,) = stack.containers(service)
        assert inspect(one, "{{.State.Health.Status}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}") == (
            "healthy true [ALL]"
        )
    (app,) = stack.containers("app")
    assert inspect(app, "{{.Config.User}}").endswith(":0")
    shown = run("docker", "inspect", app).stdout + run("docker", "top", app, "-eo", "pid,args").stdout
    shown += run("docker", "history", "--no-trunc", stack.image).stdout + stack.compose("config").stdout + stack.logs()
    assert "{postgres_password}" in shown
    for file in (stack.docker / "secrets").iterdir():
        assert file.read_text(encoding="utf-8") not in shown
    assert stack.inside("app", "ls -A /app").stdout.split() == sorted(
        [*(path.name for path in stack.folder.iterdir() if path.name not in {".git", ".github", "docker"})]
    )
    assert run("docker", "exec", app, "python", "-m", "pip", check=False).returncode == 1


def test_the_app_measures_what_is_asked_for(stack: Stack) -> None:
    """Every metric of a panel or a rule that is not an exporter's or Prometheus's is on the app's page."""
    page = stack.get("/metrics")[1]
    measured = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
    text = "".join(path.read_text(encoding="utf-8") for path in (stack.docker / "grafana/dashboards").glob("*.json"))
    rules = [path.read_text(encoding="utf-8") for path in (stack.docker / "prometheus/rules").glob("*.yml")]
    asked = set(re.findall(r"\b((?:http|process|python)_[a-z_]+)\b", "".join([text, *rules])))
    asked -= {name for name in asked if name.startswith("http_request_duration_seconds_")}
    assert len(asked) > 8
    assert asked - measured == set()


@pytest.mark.parametrize(
    ("contract", "step", "line"),
    [
        ({"health": "/living"}, "HTTP endpoints", r"FAIL http://[\d.:]+/living: .*404.* \(contract: health\)"),
        ({"ready": "/steady"}, "HTTP endpoints", r"FAIL http://[\d.:]+/steady: .*404.* \(contract: ready\)"),
        ({"metrics": "/numbers"}, "HTTP endpoints", r"FAIL http://[\d.:]+/numbers: .*404.* \(contract: metrics\)"),
        ({"packages": "wanted.txt"}, "Files of the setup", r"FAIL docker/\.\./wanted\.txt is missing or empty"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_broken_contract_has_a_line(stack: Stack, contract: dict[str, str], step: str, line: str) -> None:
    give(stack, **contract)
    found = errors(stack)
    give(stack)
    assert found.keys() == {step}
    assert len(re.findall(r"^FAIL", found[step], re.MULTILINE)) == 1
    assert re.search(line, found[step])


def test_a_module_that_is_not_there_has_a_line(stack: Stack) -> None:
    """Known from the image alone: the stack that runs is not touched."""
    give(stack, module="shop.web:shop")
    stack.compose("build", "app")
    found = errors(stack)
    give(stack)
    stack.compose("build", "app")
    assert found["Module of the app"] == (
        "FAIL shop.web:shop cannot be started: AttributeError: module 'shop.web' has no attribute 'shop' "
        "(contract: module)"
    )
    assert errors(stack) == {}


def test_missing_metrics_have_a_line(stack: Stack) -> None:
    """The page is there, but tells nothing of requests."""
    code = stack.folder / "shop" / "web.py"
    before = code.read_text(encoding="utf-8")
    cut = before[: before.index("Instrumentator(\n")].rstrip().replace('"""\n', IMPORT, 1)
    code.write_text(cut + UNMEASURED, encoding="utf-8")
    stack.up("app")
    found = errors(stack)
    code.write_text(before, encoding="utf-8")
    stack.up("app")
    assert found["HTTP endpoints"].splitlines()[-3] == (
        "FAIL /metrics lacks http_request_duration_seconds http_requests_in_progress http_requests_total: "
        "docker/README.md shows how to measure them (contract: metrics)"
    )
    assert errors(stack) == {}


def test_work_on_the_code(stack: Stack) -> None:
    """The source is mounted, and what changes is served without a build."""
    code = stack.folder / "shop" / "web.py"
    before = code.read_text(encoding="utf-8")
    stack.overlays.append("docker-compose.dev.yml")
    stack.up("app")
    assert stack.get("/changed")[0] == 404
    code.write_text(before + '\n\n@app.get("/changed")\ndef changed() -> str:\n    return "yes"\n', encoding="utf-8")
    stack.until("/changed", 200)
    code.write_text(before, encoding="utf-8")
    stack.overlays.clear()
    stack.up("app")


@pytest.mark.slow
@pytest.mark.parametrize("manager", ["poetry", "uv"])
def test_pyproject_and_a_folder_of_its_own(manager: str, tmp_path: Path) -> None:
    """Packages from pyproject.toml, the module in src, made by a factory, on SQLite, without anything else."""
    folder = tmp_path / "shop"
    small = {"database": "sqlite", "observability": False, "redis": False, "package_manager": manager}
    contract = {
        "folder": "src",
        "module": "made.web:make",
        "factory": True,
        "packages": "pyproject.toml",
        "health": "/docs",
        "ready": "/docs",
    }
    provide_for()
    (folder / "src" / "made").mkdir(parents=True)
    (folder / "src" / "made" / "web.py").write_text(
        "import os\n\nfrom fastapi import FastAPI\n\n\ndef make() -> FastAPI:\n"
        "    return FastAPI(title=os.environ['DATABASE_URL'] + os.environ['GREETING'])\n",
        encoding="utf-8",
    )
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "made"\nversion = "1"\nrequires-python = ">=3.11"\n'
        'dependencies = ["fastapi>=0.165,<0.166", "uvicorn>=0.54,<0.55"]\n',
        encoding="utf-8",
    )
    one = Stack.rendered(folder, f"made-{manager}", **{**DATA, **small}, scope="infrastructure", contract=contract)
    (one.docker / "app.env").write_text("GREETING=-hello\n", encoding="utf-8")
    try:
        assert one.validate()["failed"] == 0
        assert "sqlite:////data/app.db-hello" in one.get("/docs")[1]
    finally:
        one.remove()


@pytest.mark.slow
def test_documented_commands_work(tmp_path: Path) -> None:
    """Every command that the documents show, one after the other; the README ends by removing everything."""
    one = started(tmp_path / "shop", "existing-app-docs")
    try:
        for document in ("VALIDATION_CHECKLIST.md", "TROUBLESHOOTING.md", "README.md"):
            blocks = commands((one.docker / document).read_text(encoding="utf-8"))
            assert len(blocks) > 3
            for block in blocks:
                words = ("bash", "-euo", "pipefail", "-c", block)
                done = run(*words, cwd=one.folder, check=False, COMPOSE_PROJECT_NAME=one.project)
                assert done.returncode == 0, f"{document}:\n{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    finally:
        one.overlays.append("docker-compose.prod.yml")
        one.remove()
        run("docker", "rmi", "--force", "shop-api:check", check=False)
