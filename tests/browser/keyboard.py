"""A person who works through the queue by keyboard, and what the database says after each step."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.people import Person
from intake.console_tables import StaffMessageTable
from intake.tables import CaseFollowerTable, CaseTable, LabelTable
from intake.wiring import Service
from tests.reviewing import row_of, rows

_PATIENCE = 20_000


@dataclass
class Seat:
    """A person before a browser."""

    page: Page
    person: Person
    url: str

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        """Type words as a keyboard does."""
        self.page.keyboard.type(words)

    @property
    def review(self) -> int:
        """The item that is open."""
        return int(self.page.url.partition("?")[0].rpartition("/")[2])

    def leads_on(self, *keys: str) -> None:
        """Press keys, and wait for the page that they lead to."""
        before = self.page.url
        self.press(*keys)
        self.leaves(before)

    def leaves(self, url: str) -> None:
        """Wait until another page has come; a busy machine takes its time."""
        expect(self.page).not_to_have_url(url, timeout=_PATIENCE)
        self.page.wait_for_load_state()


def choose_outcome(seat: Seat, outcome: str) -> None:
    """Close the item with an outcome from the list, by arrow keys."""
    seat.press("c")
    options = seat.page.locator("#outcome option").evaluate_all("(all) => all.map((option) => option.value)")
    seat.press(*["ArrowDown"] * options.index(outcome))
    seat.leads_on("Control+Enter")


def search(seat: Seat, words: str, name: str) -> None:
    """Choose a service by searching for it."""
    seat.press("/")
    seat.write(words)
    expect(seat.page.locator("#search-options [role=option]").first).to_contain_text(name)
    seat.press("Enter")
    expect(seat.page.locator("[name=service]:checked")).to_have_attribute("data-name", name)


def closed(service: Service, review_id: int, by: Person) -> str | None:
    """What became of a review that a person closed."""
    row = row_of(service, review_id)
    assert (row.closed_by, row.closed_at is not None) == (by.id, True)
    return row.outcome


def case_of(service: Service, review_id: int) -> CaseTable:
    """The newest case that came of a review's message."""
    with Session(service.engine) as session:
        query = select(CaseTable).where(CaseTable.message_id == row_of(service, review_id).message_id)
        return session.scalars(query.order_by(CaseTable.id.desc()).limit(1)).one()


def said_by(service: Service, person: Person) -> StaffMessageTable:
    """What a person wrote last."""
    sent: list[StaffMessageTable] = [row for row in rows(service, StaffMessageTable) if row.person_id == person.id]
    return sent[-1]


def last_label(service: Service) -> tuple[str, str, str]:
    """The newest label: field, what it should have been, who said so."""
    row = rows(service, LabelTable)[-1]
    return row.field, row.after, row.actor


@dataclass(frozen=True)
class Steps:
    """What a person does with one item by keys; each says in its name what becomes of it."""

    service: Service

    def called_911(self, seat: Seat, review: int) -> None:
        """Somebody has phoned 911."""
        choose_outcome(seat, "called_911_confirmed")
        assert closed(self.service, review, seat.person) == "called_911_confirmed"

    def no_emergency(self, seat: Seat, review: int) -> None:
        """It only sounded like danger."""
        choose_outcome(seat, "no_emergency")
        assert closed(self.service, review, seat.person) == "no_emergency"

    def is_right(self, seat: Seat, review: int) -> None:
        """The case is right as it stands."""
        seat.leads_on("Enter")
        assert closed(self.service, review, seat.person) == "confirmed"

    def elsewhere(self, seat: Seat, review: int) -> None:
        """The case is somewhere else."""
        seat.press("w")
        seat.write("Franklin Park")
        seat.press("Enter")
        expect(seat.page.locator("#candidates label")).to_contain_text("Franklin Park")
        seat.leads_on("Enter")
        assert (case_of(self.service, review).place or {})["latitude"] == pytest.approx(42.3045)
        assert last_label(self.service) == ("place", "Franklin Park", seat.person.login)
        assert closed(self.service, review, seat.person) == "confirmed"

    def another_service(self, seat: Seat, review: int) -> None:
        """The case is something else, found by search."""
        search(seat, "sidewalk", "Broken sidewalk")
        seat.leads_on("Enter")
        code = case_of(self.service, review).service
        assert self.service.intake.city.catalog.service_name(code, "en") == "Broken sidewalk"
        assert last_label(self.service) == ("service", code, seat.person.login)
        assert closed(self.service, review, seat.person) == "confirmed"

    def third_choice(self, seat: Seat, review: int) -> None:
        """The case is the third of the likeliest."""
        code = seat.page.locator("#service-3").get_attribute("value")
        seat.press("3")
        seat.leads_on("Enter")
        assert case_of(self.service, review).service == code
        assert last_label(self.service) == ("service", code, seat.person.login)

    def two_cases(self, seat: Seat, review: int) -> None:
        """There was a second problem."""
        seat.press("s")
        seat.write("street light out")
        expect(seat.page.locator("#second-options [role=option]").first).to_contain_text("Street light out")
        seat.press("Enter")
        expect(seat.page.locator("#second")).to_have_value("Street light out (STRLGTOUT)")
        seat.leads_on("Control+Enter")
        assert closed(self.service, review, seat.person) == "split"
        assert case_of(self.service, review).service == "STRLGTOUT"

    def answered(self, seat: Seat, review: int) -> None:
        """A question is answered in English; letters and digits are no keys while one writes."""
        seat.press("a")
        seat.write("We will call you today: 1-2 hours, n or u.")
        seat.leads_on("Control+Enter")
        assert said_by(self.service, seat.person).sent_text == "We will call you today: 1-2 hours, n or u."
        assert closed(self.service, review, seat.person) == "answered"

    def answered_in_english(self, seat: Seat, review: int) -> None:
        """No engine translates, and the resident is told so."""
        seat.press("a")
        seat.write("We will call you.")
        seat.press("Control+Enter")
        expect(seat.page.locator("#answer .note")).to_contain_text("No translation into Spanish")
        seat.leads_on("Enter")
        assert said_by(self.service, seat.person).sent_text.endswith("We will call you.")
        assert closed(self.service, review, seat.person) == "answered"

    def answered_by_article(self, seat: Seat, review: int) -> None:
        """An article answers in the resident's language."""
        seat.press("a", "Escape")
        seat.page.locator("#articles").focus()
        seat.press("Control+a")
        seat.write("ترخيص الكلب")
        seat.press("Enter")
        expect(seat.page.locator("#found button").first).to_be_focused()
        seat.leads_on("Enter")
        sent = said_by(self.service, seat.person)
        assert (sent.language, bool(sent.article)) == ("ar", True)
        assert closed(self.service, review, seat.person) == "answered"

    def nothing_to_do(self, seat: Seat, review: int) -> None:
        """Nothing is to be done."""
        choose_outcome(seat, "no_action")
        assert closed(self.service, review, seat.person) == "no_action"

    def out_of_scope(self, seat: Seat, review: int) -> None:
        """It is no matter for the city."""
        choose_outcome(seat, "out_of_scope")
        assert closed(self.service, review, seat.person) == "out_of_scope"

    def joined(self, seat: Seat, review: int) -> None:
        """The case is open already."""
        expect(seat.page.locator("#join")).to_be_visible()
        seat.leads_on("j")
        assert closed(self.service, review, seat.person) == "joined"
        assert len(rows(self.service, CaseFollowerTable)) == 1

    def opened(self, seat: Seat, review: int) -> None:
        """A case is opened that is not what was proposed."""
        expect(seat.page.locator("#will")).to_contain_text("Opens a case: General request without a place.")
        search(seat, "graffiti", "Graffiti removal")
        seat.press("w")
        seat.write("12 Dudley St")
        expect(seat.page.locator("#will")).to_contain_text("at 12 Dudley St")
        seat.press("Enter")
        seat.leads_on("Enter")
        assert (case_of(self.service, review).place or {})["text"] == "12 Dudley St"
        assert closed(self.service, review, seat.person) == "case_opened"

    def opened_from_nothing(self, seat: Seat, review: int) -> None:
        """A case is opened where nothing was proposed."""
        expect(seat.page.locator("#will")).to_contain_text("Opens nothing")
        search(seat, "pothole", "Pothole in the street")
        seat.leads_on("Enter")
        assert case_of(self.service, review).service == "REQPOTHL"
        assert closed(self.service, review, seat.person) == "case_opened"

    def another_kind(self, seat: Seat, review: int) -> None:
        """It was a question; that is kept, and the item stays until it is closed."""
        seat.press("/", "Tab")
        expect(seat.page.locator("#kind")).to_be_focused()
        seat.write("a que")
        seat.press("Escape", "0", "Enter")
        expect(seat.page.locator("#kind")).to_have_value("info")
        assert last_label(self.service) == ("kind", "info", seat.person.login)
        assert row_of(self.service, review).closed_at is None
        self.nothing_to_do(seat, review)

    def left_to_others_and_taken_again(self, seat: Seat, review: int) -> None:
        """Left with Escape, it is free, and taken again from the list."""
        seat.leads_on("Escape")
        assert row_of(self.service, review).claimed_by is None
        seat.page.locator(f"[data-review='{review}'] a").focus()
        seat.leads_on("Enter")
        self.nothing_to_do(seat, review)

    def undone_and_done_otherwise(self, seat: Seat, review: int) -> None:
        """Closed by mistake, and taken back."""
        choose_outcome(seat, "spam")
        seat.leads_on("u")
        assert (seat.review, row_of(self.service, review).closed_at) == (review, None)
        self.nothing_to_do(seat, review)
