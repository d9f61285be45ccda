"""The chat widget on a city page of another origin, with a policy that forbids what pages may forbid."""

import re
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console.talks import OwnWords
from intake.delivering.durable import HeldOutbox
from intake.tables import CaseTable, ConversationTable, MessageTable
from intake.wiring import Service
from tests.browser.conftest import Served
from tests.browser.phones import NUMBER, PHONE, count, say
from tests.local_server import serving
from tests.stories.talks import PLACE, TALKS

pytestmark = pytest.mark.browser

POTHOLE = "There is a deep pothole at 450 Blue Hill Ave"
# A test cannot look into a closed shadow root, and a page cannot either; so the tests' pages open it.
OPENED = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: "open" }); };
"""


class CityPage:
    """A page of the city's own site, on another origin, with a strict policy and the widget."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.widget_from = ""
        self.language = "en"

    @property
    def policy(self) -> str:
        socket = self.widget_from.replace("http", "ws", 1)
        return f"default-src 'none'; script-src {self.widget_from}; connect-src {self.widget_from} {socket}"

    @property
    def html(self) -> str:
        script = f'<script src="{self.widget_from}/static/widget.js" data-language="{self.language}" defer></script>'
        return f"<!doctype html><html lang=en><title>City</title>{script}<h1>Welcome</h1><a href='/other'>Other page</a></html>"


@pytest.fixture
def city_page() -> Iterator[CityPage]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", shown.policy)
            self.end_headers()
            self.wfile.write(shown.html.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives.
            """Say nothing."""

    with serving(Handler) as port:
        shown = CityPage(f"http://127.0.0.1:{port}")
        yield shown


@pytest.fixture
def allowing(service: Service, city_page: CityPage) -> Iterator[Served]:
    """Our service, where the city page may hold the widget."""
    settings = service.settings.model_copy(update={"widget_origins": [city_page.origin]})
    started = Served(replace(service, settings=settings))
    city_page.widget_from = started.url
    yield started
    started.stop()


@pytest.fixture
def city_browser(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)
    context.add_init_script(OPENED)
    yield context.new_page()
    context.close()


class TestTheWidget:
    @staticmethod
    def open(page: Page, city_page: CityPage, language: str = "en") -> Locator:
        city_page.language = language
        page.goto(city_page.origin)
        page.get_by_role("button", name=say("chat-title", language)).click()
        return page.get_by_role("log").locator(".line")

    @staticmethod
    def write(page: Page, text: str) -> None:
        page.locator("#text").fill(text)
        page.keyboard.press("Enter")

    def test_a_case_is_opened_from_a_city_page(self, city_browser: Page, city_page: CityPage, allowing: Served) -> None:
        complaints: list[str] = []
        city_browser.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        lines = self.open(city_browser, city_page)
        self.write(city_browser, POTHOLE)
        expect(lines.last).to_contain_text(PLACE)
        city_browser.get_by_role("button", name="Right", exact=True).click()
        expect(lines.last).to_contain_text(NUMBER)
        assert lines.last.locator("a").get_attribute("href", timeout=1000)
        assert city_browser.context.cookies() == []
        assert [text for text in complaints if "favicon" not in text] == []

    def test_the_talk_goes_on_after_the_server_was_cut_and_loses_nothing(
        self, city_browser: Page, city_page: CityPage, allowing: Served, service: Service
    ) -> None:
        lines = self.open(city_browser, city_page)
        self.write(city_browser, POTHOLE)
        expect(lines.last).to_contain_text(PLACE)
        allowing.stop()
        expect(city_browser.get_by_role("status")).to_have_text(say("chat-offline"))
        self.write(city_browser, "yes")
        expect(lines.last).to_have_class(re.compile("waiting"))
        allowing.start()
        expect(lines.last).to_contain_text(NUMBER, timeout=20_000)
        expect(city_browser.locator(".waiting")).to_have_count(0)
        assert (count(service, CaseTable), count(service, MessageTable)) == (1, 2)

    def test_a_person_of_the_city_writes_and_the_original_is_one_tap_away(
        self, city_browser: Page, city_page: CityPage, allowing: Served, service: Service, outbox: HeldOutbox
    ) -> None:
        lines = self.open(city_browser, city_page, "es")
        self.write(city_browser, TALKS["es"].agent)
        expect(lines).to_have_count(3)
        person = service.console.people.add("ana", "Ana", Role.AGENT, service.clock())
        with Session(service.engine) as session:
            talk = session.scalars(select(ConversationTable.id)).one()
        service.console.talks.take(talk, person, service.clock())
        crew = OwnWords("A crew comes tomorrow.", "Mañana va una cuadrilla.", "es", engine="argos", model="1.9")
        service.console.talks.send(talk, person, crew, "k", service.clock())
        for effect_id in list(outbox.effect_ids):
            service.delivery.deliver(effect_id)
        expect(lines.last).to_contain_text("Mañana va una cuadrilla.")
        expect(lines.last).to_contain_text(say("machine-translated", "es"))
        lines.last.locator("summary").click()
        expect(city_browser.get_by_text("A crew comes tomorrow.")).to_be_visible()
        allowing.stop()
        allowing.start()
        expect(city_browser.get_by_role("status")).to_have_text("", timeout=20_000)
        self.write(city_browser, "gracias")
        expect(city_browser.locator(".waiting")).to_have_count(0)
        # Joined, written, and what the resident said: nothing came twice.
        expect(lines).to_have_count(6)

    def test_the_talk_goes_on_on_the_next_page(self, city_browser: Page, city_page: CityPage, allowing: Served) -> None:
        lines = self.open(city_browser, city_page)
        self.write(city_browser, POTHOLE)
        expect(lines.last).to_contain_text(PLACE)
        city_browser.get_by_role("link", name="Other page").click(force=True)
        city_browser.get_by_role("button", name=say("chat-title")).click()
        expect(lines.last).to_contain_text(PLACE)
        city_browser.get_by_role("button", name="Right", exact=True).click()
        expect(lines.last).to_contain_text(NUMBER)

    def test_the_page_of_a_stranger_cannot_talk(
        self, city_browser: Page, city_page: CityPage, served: Served, service: Service
    ) -> None:
        city_page.widget_from = served.url
        self.open(city_browser, city_page)
        expect(city_browser.get_by_role("status")).to_have_text(say("chat-offline"))
        self.write(city_browser, POTHOLE)
        expect(city_browser.locator(".waiting")).to_have_count(1)
        assert count(service, MessageTable) == 0

    def test_it_is_used_with_the_keyboard_alone(self, city_browser: Page, city_page: CityPage, allowing: Served) -> None:
        city_browser.goto(city_page.origin)
        opener = city_browser.get_by_role("button", name=say("chat-title"))
        opener.focus()
        city_browser.keyboard.press("Enter")
        expect(city_browser.get_by_role("dialog", name=say("chat-title"))).to_be_visible()
        expect(city_browser.locator("#text")).to_be_focused()
        expect(city_browser.get_by_role("log")).to_have_attribute("aria-live", "polite")
        city_browser.keyboard.press("Escape")
        expect(city_browser.get_by_role("dialog")).to_be_hidden()
        expect(opener).to_be_focused()

    def test_it_reads_from_right_to_left_in_arabic(self, city_browser: Page, city_page: CityPage, allowing: Served) -> None:
        self.open(city_browser, city_page, "ar")
        panel = city_browser.get_by_role("dialog")
        expect(panel).to_have_css("direction", "rtl")
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]

    def test_the_page_around_it_cannot_look_inside(self, browser: Browser, city_page: CityPage, allowing: Served) -> None:
        context = browser.new_context(viewport=PHONE)
        page = context.new_page()
        with page.expect_response("**/widget/phrases*"):
            page.goto(city_page.origin)
        page.wait_for_function("document.body.lastElementChild.localName === 'div'")
        assert page.evaluate("document.body.lastElementChild.shadowRoot") is None
        context.close()
