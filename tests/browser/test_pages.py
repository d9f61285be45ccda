"""The pages as residents meet them, in a browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.phrases import Phrases
from tests.browser.conftest import Served
from tests.stories.questions import QUESTIONS
from tests.stories.talks import PLACE, TALKS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_report_is_opened_without_javascript(language: str, browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{served.url}/report?lang={language}")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    page.locator("#what").fill(TALKS[language].report)
    page.locator("#where").fill(PLACE)
    page.locator("button[type=submit]").click()
    expect(page.locator(".reply")).to_contain_text(PLACE)
    page.locator("button[value='1']").click()
    expect(page.locator("[data-case]")).to_have_text(re.compile(r"\d{2}-\d{6}"))
    context.close()


def test_a_chat_goes_on_after_the_connection_was_lost(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/chat?lang=en")
    page.locator("#text").fill("There is a deep pothole at 450 Blue Hill Ave")
    page.locator("#say button").click()
    expect(page.locator(".bubble.us").last).to_contain_text(PLACE)
    served.stop()
    expect(page.locator(".bubble.us").last).to_contain_text(Phrases(["en"]).say("en", "chat-offline"))
    page.locator("#text").fill("yes")
    page.locator("#say button").click()
    expect(page.locator(".bubble.waiting")).to_have_count(1)
    served.start()
    expect(page.locator(".bubble.us").last).to_contain_text(re.compile(r"\d{2}-\d{6}"), timeout=20_000)
    expect(page.locator(".bubble.waiting")).to_have_count(0)


def test_a_choice_is_one_tap(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/chat?lang=en")
    page.locator("#text").fill("There is a deep pothole at 450 Blue Hill Ave")
    page.locator("#say button").click()
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator(".bubble.us").last).to_contain_text(re.compile(r"\d{2}-\d{6}"))


def test_the_chosen_language_is_remembered(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/?lang=ht")
    page.goto(f"{served.url}/report")
    expect(page.locator("html")).to_have_attribute("lang", "ht")


@pytest.mark.parametrize("path", ["/", "/report", "/chat", "/help", "/help/trash-day"])
def test_no_page_is_wider_than_a_phone_or_breaks_its_own_policy(path: str, page: Page, served: Served) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for language in ("en", "ar", "vi"):
        page.goto(f"{served.url}{path}?lang={language}")
        page.wait_for_load_state("load")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, language
    assert complaints == []


def test_the_help_pages_are_searched_without_javascript(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{served.url}/help?lang=ar")
    page.locator("#q").fill(QUESTIONS["ar"].question)
    page.locator("form button").click()
    page.locator(".answer a").first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page).to_have_url(re.compile("/help/dog-license"))
    context.close()
