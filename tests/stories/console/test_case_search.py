"""Cases are found at the console."""

from collections.abc import Callable

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console_tables import AuditTable
from intake.tables import CaseTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.desk import Desk, a_desk, text_of_page

CASE = "/console/cases/26-000001"
NEIGHBOR = "+16175550177"


def follow(desk: Desk, answer: Response) -> str:
    """The words of the page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return text_of_page(desk.get(answer.headers["location"]))


def audited(service: Service) -> list[tuple[str, str]]:
    with Session(service.engine) as session:
        return [(row.name, row.about) for row in session.scalars(select(AuditTable).order_by(AuditTable.id))]


def test_a_case_is_found_by_its_number_with_or_without_the_hyphen(desk: Desk, report: Callable[..., str]) -> None:
    report()
    for number in ("26-000001", "26000001", " #26-000001 "):
        assert desk.get("/console/cases", number=number).headers["location"] == CASE
    assert "26-000001" in text_of_page(desk.get("/console/cases", number="1"))


def test_a_case_is_found_by_phone_and_the_number_stands_nowhere(desk: Desk, service: Service, report: Callable[..., str]) -> None:
    report()
    report("12 Dudley St", phone=NEIGHBOR)
    answer = desk.post("/console/cases/contact", contact_words="(617) 555-0177")
    location = answer.headers["location"]
    assert "555" not in location
    path, contact = location.split("?contact=")
    page = desk.get(path, contact=contact)
    assert "26-000002" in page.text
    assert "26-000001" not in page.text
    assert "5550177" not in page.text.replace("-", "").replace(" ", "")
    assert audited(service)[-1][0] == "contact_searched"
    assert "Only whoever was searched for" in page.text


def test_a_phone_that_nobody_wrote_from_is_said_so_without_repeating_it(desk: Desk, report: Callable[..., str]) -> None:
    report()
    page = desk.post("/console/cases/contact", contact_words="617-555-0100")
    assert "Nobody has written or called from there" in page.text
    assert "0100" not in page.text
    assert "26-000001" not in page.text
    assert "area code" in desk.post("/console/cases/contact", contact_words="555").text


def test_cases_are_found_by_place_service_department_state_language_channel_and_day(
    desk: Desk, report: Callable[..., str]
) -> None:
    report()
    report("12 Dudley St", phone=NEIGHBOR, said="the street light is out")
    for field, value, number, other in (
        ("place", "dudley", "26-000002", "26-000001"),
        ("service", "pothole", "26-000001", "26-000002"),
        ("service", "REQPOTHL", "26-000001", "26-000002"),
    ):
        page = desk.get("/console/cases", **{field: value}).text
        assert number in page
        assert other not in page
    everywhere = {"state": "open", "language": "en", "channel": "sms", "from": "2026-11-23", "to": "2026-11-23"}
    assert "2 cases." in text_of_page(desk.get("/console/cases", **everywhere))
    for field, value in (("state", "late"), ("language", "es"), ("channel", "chat"), ("from", "2026-11-24"), ("state", "failed")):
        assert "No case is like that" in desk.get("/console/cases", **{field: value}).text


def test_late_cases_say_how_late_they_are(client: TestClient, service: Service, report: Callable[..., str], clock: Clock) -> None:
    report()
    clock.pass_hours(24 * 60)
    assert "late by" in a_desk(client, service).get("/console/cases", state="late").text


def test_what_cannot_be_read_is_said_and_the_form_keeps_what_was_typed(desk: Desk) -> None:
    page = desk.get("/console/cases", number="twelve", service="unicorns", **{"from": "yesterday"}, place="Dudley")
    words = text_of_page(page)
    assert page.status_code == 422
    assert "A case number looks like 26-000123" in words
    assert "No service is called “unicorns”" in words
    assert "“yesterday” is no day" in words
    assert 'value="Dudley"' in page.text


def test_pages_follow_each_other_while_new_cases_arrive(desk: Desk, service: Service, report: Callable[..., str]) -> None:
    report()
    with Session(service.engine) as session, session.begin():
        case = session.scalars(select(CaseTable)).one()
        kept = {column.key: getattr(case, column.key) for column in CaseTable.__table__.columns}
        for i in range(2, 62):
            urgent = "urgent" if i == 30 else kept["priority"]
            session.add(CaseTable(**{**kept, "id": i, "number": f"26-{i:06d}", "token": str(i), "priority": urgent}))
    first = desk.get("/console/cases")
    assert "61 cases, 50 on this page" in text_of_page(first)
    assert first.text.index("26-000061") < first.text.index("26-000012")
    older = desk.get("/console/cases", after="12").text
    assert "26-000011" in older
    assert "26-000012" not in older
    urgent_first = desk.get("/console/cases", order="urgent").text
    assert urgent_first.index("26-000030") < urgent_first.index("26-000001")
    after_fifty = desk.get("/console/cases", order="urgent", after="50").text
    assert "26-000051" in after_fifty
    assert "26-000030" not in after_fifty
