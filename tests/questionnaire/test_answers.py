"""Answers good and bad, through Copier's own interface: what is rejected, how, and that nothing was written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from extensions.answers.questions import QUESTIONS
from tests.conftest import ROOT, Render, copy_of_template, example, files_of
from tests.linters import EVERY_RULE

HOSTILE = yaml.safe_load((ROOT / "tests" / "data" / "hostile.yaml").read_text(encoding="utf-8"))["cases"]

# Rows whose structure is a proposal: see docs/decisions for what differs from them.
FIELD_TYPES = {"date": "date"}


def data_of(case: dict[str, Any]) -> dict[str, Any]:
    """Put the value of a hostile row where our questionnaire has it."""
    value = case["value"]
    field = case["field"]
    if field == "entities[].name":
        return {"entities": [{"name": value, "fields": [{"title": "string"}]}]}
    if field == "entities[].fields[].name":
        return {"entities": [{"name": "Probe", "fields": [{"name": value, "type": FIELD_TYPES.get(value, "string")}]}]}
    if field == "description":
        return {"app_description": value}
    if field.startswith("ports"):
        ports = yaml.safe_load(value) if isinstance(value, str) and value.startswith("{") else value
        return {"ports": {field.removeprefix("ports."): ports} if "." in field else ports}
    return {field: value}


def rows(expect: str) -> list[Any]:
    """Return the hostile rows with one outcome."""
    return [pytest.param(case, id=case["id"]) for case in HOSTILE if case["expect"] == expect]


def reject(template: Path, target: Path, data: dict[str, Any]) -> str:
    """Render answers that must be rejected before anything is written; return the error lines."""
    with pytest.raises(ValueError, match=r"\S") as caught:
        copier.run_copy(str(template), target, data=data, defaults=True, unsafe=True, quiet=True)
    assert not target.exists() or not any(target.iterdir())
    return str(caught.value)


@pytest.mark.parametrize("case", rows("reject"))
def test_hostile_rejected(case: dict[str, Any], template: Path, tmp_path: Path) -> None:
    message = reject(template, tmp_path / "app", data_of(case))
    question = case["field"].split("[")[0].split(".")[0].replace("description", "app_description")
    lines = message.splitlines()
    assert any(line.strip().startswith(f"{question}:") or f"'{question}': {question}:" in line for line in lines), (
        message
    )
    assert message.isprintable() or all(line.isprintable() for line in lines), "control characters are shown raw"


@pytest.mark.parametrize("case", rows("accept"))
def test_hostile_accepted(case: dict[str, Any], render: Render) -> None:
    data = data_of(case)
    folder = render(data)
    stored = yaml.safe_load((folder / ".copier-answers.yml").read_text(encoding="utf-8"))
    for name, value in data.items():
        assert stored[name] == value
    python = [path for path in files_of(folder) if path.suffix == ".py"]
    for path in python:
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    if "app_description" in data:
        about: dict[str, Any] = {}
        exec((folder / "app" / "about.py").read_text(encoding="utf-8"), about)  # noqa: S102  (what was rendered)
        assert about["DESCRIPTION"] == data["app_description"]


def record_errors(questions: dict[str, Any]) -> list[str]:
    """Return where the records of the questions do not fit the questions of copier.yml."""
    where = "extensions/answers/questions.py"
    unknown, unasked = questions.keys() - QUESTIONS.keys(), QUESTIONS.keys() - questions.keys()
    found = [f"{name}: copier.yml asks it, but it has no record: add it to {where}" for name in unknown]
    found += [f"{name}: {where} has a record of it, but copier.yml does not ask it" for name in unasked]
    for name in QUESTIONS.keys() & questions.keys():
        record, details = QUESTIONS[name], questions[name]
        when = details.get("when", True)
        wanted = {
            "type": (record.type, details["type"]),
            "always_stored with a condition": (record.always_stored and when is not True, False),
            "base": (bool(record.base), bool(record.base) and record.base in str(when)),
        }
        found += [f"{name}: {what} of its record does not fit copier.yml" for what, (a, b) in wanted.items() if a != b]
        if name != "discard_edits" and details.get("validator") != f"{{{{ errors('{name}') }}}}":
            found.append(f"{name}: it needs the validator {{{{ errors('{name}') }}}}")
        if record.in_config != ("config." in str(details["default"])):
            found.append(f"{name}: in_config of its record does not fit its default in copier.yml")
    return sorted(found)


def test_every_question_has_its_record() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    questions = {name: details for name, details in settings.items() if not name.startswith("_")}
    assert record_errors(questions) == []
    assert list(questions) == list(QUESTIONS), "in one order"


def test_the_check_of_records_can_fail() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    questions = {name: details for name, details in settings.items() if not name.startswith("_")}
    questions["mail"] = questions["redis"]
    questions["redis"] = {**questions["redis"], "type": "str", "default": True}
    questions["ports"] = {**questions["ports"], "when": "{{ docker }}", "validator": ""}
    del questions["docker"]
    assert record_errors(questions) == [
        "docker: extensions/answers/questions.py has a record of it, but copier.yml does not ask it",
        "mail: copier.yml asks it, but it has no record: add it to extensions/answers/questions.py",
        "ports: always_stored with a condition of its record does not fit copier.yml",
        "ports: it needs the validator {{ errors('ports') }}",
        "redis: in_config of its record does not fit its default in copier.yml",
        "redis: type of its record does not fit copier.yml",
    ]


def test_a_question_without_its_record_stops_a_copy(tmp_path: Path) -> None:
    template = copy_of_template(tmp_path / "template")
    questions = template / "copier.yml"
    question = "mail:\n  type: bool\n  default: false\n  validator: \"{{ errors('mail') }}\"\n"
    questions.write_text(f"{questions.read_text(encoding='utf-8')}\n{question}", encoding="utf-8")
    said = r"^Validation error for question 'mail': mail: copier\.yml asks it, but it has no record: .*questions\.py$"
    with pytest.raises(ValueError, match=said):
        copier.run_copy(str(template), tmp_path / "app", defaults=True, unsafe=True, quiet=True)
    assert not list(tmp_path.glob("app/*"))


def test_a_word_that_is_neither_yes_nor_no(template: Path, tmp_path: Path) -> None:
    """Copier itself takes it for a no."""
    message = reject(template, tmp_path / "app", {"docker": "perhaps", "redis": "on", "async": None})
    assert "docker: is the text 'perhaps': write true or false" in message
    assert "async: is empty: write true or false" in message
    assert "redis" not in message


LINTERS = {"ruff check": ["check", *EVERY_RULE], "ruff format": ["format", "--check"]}


@pytest.mark.parametrize("linter", LINTERS)
def test_hostile_accepted_is_clean(linter: str, render: Render) -> None:
    """What is accepted lints like anything else."""
    apps = [render(data_of(case)) for case in HOSTILE if case["expect"] == "accept"]
    command = [sys.executable, "-m", "ruff", *LINTERS[linter], "--no-cache", "--quiet", *apps]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def test_all_errors_at_once(template: Path, tmp_path: Path) -> None:
    """Every error of every answer given as data, a line each: question, entity, field, what, fix."""
    data = {
        "app_name": "Task-API",
        "entities": [
            {"name": "task", "fields": []},
            {
                "name": "Note",
                "fields": [
                    {"name": "a", "type": "strng"},
                    {"name": "b", "type": "string", "min": 1},
                    {"name": "c", "type": "enum"},
                    {"name": "d", "type": "ref:Missing"},
                ],
            },
            {"name": "Log", "writes_stalled_after": "6 hours", "operations": ["list"]},
            {"name": "Memo", "fields": {"title": "string"}},
        ],
        "ports": {"app": 0, "grafana": "3000"},
        "objectives": {"availability": 42, "latency_ms": 300, "colour": "red"},
        "config": {"nonsense": 1},
    }
    message = reject(template, tmp_path / "app", data)
    del data["config"]
    message = reject(template, tmp_path / "app", data)
    for expected in (
        "app_name: 'Task-API'",
        "entities: item 1: name",
        "entities: Note.a: there is no type 'strng': did you mean string?",
        "entities: Note.b: min does not apply to type string",
        "entities: Note.c: an enum needs values: add values: [open, done]",
        "entities: Note.d: there is no entity 'Missing' to refer to",
        "entities: Memo: fields is a mapping, and a mapping loses its order: write a list, '- title: string'",
        "entities: Log: writes_stalled_after is '6 hours': write minutes, hours or days like 30m, 6h or 2d",
        "entities: Log: writes_stalled_after, but nobody can write: remove it, or add an operation",
        "objectives: there is no objective 'colour': write availability or latency_ms",
        "objectives: availability is 42: write a percentage from 97 to 99.999",
        "objectives: latency_ms is 300: write 250, 500 or 1000, which the histogram can measure",
        "ports: app is 0: write a number from 1 to 65535",
        "ports: grafana is '3000': write a number",
    ):
        assert expected in message, message


def test_command_line(template: Path, tmp_path: Path) -> None:
    """Exit status 1, our line last, nothing written."""
    target = tmp_path / "app"
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "-d", "app_name=Task-API"]
    done = subprocess.run([*command, str(template), str(target)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].endswith("use task-api")
    assert not target.exists()


def test_full_folder_is_not_overwritten(template: Path, tmp_path: Path) -> None:
    """Without a terminal to ask at, a file that would be overwritten stops the copy."""
    target = tmp_path / "app"
    target.mkdir()
    (target / "README.md").write_text("mine\n", encoding="utf-8")
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", str(template), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode != 0
    assert (target / "README.md").read_text(encoding="utf-8") == "mine\n"


def test_no_trust(template: Path, tmp_path: Path) -> None:
    """Without --trust Copier rejects, with a status of its own."""
    command = [sys.executable, "-m", "copier", "copy", "--defaults", str(template), str(tmp_path / "app")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "--trust" in done.stderr


CONTEXT = {
    "app_name": "task-api",
    "entities": [{"name": "Task", "fields": [{"name": "title", "type": "string"}]}],
    "config": {"database": "sqlite", "async": False, "observability": False, "docker": False},
}


def test_devmatrix_context(render: Render) -> None:
    """A platform's context renders unchanged; its config is stored as the answers it stands for."""
    folder = render(CONTEXT)
    stored = yaml.safe_load((folder / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert "config" not in stored
    for name, value in CONTEXT["config"].items():  # type: ignore[attr-defined]
        assert stored[name] == value
    assert not (folder / "docker").exists()
    assert render({**CONTEXT["config"], "entities": CONTEXT["entities"]}) != folder  # type: ignore[dict-item]


def test_devmatrix_data_file(template: Path, tmp_path: Path) -> None:
    """The same from a file on the command line."""
    answers = tmp_path / "context.yml"
    answers.write_text(yaml.safe_dump(CONTEXT), encoding="utf-8")
    target = tmp_path / "app"
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet", "--data-file", str(answers)]
    subprocess.run([*command, str(template), str(target)], check=True)
    assert (target / "app" / "entities" / "task" / "model.py").exists()


@pytest.mark.parametrize(
    "data",
    [
        {"observability": False, "tracing": True},
        {"observability": "false", "tracing": "true"},
        {"config": {"observability": False, "tracing": True}},
        {"config": {"tracing": True}, "observability": False},
    ],
    ids=str,
)
def test_combination_that_is_none(data: dict[str, Any], template: Path, tmp_path: Path) -> None:
    """An answer to a question that is not asked is rejected; every other combination of flags renders."""
    message = reject(template, tmp_path / "app", data)
    assert "tracing: is true, but observability is false: turn it on, or leave tracing out" in message


def test_config_contradiction(template: Path, tmp_path: Path) -> None:
    message = reject(template, tmp_path / "app", {"config": {"database": "sqlite"}, "database": "postgresql"})
    assert "config says 'sqlite'" in message


def test_short_forms_mean_the_same(render: Render) -> None:
    """Three ways to write an entity, one app."""
    forms = [
        [{"name": "Note", "fields": [{"title": {"type": "str", "required": True}}, {"done": "bool"}]}],
        [
            {
                "name": "Note",
                "fields": [{"name": "title", "type": "string", "required": True}, {"name": "done", "type": "boolean"}],
            }
        ],
    ]
    apps = [
        {p.relative_to(f): p.read_bytes() for p in files_of(f) if p.name != ".copier-answers.yml"}
        for f in (render(entities=e) for e in forms)
    ]
    assert apps[0] == apps[1]


@pytest.mark.parametrize("name", ["minimal", "shop", "everything-off"])
def test_messages(name: str, template: Path, tmp_path: Path) -> None:
    """What to do next: three lines, the real commands."""
    answers = tmp_path / "answers.yml"
    answers.write_text(yaml.safe_dump(example(name)), encoding="utf-8")
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--data-file", str(answers)]
    done = subprocess.run([*command, str(template), str(tmp_path / "app")], check=True, capture_output=True, text=True)
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    assert said[-3:] == [f"cd {tmp_path / 'app'}", "make setup test", "make dev"]


@pytest.mark.parametrize("objectives", ["99.9", [99.9], {"availability": "high"}, {"latency_ms": True}], ids=str)
def test_objectives_that_are_none(template: Path, tmp_path: Path, objectives: Any) -> None:
    assert "objectives: " in reject(template, tmp_path / "app", {"objectives": objectives})


def test_objectives_reach_rules_and_dashboard(render: Render) -> None:
    """One answer: the recording rules, their test and the dashboard follow it."""
    docker = render(objectives={"availability": 99.95, "latency_ms": 250}) / "docker"
    rules = (docker / "prometheus/rules/objectives.yml").read_text(encoding="utf-8")
    assert "vector(0.0005)" in rules
    assert "vector(0.25)" in rules
    dashboard = (docker / "grafana/dashboards/app-metrics.json").read_text(encoding="utf-8")
    assert "the objective is 99.95 %" in dashboard
    assert 'le=\\"0.25\\"' in dashboard


def test_objectives_without_observability(render: Render) -> None:
    """Nobody is asked what cannot be measured, and nothing of it is kept."""
    folder = render(observability=False)
    assert "objectives" not in (folder / ".copier-answers.yml").read_text(encoding="utf-8")
