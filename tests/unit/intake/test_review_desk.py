"""What people do with reviews: opening, splitting, joining, answering, closing, and what the resident hears of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.console.corrections import Correction
from intake.console.outcomes import Outcome, outcomes_for
from intake.console.people import Person
from intake.console.review_desk import NotYoursError
from intake.console.talks import OwnWords
from intake.console_tables import StaffMessageTable
from intake.delivering.durable import HeldOutbox
from intake.errors import CaseError
from intake.tables import CaseEventTable, CaseFollowerTable, CaseTable, ConversationTable
from intake.wiring import Service
from routing.drafts import CaseDraft
from tests.builders import a_draft, a_place
from tests.reviewing import (
    AT_DUDLEY,
    POTHOLE,
    STREET_REPAIR,
    an_agent,
    case,
    cases_behind,
    item_of,
    open_pothole,
    row_of,
    rows,
    taken,
    texts_sent,
)


@pytest.fixture
def ana(service: Service) -> Person:
    return an_agent(service)


@pytest.fixture
def ben(service: Service) -> Person:
    return an_agent(service, "ben")


def test_only_who_has_the_review_acts_on_it(service: Service, ana: Person, ben: Person) -> None:
    review = taken(service, ana)
    desk, now = service.console.desk, service.clock()
    acts: list[Callable[[], object]] = [
        lambda: desk.correct(review, ben, Correction("service", STREET_REPAIR), now),
        lambda: desk.open_case(review, ben, a_draft(), now),
        lambda: desk.split(review, ben, (a_draft(), a_draft()), now),
        lambda: desk.join(review, ben, "26-000001", now),
        lambda: desk.answer(review, ben, OwnWords("Hello", "Hello", "en"), now),
        lambda: desk.close(review, ben, Outcome.SPAM, now),
    ]
    for act in acts:
        with pytest.raises(NotYoursError) as refused:
            act()
        assert refused.value.holder == "Ana"
    assert row_of(service, review).closed_at is None
    assert rows(service, CaseTable) == []


def test_a_second_click_finds_the_review_closed(service: Service, ana: Person) -> None:
    review = taken(service, ana)
    service.console.desk.open_case(review, ana, a_draft(place=a_place()), service.clock())
    with pytest.raises(NotYoursError) as refused:
        service.console.desk.open_case(review, ana, a_draft(place=a_place()), service.clock())
    assert refused.value.is_closed
    assert len(rows(service, CaseTable)) == 1


def test_a_case_from_a_review_is_told_and_filed_only_after_a_minute(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    number = open_pothole(service, ana, channel=Channel.SMS)
    assert outbox.effect_ids
    assert all(delay >= 60 for delay in outbox.delays)
    opened = case(service, number)
    assert (opened.status, opened.language, opened.channel) == ("open", "en", "sms")
    assert rows(service, CaseEventTable)[0].actor == "ana"
    (text,) = texts_sent(service, outbox)
    assert text.startswith(f"Case {number} is open")
    assert f"/cases/{number}?key={opened.token}" in text


def test_in_a_chat_the_case_is_told_there(service: Service, ana: Person) -> None:
    number = open_pothole(service, ana, channel=Channel.CHAT, sender="chat:one")
    (message,) = rows(service, StaffMessageTable)
    assert number in message.sent_text
    assert message.state == "waiting"


def test_who_left_no_number_is_not_written_to(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    open_pothole(service, ana, channel=Channel.FORM, sender="form:abc")
    assert rows(service, StaffMessageTable) == []


def test_who_opted_out_gets_no_text(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    review = taken(service, ana, channel=Channel.SMS)
    service.intake.store.opt_out_by_carrier(1, service.clock())
    service.console.desk.open_case(review, ana, a_draft(place=a_place()), service.clock())
    assert texts_sent(service, outbox) == []


def test_hidden_words_do_not_replace_the_residents_own(service: Service, ana: Person) -> None:
    said = "a hole; call 617-555-0199"
    review = taken(service, ana, said, drafts=(CaseDraft(POTHOLE, said, 0.5, a_place()),))
    shown = item_of(service, review, ana).drafts[0]
    number = service.console.desk.open_case(review, ana, shown, service.clock())
    assert case(service, number).description == said


def test_the_message_as_shown_stands_for_the_message(service: Service, ana: Person) -> None:
    said = "the light is out; call 617-555-0199"
    review = taken(service, ana, said, drafts=(CaseDraft(POTHOLE, "the light is out", 0.5),))
    shown = CaseDraft(POTHOLE, item_of(service, review, ana).text, 1.0, a_place())
    number = service.console.desk.open_case(review, ana, shown, service.clock())
    assert case(service, number).description == said


def test_a_message_gets_no_second_case_by_opening(service: Service, ana: Person) -> None:
    review = taken(service, ana)
    cases_behind(service, review)
    with pytest.raises(CaseError, match="split"):
        service.console.desk.open_case(review, ana, a_draft(place=a_place()), service.clock())


def test_two_problems_become_two_cases_told_in_one_message(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    review = taken(service, ana, channel=Channel.SMS)
    drafts = (a_draft(place=a_place()), a_draft(STREET_REPAIR, place=AT_DUDLEY))
    numbers = service.console.desk.split(review, ana, drafts, service.clock())
    assert [case(service, number).service for number in numbers] == [POTHOLE, STREET_REPAIR]
    (text,) = texts_sent(service, outbox)
    assert all(number in text for number in numbers)
    assert row_of(service, review).outcome == "split"


def test_a_second_problem_is_split_off_the_case_that_is_open(service: Service, ana: Person) -> None:
    review = taken(service, ana)
    (first,) = cases_behind(service, review)
    (second,) = service.console.desk.split(review, ana, (a_draft(STREET_REPAIR),), service.clock())
    assert case(service, first).status == "open"
    assert service.console.desk.undo(ana, service.clock()) == review
    assert (case(service, first).status, case(service, second).status) == ("open", "withdrawn")


def test_a_resident_joins_a_case_and_is_told_so(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    known = open_pothole(service, ana)
    review = taken(service, ana, channel=Channel.SMS, sender="+16175550177")
    service.console.desk.join(review, ana, known, service.clock())
    assert len(rows(service, CaseFollowerTable)) == 1
    assert f"I added you to case {known}" in texts_sent(service, outbox)[-1]
    assert service.console.desk.undo(ana, service.clock()) is None


def test_an_own_case_is_merged_into_the_one_that_is_joined_and_comes_back_with_undo(service: Service, ana: Person) -> None:
    known = open_pothole(service, ana)
    review = taken(service, ana, sender="+16175550177")
    (own,) = cases_behind(service, review)
    service.console.desk.join(review, ana, known, service.clock())
    assert case(service, own).merged_into == case(service, known).id
    assert service.console.desk.undo(ana, service.clock()) == review
    assert (case(service, own).merged_into, case(service, own).status) == (None, "open")


def test_a_case_that_is_not_open_or_sensitive_cannot_be_joined(service: Service, ana: Person) -> None:
    sensitive = next(code for code, one in service.intake.city.catalog.services.items() if one.is_sensitive)
    secret = taken(service, ana)
    number = service.console.desk.open_case(secret, ana, a_draft(sensitive, place=a_place()), service.clock())
    review = taken(service, ana, sender="+16175550177")
    for wrong in ("26-999999", number):
        with pytest.raises(CaseError):
            service.console.desk.join(review, ana, wrong, service.clock())
    assert row_of(service, review).closed_at is None


def test_an_answer_goes_out_after_a_minute_and_closes_the_review(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    review = taken(service, ana, "when is trash day?", name="NoteQuestion", channel=Channel.SMS)
    service.console.desk.answer(review, ana, OwnWords("On Monday.", "On Monday.", "en"), service.clock())
    assert outbox.delays == [60]
    assert texts_sent(service, outbox) == ["On Monday."]
    assert (row_of(service, review).outcome, row_of(service, review).closed_by) == ("answered", ana.id)


def test_after_a_call_the_answer_is_a_text_message(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    review = taken(service, ana, name="CallAgent", channel=Channel.VOICE)
    service.console.desk.answer(review, ana, OwnWords("Hello", "Hello", "en"), service.clock())
    assert texts_sent(service, outbox) == ["Hello"]


def test_who_cannot_be_written_to_cannot_be_answered(service: Service, ana: Person) -> None:
    review = taken(service, ana, channel=Channel.TRANSCRIPT, sender="transcript:7")
    with pytest.raises(CaseError):
        service.console.desk.answer(review, ana, OwnWords("Hello", "Hello", "en"), service.clock())


def test_an_emergency_is_closed_by_saying_what_was_done(service: Service, ana: Person) -> None:
    review = taken(service, ana, "I smell gas in the hallway", name="Emergency", is_urgent=True)
    assert item_of(service, review, ana).outcomes[0] is Outcome.CALLED_911_CONFIRMED
    service.console.desk.close(review, ana, Outcome.CALLED_911_CONFIRMED, service.clock())
    closed = item_of(service, review, ana)
    assert (closed.is_closed, closed.outcome) == (True, "called_911_confirmed")


def test_nobody_closes_a_review_as_opened_without_opening(service: Service, ana: Person) -> None:
    review = taken(service, ana)
    with pytest.raises(CaseError):
        service.console.desk.close(review, ana, Outcome.CASE_OPENED, service.clock())


def test_every_outcome_has_words_and_can_be_chosen_once() -> None:
    assert all(outcome.words for outcome in Outcome)
    for is_danger in (True, False):
        offered = outcomes_for(is_danger=is_danger)
        assert len(offered) == len(set(offered))


def test_when_nothing_is_open_any_more_the_service_answers_again(service: Service, ana: Person) -> None:
    review = taken(service, ana, channel=Channel.SMS)
    with Session(service.engine) as session, session.begin():
        (talk,) = session.scalars(select(ConversationTable))
        talk.state, talk.memory = "with_staff", {**talk.memory, "state": "with_staff"}
    service.console.desk.close(review, ana, Outcome.NO_ACTION, service.clock())
    assert rows(service, ConversationTable)[0].state == "ready"
    service.console.desk.undo(ana, service.clock())
    assert rows(service, ConversationTable)[0].state == "with_staff"
