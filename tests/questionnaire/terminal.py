"""A simulated user at a terminal: types, waits for words on the screen, reads the screen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pexpect
import pyte

ENTER = "\r"
DOWN = "\x1b[B"
INTERRUPT = "\x03"
FINISH = "\x1b\r"
"""What ends an answer of several lines: Esc, then Enter."""

EMPTY = "\x1b[1;5H\x00\x1b[1;5F\x17"
"""What empties the field: Ctrl-Home, Ctrl-Space, Ctrl-End, Ctrl-W."""

_SECONDS = 60
"""How long words may take to come: for slow machines; nothing waits longer than it has to."""


class Terminal:
    """A program on a screen of the usual size."""

    def __init__(self, command: Sequence[str], folder: Path, *, columns: int = 80, rows: int = 60) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = self._answer
        self._stream = pyte.ByteStream(self.screen)
        self._child = pexpect.spawn(
            command[0], list(command[1:]), cwd=str(folder), dimensions=(rows, columns), timeout=_SECONDS
        )
        self.everything = ""

    def _answer(self, data: str) -> None:
        """Answer the program's question where the cursor is."""
        self._child.send(data)

    def shown(self) -> str:
        """Return what stands on the screen, without the blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def words(self) -> str:
        """Return the words on the screen, each after one blank."""
        return " ".join(self.shown().split())

    def type(self, text: str) -> None:
        """Type."""
        self._child.send(text)

    def wait(self, *texts: str) -> str:
        """Wait until the screen shows all of some words; return the screen."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(pexpect.TIMEOUT):
                self._read(0.05)
            if all(text in self.words() for text in texts):
                return self.shown()
        raise AssertionError(f"{texts} did not come; the screen shows:\n{self.shown()}")

    def end(self) -> int:
        """Wait until the program has ended; return its exit status."""
        end = time.monotonic() + _SECONDS
        with contextlib.suppress(pexpect.EOF):
            while time.monotonic() < end:
                with contextlib.suppress(pexpect.TIMEOUT):
                    self._read(0.05)
        self._child.close()
        status = self._child.exitstatus
        assert status is not None, f"it was ended by signal {self._child.signalstatus}:\n{self.shown()}"
        return status

    def _read(self, seconds: float) -> None:
        data = self._child.read_nonblocking(65536, seconds)
        self._stream.feed(data)
        self.everything += data.decode(errors="replace")

    def close(self) -> None:
        """End the program, if it has not ended."""
        self._child.close(force=True)


@contextlib.contextmanager
def opened(command: Sequence[str], folder: Path, *, columns: int = 80) -> Iterator[Terminal]:
    """Yield a terminal in which a command runs; the command is ended afterwards in any case."""
    terminal = Terminal(command, folder, columns=columns)
    try:
        yield terminal
    finally:
        terminal.close()
