"""Pages stay light enough for an old phone on a slow connection. How soon they show is measured by `python -m tests.first_paint`."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Served
from tests.browser.loading import PAGES, load

pytestmark = pytest.mark.browser

BYTES = 150_000


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_little(path: str, language: str, browser: Browser, served: Served) -> None:
    loaded = load(browser, f"{served.url}{path}?lang={language}")
    assert 0 < loaded.transferred_bytes <= BYTES


def test_the_second_page_fetches_no_file_again(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.url}/?lang=en")
    page.goto(f"{served.url}/help")
    sizes = page.evaluate("performance.getEntriesByType('resource').map((entry) => [entry.name, entry.transferSize])")
    assert {size for name, size in sizes if "intake.css" in name} == {0}
    context.close()
