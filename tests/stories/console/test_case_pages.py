"""Cases at the console: looked at, changed, and put right."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console_tables import AuditTable
from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import EffectTable
from intake.effects import TellCaseNews
from intake.tables import CaseEventTable, CaseTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.desk import Desk, a_desk, text_of_page
from tests.twilio import SmsPhone

CASE = "/console/cases/26-000001"
NEIGHBOR = "+16175550177"


def follow(desk: Desk, answer: Response) -> str:
    """The words of the page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return text_of_page(desk.get(answer.headers["location"]))


def audited(service: Service) -> list[tuple[str, str]]:
    with Session(service.engine) as session:
        return [(row.name, row.about) for row in session.scalars(select(AuditTable).order_by(AuditTable.id))]


def test_the_page_of_a_case_tells_what_where_and_until_when(
    client: TestClient, service: Service, report: Callable[..., str], clock: Clock
) -> None:
    report()
    clock.pass_hours(24 * 30)
    desk = a_desk(client, service)
    words = text_of_page(desk.get(CASE))
    for expected in (
        "Pothole",
        "450 Blue Hill Ave",
        "deep pothole on my street",
        "late by",
        "by sms, English",
        "There is no CRM",
        "Opened",
    ):
        assert expected in words
    assert "/console/conversations/" in desk.get(CASE).text
    assert desk.get("/console/cases/26-000009").status_code == 404


def test_personal_data_are_left_out_until_somebody_looks_which_is_noted(
    desk: Desk, service: Service, report: Callable[..., str]
) -> None:
    report(said="deep pothole on my street, call me at 617 555 0188")
    assert "[phone]" in desk.get(CASE).text
    assert "0188" not in desk.get(CASE).text
    assert "617 555 0188" in desk.post(f"{CASE}/text").text
    assert audited(service)[-1] == ("case_text_shown", "case 26-000001")


def test_another_service_brings_its_department_and_the_history_says_who_did_it(
    desk: Desk, service: Service, report: Callable[..., str]
) -> None:
    report()
    words = follow(desk, desk.post(f"{CASE}/service", service="Street light out"))
    assert "Service changed" in words
    assert desk.person.login in words
    assert "→ Street light out" in words
    assert ("case_service_changed", "case 26-000001") in audited(service)


def test_a_service_that_is_not_clear_is_asked_about(desk: Desk, report: Callable[..., str]) -> None:
    report()
    page = desk.post(f"{CASE}/service", service="street")
    assert page.status_code == 409
    assert "Which service is meant:" in text_of_page(page)
    assert "No service is called “unicorns”" in text_of_page(desk.post(f"{CASE}/service", service="unicorns"))


def test_a_place_is_found_on_the_map_and_one_that_no_map_knows_is_kept_in_words(
    desk: Desk, service: Service, report: Callable[..., str]
) -> None:
    report()
    assert "Dudley" in follow(desk, desk.post(f"{CASE}/place", place="12 Dudley St"))
    assert "no map knows it" in follow(desk, desk.post(f"{CASE}/place", place="behind the blue shed"))
    desk.post(f"{CASE}/place", place="the shed", latitude="42.31", longitude="-71.06")
    with Session(service.engine) as session:
        place = session.scalars(select(CaseTable.place)).one()
    assert place is not None
    assert (place["text"], place["precision"], place["latitude"]) == ("the shed", "point", 42.31)


def test_words_that_fit_several_places_are_asked_about(desk: Desk, service: Service, report: Callable[..., str]) -> None:
    report()
    asked = desk.post(f"{CASE}/place", place="School St")
    assert "Which place is meant by" in text_of_page(asked)
    desk.post(f"{CASE}/place", place="School St", choice="1")
    with Session(service.engine) as session:
        place = session.scalars(select(CaseTable.place)).one()
    assert place is not None
    assert place["text"] == "School St"
    assert place["neighborhood"] == "Charlestown"


def test_priority_and_tasks_of_other_departments(desk: Desk, service: Service, report: Callable[..., str]) -> None:
    report()
    assert "priority: normal → urgent" in follow(desk, desk.post(f"{CASE}/priority", priority="urgent"))
    assert "urgent" in desk.get("/console/cases").text
    department = next(iter(service.intake.city.catalog.departments.values()))
    words = follow(desk, desk.post(f"{CASE}/tasks", department=department.code))
    assert department.name in words
    assert "boston-26-000001-W2" in words
    assert "There is no department" in text_of_page(desk.post(f"{CASE}/tasks", department="NONE"))


def test_the_last_task_that_is_done_closes_the_case_and_the_resident_is_told(
    desk: Desk, service: Service, outbox: HeldOutbox, report: Callable[..., str]
) -> None:
    report()
    desk.post(f"{CASE}/tasks", department=next(iter(service.intake.city.catalog.departments)))
    words = follow(desk, desk.post(f"{CASE}/tasks/1/done"))
    assert "Task done" in words
    assert "Closed" in words
    assert [type(effect[0]) for one in outbox.effect_ids if (effect := service.intake.store.effect(one))][-1] is TellCaseNews


def test_a_case_is_closed_and_opened_again_from_its_page(desk: Desk, report: Callable[..., str]) -> None:
    report()
    assert "note: crew was there" in follow(desk, desk.post(f"{CASE}/close", note="crew was there"))
    assert "26-000001 is closed already" in text_of_page(desk.post(f"{CASE}/close"))
    assert "Opened again" in follow(desk, desk.post(f"{CASE}/reopen"))


def test_a_case_is_merged_and_set_free_again(desk: Desk, report: Callable[..., str]) -> None:
    report()
    other = report("12 Dudley St", phone=NEIGHBOR)
    merged = follow(desk, desk.post(f"/console/cases/{other}/merge", into="26000001"))
    assert "It stands as 26-000001 does" in merged
    assert "1 more resident" in text_of_page(desk.get(CASE))
    assert other in desk.get("/console/cases", state="merged").text
    assert "Merge undone" in follow(desk, desk.post(f"/console/cases/{other}/unmerge"))
    assert "0 more residents" in text_of_page(desk.get(CASE))
    assert "cannot be merged into itself" in text_of_page(desk.post(f"{CASE}/merge", into="26-000001"))
    assert "There is no case 26-000077" in text_of_page(desk.post(f"{CASE}/merge", into="26-000077"))


def test_a_message_about_two_things_is_split(desk: Desk, service: Service, report: Callable[..., str]) -> None:
    report()
    words = follow(desk, desk.post(f"{CASE}/split", service="Street light out", description="the lamp there is dark"))
    assert "cases: 26-000002" in words
    other = text_of_page(desk.get("/console/cases/26-000002"))
    assert "the lamp there is dark" in other
    assert "Opened by splitting another case" in other
    with Session(service.engine) as session:
        first, second = session.scalars(select(CaseTable).order_by(CaseTable.id))
        assert (first.message_id, first.contact_id, first.place) == (second.message_id, second.contact_id, second.place)


def test_only_who_leads_withdraws_a_case_and_then_no_list_shows_it(
    client: TestClient, service: Service, desk: Desk, report: Callable[..., str]
) -> None:
    report()
    assert "Withdraw 26-000001" not in desk.get(CASE).text
    assert desk.post(f"{CASE}/withdraw").status_code == 403
    leader = a_desk(client, service, Role.SUPERVISOR)
    words = follow(leader, leader.post(f"{CASE}/withdraw"))
    assert "Withdrawn: opened by mistake" in words
    assert client.get("/open311/v2/requests.json").json() == []
    assert client.get("/open311/v2/requests/26-000001.json").status_code == 404
    assert "26-000001" not in SmsPhone(client).send("status")
    assert "26-000001 was withdrawn" in text_of_page(leader.post(f"{CASE}/reopen"))


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST])
def test_who_does_not_talk_with_residents_sees_no_cases(
    client: TestClient, service: Service, report: Callable[..., str], role: Role
) -> None:
    report()
    other = a_desk(client, service, role)
    assert other.get("/console/cases").status_code == 403
    assert other.get(CASE).status_code == 403
    assert other.post(f"{CASE}/close").status_code == 403


def test_what_was_given_up_is_tried_again_from_the_page(
    desk: Desk, service: Service, outbox: HeldOutbox, report: Callable[..., str]
) -> None:
    report()
    desk.post(f"{CASE}/close")
    effect_id = outbox.effect_ids[-1]
    service.intake.store.mark_failed(effect_id, "the provider is away")
    service.delivery.give_up(effect_id)
    words = text_of_page(desk.get(CASE))
    assert "Telling a resident the news: given up" in words
    assert "the provider is away" in words
    assert "26-000001" in desk.get("/console/cases", state="failed").text
    assert "Put back to be delivered again" in follow(desk, desk.post(f"{CASE}/effects/{effect_id}"))
    assert outbox.effect_ids[-1] == effect_id
    with Session(service.engine) as session:
        assert session.get_one(EffectTable, effect_id).given_up_at is None
        names = session.scalars(select(CaseEventTable.name).order_by(CaseEventTable.id)).all()
    assert names[-1] == "tried_again"
    assert "not given up" in text_of_page(desk.post(f"{CASE}/effects/{effect_id}"))
    assert "nothing like that" in text_of_page(desk.post(f"{CASE}/effects/none"))
