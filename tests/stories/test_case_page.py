"""The page behind a case's link: what it tells, to whom, and what residents may answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.casework.case_changes import change_service, close, merge, withdraw
from intake.delivering.durable import HeldOutbox
from intake.effects import TellCaseNews
from intake.phrases import Phrases
from intake.tables import CaseEventTable, CaseTable, ReviewTable
from intake.wiring import Service
from intake.work import Work
from tests.conftest import Clock
from tests.desk import text_of_page
from tests.stories.talks import PLACE, TALKS
from tests.twilio import SmsPhone

REPORT = "There is a deep pothole"


def say(phrase: str, language: str = "en") -> str:
    return Phrases([language]).say(language, phrase)


class Resident:
    """Somebody who reported a pothole and keeps the link."""

    def __init__(self, client: TestClient, phone: str, *, place: str = PLACE) -> None:
        self._client = client
        sms = SmsPhone(client, phone)
        for said in (REPORT, place):
            sms.send(said)
        found = re.search(r"/cases/([^?]+)\?key=(\S+)", sms.send("yes"))
        assert found is not None
        self.number, self.key = found.group(1), found.group(2)

    def look(self, **query: str) -> Response:
        return self._client.get(f"/cases/{self.number}", params={"key": self.key, "lang": "en", **query})

    def reads(self, **query: str) -> str:
        page = self.look(**query)
        assert page.status_code == 200
        return text_of_page(page)

    def answers(self, fixed: str) -> Response:
        return self._client.post(f"/cases/{self.number}", data={"key": self.key, "fixed": fixed}, follow_redirects=False)


@pytest.fixture
def resident(client: TestClient) -> Resident:
    return Resident(client, "+16175550142")


@contextmanager
def changing(service: Service, *numbers: str) -> Iterator[tuple[Work, list[CaseTable]]]:
    """A transaction of staff, with the cases of these numbers."""
    with service.intake.store.transaction() as work:
        yield work, [work.session.scalars(select(CaseTable).where(CaseTable.number == number)).one() for number in numbers]


def close_case(service: Service, number: str) -> None:
    with changing(service, number) as (work, (case,)):
        close(work.session, work, case, "pat", service.clock())


def events(service: Service, name: str) -> list[CaseEventTable]:
    with Session(service.engine) as session:
        return list(session.scalars(select(CaseEventTable).where(CaseEventTable.name == name)))


def test_the_page_tells_what_where_who_and_until_when(resident: Resident) -> None:
    page = resident.reads()
    for words in ("Pothole", PLACE, "Public Works", "Open", "Expected by", "Case opened. Department: "):
        assert words in page


def test_the_page_speaks_every_language(resident: Resident) -> None:
    for language in TALKS:
        page = resident.look(lang=language).text
        assert f'<html lang="{language}"' in page
        assert say("case-history", language) in unescape(page)


def test_nothing_personal_stands_on_the_page(resident: Resident) -> None:
    page = resident.look().text
    assert REPORT not in page
    assert "555" not in page.replace(resident.key, "")


def test_no_search_engine_and_no_shared_cache_keeps_the_page(resident: Resident) -> None:
    headers = resident.look().headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"


def test_a_wrong_key_looks_like_a_wrong_number(resident: Resident, client: TestClient) -> None:
    wrong_key, wrong_number = client.get(f"/cases/{resident.number}?key=wrong"), client.get("/cases/26-999999?key=wrong")
    assert wrong_key.status_code == wrong_number.status_code == 404
    assert text_of_page(wrong_key) == text_of_page(wrong_number)
    assert client.post(f"/cases/{resident.number}", data={"key": "wrong", "fixed": "no"}).status_code == 404


def test_a_case_that_was_opened_by_mistake_is_gone(resident: Resident, service: Service) -> None:
    with changing(service, resident.number) as (work, (case,)):
        withdraw(work.session, case, "pat", service.clock())
    assert resident.look().status_code == 404
    assert resident.answers("no").status_code == 404


def test_the_time_line_tells_of_another_department_and_of_the_end(resident: Resident, service: Service, clock: Clock) -> None:
    clock.pass_hours(2)
    with changing(service, resident.number) as (work, (case,)):
        change_service(work.session, case, "BEDBUG", service.intake.city, "pat", clock.now)
    clock.pass_hours(2)
    close_case(service, resident.number)
    page = resident.reads()
    assert "The department is now: " in page
    assert page.index("Case opened") < page.index("The department is now") < page.rindex("Closed")
    assert "pat" not in page


def test_a_move_between_crews_of_one_department_is_no_news(resident: Resident, service: Service, clock: Clock) -> None:
    with changing(service, resident.number) as (work, (case,)):
        change_service(work.session, case, "GENLGTREQ", service.intake.city, "pat", clock.now)
    assert "The department is now: " not in resident.reads()


def test_a_date_that_has_passed_is_owned_up_to(resident: Resident, clock: Clock) -> None:
    assert say("case-late") not in resident.reads()
    clock.pass_hours(24 * 60)
    assert say("case-late") in resident.reads()


def test_a_merged_case_shows_how_the_other_one_stands(
    resident: Resident, client: TestClient, service: Service, clock: Clock
) -> None:
    neighbor = Resident(client, "+16175550177", place="1000 Washington St")
    clock.pass_hours(1)
    with changing(service, neighbor.number, resident.number) as (work, (case, into)):
        merge(work.session, case, into, "pat", clock.now)
    page = neighbor.reads()
    assert f"same problem as case {resident.number}" in page
    assert "1000 Washington St" in page
    assert PLACE not in page
    assert say("ask-fixed") not in page
    clock.pass_hours(1)
    close_case(service, resident.number)
    assert say("ask-fixed") in neighbor.reads()
    neighbor.answers("no")
    assert "Opened again." in resident.reads()


def test_an_open_case_is_not_asked_about(resident: Resident, service: Service) -> None:
    assert say("ask-fixed") not in resident.reads()
    resident.answers("no")
    assert events(service, "rated") == []


def test_yes_it_is_fixed_is_noted_once(resident: Resident, service: Service) -> None:
    close_case(service, resident.number)
    assert say("ask-fixed") in resident.reads()
    for _ in range(2):
        answered = resident.answers("yes")
        assert answered.headers["Location"] == f"/cases/{resident.number}?key={resident.key}"
    assert say("fixed-thanks") in resident.reads()
    (rated,) = events(service, "rated")
    assert rated.after is not None
    assert (rated.after["is_fixed"], rated.after["case"]) == (True, resident.number)


def test_still_there_opens_the_case_again_once_and_tells_so(
    resident: Resident, client: TestClient, service: Service, outbox: HeldOutbox
) -> None:
    close_case(service, resident.number)
    for _ in range(2):
        resident.answers("no")
    page = resident.reads()
    assert say("reopened-thanks") in page
    assert "Opened again." in page
    assert len(events(service, "reopened")) == 1
    told = [service.intake.store.effect(effect_id) for effect_id in outbox.effect_ids]
    assert sum(isinstance(effect[0], TellCaseNews) for effect in told if effect is not None) == 2


def test_who_said_yes_by_mistake_may_still_say_no(resident: Resident, service: Service) -> None:
    close_case(service, resident.number)
    resident.answers("yes")
    resident.answers("no")
    assert len(events(service, "reopened")) == 1


def test_a_second_closing_is_asked_about_anew(resident: Resident, service: Service) -> None:
    close_case(service, resident.number)
    resident.answers("no")
    close_case(service, resident.number)
    assert say("choice-fixed") in resident.reads()


def test_the_second_no_is_looked_at_by_a_person(resident: Resident, service: Service) -> None:
    for _ in range(2):
        close_case(service, resident.number)
        resident.answers("no")
    page = resident.reads()
    assert say("still-with-staff") in page
    assert say("ask-fixed") not in page
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.name)).all() == ["StillThere"]


def test_after_two_weeks_nobody_is_asked_any_more(resident: Resident, service: Service, clock: Clock) -> None:
    close_case(service, resident.number)
    clock.now += timedelta(days=15)
    assert say("ask-fixed") not in resident.reads()
    resident.answers("no")
    assert events(service, "reopened") == []
