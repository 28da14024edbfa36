"""What comes into an app that exists: only new files, nothing of a service's own, and no finding in any linter."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from tests.conftest import ROOT, Render, commit_all, copy_of_template, files_of, git
from tests.existing_app.existing import add_containers, answers, blocks, shop
from tests.linters import LINTERS

CONTRACTS: dict[str, dict[str, Any]] = {
    "the shop's": {},
    "defaults": {"module": "app.main:app", "migrate": "", "dialect": ""},
    "a factory in src, of pyproject.toml": {"factory": True, "folder": "src", "packages": "pyproject.toml"},
    "a folder of requirements": {"packages": "requirements/production.txt", "migrate": ""},
    "long": {
        "module": ".".join(["a_long_name"] * 8) + ":make.app",
        "health": "/a/very/long/path" * 5,
        "ready": "/another/very/long/path" * 4,
        "metrics": "/and/the/longest/path/of/all" * 3,
        "migrate": "python -m some.module --with many --options that -v make=it long enough for two lines",
        "dialect": "postgresql+a_driver_with_a_long_name",
    },
}
ANSWERS: dict[str, dict[str, Any]] = {
    **{name: answers(**contract) for name, contract in CONTRACTS.items()},
    "uv": {**answers(packages="pyproject.toml"), "package_manager": "uv"},
    "sqlite": {**answers(dialect="sqlite+aiosqlite"), "database": "sqlite", "observability": False, "redis": False},
}
OWN_WORDS = re.compile(
    r"app\.healthcheck|app\.main:create_app|entit(y|ies)|alembic_version|TRUSTED_HOSTS|migrations_at_head"
)
OURS = ".copier-answers.containers.yml"


@pytest.fixture(params=ANSWERS)
def folder(request: pytest.FixtureRequest, render: Render) -> Path:
    """Return what each set of answers gives, in a folder of its own."""
    return render(ANSWERS[request.param])


def test_only_new_files(template: Path, tmp_path: Path) -> None:
    """Git sees nothing but additions: the shop's own .dockerignore, workflow and Makefile stay as they are."""
    app = shop(tmp_path / "shop")
    add_containers(template, app, answers())
    commit_all(app, "after")
    changes = git(app, "diff", "--name-status", "HEAD~1").splitlines()
    assert {line.partition("\t")[0] for line in changes} == {"A"}
    added = [line.partition("\t")[2] for line in changes]
    assert {name.partition("/")[0] for name in added} == {".copier-answers.yml", ".github", "docker"}
    assert [name for name in added if name.startswith(".github/")] == [".github/workflows/containers.yml"]
    assert {"docker/Dockerfile", "docker/docker-compose.yml", "docker/launch.py"} <= set(added)


def test_a_file_in_the_way_stops_it(template: Path, tmp_path: Path) -> None:
    """Without a terminal to ask at: a status that is not zero, and the file as it was."""
    app = shop(tmp_path / "shop")
    (app / "docker").mkdir()
    (app / "docker" / "Dockerfile").write_text("FROM mine\n", encoding="utf-8")
    given = tmp_path / "answers.yml"
    given.write_text(yaml.safe_dump(answers()), encoding="utf-8")
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--data-file", given, template, app]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode != 0
    assert "docker/Dockerfile" in done.stderr
    assert (app / "docker" / "Dockerfile").read_text(encoding="utf-8") == "FROM mine\n"


def test_the_documented_command(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's answers and its command give the same as the call of the other tests; what to do next is right."""
    given = tmp_path / "answers.yml"
    given.write_text(blocks("yaml")[0], encoding="utf-8")
    app, other = shop(tmp_path / "shop"), shop(tmp_path / "other")
    monkeypatch.chdir(app)
    shown = blocks("bash")[0].replace("\\\n", " ")
    words = shown.replace("/tmp/answers.yml", str(given)).split()  # noqa: S108  (the page's)
    assert words[:5] == ["uvx", "--with", "copier-template-extensions", "copier", "copy"]
    command = [str(template) if word == '"$SRC"' else word for word in words[4:]]
    done = subprocess.run([sys.executable, "-m", "copier", *command], capture_output=True, text=True, check=True)
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    assert "\n".join(said[-2:]) + "\n" == blocks("bash")[1]
    add_containers(template, other, answers())
    assert git(app, "status", "--porcelain", "-uall") == git(other, "status", "--porcelain", "-uall")
    for path in files_of(app / "docker"):
        assert path.read_bytes() == (other / path.relative_to(app)).read_bytes()


def test_the_documented_metrics(render: Render) -> None:
    """The page, the app's own page and the shop show the same lines."""
    (shown,) = blocks("python")
    assert blocks("python", render(answers()) / "docker" / "README.md") == [shown]
    code = (Path(__file__).with_name("shop") / "shop" / "web.py").read_text(encoding="utf-8")
    assert {ast.unparse(statement) for statement in ast.parse(shown).body} <= {
        ast.unparse(statement) for statement in ast.parse(code).body
    }


def test_nothing_of_a_service_made_here(folder: Path) -> None:
    """Neither a file nor a word that is true of those only."""
    names = {path.relative_to(folder).as_posix() for path in files_of(folder)}
    assert not names & {"docker/docker-compose.test.yml", "docker/run-tests.sh", ".dockerignore", "Makefile"}
    for path in files_of(folder):
        found = OWN_WORDS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize("name", ["compose-spec", "hadolint", "shellcheck", "yamllint"])
def test_linters_of_containers(name: str, render: Render) -> None:
    """Every contract; tests/render asks every linter of the apps with the usual one, and shows that each can fail."""
    linter = LINTERS[name]
    every = [path for data in ANSWERS.values() for path in files_of(render(data))]
    files = {path.read_bytes(): path for path in every if any(path.match(pattern) for pattern in linter.patterns)}
    assert files
    assert linter.find(list(files.values())) == ""


@pytest.mark.parametrize("words", [("check",), ("format", "--check")], ids=" ".join)
def test_the_launcher_has_no_finding(words: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """By ruff's defaults, as the app may have no configuration, and by every rule; formatted though it forbids it."""
    launcher = (folder / "docker" / "launch.py").read_text(encoding="utf-8")
    assert "# fmt: off\n" in launcher
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "launch.py").write_text(launcher.replace("# fmt: off\n", ""), encoding="utf-8")
    for options in ((), ("--config", ROOT / "pyproject.toml")):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", *options, "docker/launch.py"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout


def test_the_launcher_has_types(folder: Path) -> None:
    """Mypy, strictly."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", "docker/launch.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout


def test_dashboards_ask_for_what_there_is(render: Render) -> None:
    """No panel and no alert for what only a service made here measures."""
    docker = render(answers()) / "docker"
    text = "".join(path.read_text(encoding="utf-8") for path in files_of(docker / "grafana") if path.suffix == ".json")
    text += "".join(path.read_text(encoding="utf-8") for path in files_of(docker / "prometheus" / "rules"))
    assert "http_requests_total" in text
    assert not re.search(r"app_info|entity|event_loop|database_pool|database_slow|disk_free|migrations_at_head", text)
    platform = json.loads((docker / "grafana/dashboards/platform.json").read_text(encoding="utf-8"))
    assert [panel["title"] for panel in platform["panels"][:2]] == ["Targets up", "Uptime"]


@pytest.fixture
def versioned(tmp_path: Path) -> Path:
    """Return the template as a repository with a version."""
    source = copy_of_template(tmp_path / "template")
    commit_all(source, "first", tag="0.1.0")
    return source


@pytest.mark.parametrize("name", ["the shop's", "sqlite", "uv"])
def test_an_update_to_the_same_version_changes_nothing(name: str, versioned: Path, tmp_path: Path) -> None:
    app = shop(tmp_path / "shop")
    add_containers(versioned, app, ANSWERS[name])
    commit_all(app, "after")
    copier.run_update(app, vcs_ref=copier.VcsRef.CURRENT, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert git(app, "status", "--porcelain") == ""


def test_an_update_brings_what_is_new_and_leaves_the_app(versioned: Path, tmp_path: Path) -> None:
    """A new version, another path in the contract, and edits of the user in the app and in a file of the template."""
    app = shop(tmp_path / "shop")
    add_containers(versioned, app, answers())
    compose = app / "docker" / "docker-compose.yml"
    compose.write_text(compose.read_text(encoding="utf-8").replace("size=64m", "size=128m", 1), encoding="utf-8")
    (app / "docker" / "app.env").write_text("GREETING=hello\n", encoding="utf-8")
    (app / "shop" / "web.py").write_text('"""Changed."""\n', encoding="utf-8")
    commit_all(app, "mine")
    caddy = versioned / "template" / "{% if docker %}docker{% endif %}" / "Caddyfile.jinja"
    caddy.write_text(
        caddy.read_text(encoding="utf-8").replace("grace_period 35s", "grace_period 36s"), encoding="utf-8"
    )
    (versioned / "template" / "new.md").write_text("# For services made here\n", encoding="utf-8")
    commit_all(versioned, "second", tag="0.2.0")
    changed = answers(metrics="/internal/metrics")
    copier.run_update(app, data=changed, defaults=True, unsafe=True, overwrite=True, quiet=True)
    touched = {line[3:] for line in git(app, "status", "--porcelain", "-uall").splitlines()}
    assert touched == {".copier-answers.yml"} | {
        f"docker/{name}"
        for name in (
            "Caddyfile",
            "README.md",
            "VALIDATION_CHECKLIST.md",
            "prometheus.yml",
            "validate-docker-setup.sh",
        )
    }
    assert "grace_period 36s" in (app / "docker" / "Caddyfile").read_text(encoding="utf-8")
    assert "size=128m" in compose.read_text(encoding="utf-8")
    assert "<<<<<<<" not in git(app, "diff")


def test_an_app_of_another_template(versioned: Path, tmp_path: Path) -> None:
    """Its answers stay as they are, ours stand beside them, and an update finds them there."""
    app = shop(tmp_path / "shop")
    theirs = app / ".copier-answers.yml"
    theirs.write_text("_src_path: gh:somebody/else\n_commit: 1.0.0\n", encoding="utf-8")
    commit_all(app, "from another template")
    add_containers(versioned, app, answers(), answers_file=OURS)
    assert (app / OURS).is_file()
    assert git(app, "diff", "--name-only") == ""
    commit_all(app, "after")
    options = {"defaults": True, "unsafe": True, "overwrite": True, "quiet": True, "answers_file": OURS}
    copier.run_update(app, vcs_ref=copier.VcsRef.CURRENT, **options)
    assert git(app, "status", "--porcelain") == ""


WRONG: list[tuple[Any, str]] = [
    ("app.main:app", "write a mapping like {module: app.main:app, health: /health}"),
    ({"modul": "app:app"}, "there is no 'modul' in it: write module, factory, folder"),
    ({"module": "app.main"}, "module is 'app.main': write a module and a name in it, like app.main:app"),
    ({"module": "app:app; rm -rf /"}, "write a module and a name in it"),
    ({"factory": "yes"}, "factory is 'yes': write true or false"),
    ({"folder": "../src"}, "folder is '../src': write a folder of the project, like src, or . for its root"),
    ({"packages": "setup.py"}, "packages is 'setup.py': write requirements.txt or pyproject.toml"),
    ({"packages": "/etc/a.txt"}, "write requirements.txt or pyproject.toml"),
    ({"health": "health"}, "health is 'health': write a path, like /health"),
    ({"ready": "/a b"}, "ready is '/a b': write a path, like /ready"),
    ({"metrics": "/"}, "metrics is '/': write a path, like /metrics"),
    ({"health": 1}, "health is 1: write a path"),
    ({"migrate": "alembic upgrade head && rm x"}, "write one command without signs of a shell"),
    ({"migrate": 'a "b"'}, "write one command without signs of a shell"),
    ({"dialect": "mysql"}, "dialect is 'mysql': write one like postgresql+asyncpg"),
    ({"dialect": "sqlite"}, "dialect is 'sqlite', but the database is postgresql: change one"),
]


@pytest.mark.parametrize(("contract", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_contract_is_rejected(contract: Any, said: str, template: Path, tmp_path: Path) -> None:
    """Before anything is written, in words that say how to fix it."""
    app = shop(tmp_path / "shop")
    with pytest.raises(ValueError, match="contract") as caught:
        add_containers(template, app, {**answers(), "contract": contract})
    assert said in str(caught.value)
    assert git(app, "status", "--porcelain") == ""


@pytest.mark.parametrize("more", [{"docker": False}, {"docker": "no"}, {"config": {"docker": False}}], ids=str)
def test_without_containers_there_is_nothing_to_make(more: dict[str, Any], template: Path, tmp_path: Path) -> None:
    app = shop(tmp_path / "shop")
    with pytest.raises(ValueError, match="scope: infrastructure is made of containers, but docker is false"):
        add_containers(template, app, {**answers(), **more})
    assert git(app, "status", "--porcelain") == ""
