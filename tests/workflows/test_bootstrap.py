"""The "Use this template" button: its workflow, run as it stands on bare repositories that stand for GitHub."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from extensions import pins
from extensions.answers.validation import errors_of
from extensions.naming import app_name_error, near_app_name
from tests.conftest import ROOT, commit_all, git
from tools import bootstrap

GH = """#!/bin/sh
# Stands in for GitHub's own command: notes how it is called, and knows one answer.
printf '%s\\n' "$*" >> "$GH_CALLS"
[ "$1" != api ] || cat "$GH_ANSWER"
"""
WORKFLOW = ROOT / ".github" / "workflows" / "bootstrap.yml"


def copy_of_repository(target: Path) -> Path:
    """Copy every file that Git has here, or would take."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all files of the template and a version; do not change it."""
    return versioned(copy_of_repository(tmp_path_factory.mktemp("template") / "all"))


@pytest.fixture(scope="session")
def questions_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same without what it takes to render: enough for what is rejected before."""
    folder = tmp_path_factory.mktemp("template") / "questions"
    folder.mkdir()
    for name in ("README.md", "copier.yml"):
        shutil.copy(ROOT / name, folder)
    return versioned(folder)


def versioned(folder: Path) -> Path:
    commit_all(folder, "template", tag="0.9.0")
    git(folder, "tag", "1.0.0rc1")
    git(folder, "tag", "latest")
    return folder


@dataclass
class GitHub:
    """A folder that stands for GitHub: the template, a repository made from it by the button, and what the API says."""

    folder: Path
    api: dict[str, Any] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """Its address."""
        return f"file://{self.folder / 'hub'}"

    @property
    def repository(self) -> Path:
        """The repository that was made by the button."""
        return self.folder / "hub" / "someone" / "made.git"

    @property
    def template(self) -> Path:
        """The template, as everybody can read it."""
        return self.folder / "hub" / "acme" / "template.git"

    def commit(self, message: str = "change", **files: str | None) -> None:
        """Push a commit with some files at the root, or without them; `__` stands for a dot."""
        clone = self.checkout("author")
        for name, text in files.items():
            path = clone / name.replace("__", ".")
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        commit_all(clone, message)
        git(clone, "push", "--quiet", "origin", "HEAD")
        shutil.rmtree(clone)

    def checkout(self, name: str) -> Path:
        """Check the repository out as the action does with the whole history."""
        target = self.folder / name
        git(self.folder, "clone", "--quiet", str(self.repository), str(target))
        return target

    def step(self, script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run the script of a step as GitHub's machines do."""
        tools = os.pathsep.join((str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
        own = {
            "GH_ANSWER": str(self.folder / "answer.json"),
            "GH_CALLS": str(self.folder / "calls"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_REF_NAME": "main",
            "GITHUB_REPOSITORY": "someone/made",
            "GITHUB_SERVER_URL": self.server,
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "HOME": str(self.folder / "home"),
            "PATH": tools,
            "PYTHONDONTWRITEBYTECODE": "1",
            "RUNNER_TEMP": str(self.folder / "temp"),
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=cwd, env=os.environ | own, capture_output=True, text=True, check=False, timeout=300
        )

    def run(self, *, meanwhile: bool = False) -> subprocess.CompletedProcess[str]:
        """Run both jobs of the workflow; return how the last step ended. Somebody may push between the two."""
        (self.folder / "answer.json").write_text(json.dumps(self.api), encoding="utf-8")
        for name in ("temp", "first", "second"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / "temp").mkdir()
        (self.folder / "output").write_text("", encoding="utf-8")
        jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
        first, second = ([one for one in jobs[name]["steps"] if "run" in one] for name in ("make", "push"))
        checkout = self.checkout("first")
        for step in first[1:]:  # but the installation
            done = self.step(step["run"], checkout)
            if done.returncode:
                break
        assert git(checkout, "status", "--porcelain") == ""
        if not (self.folder / "output").read_text(encoding="utf-8"):
            return done
        checkout = self.checkout("second")
        if meanwhile:
            self.commit(README__md="# Mine\n")
        for step in second:
            done = self.step(step["run"], checkout)
        return done

    def head(self) -> str:
        """Return the newest commit."""
        return git(self.repository, "rev-parse", "main").strip()

    def summary(self) -> str:
        """Return the page of the run."""
        return (self.folder / "summary.md").read_text(encoding="utf-8")

    def rejection(self) -> str:
        """Call the script alone, which must reject and leave all as it is; return what it says. Quicker than a run."""
        before, checkout = git(self.repository, "for-each-ref"), self.checkout("alone")
        with pytest.raises(bootstrap.BootstrapError) as caught:
            bootstrap.bootstrap(checkout, self.api, self.server)
        assert git(self.repository, "for-each-ref") == before
        assert git(checkout, "status", "--porcelain") == ""
        assert git(checkout, "rev-parse", "HEAD").strip() == self.head()
        return str(caught.value)

    def rejected(self) -> str:
        """Run the workflow, which must fail and leave all as it is; return the one line it says."""
        before = git(self.repository, "for-each-ref")
        done = self.run()
        assert done.returncode == 1, done.stdout + done.stderr
        assert git(self.repository, "for-each-ref") == before
        assert "Traceback" not in done.stderr
        (line,) = done.stdout.splitlines()
        assert line.startswith("::error::")
        assert "No app was made" in self.summary()
        return line.removeprefix("::error::")

    def nothing_to_do(self) -> str:
        """Run the workflow, which must end well and leave all as it is; return the one line it says."""
        before = git(self.repository, "for-each-ref")
        done = self.run()
        assert done.returncode == 0, done.stdout + done.stderr
        assert git(self.repository, "for-each-ref") == before
        (line,) = done.stdout.splitlines()
        return line.removeprefix("::notice::")


@pytest.fixture
def hub(template: Path, tmp_path: Path) -> GitHub:
    """Return GitHub after a click on the button: one commit with all files of the template."""
    return pressed(template, tmp_path)


@pytest.fixture
def small(questions_only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """Return the same for a template without files: the script comes from here."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pressed(questions_only, tmp_path)


def pressed(template: Path, folder: Path) -> GitHub:
    here = GitHub(folder)
    here.template.parent.mkdir(parents=True)
    git(folder, "clone", "--quiet", "--bare", str(template), str(here.template))
    git(folder, "clone", "--quiet", "--bare", "--no-tags", str(template), str(here.repository))
    for name in ("bin", "home"):
        (folder / name).mkdir()
    (folder / "bin" / "gh").write_text(GH, encoding="utf-8")
    (folder / "bin" / "gh").chmod(0o755)
    here.api = {
        "name": "Parts_Catalogue",
        "description": "Knows every part.",
        "is_template": False,
        "fork": False,
        "template_repository": {"full_name": "acme/template"},
    }
    return here


# --------------------------------------------------------------------------------------------------------- it works
def test_the_button(hub: GitHub) -> None:
    """One commit on top of the first; nothing of the template is left, and the answers file is a real one."""
    first = hub.head()
    done = hub.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(hub.repository, "rev-list", "main").split() == [hub.head(), first]
    app = hub.checkout("app")
    answers = yaml.safe_load((app / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["app_name"] == "parts-catalogue"
    assert answers["app_description"] == "Knows every part."
    assert (answers["_src_path"], answers["_commit"]) == (f"{hub.server}/acme/template.git", "0.9.0")
    assert fresh(hub, answers, hub.folder / "fresh") == contents(app) | left_out(hub)
    assert git(app, "log", "-1", "--format=%an <%ae>").strip().startswith("github-actions[bot] <")
    assert "parts-catalogue is here" in hub.summary()


def contents(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """Return what a folder holds: the content of each file, and whether it can be run."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), os.access(path, os.X_OK))
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def fresh(hub: GitHub, answers: dict[str, Any], target: Path) -> dict[str, tuple[bytes, bool]]:
    """Return what a copy with these answers holds."""
    data = {name: value for name, value in answers.items() if not name.startswith("_")}
    source = f"{hub.server}/acme/template.git"
    copier.run_copy(source, target, data=data, defaults=True, unsafe=True, quiet=True)
    return contents(target)


def left_out(hub: GitHub) -> dict[str, tuple[bytes, bool]]:
    """Return the workflows that the page of the run names as missing, from the fresh copy."""
    page = hub.summary()
    every = contents(hub.folder / "fresh")
    return {name: every[name] for name in every if f"- `{name}`" in page}


@pytest.mark.slow
def test_answers_of_ones_own(hub: GitHub) -> None:
    """What answers.yml says counts, over the repository's name and description; the file itself goes."""
    text = 'app_name: depot-api\napp_description: "Quotes \' \\" and ${{ github.token }} $(id)"\ndocker: false\n'
    hub.commit(answers__yml=f"{text}entities: [Part]\npackage_manager: uv\n")
    second = hub.head()
    done = hub.run()
    assert done.returncode == 0, done.stdout + done.stderr
    app = hub.checkout("app")
    assert git(app, "rev-parse", "HEAD~").strip() == second
    answers = yaml.safe_load((app / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["app_description"] == "Quotes ' \" and ${{ github.token }} $(id)"
    assert [answers[one] for one in ("app_name", "docker", "package_manager")] == ["depot-api", False, "uv"]
    assert answers["entities"] == ["Part"]
    assert (app / "app" / "entities" / "part").is_dir()
    assert not (app / "answers.yml").exists()
    assert not (app / "docker").exists()
    assert "tests/entities/part/test_api.py" in contents(app)


@pytest.mark.slow
def test_missing_workflows_can_be_added(hub: GitHub) -> None:
    """What GitHub would not take is named in the commit and on the run's page, with commands that bring it."""
    assert hub.run().returncode == 0
    app = hub.checkout("app")
    names = {f".github/workflows/{name}.yml" for name in ("ci", "template-update")}
    assert not (app / ".github").exists()
    assert all(f"- `{name}`" in hub.summary() for name in names)
    assert all(name in git(app, "log", "-1", "--format=%b") for name in names)
    commands = bootstrap.ADD_WORKFLOWS
    assert commands in hub.summary()
    assert commands in git(app, "log", "-1", "--format=%b")
    uvx = hub.folder / "bin" / "uvx"
    uvx.write_text('#!/bin/sh\nshift 3\nexec copier "$@"\n', encoding="utf-8")
    uvx.chmod(0o755)
    before = contents(app)
    identity = "git config user.name Me && git config user.email me@example.org\n"
    done = hub.step(identity + commands, app)
    assert done.returncode == 0, done.stdout + done.stderr
    after = contents(app)
    assert set(after) - set(before) == names
    assert all(after[name] == before[name] for name in before)
    assert git(app, "status", "--porcelain") == ""
    assert git(app, "rev-parse", "HEAD").strip() == hub.head()


@pytest.mark.slow
def test_the_app_can_be_updated(hub: GitHub) -> None:
    assert hub.run().returncode == 0
    app = hub.checkout("app")
    copier.run_update(app, vcs_ref=copier.VcsRef.CURRENT, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert git(app, "status", "--porcelain") == ""
    newer = hub.folder / "newer"
    git(hub.folder, "clone", "--quiet", str(hub.template), str(newer))
    path = newer / "template" / "alembic.ini"
    path.write_text(path.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    commit_all(newer, "newer", tag="1.0.0")
    git(newer, "push", "--quiet", "origin", "HEAD", "1.0.0")
    copier.run_update(app, defaults=True, unsafe=True, overwrite=True, quiet=True)
    assert sorted(git(app, "status", "--porcelain").split()) == [".copier-answers.yml", "M", "M", "alembic.ini"]


@pytest.mark.slow
def test_the_app_works(hub: GitHub) -> None:
    """`make setup test lint`, from the checkout of what was pushed."""
    assert hub.run().returncode == 0
    place = Path(tempfile.mkdtemp(prefix="bootstrap-"))
    place.chmod(0o755)  # PostgreSQL runs as a user of its own where root runs the tests
    git(place, "clone", "--quiet", str(hub.repository), "app")
    environment = {**os.environ, "XDG_DATA_HOME": str(place / "data")}
    done = subprocess.run(
        ["make", "--no-print-directory", "setup", "test", "lint"],
        cwd=place / "app", env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    shutil.rmtree(place, ignore_errors=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]


# --------------------------------------------------------------------------------------------------- nothing happens
def test_in_the_template(small: GitHub) -> None:
    small.api["is_template"] = True
    assert small.nothing_to_do().startswith("This is a template")


def test_in_a_fork(small: GitHub) -> None:
    small.api["fork"] = True
    assert small.nothing_to_do().startswith("This is a fork")


@pytest.mark.parametrize("named", [{}, {"template_repository": None}], ids=["absent", "null"])
def test_not_made_by_the_button(small: GitHub, named: dict[str, Any]) -> None:
    """A clone that was pushed elsewhere; or a template that this repository may not see."""
    del small.api["template_repository"]
    small.api |= named
    assert "make the app on your machine with `copier copy`" in small.nothing_to_do()


@pytest.mark.slow
def test_a_second_run(hub: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Re-run all jobs` checks the first commit out again: GitHub rejects what it makes, as the branch has moved on."""
    first = hub.head()
    assert hub.run().returncode == 0
    made = hub.head()
    again = hub.checkout("again")
    assert made == git(again, "rev-parse", "HEAD").strip()
    with pytest.raises(bootstrap.NothingToDo, match="is an app already"):
        bootstrap.bootstrap(again, hub.api, hub.server)
    monkeypatch.setattr(hub, "checkout", lambda name: _at(first, GitHub.checkout(hub, name)))
    done = hub.run()
    assert done.returncode == 1
    assert "GitHub did not take the app" in done.stdout
    assert hub.head() == made


def _at(commit: str, checkout: Path) -> Path:
    git(checkout, "checkout", "--quiet", "-B", "main", commit)
    return checkout


@pytest.mark.slow
def test_a_push_in_between(hub: GitHub) -> None:
    done = hub.run(meanwhile=True)
    assert done.returncode == 1
    assert "After a push meanwhile, look at the run of that one." in done.stdout
    assert git(hub.repository, "show", "main:README.md") == "# Mine\n"
    assert "more than answers.yml has changed" in hub.rejected()


# ----------------------------------------------------------------------------------------------------------- rejected
@pytest.mark.parametrize("answers", ["", "app_name: mine\n"], ids=["alone", "with-answers"])
def test_more_than_the_first_commit(small: GitHub, answers: str) -> None:
    """Also if the newest commit equals the first: the repository is in use."""
    small.commit(README__md="# Mine\n")
    small.commit(README__md=(ROOT / "README.md").read_text(encoding="utf-8"), answers__yml=answers)
    assert "more than answers.yml has changed here" in small.rejection()


def test_a_file_that_became_the_answers(small: GitHub) -> None:
    """Git would call it a rename, of which one name says little."""
    small.commit(answers__yml=(ROOT / "README.md").read_text(encoding="utf-8"), README__md=None)
    assert "more than answers.yml has changed here" in small.rejection()


def test_a_merge_with_another_history(small: GitHub) -> None:
    clone = small.checkout("author")
    git(clone, "checkout", "--quiet", "--orphan", "other")
    git(clone, "commit", "--quiet", "--message", "other")
    git(clone, "checkout", "--quiet", "main")
    git(clone, "merge", "--quiet", "--allow-unrelated-histories", "other", "--message", "both")
    git(clone, "push", "--quiet", "origin", "main")
    assert "more than answers.yml has changed here" in small.rejection()


def test_a_history_that_is_cut_off(small: GitHub) -> None:
    target = small.folder / "shallow"
    small.commit(answers__yml="")
    git(small.folder, "clone", "--quiet", "--depth=1", f"file://{small.repository}", str(target))
    with pytest.raises(bootstrap.BootstrapError, match="fetch-depth: 0"):
        bootstrap.bootstrap(target, small.api, small.server)


def test_no_version(small: GitHub) -> None:
    git(small.template, "tag", "--delete", "0.9.0")
    assert "has no version yet" in small.rejected()


def test_template_that_cannot_be_read(small: GitHub) -> None:
    shutil.rmtree(small.template)
    assert f"The template at {small.server}/acme/template.git cannot be read" in small.rejection()


@pytest.mark.parametrize("name", ["acme", "acme/a/b", "acme/../b c", "-x", "acme/t\n", 7, "https://evil/x"])
def test_template_of_a_strange_name(small: GitHub, name: object) -> None:
    small.api["template_repository"] = {"full_name": name}
    with pytest.raises(bootstrap.BootstrapError, match="is no OWNER/NAME"):
        bootstrap.source_of(small.api, small.server)


def test_version_that_cannot_be_rendered(hub: GitHub) -> None:
    newer = hub.folder / "newer"
    git(hub.folder, "clone", "--quiet", str(hub.template), str(newer))
    (newer / "template" / "broken.jinja").write_text("{{ nothing_of_the_kind }}\n", encoding="utf-8")
    commit_all(newer, "newer", tag="1.0.0")
    git(newer, "push", "--quiet", "origin", "HEAD", "1.0.0")
    assert "'nothing_of_the_kind' is undefined" in hub.rejection()


NAMES = {
    "parts-catalogue": "parts-catalogue",
    "Parts_Catalogue": "parts-catalogue",
    "PartsCatalogue": "parts-catalogue",
    "my.cool.service": "my-cool-service",
    "2nd-service": "nd-service",
    "--x--": "x",
    "Überblick": "uberblick",
    "docker": "docker-api",
    "import": "import-api",
    "con": "con-api",
    "Test": "test-api",
    "a" * 40: "a" * 40,
    "a" * 41: None,
    "x" * 100: None,
    "123": None,
    "...": None,
    "$(touch x)": None,
    "`touch x`": None,
    "it's": None,
    'say "hi"': None,
    "${{ github.token }}": None,
    "a\n::error::b": None,
    "名前": None,
    "": None,
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items(), ids=[ascii(name)[:20] for name in NAMES])
def test_names(name: str, expected: str | None) -> None:
    assert near_app_name(name) == expected
    assert expected is None or app_name_error(expected) is None


@pytest.mark.parametrize("name", ["$(touch x)", "a%0A\n::warning::b"], ids=ascii)
def test_names_that_are_rejected(small: GitHub, name: str) -> None:
    """In one line that says what to do, and nothing of the name is run, here or by GitHub."""
    small.api["name"] = name
    line = small.rejected()
    assert line.startswith("The repository's name gives no name for an app (")
    assert "rename it and choose `Re-run all jobs`, or add a file answers.yml" in line
    assert not (small.folder / "first" / "x").exists()


@pytest.mark.slow
def test_a_name_that_needs_help_and_gets_it(hub: GitHub) -> None:
    hub.api["name"] = "123"
    hub.rejection()
    hub.commit(answers__yml="app_name: one-two-three\ndocker: false\nentities: []\n")
    assert hub.run().returncode == 0
    assert "app_name: one-two-three" in git(hub.repository, "show", "main:.copier-answers.yml")


ANSWERS = {
    "no-yaml": ("app_name: a\n b: [", "answers.yml, line 2 is no YAML"),
    "no-text": ("a: \x01", "answers.yml is no YAML"),
    "python": ("app_name: !!python/object/apply:os.system ['touch x']", "answers.yml, line 1 is no YAML"),
    "list": ("- app_name: mine\n", "answers.yml is no mapping"),
    "text": ("mine\n", "answers.yml is no mapping"),
    "unknown": ("app_nam: mine\n", "there is no question 'app_nam': write some of config, scope, app_name"),
    "not-text": ("1: mine\n", "there is no question 1: "),
    "smuggled": ("_src_path: https://example.org/evil.git\n", "there is no question '_src_path'"),
    "commit": ("_commit: 0.0.1\n", "there is no question '_commit'"),
    "name": ("app_name: My App\n", "answers.yml: app_name 'My App' may hold only"),
    "no-name": ("app_name:\n", "answers.yml: app_name must be text such as task-api, not null"),
}


@pytest.mark.parametrize(("text", "message"), ANSWERS.values(), ids=ANSWERS)
def test_answers_that_are_rejected(small: GitHub, text: str, message: str) -> None:
    small.commit(answers__yml=text)
    line = small.rejection()
    assert message in line
    assert "answers.yml" in line
    assert not (small.folder / "alone" / "x").exists()


ANSWERS_FOR_THE_TEMPLATE = {
    "entities": ("entities: [{name: Task, fields: [title: strng]}]\n", "Task.title: there is no type 'strng'"),
    "type": ("docker: perhaps\n", "docker: is the text 'perhaps': write true or false"),
    "choice": ("database: oracle\n", "Invalid choice for 'database'"),
    "twice": ("config: {docker: true}\ndocker: false\n", "docker: is False, but config says True: give it once"),
}


@pytest.mark.parametrize(("text", "message"), ANSWERS_FOR_THE_TEMPLATE.values(), ids=ANSWERS_FOR_THE_TEMPLATE)
def test_answers_that_the_template_rejects(hub: GitHub, text: str, message: str) -> None:
    """In its own words."""
    hub.commit(answers__yml=text)
    line = hub.rejection()
    assert message in line
    assert line.endswith("\nFix them in answers.yml and push that")


def test_answers_in_a_folder_or_behind_a_link(small: GitHub) -> None:
    clone = small.checkout("author")
    (clone / "answers.yml").symlink_to("/etc/passwd")
    commit_all(clone)
    with pytest.raises(bootstrap.BootstrapError, match="no mapping"):
        bootstrap.bootstrap(clone, small.api, small.server)
    (clone / "answers.yml").unlink()
    (clone / "answers.yml").mkdir()
    (clone / "answers.yml" / "x").touch()
    commit_all(clone)
    with pytest.raises(bootstrap.BootstrapError, match=r"answers\.yml"):
        bootstrap.bootstrap(clone, small.api, small.server)


# ----------------------------------------------------------------------------------------------------- the workflows
def test_the_workflow_runs_nothing_of_a_name() -> None:
    """Scripts get names through their environment only, and only the job that runs no code of a template may write."""
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert len(scripts) == 4
    assert not [script for script in scripts if "${{" in script]
    assert jobs["make"]["permissions"] == {"contents": "read"}
    assert not any("python" in step.get("run", "") for step in jobs["push"]["steps"])


def test_the_workflow_installs_what_apps_are_updated_with() -> None:
    install = next(
        step["run"]
        for step in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["make"]["steps"]
        if step["name"] == "Install Copier"
    )
    assert install.split('"')[1::2] == [name + versions for name, versions in pins.updater.items()]


@pytest.mark.slow
def test_the_workflow_installs_all_it_needs(small: GitHub) -> None:
    """The script runs with nothing but what the first step installs."""
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    install = next(step["run"] for step in jobs["make"]["steps"] if step["name"] == "Install Copier")
    venv.create(small.folder / "venv", with_pip=True)
    path = f"export PATH='{small.folder / 'venv' / 'bin'}':$PATH\n"
    done = small.step(f"{path}{install}\npython -m tools.bootstrap --help", ROOT)
    assert done.returncode == 0, done.stderr
    assert "usage: python -m tools.bootstrap" in done.stdout


def unguarded(path: Path) -> list[str]:
    """Return the jobs of a workflow that would run on the first push of what the button makes."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "push" not in workflow["on"]:
        return []
    not_there = re.compile(r"github\.event\.repository\.is_template|github\.event_name (?:!= 'push'|== '(?!push'))")
    first = {name: job.get("if", "") for name, job in workflow["jobs"].items() if "needs" not in job}
    return [name for name, condition in first.items() if not all(map(not_there.search, condition.split("||")))]


def test_nothing_else_runs_in_what_the_button_makes(tmp_path: Path) -> None:
    """Neither hours of tests, nor a release of the template's newest version."""
    every = sorted(WORKFLOW.parent.glob("*.yml"))
    assert {path.name for path in every} >= {"ci.yml", "release.yml"}
    assert {path.name: jobs for path in every if (jobs := unguarded(path))} == {}
    broken = tmp_path / "ci.yml"
    jobs = {"a": {}, "b": {"needs": "a"}, "c": {"if": "github.event_name == 'schedule' || github.ref == 'x'"}}
    broken.write_text(yaml.safe_dump({"on": {"push": None}, "jobs": jobs}), encoding="utf-8")
    assert unguarded(broken) == ["a", "c"]


# ---------------------------------------------------------------------------------------------------------- the page
def test_the_page_says_what_is_so() -> None:
    """The command that adds the workflows is the run's own; names become what the table says; the answers are right."""
    page = (ROOT / "docs" / "how-to" / "use-the-button.md").read_text(encoding="utf-8")
    commands, answers = (textwrap.dedent(one) for one in re.findall(r"```(?:bash|yaml)\n(.*?)```", page, re.DOTALL))
    assert commands.strip() == bootstrap.ADD_WORKFLOWS
    rows = re.findall(r"^\| `(.+)` \| (?:`(.+)`|rejected.*) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    assert [near_app_name(name) or "" for name, _ in rows] == [service for _, service in rows]
    questions = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    given = yaml.safe_load(answers)
    assert set(given) <= set(questions)
    assert [errors_of(name, value, given) for name, value in given.items()] == [[], [], []]
