"""`/docs` and `/redoc` in a real browser without a network: they show the API, and a row is created through them."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.browser.chromium import Browser, browser
from tests.conftest import example
from tests.entities import apps
from tests.entities.test_schemathesis import running
from tests.environments import python_with, requirements_of

REASON = "there is no chromedriver: tests/clients/browser/chromium.sh installs it"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("chromedriver"), reason=REASON)]
OPERATION = "#operations-Category-create_category"


@pytest.fixture(scope="module")
def shop(template: Path) -> Iterator[str]:
    """Return the address of a running shop."""
    answers = {**example("shop"), **apps.VARIANTS["sqlite-async"]}
    app = apps.rendered(template, "shop-in-a-browser", answers)
    python = python_with(requirements_of(app / "pyproject.toml", development=True))
    with running(Path(python), app) as address:
        yield address


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """Return a window of Chromium."""
    with browser() as found:
        yield found


def complaints(window: Browser) -> list[str]:
    """Return the errors of a page; the request for the logo of Redoc's makers is refused by the policy."""
    return [line for line in window.log() if line.startswith("SEVERE") and "cdn.redoc.ly" not in line]


def test_a_row_is_created_through_the_page(shop: str, window: Browser) -> None:
    window.open(f"{shop}/docs")
    assert "Shop API" in window.text(".info .title")
    window.click(f"{OPERATION} button.opblock-summary-control")
    window.click(f"{OPERATION} .try-out__btn")
    window.click(f"{OPERATION} .execute")
    assert window.text(f"{OPERATION} .live-responses-table tbody .response-col_status").startswith("201")
    with urllib.request.urlopen(f"{shop}/api/v1/categories", timeout=10) as response:
        assert [row["name"] for row in json.load(response)["items"]] == ["Books"]
    assert all(name.startswith((shop, "data:")) for name in window.loaded()), window.loaded()
    assert not complaints(window)


def test_redoc(shop: str, window: Browser) -> None:
    window.open(f"{shop}/redoc")
    assert "Shop API" in window.text("h1")
    window.find("[id='tag/Category/operation/create_category']")
    assert not complaints(window)
