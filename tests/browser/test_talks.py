"""A resident's chat beside an agent's page: taken over, answered and handed back while both look on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from intake.delivering.durable import HeldOutbox
from intake.errors import Permanent, Retryable
from intake.http.console.frame import COOKIE
from intake.phrases import Phrases
from intake.wiring import Service
from tests.browser.conftest import Served
from tests.desk import Desk, a_desk
from tests.stories.console.talking import Story, teach
from tests.stories.talks import TALKS

pytestmark = pytest.mark.browser
ENGLISH, ARABIC = "A crew comes tomorrow.", "سيأتي فريق غدا."


@contextmanager
def delivering(service: Service, outbox: HeldOutbox) -> Iterator[None]:
    """Carry out what is enqueued as it comes, as the delivery engine does."""
    stopping = threading.Event()

    def deliver() -> None:
        done = 0
        while not stopping.wait(0.05):
            # An id is there a moment before its transaction is committed.
            while done < len(outbox.effect_ids) and service.intake.store.effect(outbox.effect_ids[done]) is not None:
                # What no word book knows is not translated; the talk goes on without.
                with suppress(Retryable, Permanent):
                    service.delivery.deliver(outbox.effect_ids[done])
                done += 1

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


@pytest.fixture
def agent(browser: Browser, client: TestClient, service: Service, served: Served) -> Iterator[BrowserContext]:
    desk: Desk = a_desk(client, service)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies([{"name": COOKIE, "value": desk.token, "url": served.url}])
    yield context
    context.close()


def phrase(id_: str, **values: str) -> str:
    return Phrases(["ar"]).say("ar", id_, **values)


def write(page: Page, text: str) -> None:
    page.locator("#say #text").fill(text)
    page.locator("#say button").click()


def test_a_chat_in_arabic_is_taken_over_answered_and_handed_back_while_both_look_on(
    page: Page, agent: BrowserContext, served: Served, service: Service, outbox: HeldOutbox
) -> None:
    teach(service, "ar", {ENGLISH: ARABIC})
    console = agent.new_page()
    console.goto(f"{served.url}/console/conversations")
    with delivering(service, outbox):
        page.goto(f"{served.url}/chat?lang=ar")
        assert page.locator("html").get_attribute("dir") == "rtl"
        write(page, TALKS["ar"].agent)
        # The list shows the talk by itself.
        console.get_by_role("link", name=TALKS["ar"].agent).click(timeout=10_000)
        console.get_by_role("button", name="Take over").click()
        expect(page.locator(".bubble.staff").last).to_contain_text(phrase("staff-joined", name="").rstrip(" .\u2068\u2069"))

        write(page, TALKS["ar"].report)
        expect(console.locator(".turn.resident .original").last).to_have_text(TALKS["ar"].report)
        expect(console.locator(".turn.resident .original").last).to_have_css("direction", "rtl")

        page.locator("#say #text").press_sequentially("متى")
        expect(console.locator("#typing")).to_have_text("The resident is writing…")
        console.locator("#answer #text").press_sequentially("A cre")
        expect(page.locator("#typing")).to_have_text(phrase("staff-typing"))

        console.locator("#answer #text").fill(ENGLISH)
        console.get_by_role("button", name="Preview in Arabic").click()
        expect(console.locator("#back")).to_have_text(ENGLISH)
        expect(console.locator("#sent_text")).to_have_css("direction", "rtl")
        console.get_by_role("button", name="Send this translation").click()

        answer = page.locator(".bubble.staff").last
        expect(answer).to_contain_text(ARABIC)
        expect(answer).to_have_css("direction", "rtl")
        expect(answer).to_contain_text(phrase("machine-translated"))
        expect(answer.get_by_text(ENGLISH)).not_to_be_visible()
        answer.locator("summary").click()
        expect(answer.get_by_text(ENGLISH)).to_be_visible()
        expect(console.locator(".turn.staff .sent").last).to_have_text("delivered")
        found = Axe().run(console, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()

        console.get_by_role("button", name="Hand back").click()
        expect(page.locator(".bubble.staff").last).to_contain_text(phrase("staff-left"))
        before = page.locator(".bubble.us").count()
        write(page, TALKS["ar"].report)
        expect(page.locator(".bubble.us")).to_have_count(before + 1)


def test_a_chat_that_was_cut_off_shows_what_a_person_wrote_meanwhile_once(
    page: Page, served: Served, client: TestClient, service: Service, outbox: HeldOutbox
) -> None:
    desk = a_desk(client, service)
    with delivering(service, outbox):
        page.goto(f"{served.url}/chat?lang=en")
        write(page, TALKS["en"].agent)
        expect(page.locator(".bubble.us")).to_have_count(2)
        talk = f"/console/conversations/{Story(client, service, outbox).conversation().id}"
        desk.post(f"{talk}/take")
        expect(page.locator(".bubble.staff")).to_have_count(1)
        served.stop()
        expect(page.locator(".bubble.us").last).to_contain_text(Phrases(["en"]).say("en", "chat-offline"))
        desk.post(f"{talk}/send", text="I am looking at it.", way="own", key="k")
        served.start()
        expect(page.locator(".bubble.staff").last).to_contain_text("I am looking at it.", timeout=20_000)
        expect(page.locator(".bubble.staff")).to_have_count(2)
