"""A problem that is known already: the resident is asked, joins the case or opens another, and both hear the news."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.tables import CaseEventTable, CaseFollowerTable, CaseTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.stories.talks import PLACE, TALKS, Talk
from tests.stories.test_text_messages import words
from tests.twilio import SmsPhone

LANGUAGES = pytest.mark.parametrize(("language", "talk"), TALKS.items(), ids=TALKS)
NEIGHBOR = "+16175550177"


@pytest.fixture
def first(client: TestClient) -> SmsPhone:
    return SmsPhone(client)


@pytest.fixture
def neighbor(client: TestClient) -> SmsPhone:
    return SmsPhone(client, NEIGHBOR)


def report(phone: SmsPhone, talk: Talk, place: str = PLACE) -> str:
    phone.send(talk.report)
    return phone.send(place)


def numbers(service: Service) -> list[str | None]:
    with Session(service.engine) as session:
        return list(session.scalars(select(CaseTable.number).order_by(CaseTable.id)))


@LANGUAGES
def test_a_neighbor_joins_the_case_instead_of_opening_a_copy(
    language: str, talk: Talk, first: SmsPhone, neighbor: SmsPhone, service: Service
) -> None:
    report(first, talk)
    first.send(talk.yes)
    asked = report(neighbor, talk)
    assert words(language, "choice-same") in asked
    assert PLACE in asked
    assert words(language, "joined", number="26-000001") == neighbor.send(talk.yes)
    assert numbers(service) == ["26-000001"]
    with Session(service.engine) as session:
        assert session.scalars(select(CaseFollowerTable.language)).all() == [language]
        assert session.scalars(select(CaseEventTable.name).order_by(CaseEventTable.id)).all() == ["opened", "joined"]


@LANGUAGES
def test_another_problem_at_the_same_place_becomes_a_case_of_its_own(
    language: str, talk: Talk, first: SmsPhone, neighbor: SmsPhone, service: Service
) -> None:
    report(first, talk)
    first.send(talk.yes)
    report(neighbor, talk)
    assert words(language, "choice-right") in neighbor.send("2")
    neighbor.send(talk.yes)
    assert numbers(service) == ["26-000001", "26-000002"]


def test_another_place_is_not_asked_about(first: SmsPhone, neighbor: SmsPhone) -> None:
    report(first, TALKS["en"])
    first.send("yes")
    assert words("en", "choice-right") in report(neighbor, TALKS["en"], "12 Dudley St")


def test_a_place_corrected_at_the_question_is_read_back(first: SmsPhone, neighbor: SmsPhone) -> None:
    report(first, TALKS["en"])
    first.send("yes")
    report(neighbor, TALKS["en"])
    assert "12 Dudley St" in neighbor.send("no, it is at 12 Dudley St")


def test_who_reported_it_is_asked_too_and_not_added_twice(first: SmsPhone, service: Service) -> None:
    report(first, TALKS["en"])
    first.send("yes")
    assert words("en", "choice-same") in report(first, TALKS["en"])
    first.send("1")
    with Session(service.engine) as session:
        assert session.scalars(select(CaseFollowerTable)).all() == []


def test_an_old_case_is_not_offered(first: SmsPhone, neighbor: SmsPhone, clock: Clock) -> None:
    report(first, TALKS["en"])
    first.send("yes")
    clock.pass_hours(31 * 24)
    assert words("en", "choice-right") in report(neighbor, TALKS["en"])


def test_a_point_a_few_steps_away_is_the_same_place(client: TestClient, service: Service) -> None:
    def at(session: str, latitude: float) -> str:
        body = {"session": session, "text": TALKS["en"].report, "location": {"lat": latitude, "lon": -71.06}}
        return str(client.post("/chat", json=body).json()["replies"][0]["text"])

    at("one", 42.31)
    client.post("/chat", json={"session": "one", "text": "yes"})
    assert "known already" in at("two", 42.3103)
    assert "known already" not in at("three", 42.3120)


def test_that_somebody_reported_a_sensitive_matter_is_nobodys_business(client: TestClient, service: Service) -> None:
    said = ("there is no heat in my apartment, my landlord does nothing", PLACE, "3B", "yes")
    for name in ("one", "two"):
        answers = [client.post("/chat", json={"session": name, "text": text}).json() for text in said]
        assert not any("known already" in reply["text"] for answer in answers for reply in answer["replies"])
