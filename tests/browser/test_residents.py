"""Residents' pages on a phone: what is kept, what is restored, and what works without a script."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, expect

from intake.tables import CaseTable, MessageTable
from intake.wiring import Service
from tests.browser.conftest import Served
from tests.browser.phones import NUMBER, PHONE, count, say
from tests.stories.talks import PLACE, TALKS
from tests.stories.test_form import a_photo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", TALKS)
def test_a_report_becomes_a_case_without_javascript_in_every_language(language: str, browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{served.url}/")
    page.locator(".languages summary").click()
    page.locator(f".languages a[hreflang={language}]").click()
    page.locator("a.button[href='/report']").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("#what").fill(TALKS[language].report)
    page.locator("#where").fill(PLACE)
    page.locator("#photo").set_input_files({"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    page.locator("button[type=submit]").click()
    page.locator("button[value='1']").click()
    expect(page.locator("[data-case]")).to_have_text(NUMBER)
    context.close()


def test_the_size_of_text_is_chosen_and_kept_without_javascript(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(served.url)
    page.locator(".sizes .large").click()
    page.goto(f"{served.url}/report")
    expect(page.locator("html")).to_have_css("font-size", "24px")
    expect(page.locator(".sizes .large")).to_have_attribute("aria-current", "true")
    context.close()


class TestTheDraft:
    @pytest.fixture
    def context(self, browser: Browser) -> Iterator[BrowserContext]:
        context = browser.new_context(viewport=PHONE)
        yield context
        context.close()

    @staticmethod
    def write(context: BrowserContext, served: Served) -> Page:
        page = context.new_page()
        page.goto(f"{served.url}/report?lang=en")
        page.locator("#what").fill("a deep pothole")
        page.locator("#where").fill(PLACE)
        page.locator("#phone").fill("617-555-0142")
        return page

    def test_what_was_written_is_there_again_after_the_page_was_closed(self, context: BrowserContext, served: Served) -> None:
        self.write(context, served).close()
        page = context.new_page()
        page.goto(f"{served.url}/report")
        expect(page.locator("#restored")).to_be_visible()
        expect(page.locator("#what")).to_have_value("a deep pothole")
        expect(page.locator("#where")).to_have_value(PLACE)
        expect(page.locator("#phone")).to_have_value("")

    def test_it_is_discarded_on_demand(self, context: BrowserContext, served: Served) -> None:
        self.write(context, served).close()
        page = context.new_page()
        page.goto(f"{served.url}/report")
        page.locator("#discard").click()
        page.reload()
        expect(page.locator("#what")).to_have_value("")
        expect(page.locator("#restored")).to_be_hidden()

    def test_it_is_gone_once_the_server_has_taken_it(self, context: BrowserContext, served: Served) -> None:
        page = self.write(context, served)
        page.locator("button[type=submit]").click()
        expect(page.locator("button[value='1']")).to_be_visible()
        page.goto(f"{served.url}/report")
        expect(page.locator("#what")).to_have_value("")

    def test_without_a_connection_it_is_kept_and_sent_by_a_later_click(
        self, context: BrowserContext, served: Served, service: Service
    ) -> None:
        page = self.write(context, served)
        context.set_offline(True)
        page.locator("button[type=submit]").click()
        expect(page.locator("#offline")).to_have_text(say("report-offline"))
        assert count(service, MessageTable) == 0
        context.set_offline(False)
        expect(page.locator("#offline")).to_have_text(say("report-online"))
        page.locator("button[type=submit]").click()
        expect(page.locator(".reply")).to_contain_text(PLACE)

    def test_what_was_sent_but_never_answered_is_not_counted_twice(
        self, context: BrowserContext, served: Served, service: Service
    ) -> None:
        page = self.write(context, served)
        # The server takes the report, and its answer is lost.
        page.route("**/report?*", lambda route: (route.fetch(), route.abort()))
        page.locator("button[type=submit]").click()
        page.wait_for_url("chrome-error://**")
        taken = count(service, MessageTable)
        page.unroute_all()
        page.goto(f"{served.url}/report")
        expect(page.locator("#restored")).to_be_visible()
        page.locator("#phone").fill("617-555-0142")
        page.locator("button[type=submit]").click()
        page.locator("button[value='1']").click()
        expect(page.locator("[data-case]")).to_have_count(1)
        assert (count(service, MessageTable), count(service, CaseTable)) == (taken + 1, 1)


class TestThePhotoAndThePlace:
    def test_a_photo_is_seen_before_it_is_sent(self, page: Page, served: Served) -> None:
        page.goto(f"{served.url}/report?lang=en")
        page.locator("#photo").set_input_files({"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
        expect(page.locator("#preview")).to_be_visible()
        expect(page.locator("#preview")).to_have_attribute("alt", "hole.jpg")

    def test_a_photo_that_is_too_large_is_refused_before_it_is_sent(self, page: Page, served: Served, tmp_path: Path) -> None:
        page.goto(f"{served.url}/report?lang=en")
        megabytes = int(page.locator("#photo").get_attribute("data-megabytes") or 0)
        large = tmp_path / "large.jpg"
        large.write_bytes(b"0" * (megabytes * 1_000_000 + 1))
        page.locator("#photo").set_input_files(large)
        expect(page.locator("#photo-error")).to_have_text(say("error-photo-size", limit=str(megabytes)))
        assert page.locator("#photo").evaluate("field => field.files.length") == 0

    def test_the_place_is_pointed_at_on_a_map(self, page: Page, served: Served) -> None:
        page.goto(f"{served.url}/report?lang=en")
        page.locator("#on-map summary").click()
        expect(page.locator("#on-map .area").first).to_be_attached(timeout=20_000)
        page.locator("#on-map svg").click()
        expect(page.locator("#where")).to_have_value(re.compile(r"^42\.\d{5}, -71\.\d{5}$"))
        page.locator("#what").fill("there is a deep pothole")
        page.locator("button[type=submit]").click()
        expect(page.locator(".reply")).to_contain_text("42.")

    def test_the_position_is_sent_in_the_chat(self, browser: Browser, served: Served) -> None:
        position: Geolocation = {"latitude": 42.3, "longitude": -71.07}
        context = browser.new_context(viewport=PHONE, geolocation=position, permissions=["geolocation"])
        page = context.new_page()
        page.goto(f"{served.url}/chat?lang=en")
        page.locator("#text").fill("There is a deep pothole right here")
        page.locator("#say button").click()
        expect(page.locator(".bubble.us").last).to_contain_text("Where is it?")
        page.locator("#position").click()
        expect(page.locator(".bubble.us").last).to_contain_text("42.30000, -71.07000")
        page.get_by_role("button", name="Right", exact=True).click()
        expect(page.locator(".bubble.us").last).to_contain_text(NUMBER)
        context.close()

    def test_a_photo_in_the_chat_outlives_a_lost_connection(self, page: Page, served: Served) -> None:
        page.goto(f"{served.url}/chat?lang=en")
        expect(page.locator("#position")).to_be_visible()
        served.stop()
        page.locator("#photo").set_input_files({"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
        page.locator("#more button").click()
        expect(page.locator(".bubble.waiting img")).to_be_visible()
        served.start()
        expect(page.locator(".bubble.us").last).to_contain_text(say("photo-received"), timeout=20_000)
        expect(page.locator(".bubble.waiting")).to_have_count(0)
