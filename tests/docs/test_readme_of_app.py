"""The pages of a generated app: true of that app, and safe whatever its answers say."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from extensions.entities import parse
from extensions.service.ownership import FILES
from extensions.service.readme import er_diagram, markdown_text
from tests.conftest import ROOT, Render, example, files_of

PAGES = (
    "README.md",
    "CHANGELOG.md",
    "docs/build-on-it.md",
    "docs/entities.md",
    "docs/ownership.md",
    "docs/updating.md",
)
WORDS = {
    "observability": r"prometheus|grafana|observab|metrics",
    "docker": r"docker|compose|container|grafana",
    "redis": r"redis|cache",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1)) ![x](https://example.org/x.png)",
    "a | b | c",
    "`rm -rf` ``x`` ```",
    "**bold** _it_ ~~gone~~ $x^2$ &lt;b&gt; \\* \\",
    "# Heading",
    "- item",
    "1. item",
    "2) item",
    "~~~",
    "---",
    "===",
    "> quote",
    "{{ 7 * 7 }} {% raw %} {# no #}",
    "first line\n\n# Heading\n\n- item\n\n```\ncode\n```\n",
    " ".join(["word"] * 14 + ["-", "# Heading", "1.", "===", "+"] * 9),
]


def test_flag_off_means_its_words_are_gone(render: Render) -> None:
    for flag, words in WORDS.items():
        folder = render(example("shop"), **{flag: False})
        for page in PAGES:
            text = (folder / page).read_text(encoding="utf-8")
            assert not (found := re.search(words, text, re.IGNORECASE)), f"{page}: {found} with {flag} off"


def test_flag_on_means_they_are_there(render: Render) -> None:
    readme = (render(example("shop")) / "README.md").read_text(encoding="utf-8")
    for words in WORDS.values():
        for word in words.replace("|observab", "").split("|"):
            assert re.search(word, readme, re.IGNORECASE), word


def test_ports_are_those_of_the_answers(render: Render) -> None:
    ports = {"app": 8101, "postgres": 8102, "redis": 8103, "prometheus": 8104, "grafana": 8105}
    readme = (render(example("shop"), ports=ports) / "README.md").read_text(encoding="utf-8")
    for port in ports.values():
        assert f"127.0.0.1:{port}" in readme


def test_commands_are_those_of_the_makefile(render: Render) -> None:
    folder = render(example("shop"))
    commands = re.findall(r"^([a-z-]+):.*##", (folder / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `make ([a-z-]+)", readme, re.MULTILINE)) == set(commands) - {"help"}


def test_layout_is_that_of_the_app(render: Render) -> None:
    folder = render(example("shop"))
    tree = (folder / "README.md").read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]
    parents = [folder]
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        path = parents[depth] / line.split()[0].replace("<name>", "order_item")
        assert path.exists(), line
        parents[depth + 1 :] = [path]


@pytest.mark.parametrize("answers", [{}, {"docker": False}, {"observability": False, "entities": []}], ids=str)
def test_links_lead_somewhere(render: Render, answers: dict[str, Any]) -> None:
    folder = render(example("shop"), **answers)
    for page in (page for page in PAGES if (folder / page).exists()):
        for target in re.findall(r"\]\(([^)#\s]+)\)", (folder / page).read_text(encoding="utf-8")):
            assert target.startswith("http") or (folder / page).parent.joinpath(target).exists(), f"{page}: {target}"


def test_every_entity_with_its_route(render: Render) -> None:
    folder = render(example("shop"))
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for entity in parse(example("shop")["entities"]):
        assert f"| {entity.name} | `/api/v1/{entity.plural_kebab}` |" in readme
        assert f'    "{entity.name}" {{' in readme
        prefix = f'prefix="/{entity.plural_kebab}"'
        assert prefix in (folder / "app" / "entities" / entity.snake / "routes.py").read_text(encoding="utf-8")
    assert '"Customer" ||--o{ "Order" : "customer"' in readme
    assert '"Category" |o--o{ "Product" : "category"' in readme


def test_long_names_and_key_words_of_the_diagram() -> None:
    name, field = "Abcdefghij" * 4, "abcdefghij" * 4
    fields: list[Any] = [{field: "string"}, {"pk": "string"}, {"title": "string"}, {"me": f"reference:{name}"}]
    one_to_one = {"name": "me", "type": "reference", "to": name, "unique": True, "required": True}
    diagram = er_diagram(parse([{"name": name, "fields": fields}, {"name": "Style", "fields": [one_to_one]}]))
    lines = [line.strip() for line in diagram.splitlines()]
    assert lines[0] == "erDiagram"
    assert f'"{name}" {{' in lines
    assert "string _pk" in lines
    assert "integer me_id FK, UK" in lines
    assert f'"{name}" |o--o{{ "{name}" : "me"' in lines
    assert f'"{name}" ||--o| "Style" : "me"' in lines


def test_a_diagram_too_large_to_draw_leaves_the_fields_out() -> None:
    fields = [{f"a_rather_long_name_for_a_field_{number}": "string"} for number in range(60)]
    entities = parse([{"name": f"Thing{chr(65 + number)}", "fields": fields} for number in range(20)])
    assert len(er_diagram(entities)) < 2_000
    assert '    "ThingA"' in er_diagram(entities).splitlines()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_description_stays_text(text: str) -> None:
    shown = markdown_text(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).split() == text.split()
    for line in shown.split("\n"):
        assert line == line.strip()
        assert not re.match(r"#|>|~|`|[-+*](\s|$)|\d+[.)](\s|$)|[-=]+$", line)
    plain = re.sub(r"\\[!-/:-@\[-`{-~]", "", shown)
    assert not re.search(r"[\\`*_{}\[\]<>#|&~$]", plain)


@pytest.mark.parametrize("number", [0, 4, 14, 15])
def test_a_hostile_description_leaves_the_page_as_it_is(render: Render, number: int) -> None:
    """Its paragraph is the only difference."""
    text = HOSTILE[number]
    hostile, tame = (
        (render(example("minimal"), app_description=words) / "README.md").read_text(encoding="utf-8")
        for words in (text, "Keeps notes.")
    )
    assert hostile.replace(markdown_text(text), "Keeps notes.") == tame


def test_ownership_is_what_copier_is_told() -> None:
    """The table of owners and copier.yml say the same."""
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert {row.pattern for row in FILES if row.kept} == set(settings["_skip_if_exists"])
    on_update = re.findall(r"'([^']+)' if _copier_operation == 'update'", "\n".join(settings["_exclude"]))
    assert {row.pattern.removesuffix("/*") for row in FILES if row.kept == "once"} == set(on_update)
    assert all((row.owner == "yours") == bool(row.kept) for row in FILES)
    assert all((row.owner == "template") == bool(row.beside) for row in FILES), "a place beside each file of ours"


def test_every_row_owns_something(render: Render) -> None:
    folder = render(example("shop"))
    owned: dict[str, list[Path]] = {row.pattern: [] for row in FILES}
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        owned[next(row.pattern for row in FILES if fnmatch(name, row.pattern))].append(path)
    assert not [pattern for pattern, paths in owned.items() if not paths]
    for row in FILES:
        for flag in row.flags:
            without = render(example("shop"), **{flag: False})
            names = [path.relative_to(without).as_posix() for path in files_of(without)]
            assert not [name for name in names if fnmatch(name, row.pattern)]
            assert row.pattern.removesuffix("*") not in (without / "docs" / "ownership.md").read_text(encoding="utf-8")
