"""What one screen shows of a review, and what it hides."""

import pytest

from channels.messages import Channel, Location
from intake.console.outcomes import Outcome
from intake.console.people import Person
from intake.console_tables import AuditTable
from intake.errors import RejectRequest
from intake.wiring import Service
from routing.drafts import CaseDraft, Precision
from tests.builders import a_draft, a_place
from tests.reviewing import PHONE, POTHOLE, STREET_REPAIR, an_agent, item_of, open_pothole, rows, taken


@pytest.fixture
def ana(service: Service) -> Person:
    return an_agent(service)


@pytest.fixture
def ben(service: Service) -> Person:
    return an_agent(service, "ben")


def test_one_screen_has_all_that_is_known_of_a_review(service: Service, ana: Person) -> None:
    review = taken(service, ana, drafts=(a_draft(place=a_place()),), channel=Channel.SMS)
    item = item_of(service, review, ana)
    assert item.words[0] == "The service was not sure enough to go on alone"
    assert [service.code for service in item.services] == [POTHOLE, STREET_REPAIR, "SDWRPR"]
    assert item.services[0].name == service.intake.city.catalog.service_name(POTHOLE, "en")
    assert (item.language, item.language_confidence, item.kind) == ("en", 0.55, "service")
    assert item.place == a_place()
    assert item.contact == "…0142"
    assert [turn.text for turn in item.history if turn.who == "resident"] == [item.text]
    assert item.is_mine
    assert not item.is_closed
    assert item.undo is None


def test_personal_data_is_hidden_until_somebody_asks_and_that_is_noted(service: Service, ana: Person) -> None:
    said = "my number is 617-555-0199, mail me at joe@example.org"
    review = taken(service, ana, said, drafts=(CaseDraft(POTHOLE, said, 0.5),))
    hidden = item_of(service, review, ana)
    assert hidden.is_hidden
    for text in (hidden.text, hidden.drafts[0].description, *(turn.text for turn in hidden.history)):
        assert text == "my number is [phone], mail me at [email]"

    shown = service.console.items.reveal(review, ana, service.clock())
    assert shown is not None
    assert (shown.text, shown.contact, shown.is_hidden) == (said, PHONE, False)
    assert service.console.items.reveal_contact(review, ana, service.clock()) == PHONE
    noted = [(row.actor, row.name) for row in rows(service, AuditTable)]
    assert noted[-2:] == [("ana", "review_revealed"), ("ana", "contact_revealed")]


def test_open_cases_nearby_are_shown_but_not_the_messages_own(service: Service, ana: Person) -> None:
    known = open_pothole(service, ana)
    review = taken(service, ana, drafts=(a_draft(place=a_place()),), sender="+16175550177")
    assert [near.number for near in item_of(service, review, ana).near] == [known]


def test_a_point_from_the_phone_is_the_place(service: Service, ana: Person) -> None:
    review = taken(service, ana, location=Location(42.3, -71.07))
    place = item_of(service, review, ana).place
    assert place is not None
    assert place.precision is Precision.POINT


def test_a_review_that_is_not_there_has_no_screen(service: Service, ana: Person) -> None:
    assert service.console.items.read(99, ana, service.clock()) is None
    assert service.console.items.reveal(99, ana, service.clock()) is None
    assert service.console.items.reveal_contact(99, ana, service.clock()) == ""
    with pytest.raises(RejectRequest):
        service.console.desk.close(99, ana, Outcome.SPAM, service.clock())
