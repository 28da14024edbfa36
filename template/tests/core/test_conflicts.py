"""What `make lint` says of conflicts that an update left."""

from pathlib import Path

import pytest

from tools.conflicts import ROOT, conflicts

CONFLICT = "one\n<<<<<<< before updating\nmine\n=======\ntheirs\n>>>>>>> after updating\n"


def test_nothing_is_left_here() -> None:
    """Of the last update of this service."""
    assert list(conflicts(ROOT)) == []


@pytest.mark.parametrize(
    "name", ["app/main.py", "README.md", "Makefile", ".github/workflows/ci.yml", "a.unknown"]
)
def test_a_conflict(tmp_path: Path, name: str) -> None:
    """It is named once, wherever it is."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONFLICT, encoding="utf-8")
    assert list(conflicts(tmp_path)) == [
        f"{name}:2: a conflict: keep what is right, then delete the markers"
    ]


def test_every_conflict(tmp_path: Path) -> None:
    """Whatever its line ends and its encoding."""
    (tmp_path / "a.py").write_text(CONFLICT + CONFLICT, encoding="utf-8", newline="\r\n")
    (tmp_path / "b.py").write_bytes(b"\xff\n" + CONFLICT.encode())
    assert [line.split(": ")[0] for line in conflicts(tmp_path)] == ["a.py:2", "a.py:8", "b.py:3"]


@pytest.mark.parametrize(
    "left", ["=======", "||||||| last update", ">>>>>>> after updating", "<<<<<<<"]
)
def test_a_marker_that_was_overlooked(tmp_path: Path, left: str) -> None:
    """Half a conflict is none that Git knows, and no code either."""
    (tmp_path / "Makefile").write_text(f"all:\n{left}\n", encoding="utf-8")
    assert [line.split(": ")[0] for line in conflicts(tmp_path)] == ["Makefile:2"]


def test_a_rejected_change(tmp_path: Path) -> None:
    """Copier writes such files on request (`--conflict rej`)."""
    (tmp_path / "alembic.ini.rej").write_text("@@ -1 +1 @@\n", encoding="utf-8")
    expected = "alembic.ini.rej: a change that did not fit: make it by hand, then delete this file"
    assert list(conflicts(tmp_path)) == [expected]


def test_what_is_no_conflict(tmp_path: Path) -> None:
    """Documents about markers, underlined titles, other people's files, and what is no text."""
    (tmp_path / "page.md").write_text(
        "Updates\n=======\n\n`<<<<<<< before updating` is yours:\n\n    <<<<<<< before updating\n    =======\n",
        encoding="utf-8",
    )
    (tmp_path / "code.py").write_text(
        'MARKER = "<<<<<<< before"\nprint("=======")\n# ========\n', encoding="utf-8"
    )
    (tmp_path / "picture.png").write_bytes(b"\0\n" + CONFLICT.encode())
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    for folder in (".venv", ".git", "env/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text(CONFLICT, encoding="utf-8")
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert list(conflicts(tmp_path)) == []
