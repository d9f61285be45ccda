"""What a person did is taken back, for a minute: nothing went out, and all is as it was."""

from collections.abc import Callable

import pytest

from channels.messages import Channel
from intake.console.corrections import Correction
from intake.console.outcomes import Outcome
from intake.console.people import Person
from intake.console.review_desk import NotYoursError
from intake.console.talks import OwnWords
from intake.console_tables import AuditTable
from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import EffectTable
from intake.tables import CaseEventTable, CaseFollowerTable, ConversationTable, ReviewTable
from intake.wiring import Service
from tests.builders import a_draft, a_place
from tests.conftest import Clock
from tests.reviewing import (
    AT_DUDLEY,
    POTHOLE,
    STREET_REPAIR,
    an_agent,
    case,
    item_of,
    labels,
    minutes,
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


def test_undoing_a_language_brings_the_old_one_back(service: Service, ana: Person) -> None:
    review = taken(service, ana, channel=Channel.SMS)
    service.console.desk.correct(review, ana, Correction("language", "es"), service.clock())
    assert service.console.desk.undo(ana, service.clock()) == review
    assert item_of(service, review, ana).language == "en"
    assert rows(service, ConversationTable)[0].language is None
    assert labels(service) == []


def test_undoing_a_join_leaves_the_case_as_it_was(service: Service, ana: Person) -> None:
    known = open_pothole(service, ana)
    review = taken(service, ana, channel=Channel.SMS, sender="+16175550177")
    service.console.desk.join(review, ana, known, service.clock())
    assert service.console.desk.undo(ana, service.clock()) == review
    assert rows(service, CaseFollowerTable) == []
    assert [row.name for row in rows(service, CaseEventTable)][-2:] == ["joined", "left"]


def test_undo_withdraws_the_case_cancels_what_waits_and_opens_the_review_again(
    service: Service, ana: Person, outbox: HeldOutbox
) -> None:
    review = taken(service, ana, drafts=(a_draft(place=a_place()),), channel=Channel.SMS)
    number = service.console.desk.open_case(review, ana, a_draft(STREET_REPAIR, place=a_place()), service.clock())
    undo = item_of(service, review, ana).undo
    assert undo is not None
    assert (undo.words, undo.until) == (f"Case {number} opened", service.clock() + minutes(1))

    assert service.console.desk.undo(ana, service.clock() + minutes(0.9)) == review

    assert case(service, number).status == "withdrawn"
    assert labels(service) == []
    assert all(effect.canceled_at is not None for effect in rows(service, EffectTable))
    assert texts_sent(service, outbox) == []
    again = item_of(service, review, ana)
    assert (again.is_closed, again.is_mine, again.undo) == (False, True, None)
    assert service.console.desk.open_case(review, ana, a_draft(place=a_place()), service.clock()) != number


def test_after_a_minute_nothing_can_be_undone(service: Service, ana: Person, clock: Clock) -> None:
    number = open_pothole(service, ana)
    clock.now += minutes(1)
    assert service.console.desk.undo(ana, service.clock()) is None
    assert case(service, number).status == "open"


def test_what_went_out_already_cannot_be_undone(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    number = open_pothole(service, ana, channel=Channel.SMS)
    texts_sent(service, outbox)
    assert service.console.desk.undo(ana, service.clock()) is None
    assert case(service, number).status == "open"


def test_one_undoes_only_ones_own_and_the_last_first(service: Service, ana: Person, ben: Person) -> None:
    desk, now = service.console.desk, service.clock()
    first, second, other = taken(service, ana), taken(service, ana), taken(service, ben)
    desk.close(first, ana, Outcome.SPAM, now)
    desk.close(second, ana, Outcome.SPAM, now)
    desk.close(other, ben, Outcome.SPAM, now)
    assert [desk.undo(ana, now), desk.undo(ana, now), desk.undo(ana, now)] == [second, first, None]
    assert row_of(service, other).closed_at is not None


def test_undo_takes_no_review_from_who_has_it_now(service: Service, ana: Person, ben: Person) -> None:
    review = taken(service, ana)
    service.console.desk.correct(review, ana, Correction("service", STREET_REPAIR), service.clock())
    service.console.queue.release(review, ana, service.clock())
    service.console.queue.claim(review, ben, service.clock())
    with pytest.raises(NotYoursError):
        service.console.desk.undo(ana, service.clock())
    assert labels(service) == [("service", POTHOLE, STREET_REPAIR)]


def test_an_answer_that_was_undone_never_goes_out_and_can_be_given_again(
    service: Service, ana: Person, outbox: HeldOutbox
) -> None:
    review = taken(service, ana, channel=Channel.SMS)
    desk, now = service.console.desk, service.clock()
    desk.answer(review, ana, OwnWords("Wrong", "Wrong", "en"), now)
    assert desk.undo(ana, now) == review
    desk.answer(review, ana, OwnWords("Right", "Right", "en"), now)
    assert texts_sent(service, outbox) == ["Right"]


def test_every_action_and_its_undo_stand_in_the_audit_trail(service: Service, ana: Person) -> None:
    review = taken(service, ana)
    service.console.desk.close(review, ana, Outcome.SPAM, service.clock())
    service.console.desk.undo(ana, service.clock())
    noted = [(row.actor, row.name) for row in rows(service, AuditTable) if row.about == f"review {review}"]
    assert noted == [("ana", "review_closed"), ("ana", "review_undone")]


def test_the_desk_works_on_both_databases(database_url: str, service_on: Callable[[str], Service]) -> None:
    service = service_on(database_url)
    person = an_agent(service)
    review = taken(service, person, drafts=(a_draft(place=a_place()),), channel=Channel.SMS)
    desk, now = service.console.desk, service.clock()
    desk.correct(review, person, Correction("language", "es"), now)
    desk.correct(review, person, Correction("place", "12 Dudley St", AT_DUDLEY), now)
    number = desk.open_case(review, person, a_draft(place=AT_DUDLEY), now)
    assert case(service, number).language == "es"
    assert [desk.undo(person, now) for _ in range(4)] == [review, review, review, None]
    other = taken(service, person, sender="+16175550177", channel=Channel.SMS)
    known = desk.open_case(other, person, a_draft(place=a_place()), now)
    desk.join(review, person, known, now)
    assert desk.undo(person, now) == review
    assert row_of(service, review).closed_at is None
    assert rows(service, ReviewTable)[0].claimed_by == person.id
