"""The review queue by keyboard alone, in a browser: what is done is what the database says afterwards."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.http.console.frame import COOKIE
from intake.tables import AttachmentTable, ReviewTable
from intake.wiring import Service
from routing.drafts import CaseDraft, Place, Precision
from tests.browser.conftest import Served
from tests.browser.keyboard import Seat, Steps, choose_outcome
from tests.reviewing import AT_DUDLEY, a_review, an_agent, open_pothole

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]
LAPTOP = ViewportSize(width=1366, height=768)
READS = ("en", "es", "ht", "ar", "zh-Hans", "vi", "kea", "ru", "fr", "pt", "so")
POTHOLE = "There is a deep pothole at 450 Blue Hill Ave"
ELSEWHERE = Place("12 Dudley St", Precision.ADDRESS, 42.29, -71.06, "Dorchester")
# What residents write, and what is done about it.
TALKS: tuple[tuple[Callable[[Steps, Seat, int], None], tuple[str, ...]], ...] = (
    (Steps.called_911, ("someone smells like maybe gas outside in the street near the old house",)),
    (Steps.no_emergency, ("smoke is coming out of the manhole",)),
    (Steps.is_right, ("There is a deep pothole", "zzgh qwerty 12", "yes")),
    (Steps.elsewhere, ("The street light is out", "by the old oak 77 behind the blue house", "yes")),
    (Steps.another_service, ("Hay un bache bien hondo en la calle", "detrás de la iglesia azul 77", "sí")),
    (Steps.third_choice, ("Gen yon gwo twou nan mitan lari a", "dèyè legliz ble a 5", "wi")),
    (Steps.two_cases, ("في حفرة كبيرة وعميقة بالشارع قدام بيتي", "ورا الجامع الأزرق رقم 12", "نعم")),
    (Steps.answered, ("can I talk to a person please",)),
    (Steps.answered_in_english, ("quiero hablar con una persona",)),
    (Steps.answered_by_article, ("بدي احكي مع شخص",)),
    (Steps.nothing_to_do, ("how do I get a permit to fly a drone over the harbor?",)),
    (Steps.out_of_scope, ("¿cómo puedo registrar una colmena de abejas en mi techo?",)),
    (Steps.joined, (POTHOLE, "no", "no", "blah blah")),
    (Steps.opened, ("hay un problema con eso", "pues eso que dije", "está mal", "no sé")),
    (Steps.opened_from_nothing, ("mwen vle pale ak yon moun",)),
    (Steps.nothing_to_do, ("est-ce que je peux tourner un film dans le métro ?",)),
    (Steps.another_kind, ("我想跟人工客服说话",)),
    (Steps.left_to_others_and_taken_again, ("cho tôi nói chuyện với nhân viên",)),
    (Steps.undone_and_done_otherwise, ("хочу поговорить с человеком",)),
    (Steps.nothing_to_do, ("N kre papia ku un pesoa",)),
)
# What has to be seen of an item without scrolling.
ESSENTIAL = ("#said", ".original", "#talk", ".turns", ".choices", "#search", "#kind", "#language", "#place", "#map")
TO_DO = ("#will", "#primary", "#answer", "#split", "#close", "#skip", "#leave")


class Residents:
    """Residents who write by chat, and the reviews that come of it."""

    def __init__(self, client: TestClient, service: Service) -> None:
        self._client = client
        self._service = service

    def say(self, session: str, *texts: str) -> int:
        """Write some messages, and return the newest review, 0 where there is none."""
        for text in texts:
            assert self._client.post("/chat", json={"session": session, "text": text}).status_code == 200
        with Session(self._service.engine) as reading:
            return reading.scalars(select(ReviewTable.id).order_by(ReviewTable.id.desc()).limit(1)).first() or 0


@pytest.fixture
def residents(client: TestClient, service: Service) -> Residents:
    return Residents(client, service)


@pytest.fixture
def sit(browser: Browser, service: Service, served: Served) -> Iterator[Sit]:
    contexts: list[BrowserContext] = []

    def down(name: str = "ana", *, reads: tuple[str, ...] = ("en",)) -> Seat:
        person = service.console.people.add(name, name.title(), Role.AGENT, service.clock(), languages=reads)
        context = browser.new_context(viewport=LAPTOP)
        contexts.append(context)
        token = service.console.sessions.begin(person, service.clock())
        context.add_cookies([{"name": COOKIE, "value": token, "url": f"{served.url}/console"}])
        page = context.new_page()
        page.goto(f"{served.url}/console")
        return Seat(page, person, served.url)

    yield down
    for context in contexts:
        context.close()


def assert_on_one_screen(page: Page) -> None:
    """All that matters of an item is within the window, and no column has to be scrolled."""
    inside = """(selectors) => selectors.filter((selector) => {
        const box = document.querySelector(selector).getBoundingClientRect();
        return box.top < 0 || box.left < 0 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.height < 5;
    })"""
    outside = page.evaluate(inside, [*ESSENTIAL, *TO_DO])
    scrolled = page.evaluate(
        "[...document.querySelectorAll('.column')].filter((c) => c.scrollHeight > c.clientHeight + 1).length"
    )
    assert (outside, scrolled) == ([], 0), page.url


def test_twenty_items_are_reviewed_by_keyboard_alone(residents: Residents, service: Service, sit: Sit) -> None:
    residents.say("known", POTHOLE, "yes")
    steps = Steps(service)
    todo = {residents.say(f"talk{index}", *texts): step for index, (step, texts) in enumerate(TALKS)}
    assert len(todo) == 20

    seat = sit(reads=READS)
    expect(seat.page).to_have_title("(20) Queue – Boston 311")
    seat.leads_on("n")
    while todo:
        review = seat.review
        assert_on_one_screen(seat.page)
        todo.pop(review)(steps, seat, review)
    expect(seat.page).to_have_url(f"{seat.url}/console")
    expect(seat.page.locator("#empty")).to_be_visible()


def test_a_long_message_with_photos_and_neighbors_is_one_screen_too(service: Service, sit: Sit) -> None:
    draft = CaseDraft("REQPOTHL", "Gen yon gwo twou nan lari a " * 30, 0.4, AT_DUDLEY)
    open_pothole(service, an_agent(service, "eve"), drafts=(draft,))
    review = a_review(service, language="ht", drafts=(draft, replace(draft, place=ELSEWHERE)), sender="+16175550199")
    written = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(written, "PNG")
    with Session(service.engine) as session, session.begin():
        message_id = session.get_one(ReviewTable, review).message_id
        for position in range(4):
            key = service.photos.keep(written.getvalue())
            session.add(AttachmentTable(message_id=message_id, position=position, content_type="", key=key, state="stored"))
    seat = sit()
    seat.leads_on("n")
    expect(seat.page.locator(".photos img")).to_have_count(4)
    expect(seat.page.locator("#candidates input")).to_have_count(2)
    assert_on_one_screen(seat.page)


def test_two_people_who_press_next_never_get_the_same_item(residents: Residents, sit: Sit) -> None:
    for number in range(6):
        residents.say(f"a{number}", "can I talk to a person please")
    one, other = sit("ana"), sit("ben")
    seen: list[tuple[int, int]] = []
    for _ in range(4):
        # Both presses are on their way before either page has come.
        before = [seat.page.url for seat in (one, other)]
        for seat in (one, other):
            seat.press("n")
        for seat, url in zip((one, other), before, strict=True):
            seat.leaves(url)
            expect(seat.page.locator("#primary")).to_be_visible()
        seen.append((one.review, other.review))
    assert all(first != second for first, second in seen), seen


def test_a_row_disappears_for_everybody_when_somebody_is_done(residents: Residents, sit: Sit) -> None:
    review = residents.say("a1", "can I talk to a person please")
    residents.say("a2", "quiero hablar con una persona")
    watching, working = sit("ana"), sit("ben")
    row = watching.page.locator(f"[data-review='{review}']")
    expect(row).to_contain_text("nobody")

    working.page.locator(f"[data-review='{review}'] a").focus()
    working.leads_on("Enter")
    expect(row).to_contain_text("Ben")
    watching.page.locator("[data-review] a").last.focus()
    choose_outcome(working, "no_action")

    expect(row).to_have_count(0)
    expect(watching.page).to_have_title("(1) Queue – Boston 311")
    expect(watching.page.locator("[data-review] a")).to_be_focused()
    working.leads_on("u")
    expect(row).to_have_count(1)


def test_keys_can_be_turned_off_and_are_listed(residents: Residents, sit: Sit) -> None:
    residents.say("a1", "can I talk to a person please")
    seat = sit()
    seat.press("?")
    expect(seat.page.locator("#keys")).to_contain_text("take the next item")
    seat.page.locator("#keys-on").focus()
    seat.press("Space", "Escape", "n")
    expect(seat.page).to_have_url(f"{seat.url}/console")
    seat.press("?")
    seat.page.locator("#keys-on").focus()
    seat.press("Space", "Escape")
    seat.leads_on("n")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_break_no_rule_of_accessibility(scheme: str, residents: Residents, sit: Callable[..., Seat]) -> None:
    residents.say("p5", "في حفرة كبيرة وعميقة بالشارع قدام بيتي", "ورا الجامع الأزرق رقم 12", "نعم")
    seat = sit(reads=("ar",))
    seat.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    complaints: list[str] = []
    seat.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    _assert_accessible(seat.page)
    seat.leads_on("n")
    for keys in ((), ("a",), ("Escape", "Escape", "s"), ("Escape", "Escape", "c"), ("Escape", "Escape", "?")):
        seat.press(*keys)
        _assert_accessible(seat.page)
    assert complaints == []


def _assert_accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
