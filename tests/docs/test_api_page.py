"""docs/reference/api.md: each of its requests is sent to a service, which responds as the page says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Render
from tests.docs.snippets import snippets
from tests.environments import clean_environment, python_with, requirements_of

PAGE = ROOT / "docs/reference/api.md"
OFF = {"redis": False, "observability": False, "tracing": False, "docker": False}
VARIANTS = [("sqlite", True), ("postgresql", False)]
TRY_IT = '''\
"""The requests of the page, in its order."""

import json
import os
import re
from pathlib import Path

BLOCK = re.compile(r"^```http\\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MORE = "…"


def parts(text):
    """Return the first line, the headers and the body of a request or a response."""
    head, _, body = text.partition("\\n\\n")
    first, *lines = head.strip().split("\\n")
    return first, dict(line.split(": ", 1) for line in lines), body.strip()


def like(shown, found):
    """Return whether a value is what the page shows; there may be more where it has three dots."""
    if isinstance(shown, dict):
        return shown.keys() <= found.keys() and all(like(shown[key], found[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) == len(found) and all(map(like, shown, found))
    if isinstance(shown, str):
        return re.fullmatch(".*".join(map(re.escape, shown.split(MORE))), str(found), re.DOTALL)
    return shown == found


def test_page(client):
    blocks = BLOCK.findall(Path(os.environ["PAGE"]).read_text(encoding="utf-8"))
    assert len(blocks) > 15
    for block in blocks:
        asked, expected = re.split(r"^HTTP/1.1 ", block, flags=re.MULTILINE)
        first, headers, body = parts(asked)
        method, path = first.split()
        response = client.request(method, path, headers=headers, content=body)
        status, headers, body = parts(expected)
        assert response.status_code == int(status), f"{block}\\n{response.text}"
        for name, value in headers.items():
            assert like(value, response.headers.get(name, "")), f"{block}\\n{response.headers}"
        if not body:
            assert response.content == b"", block
        elif MORE + "}" in body:
            assert like(json.loads(re.sub(f", {MORE}", "", body)), response.json()), f"{block}\\n{response.text}"
        else:
            assert like(json.loads(body), response.json()), f"{block}\\n{response.text}"
'''


@pytest.mark.slow
@pytest.mark.parametrize(("database", "asynchronous"), VARIANTS)
def test_every_request_is_answered_as_shown(database: str, asynchronous: bool, tmp_path: Path, render: Render) -> None:  # noqa: FBT001
    (entities,) = (yaml.safe_load(one.code)["entities"] for one in snippets(PAGE) if one.language == "yaml")
    answers = {**OFF, "entities": entities, "database": database, "async": asynchronous}
    app = tmp_path / "app"
    shutil.copytree(render(answers), app)
    python = python_with(requirements_of(app / "pyproject.toml", development=True))
    (app / "tests" / "test_page.py").write_text(TRY_IT, encoding="utf-8")
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_page.py"]
    done = subprocess.run(
        command, cwd=app, env=clean_environment(PAGE=str(PAGE)), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
