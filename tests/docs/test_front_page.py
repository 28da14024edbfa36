"""README.md has its sections in the order that readers want; its tree and its defaults are those of an app."""

from __future__ import annotations

import re

import yaml

from tests.conftest import ROOT, Render, example

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
ORDER = ["Quick start", "What you get", "Limits", "Questions", "Updates", "Compared with others", "More"]


def test_sections_are_in_the_order_of_a_reader() -> None:
    assert re.findall(r"^## (.+)$", TEXT, re.MULTILINE) == ORDER


def test_the_tree_is_that_of_the_shop(render: Render) -> None:
    app = render(example("shop"))
    (tree,) = re.findall(r"^```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    parents = [app]
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        path = parents[depth] / line.split()[0]
        assert path.exists(), line
        parents[depth + 1 :] = [path]


def test_the_defaults_are_those_of_the_questions(render: Render) -> None:
    """Those that are one word."""
    known = yaml.safe_load((render() / ".copier-answers.yml").read_text(encoding="utf-8"))
    words = {True: "yes", False: "no"}
    shown = dict(re.findall(r"^\| `(\w+)` \| `?([\w.]+)`? \|", TEXT, re.MULTILINE))
    simple = {"scope", "database", "async", "observability", "tracing", "docker", "redis", "package_manager"}
    assert simple <= shown.keys()
    for name in (*simple, "python_version"):
        assert shown[name] == words.get(known[name], known[name]), name
