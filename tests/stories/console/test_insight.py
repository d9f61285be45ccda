"""What managers see: how much came in, how much needed no person, what was wrong, what is late."""

import csv
import io
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console.insight_tables import InsightTable, write_csv
from intake.tables import CaseTable, LabelTable, MessageTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.desk import Desk, a_desk, text_of_page
from tests.stories.talks import PLACE, TALKS


@pytest.fixture
def lead(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service, Role.SUPERVISOR)


def say(client: TestClient, session: str, *texts: str) -> None:
    for text in texts:
        assert client.post("/chat", json={"session": session, "text": text}).status_code == 200


def rows(desk: Desk, table: str, days: int = 30) -> list[list[str]]:
    response = desk.get(f"/console/insight/{table}.csv", days=days)
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.text)))[1:]


def test_messages_are_counted_by_channel_and_language(client: TestClient, lead: Desk) -> None:
    say(client, "one", TALKS["es"].report, PLACE, TALKS["es"].yes)
    say(client, "two", TALKS["ht"].report)

    assert rows(lead, "channel-language") == [["chat", "es", "3"], ["chat", "ht", "1"]]


def test_a_talk_that_was_put_before_a_person_is_no_talk_without_one(client: TestClient, lead: Desk) -> None:
    say(client, "one", TALKS["es"].report, PLACE, TALKS["es"].yes)
    say(client, "two", TALKS["es"].agent)

    assert rows(lead, "without-person") == [["all", "1", "2", "0.5"], ["es", "1", "2", "0.5"]]


def test_a_case_whose_service_was_corrected_counts_as_misrouted_until_it_is_undone(
    client: TestClient, lead: Desk, service: Service, clock: Clock
) -> None:
    say(client, "one", TALKS["es"].report, PLACE, TALKS["es"].yes)
    with Session(service.engine) as session, session.begin():
        message_id = session.scalars(select(CaseTable.message_id)).one()
        label = LabelTable(message_id=message_id, field="service", before="REQPOTHL", after="RDWYRPR", actor="ana", at=clock())
        session.add(label)
    assert rows(lead, "corrected")[0] == ["all", "1", "1", "1.0"]
    assert rows(lead, "taken-for")[0][2] == "1"

    with Session(service.engine) as session, session.begin():
        session.scalars(select(LabelTable)).one().undone_at = clock()
    assert rows(lead, "corrected")[0] == ["all", "0", "1", "0.0"]


def test_a_case_that_is_past_its_deadline_and_open_is_late(client: TestClient, service: Service, clock: Clock) -> None:
    say(client, "one", TALKS["en"].report, PLACE, TALKS["en"].yes)
    clock.now += timedelta(days=25)

    ((department, *counts),) = rows(a_desk(client, service, Role.SUPERVISOR), "deadlines")
    assert counts == ["0", "0", "1", "0.0"]
    assert department


def test_questions_without_an_answer_are_listed_without_personal_data(client: TestClient, lead: Desk, service: Service) -> None:
    say(client, "one", TALKS["en"].report)
    with Session(service.engine) as session, session.begin():
        message = session.scalars(select(MessageTable)).one()
        message.text = "where do I register my drone? call me at 617-555-0142"
        decision = session.connection().exec_driver_sql("UPDATE decisions SET name = 'NoteQuestion'")
        assert decision.rowcount == 1

    page = text_of_page(lead.get("/console/insight"))
    assert "register my drone" in page
    assert "555-0142" not in page


def test_a_day_without_messages_is_shown_as_one(lead: Desk) -> None:
    assert [count for _, count in rows(lead, "days", days=7)] == ["0"] * 8


def test_a_time_that_is_not_offered_is_refused(lead: Desk) -> None:
    assert lead.get("/console/insight", days=8).status_code == 422
    assert lead.get("/console/insight/nothing.csv").status_code == 404


def test_a_resident_s_words_cannot_become_a_formula_in_a_spreadsheet() -> None:
    table = InsightTable("x", "x", "", ("Question",), (("=HYPERLINK(1)",),))

    assert write_csv(table).splitlines() == ["Question", "'=HYPERLINK(1)"]
