"""No page hides anything from people who use a screen reader, a keyboard or strong contrast (WCAG 2.2 AA, checked with axe)."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext

from intake.console.access import Role
from intake.http.app import create_app
from intake.http.console.frame import COOKIE
from intake.wiring import Service
from tests.browser.conftest import Served
from tests.conftest import PUBLIC_URL, Clock
from tests.desk import a_desk
from tests.lived_in import live_in, pages

pytestmark = pytest.mark.browser
# In the dark only colors are others.
_RULES = {
    "light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"runOnly": ["cat.color"]},
}


@pytest.fixture
def lived_in(service: Service, clock: Clock) -> Iterator[Served]:
    with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
        live_in(client, service, clock)
    served = Served(service)
    yield served
    served.stop()


def tokens(service: Service) -> dict[Role, str]:
    """A signed-in session for each role."""
    with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
        return {role: a_desk(client, service, role, languages=("en", "es", "ar", "ht")).token for role in Role}


def context_of(browser: Browser, url: str, token: str, *, scheme: str = "light") -> BrowserContext:
    """A laptop's browser, signed in where there is a token."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme=scheme)  # type: ignore[arg-type]
    if token:
        context.add_cookies([{"name": COOKIE, "value": token, "url": f"{url}/console"}])
    return context


@pytest.mark.parametrize("scheme", list(_RULES))
def test_axe_finds_nothing_on_any_page_in_english_and_arabic(
    browser: Browser, lived_in: Served, service: Service, scheme: str
) -> None:
    signed_in = tokens(service)
    faults: list[str] = []
    for seen in pages(service):
        context = context_of(browser, lived_in.url, signed_in[seen.role] if seen.role else "", scheme=scheme)
        for language in ("en", "ar") if seen.role is None and "console" not in seen.path else ("",):
            page = context.new_page()
            page.goto(lived_in.url + seen.path + (("&" if "?" in seen.path else "?") + f"lang={language}" if language else ""))
            page.wait_for_load_state("load")
            found = Axe().run(page, options=_RULES[scheme]).response["violations"]
            faults += [f"{seen.name} {language}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
        context.close()

    assert faults == []
