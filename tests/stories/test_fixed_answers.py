"""Is it fixed? The news of a closed case ask, and the answer rates the work or opens the case again."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.casework.case_changes import close
from intake.delivering.durable import HeldOutbox
from intake.effects import SendReply, TellCaseNews
from intake.http.app import create_app
from intake.settings import Settings
from intake.tables import CaseEventTable, CaseTable, ConversationTable, ReviewTable
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import PUBLIC_URL, Clock
from tests.fake_twilio import FakeTwilio
from tests.stories.talks import PLACE, TALKS, Talk
from tests.stories.test_form import Browser
from tests.stories.test_text_messages import words
from tests.twilio import PHONE, SmsPhone
from tests.unit.nlp.test_still_there import SAID

LANGUAGES = pytest.mark.parametrize(("language", "talk"), TALKS.items(), ids=TALKS)


@dataclass(frozen=True)
class Town:
    """A service without other systems, whose texts go out by hand."""

    service: Service
    client: TestClient
    outbox: HeldOutbox
    twilio: FakeTwilio

    def close(self, number: str = "26-000001") -> None:
        """A crew is done; the news go out."""
        with self.service.intake.store.transaction() as work:
            case = work.session.scalars(select(CaseTable).where(CaseTable.number == number)).one()
            close(work.session, work, case, "pat", self.service.clock())
        self.let_out()

    def let_out(self) -> None:
        for effect_id in list(self.outbox.effect_ids):
            found = self.service.intake.store.effect(effect_id)
            if found is not None and isinstance(found[0], TellCaseNews | SendReply):
                self.service.delivery.deliver(effect_id)

    def states(self) -> list[str]:
        with Session(self.service.engine) as session:
            return list(session.scalars(select(CaseTable.status).order_by(CaseTable.id)))

    def ratings(self) -> list[tuple[int, object]]:
        with Session(self.service.engine) as session:
            rows = session.scalars(select(CaseEventTable).where(CaseEventTable.name == "rated").order_by(CaseEventTable.id))
            return [(row.case_id, (row.after or {}).get("is_fixed")) for row in rows]

    def reviews(self) -> list[str]:
        with Session(self.service.engine) as session:
            return list(session.scalars(select(ReviewTable.name).order_by(ReviewTable.id)))

    def texts(self, number: str = PHONE) -> list[str]:
        return [text["Body"] for text in self.twilio.sent if text["To"] == number]


@pytest.fixture
def town(settings: Settings, understanding: Comprehension, clock: Clock) -> Iterator[Town]:
    with FakeTwilio() as twilio:
        outbox = HeldOutbox()
        changed = settings.model_copy(update={"twilio_api_url": twilio.url})
        service = build_service(changed, clock=clock, outbox=outbox, understanding=understanding)
        with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
            yield Town(service, client, outbox, twilio)
        service.engine.dispose()


@pytest.fixture
def phone(town: Town) -> SmsPhone:
    return SmsPhone(town.client)


def report(phone: SmsPhone, talk: Talk = TALKS["en"], place: str = PLACE) -> None:
    for said in (talk.report, place, talk.yes):
        phone.send(said)


@LANGUAGES
def test_not_fixed_in_the_residents_own_words_opens_the_case_again(
    language: str, talk: Talk, town: Town, phone: SmsPhone
) -> None:
    report(phone, talk)
    town.close()
    (news,) = town.texts()
    assert words(language, "ask-fixed") in news
    assert f"2 {words(language, 'choice-not-fixed')}" in news
    assert phone.send(SAID[language]) == words(language, "reopened-thanks")
    assert (town.states(), town.ratings()) == (["open"], [(1, False)])


@LANGUAGES
def test_a_yes_is_a_rating_and_the_case_stays_closed(language: str, talk: Talk, town: Town, phone: SmsPhone) -> None:
    report(phone, talk)
    town.close()
    assert phone.send(talk.yes) == words(language, "fixed-thanks")
    assert (town.states(), town.ratings()) == (["closed"], [(1, True)])


@pytest.mark.parametrize("answer", ["1", "5", "thanks", "Thank you!", "yes, thank you"])
def test_thanks_and_numbers_are_ratings_too(answer: str, town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    assert phone.send(answer) == words("en", "fixed-thanks")
    assert town.ratings() == [(1, True)]


@pytest.mark.parametrize("answer", ["2", "no", "No, nobody has been here", "thanks but it's not fixed"])
def test_no_in_many_forms_opens_the_case_again(answer: str, town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    assert phone.send(answer) == words("en", "reopened-thanks")
    assert town.states() == ["open"]


def test_whoever_answered_is_not_told_again_by_the_news(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    phone.send("2")
    town.let_out()
    assert len(town.texts()) == 1


def test_a_case_is_opened_again_by_an_answer_once_and_then_a_person_looks(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    phone.send("2")
    town.close()
    assert phone.send("still not fixed") == words("en", "handed-to-staff")
    assert (town.states(), town.reviews()) == (["closed"], ["StillThere"])


def test_after_two_weeks_a_no_opens_nothing(town: Town, phone: SmsPhone, clock: Clock) -> None:
    report(phone)
    town.close()
    clock.pass_hours(14 * 24)
    phone.send("no")
    assert (town.states(), town.ratings()) == (["closed"], [])


def test_a_new_report_after_the_news_is_a_new_report(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    assert words("en", "choice-right") in phone.send("the street light is out at 12 Gibson St")
    phone.send("yes")
    assert (town.states(), town.ratings()) == (["closed", "open"], [])


def test_still_there_with_another_place_is_a_new_report(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    assert "12 Gibson St" in phone.send("the pothole at 12 Gibson St is still there")
    assert town.states() == ["closed"]


def test_what_is_being_asked_is_not_disturbed(town: Town, phone: SmsPhone) -> None:
    report(phone)
    phone.send("the street light is out")
    town.close()
    (news,) = town.texts()
    assert words("en", "ask-fixed") not in news
    assert "12 Gibson St" in phone.send("12 Gibson St")


def test_of_two_closed_cases_the_first_is_asked_about(town: Town, phone: SmsPhone) -> None:
    report(phone)
    report(phone, place="12 Gibson St")
    town.close("26-000001")
    town.close("26-000002")
    first, second = town.texts()
    assert words("en", "ask-fixed") in first
    assert words("en", "ask-fixed") not in second
    phone.send("2")
    assert town.states() == ["open", "closed"]


def test_a_status_word_after_the_news_leaves_the_question_open(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    assert "26-000001" in phone.send("status")
    assert phone.send("2") == words("en", "reopened-thanks")


def test_an_emergency_after_the_news_is_answered_first(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    assert phone.send("no, I smell gas here") == words("en", "emergency-gas")


def test_a_neighbor_who_joined_may_say_it_too_and_the_reporter_hears_of_it(town: Town, phone: SmsPhone) -> None:
    report(phone)
    neighbor = SmsPhone(town.client, "+16175550177")
    report(neighbor, TALKS["es"])
    town.close()
    assert neighbor.send("sigue igual") == words("es", "reopened-thanks")
    town.let_out()
    assert len(town.texts("+16175550177")) == 1
    assert "open" in town.texts()[-1]


def test_delivering_the_news_again_asks_the_same_once(town: Town, phone: SmsPhone) -> None:
    report(phone)
    town.close()
    with Session(town.service.engine) as session:
        version = session.scalars(select(ConversationTable.version)).one()
    town.service.delivery.word_news(TellCaseNews(1, 2))
    with Session(town.service.engine) as session:
        assert session.scalars(select(ConversationTable.version)).one() == version


def test_whoever_used_the_form_may_answer_by_text(town: Town, phone: SmsPhone) -> None:
    browser = Browser(town.client, "en")
    browser.report("deep pothole", where=PLACE, phone=PHONE)
    browser.answer(choice="1")
    town.close()
    assert words("en", "ask-fixed") in town.texts()[-1]
    assert phone.send("2") == words("en", "reopened-thanks")
    assert town.states() == ["open"]
