"""`service`, as templates see it: flags are attributes, and what goes wrong shows its cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import copier
import jinja2
import pytest

from extensions.answers.questions import BOOLEANS, QUESTIONS
from extensions.service import context, packages
from extensions.service.context import Service, add_context, service_of
from tests.conftest import copy_of_template
from tests.render import matrix


def answers(**more: Any) -> dict[str, Any]:
    """Return complete answers, with the defaults of what is not given."""
    return matrix.effective({"app_name": "some-api", **more})


def test_each_question_of_yes_or_no_is_an_attribute() -> None:
    for value in (True, False):
        known = {question.name: value for question in BOOLEANS}
        service = service_of(answers(**known))
        for question in BOOLEANS:
            if question.in_service:
                assert getattr(service, question.flag) is value
                assert question.flag in dir(service)


def test_a_flag_without_its_base_is_off() -> None:
    based = [question for question in BOOLEANS if question.base]
    assert based
    for question in based:
        assert getattr(service_of(answers(**{question.name: True, question.base: True})), question.flag)
        assert not getattr(service_of(answers(**{question.name: True, question.base: False})), question.flag)


def test_a_package_of_a_flag_comes_with_it() -> None:
    for question in BOOLEANS:
        for package in question.packages:
            base = {question.base: True} if question.base else {}
            on, off = (service_of(answers(**base, **{question.name: value})) for value in (True, False))
            assert any(line.startswith(package) for line in on.dependencies)
            assert not any(line.startswith(package) for line in off.dependencies)


@pytest.fixture
def template() -> Any:
    """Return a function that prints an expression as a template would."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)

    def printed(expression: str) -> str:
        return environment.from_string(f"{{{{ {expression} }}}}").render(service=service_of(answers()))

    return printed


def test_an_attribute_that_is_not_there(template: Any) -> None:
    with pytest.raises(jinja2.TemplateRuntimeError, match=r"^service\.mail: no attribute of Service and no question"):
        template("service.mail")
    assert template("service.redis") == "True"
    assert not hasattr(service_of(answers()), "__html__"), "Jinja asks for names of Python's own"


def test_an_error_within_an_attribute_is_not_hidden(template: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jinja takes an AttributeError for an undefined value."""
    monkeypatch.setattr(context, "_latest", [])
    monkeypatch.setattr(Service, "title", property(lambda _: None.split()))  # type: ignore[attr-defined]
    with pytest.raises(jinja2.TemplateRuntimeError, match=r"^service\.title: 'NoneType' object has no attribute"):
        template("service.title")
    monkeypatch.setattr(packages, "_PRODUCTION", (("alembic", lambda service: service.mail),))
    with pytest.raises(jinja2.TemplateRuntimeError, match=r"^service\.mail: no attribute of Service"):
        template("service.dependencies")


def test_a_package_without_a_version(template: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_latest", [])
    monkeypatch.setattr(packages, "_PRODUCTION", (("unheard-of", packages.always),))
    with pytest.raises(jinja2.TemplateRuntimeError, match=r"^unheard-of: the package has no version: .*pins\.py$"):
        template("service.dependencies")


@pytest.mark.parametrize(
    ("question", "answer"),
    [("entities", [{"name": "task"}]), ("ports", "none"), ("objectives", "99.9"), ("entities", None)],
)
def test_an_invalid_answer_is_left_to_its_validator(question: str, answer: object) -> None:
    known = answers(**{question: answer})
    add_context(known)
    assert "service" not in known
    assert "pins" in known


def test_what_fails_without_an_invalid_answer_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_latest", [])
    monkeypatch.setattr(context, "flag_values", lambda known: known["unheard_of"])
    with pytest.raises(KeyError, match="unheard_of"):
        add_context(answers())


def test_a_record_without_its_question() -> None:
    known = {name: answer for name, answer in answers().items() if name != "redis"}
    add_context(known)
    assert "service" not in known, "it may still be asked"
    with pytest.raises(
        jinja2.TemplateRuntimeError, match=r"^redis: it has a record in .*, but copier\.yml does not ask"
    ):
        add_context({**known, "_copier_phase": "render"})


def test_a_copy_tells_the_cause(tmp_path: Path) -> None:
    """The same through Copier."""
    source = copy_of_template(tmp_path / "template")
    path = source / "extensions" / "service" / "context.py"
    text = path.read_text(encoding="utf-8")
    assert text.count('uv=answers["package_manager"]') == 1
    path.write_text(text.replace('uv=answers["package_manager"]', 'uv=answers["manager"]'), encoding="utf-8")
    with pytest.raises((KeyError, ValueError), match="'manager'"):
        copier.run_copy(str(source), tmp_path / "app", defaults=True, unsafe=True, quiet=True)


def test_no_two_flags_share_a_name() -> None:
    assert len(QUESTIONS) == len({question.flag for question in QUESTIONS.values()})
