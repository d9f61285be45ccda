"""What people correct about a review, and what is learned from it."""

import pytest

from channels.messages import Channel
from intake.console.corrections import Correction
from intake.console.outcomes import Outcome
from intake.console.people import Person
from intake.delivering.durable import HeldOutbox
from intake.errors import CaseError
from intake.tables import LabelTable
from intake.wiring import Service
from routing.drafts import Place, Precision
from tests.builders import a_draft, a_place
from tests.reviewing import (
    AT_DUDLEY,
    POTHOLE,
    STREET_REPAIR,
    a_review,
    an_agent,
    case,
    cases_behind,
    item_of,
    labels,
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


def test_a_corrected_service_is_a_label_and_moves_the_proposal(service: Service, ana: Person) -> None:
    review = taken(service, ana, drafts=(a_draft(),))
    service.console.desk.correct(review, ana, Correction("service", STREET_REPAIR), service.clock())
    assert labels(service) == [("service", POTHOLE, STREET_REPAIR)]
    assert rows(service, LabelTable)[0].actor == "ana"
    assert item_of(service, review, ana).drafts[0].service == STREET_REPAIR


def test_agreeing_with_the_machine_is_no_label(service: Service, ana: Person) -> None:
    review = taken(service, ana, drafts=(a_draft(),))
    desk, now = service.console.desk, service.clock()
    desk.correct(review, ana, Correction("service", POTHOLE), now)
    assert labels(service) == []
    desk.correct(review, ana, Correction("service", STREET_REPAIR), now)
    desk.correct(review, ana, Correction("service", "SDWRPR"), now)
    assert labels(service) == [("service", POTHOLE, "SDWRPR")]
    desk.correct(review, ana, Correction("service", POTHOLE), now)
    assert labels(service) == []


def test_opening_another_case_than_proposed_is_a_label_too(service: Service, ana: Person) -> None:
    review = taken(service, ana, drafts=(a_draft(place=a_place()),))
    service.console.desk.open_case(review, ana, a_draft(STREET_REPAIR, place=AT_DUDLEY), service.clock())
    assert labels(service) == [("service", POTHOLE, STREET_REPAIR), ("place", "450 Blue Hill Ave", "12 Dudley St")]


def test_what_is_learned_is_about_the_message_that_named_the_problem(service: Service, ana: Person) -> None:
    a_review(service, "there is a hole", channel=Channel.SMS)
    review = taken(service, ana, "neither of them", drafts=(a_draft(),), channel=Channel.SMS)
    service.console.desk.correct(review, ana, Correction("service", STREET_REPAIR), service.clock())
    assert rows(service, LabelTable)[0].message_id == 1


def test_a_correction_after_the_case_was_opened_changes_the_case(service: Service, ana: Person) -> None:
    review = taken(service, ana, name="PlaceNotFound", drafts=(a_draft(place=Place("by the tree", Precision.TEXT)),))
    (opened,) = cases_behind(service, review)
    desk, now = service.console.desk, service.clock()
    desk.correct(review, ana, Correction("place", "12 Dudley St", AT_DUDLEY), now)
    desk.correct(review, ana, Correction("service", STREET_REPAIR), now)
    changed = case(service, opened)
    assert (changed.service, (changed.place or {})["text"]) == (STREET_REPAIR, "12 Dudley St")
    assert desk.undo(ana, now) == review
    assert desk.undo(ana, now) == review
    back = case(service, opened)
    assert (back.service, (back.place or {})["text"]) == (POTHOLE, "by the tree")
    assert labels(service) == []
    desk.close(review, ana, Outcome.CONFIRMED, now)


def test_a_corrected_language_is_the_one_in_which_the_resident_is_told(service: Service, ana: Person, outbox: HeldOutbox) -> None:
    review = taken(service, ana, "hay un bache", drafts=(a_draft(place=a_place()),), channel=Channel.SMS)
    desk, now = service.console.desk, service.clock()
    desk.correct(review, ana, Correction("language", "es"), now)
    assert item_of(service, review, ana).language == "es"
    number = desk.open_case(review, ana, a_draft(place=a_place()), now)
    (text,) = texts_sent(service, outbox)
    assert text.startswith(f"Caso {number} abierto")
    assert labels(service) == [("language", "en", "es")]


def test_a_corrected_kind_is_shown_and_learned(service: Service, ana: Person) -> None:
    review = taken(service, ana)
    service.console.desk.correct(review, ana, Correction("kind", "info"), service.clock())
    assert item_of(service, review, ana).kind == "info"
    assert labels(service) == [("kind", "service", "info")]


@pytest.mark.parametrize(
    "correction",
    [Correction("service", "NONE"), Correction("language", "tlh"), Correction("kind", "poem"), Correction("place", " ")],
)
def test_a_value_that_the_city_does_not_have_is_refused(service: Service, ana: Person, correction: Correction) -> None:
    review = taken(service, ana)
    with pytest.raises(CaseError):
        service.console.desk.correct(review, ana, correction, service.clock())
    assert labels(service) == []


def test_two_cases_of_which_one_is_as_proposed_teach_nothing(service: Service, ana: Person) -> None:
    desk, now = service.console.desk, service.clock()
    half_right = taken(service, ana, drafts=(a_draft(),))
    desk.split(half_right, ana, (a_draft("SDWRPR"), a_draft()), now)
    assert labels(service) == []
    wrong = taken(service, ana, drafts=(a_draft(),))
    desk.split(wrong, ana, (a_draft("SDWRPR"), a_draft(STREET_REPAIR)), now)
    assert labels(service) == [("service", POTHOLE, "SDWRPR")]
