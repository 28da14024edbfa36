"""Chromium, driven by the W3C WebDriver protocol, with every host but this machine out of reach."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.environments import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element in answers of the protocol."""

OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # it may run as root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--window-size=1400,2000",
    # No network: names are not looked up, whatever they are.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
SECONDS = 60


class Browser:
    """A window of Chromium."""

    def __init__(self, address: str) -> None:
        capabilities = {
            "goog:chromeOptions": {"args": list(OPTIONS)},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        self.base = address
        session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.base = f"{address}/session/{session['sessionId']}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a command and return its value; AssertionError with the driver's message where it fails."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=2 * SECONDS) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"][:2000]) from None

    def open(self, address: str) -> None:
        """Load a page."""
        self.ask("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript in the page and return what it returns."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector: str, *, seconds: float = SECONDS) -> str:
        """Return the element of a CSS selector once it is there; AssertionError with the page's text without it."""
        end = time.monotonic() + seconds
        while True:
            found = self.ask("POST", "/elements", {"using": "css selector", "value": selector})
            if found:
                return str(found[0][ELEMENT])
            text = self.run("return document.body.innerText")
            assert time.monotonic() < end, f"{selector} is not in the page:\n{text[-3000:]}\n{self.log()}"
            time.sleep(0.2)

    def click(self, selector: str) -> None:
        """Click an element once it is there."""
        self.ask("POST", f"/element/{self.find(selector)}/click", {})

    def text(self, selector: str) -> str:
        """Return the text of an element once it is there."""
        return str(self.ask("GET", f"/element/{self.find(selector)}/text"))

    def log(self) -> list[str]:
        """Return what the page wrote to the console since the last call, errors of its policy included."""
        entries = self.ask("POST", "/se/log", {"type": "browser"})
        return [f"{entry['level']} {entry['message']}" for entry in entries]

    def loaded(self) -> list[str]:
        """Return the addresses of everything that the page has loaded."""
        script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        return [str(name) for name in self.run(script)]


@contextmanager
def browser() -> Iterator[Browser]:
    """Run Chromium and yield its window."""
    driver = shutil.which("chromedriver")
    assert driver is not None, "no chromedriver: tests/clients/browser/chromium.sh installs it"
    port = free_port()
    with subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL) as process:
        try:
            wait(f"http://127.0.0.1:{port}/status")
            window = Browser(f"http://127.0.0.1:{port}")
            try:
                yield window
            finally:
                window.ask("DELETE", "")
        finally:
            process.terminate()


def wait(address: str) -> None:
    """Wait until the driver answers."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            assert time.monotonic() < end, "chromedriver does not answer"
            time.sleep(0.1)
        else:
            return
