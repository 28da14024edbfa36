"""Every command, program and answer that the pages show is run or read by a test, or listed here with a reason."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import copier
import pytest
import yaml

from extensions.entities import parse
from tests.conftest import ROOT, commit_all, copy_of_template, git
from tests.docs.snippets import Snippet, run, shown, snippets, user
from tests.environments import free_port

PAGES = sorted((ROOT / "README.md", *(ROOT / "docs").rglob("*.md")))
NO_CODE = {"text", "mermaid"}
"""Languages of what is shown to be read."""

README, TUTORIAL = "README.md", "docs/tutorial/first-app.md"
CHANGE, IMPORT = "docs/how-to/change-entities.md", "docs/how-to/import-entities.md"
BUTTON = "docs/how-to/use-the-button.md"
UPDATE, FLAG = "docs/how-to/update.md", "docs/how-to/add-a-flag.md"

SET_SRC = shown(README, "SRC=$PWD")
QUICK_START = shown(README, "uvx --with copier-template-extensions copier copy")
COPY_WITH_PIPX = shown(README, "pipx install")
IMPORTERS = shown(README, ".venv/bin/python -m importers.jdl")
MAKE_IT = shown(TUTORIAL, "uvx")
RUN_IT = shown(TUTORIAL, "make setup")
TRY_IT = shown(TUTORIAL, "curl http")
RULE = shown(TUTORIAL, '"""Business rules')
TRY_THE_RULE = shown(TUTORIAL, "curl --json")
NEW_ENTITY = shown(TUTORIAL, "entities:")
APPLY_IT = shown(TUTORIAL, "git add")
CHANGE_IT, MIGRATE_IT = shown(CHANGE, "uvx"), shown(CHANGE, 'make migration m="add')
RENAME_IT = shown(CHANGE, "- name: Purchase")
JDL, DATABASE, MAKE_IMPORTED = (
    shown(IMPORT, ".venv/bin/python -m importers.jdl"),
    shown(IMPORT, "PGPASSWORD"),
    shown(IMPORT, "uvx"),
)
CHECK, UPDATE_IT, LOOK, FINISH = (
    shown(UPDATE, start) for start in ("make template-check", "uvx", "git status", "make setup")
)
WORKFLOWS = shown(BUTTON, "uvx")

RUN_HERE = {
    *(SET_SRC, QUICK_START, COPY_WITH_PIPX),
    *(IMPORTERS, MAKE_IT, RUN_IT, TRY_IT, RULE, TRY_THE_RULE, NEW_ENTITY, APPLY_IT),
    *(
        CHANGE_IT,
        MIGRATE_IT,
        RENAME_IT,
        JDL,
        DATABASE,
        MAKE_IMPORTED,
        CHECK,
        UPDATE_IT,
        LOOK,
        FINISH,
        WORKFLOWS,
    ),
}
RUN_ELSEWHERE = {
    FLAG: "tests/docs/test_add_a_flag.py",
    "docs/how-to/add-a-field-type.md": "tests/extensions/test_field_types.py",
    "docs/how-to/production.md": "tests/containers/test_documents.py",
    "docs/reference/api.md": "tests/docs/test_api_page.py",
    "docs/how-to/use-from-python.md": "tests/docs/test_reference.py",
    "docs/how-to/existing-service.md": "tests/existing_app/existing.py",
    "docs/how-to/use-react-admin.md": "tests/clients/test_react_admin.py",
}
"""Pages whose blocks another test runs, all of them."""

NOT_RUN = {
    (README, "make demo"): "with CHECK=1 it is a stage of its own in continuous integration",
    (README, "uvx --with copier-template-extensions copier update --trust"): f"asks; {UPDATE} has the same, run here",
    (CHANGE, 'make migration m="no shipped orders" \\'): "run by tests/update/test_migrations.py, on rows",
    (UPDATE, "git reset --quiet"): "the last command asks, file by file",
    ("docs/reference/entities.md", "- name: Task"): "wrong on purpose; the page is written with what is said of it",
}


def unproved(found: list[Snippet]) -> list[str]:
    """Return the blocks that no test runs and no reason excuses; entities are read by test_reference.py."""
    return [
        f"{one.page}: {one.first}"
        for one in found
        if one.language not in NO_CODE
        and one not in RUN_HERE
        and one.page not in RUN_ELSEWHERE
        and (one.page, one.first) not in NOT_RUN
        and not (one.language == "yaml" and "entities:" in one.code)
        and not one.code.startswith("# yaml-language-server:")
    ]


def test_every_block_is_run_or_has_a_reason() -> None:
    found = [one for page in PAGES for one in snippets(page)]
    assert not unproved(found)
    known = {(one.page, one.first) for one in found}
    assert not NOT_RUN.keys() - known, "reasons for what is not there"
    for page, test in RUN_ELSEWHERE.items():
        if (ROOT / page).exists():
            assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), f"{test} does not read {page}"


def test_the_check_can_fail(tmp_path: Path) -> None:
    page = tmp_path / "new.md"
    page.write_text("# New\n\n1. One\n\n   ```sh\n   make nothing\n   ```\n\n```text\nfine\n```\n", encoding="utf-8")
    assert unproved(snippets(page, tmp_path)) == ["new.md: make nothing"]


def test_commands_can_be_read() -> None:
    """The shell's own check of every command, those included that are not run."""
    for page in PAGES:
        for one in snippets(page):
            if one.language in {"bash", "sh"}:
                done = subprocess.run(["bash", "-n"], input=one.code, capture_output=True, text=True, check=False)
                assert not done.stderr, f"{one.page}: {done.stderr}"


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Return the template as a repository with a version."""
    template = copy_of_template(tmp_path / "template")
    commit_all(template, tag="0.1.0")
    return template


def release(template: Path) -> None:
    """Release a version that changes two files."""
    for name in ("alembic.ini", "app/core/etag.py"):
        path = template / "template" / name
        path.write_text(path.read_text(encoding="utf-8") + "\n\n# newer\n", encoding="utf-8")
    commit_all(template, tag="0.2.0")


# ------------------------------------------------------------------------------------------------------------ copying
@pytest.mark.parametrize(
    "command", [QUICK_START.code.splitlines()[0], COPY_WITH_PIPX.code.splitlines()[-1]], ids=["uvx", "pipx"]
)
def test_copy(command: str, released: Path, tmp_path: Path) -> None:
    """From a checkout; what pipx installs is there already."""
    run(f"{SET_SRC.code}\n{command}", released, user(tmp_path))
    app = tmp_path / "task-api"
    assert (app / "app" / "main.py").is_file()
    known = yaml.safe_load((app / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert known["_src_path"] == str(released), "with a relative path it cannot be updated"


def test_pages_say_once_what_src_is() -> None:
    """Where a command has it, the page is README.md or links to its quick start."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if page != ROOT / README and "$SRC" in text:
            assert "README.md#quick-start" in text, page
        assert not re.search(r"(?<![$\w])SRC (?!=)", "".join(one.code for one in snippets(page))), page


# ------------------------------------------------------------------------------------------ entities from elsewhere
def test_importers(released: Path, tmp_path: Path) -> None:
    """Every command of the two pages, and an app of what one of them wrote; PostgreSQL is that of tests/importers."""
    (tmp_path / "model.jdl").write_text("entity Post { title String required }\n", encoding="utf-8")
    for name in ("old.db", "shop.db"):
        with sqlite3.connect(tmp_path / name) as database:
            database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, title TEXT NOT NULL)")
        database.close()
    assert DATABASE.code.splitlines()[0].startswith("PGPASSWORD=")
    for line, entity in zip(
        [*JDL.code.splitlines(), *DATABASE.code.splitlines()[1:], *IMPORTERS.code.splitlines()],
        ["Post", "Order", "Post", "Order"],
        strict=True,
    ):
        command = re.sub(r"^\S+", lambda _: shlex.quote(sys.executable), line)
        for name in ("model.jdl", "old.db", "shop.db", "answers.yml"):
            command = command.replace(name, str(tmp_path / name))
        run(command, ROOT, user(tmp_path))
        answers = yaml.safe_load((tmp_path / "answers.yml").read_text(encoding="utf-8"))
        assert [one["name"] for one in answers["entities"]] == [entity]
    command = MAKE_IMPORTED.code.strip().replace("answers.yml", str(tmp_path / "answers.yml"))
    run(f"{command} --defaults", released, user(tmp_path))
    shop = released.parent / "shop"
    assert (shop / "app" / "entities" / "order" / "model.py").is_file()
    known = yaml.safe_load((shop / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert known["_src_path"] == str(released), "with a relative path it cannot be updated"


# ----------------------------------------------------------------------------------------------------------- updating
def test_update(released: Path, tmp_path: Path) -> None:
    """Without a conflict, and with one."""
    app, environment = tmp_path / "app", user(tmp_path)
    copier.run_copy(f"git+file://{released}", app, defaults=True, unsafe=True, quiet=True)
    mine = app / "alembic.ini"
    mine.write_text(mine.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    commit_all(app)
    assert "up-to-date" in run(CHECK.code, app, environment)
    release(released)
    assert "0.2.0" in run(f"{CHECK.code.strip()} || true", app, environment)
    run(UPDATE_IT.code, app, environment)
    looked = run(LOOK.code, app, environment)
    assert " M app/core/etag.py" in looked.splitlines()
    assert "UU alembic.ini" in looked.splitlines()
    assert "fix the conflicts first" in looked


def test_workflows_come_back(released: Path, tmp_path: Path) -> None:
    """After the button: the two that are missing, and nothing else; the push is left out."""
    app, origin = tmp_path / "app", f"git+file://{released}"
    copier.run_copy(origin, app, data={"docker": False}, defaults=True, unsafe=True, quiet=True)
    shutil.rmtree(app / ".github" / "workflows")
    commit_all(app)
    *commands, push = WORKFLOWS.code.strip().splitlines()
    assert push == "git push"
    run("\n".join(commands), app, user(tmp_path))
    changed = git(app, "show", "--name-only", "--format=", "HEAD").split()
    assert changed == [".github/workflows/ci.yml", ".github/workflows/template-update.yml"]
    assert git(app, "status", "--porcelain") == ""


# ------------------------------------------------------------------------------------------------------- the tutorial
def test_renamed_entities_are_valid() -> None:
    """What the how-to says of a rename is an answer."""
    (purchase,) = parse(yaml.safe_load(RENAME_IT.code))
    assert (purchase.name, purchase.renamed_from) == ("Purchase", "Order")


def test_the_how_to_has_the_commands_of_the_tutorial() -> None:
    """What is run for one page is proved for the other."""
    assert CHANGE_IT.code.strip() in APPLY_IT.code
    assert MIGRATE_IT.code.strip() in APPLY_IT.code


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder that others may enter: PostgreSQL runs as a user of its own where root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="tutorial-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(command: str, app: Path, environment: dict[str, str]) -> Iterator[str]:
    """Yield the address at which a command serves the app, on a port that is free."""
    port = str(free_port())
    log = (app.parent / "log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        ["bash", "-c", command], cwd=app, env={**environment, "PORT": port}, stdout=log, stderr=log, process_group=0
    )
    try:
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)
        log.close()


def asked(code: str, address: str, app: Path, environment: dict[str, str], wanted: str) -> str:
    """Run requests until an answer holds what is wanted; return the answers."""
    end = time.monotonic() + 120
    while True:
        commands = code.replace("127.0.0.1:8000", address).replace("curl ", "curl --silent --show-error ")
        said = subprocess.run(
            ["bash", "-c", commands], cwd=app, env=environment, capture_output=True, text=True, check=False
        ).stdout
        if wanted in said:
            return said
        assert time.monotonic() < end, f"{wanted} is not in {said}\n{(app.parent / 'log').read_text(encoding='utf-8')}"
        time.sleep(0.5)


@pytest.mark.slow
def test_the_quick_start(place: Path) -> None:
    """Its three commands, from a checkout; the page that it names is there."""
    template = copy_of_template(place / "template")
    commit_all(template)
    environment = user(place, XDG_DATA_HOME=str(place / "data"))
    copy, setup, dev = QUICK_START.code.splitlines()
    run(f"{SET_SRC.code}\n{copy}\n{setup}", template, environment)
    app = place / "task-api"
    with served(dev, app, environment) as address:
        (page,) = re.findall(r"Then open <http://(.+?)>", (ROOT / README).read_text(encoding="utf-8"))
        asked(f"curl http://{page}\n", address, app, environment, "swagger-ui")


@pytest.mark.slow
def test_the_tutorial_from_the_first_command_to_the_last(place: Path) -> None:
    """As a reader goes through it; then the update that the how-to ends with."""
    template = copy_of_template(place / "template")
    commit_all(template, tag="0.1.0")
    environment = user(place, XDG_DATA_HOME=str(place / "data"))
    run(MAKE_IT.code, place, {**environment, "SRC": f"git+file://{template}"})
    app = place / "task-api"
    setup, test, dev = RUN_IT.code.splitlines()
    assert dev == "make dev"
    run(f"{setup}\n{test}", app, environment)
    with served(dev, app, environment) as address:
        first, *others = TRY_IT.code.splitlines(keepends=True)
        asked(first, address, app, environment, '"status":"ok"')
        said = asked("".join(others), address, app, environment, "422")
        assert '"title":"Write the report"' in said
        assert "body.title" in said
        assert "body.state" in said
        rules = app / "app" / "entities" / "task" / "rules.py"
        rules.write_text(RULE.code, encoding="utf-8")
        asked(TRY_THE_RULE.code, address, app, environment, "There is an open task with this title.")
    (place / "entities.yml").write_text(NEW_ENTITY.code, encoding="utf-8")
    run(APPLY_IT.code, app, environment)
    assert rules.read_text(encoding="utf-8") == RULE.code
    assert (app / "app" / "entities" / "project" / "rules.py").is_file()
    assert len(list((app / "migrations" / "versions").glob("*.py"))) == 2
    commit_all(app)
    release(template)
    run(UPDATE_IT.code, app, environment)
    run(FINISH.code, app, environment)
    assert git(app, "status", "--porcelain") == ""
    assert len(list((app / "migrations" / "versions").glob("*.py"))) == 2
