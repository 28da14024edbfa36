"""The API does what its OpenAPI document says, whatever is sent: no server error, no breach of a schema."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Render, example
from tests.entities import apps
from tests.entities.serving import running
from tests.entities.strategies import IN_CI
from tests.environments import clean_environment

TOOL = ["schemathesis==4.32.5"]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
SEED = os.environ.get("RANDOM_SEED", "1")
CASES_OF_AN_OPERATION = 1 if IN_CI else 30
WITHOUT = {"idempotency": False}  # one Idempotency-Key for several bodies, as Schemathesis sends it, is an error
ROWS = 30  # of each entity
LEAST = 300 if IN_CI else 2000


def filled(address: str) -> dict[str, list[Any]]:
    """Create rows of every entity; return their ids by the names of parameters and references."""
    ids: dict[str, list[Any]] = {}

    def create(path: str, names: tuple[str, ...], body: dict[str, Any]) -> Any:
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{address}/api/v1/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            found = json.load(response)["id"]
        for name in names:
            ids.setdefault(name, []).append(found)
        return found

    for number in range(ROWS):
        code = chr(65 + number // 26) + chr(65 + number % 26)
        create("countries", ("country_id",), {"code": code, "name": "Somewhere"})
        create("teams", ("team_id",), {"name": "Crew"})
        person = create(
            "people",
            ("person_id", "customer_id", "manager_id", "lead_id"),
            {"name": "Ada", "email": f"ada-{number}@example.org"},
        )
        create("profiles", ("profile_id",), {"person_id": person})
        create("tags", ("tag_id",), {"label": f"tag {number}"})
        product = create("products", ("product_id", "other_id"), {"title": "Pen", "price": "1.00"})
        order = create("orders", ("order_id",), {"customer_id": person, "number": 10**6 + number})
        create("order-items", ("order_item_id",), {"order_id": order, "product_id": product})
        create("measurements", ("measurement_id",), {"value": number, "unit": "kg"})
    return ids


@pytest.mark.slow
@pytest.mark.turns(2)
@pytest.mark.parametrize("variant", apps.VARIANTS)
def test_api_keeps_its_word(variant: str, template: Path, render: Render) -> None:
    """Every check of Schemathesis; the configuration has the reason for each changed default."""
    python = apps.apps_python(render)
    fuzzer = apps.environment("schemathesis-venv", TOOL).with_name("st")
    app = apps.rendered(template, "kitchen-sink", {**example("kitchen-sink"), **apps.VARIANTS[variant], **WITHOUT})
    with running(python, app) as address:
        command = [fuzzer, "--config-file", CONFIGURATION, "run", f"{address}/openapi.json", "--no-color"]
        limits = ["--seed", SEED, "--max-examples", str(CASES_OF_AN_OPERATION), "--continue-on-failure", "--no-shrink"]
        done = subprocess.run(
            [*command, *limits],
            cwd=app.parent,
            env=clean_environment(SCHEMATHESIS_HOOKS=str(HOOKS), SCHEMATHESIS_ROWS=json.dumps(filled(address))),
            capture_output=True,
            text=True,
            check=False,
        )
    log = app.with_suffix(".log").read_text(encoding="utf-8")
    print(done.stdout[-1500:])
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout[-20000:]}\n{done.stderr[-2000:]}\n{log[-5000:]}"
    assert "Traceback" not in log, log[-5000:]
    generated = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert generated, done.stdout[-1500:]
    assert int(generated[1]) == int(generated[2]) >= LEAST
