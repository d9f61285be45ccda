"""Cases reach the CRM and the crew, once each and in order, and their news come back to the resident."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import CaseLinkTable, WorkOrderTable
from intake.effects import FileCase, FileWorkOrder, TellCaseNews
from intake.errors import Permanent, Retryable
from intake.settings import Settings
from intake.tables import CaseEventTable, CaseTable
from intake.wiring import Service
from routing.comprehension import Comprehension
from tests.city_hall import CityHall, city_hall
from tests.conftest import Clock
from tests.twilio import PHONE, SmsPhone


@pytest.fixture
def hall(settings: Settings, understanding: Comprehension, clock: Clock, tmp_path: Path) -> Iterator[CityHall]:
    with city_hall(settings, understanding, clock, tmp_path) as built:
        yield built


def test_an_opened_case_is_filed_in_the_crm_and_then_becomes_a_work_order(hall: CityHall) -> None:
    hall.report_a_dark_lamp()
    # The crew's work waits for the CRM.
    assert (len(hall.effects(FileCase)), hall.effects(FileWorkOrder)) == (1, [])
    hall.deliver(FileCase)
    hall.deliver(FileWorkOrder)
    (case,) = hall.creatio.cases
    (task,) = hall.cartegraph.tasks
    assert case["UsrCorrelation"] == "boston-26-000001"
    assert task["RequestIDField"] == "boston-26-000001-W1"
    with Session(hall.service.engine) as session:
        link, order = session.scalars(select(CaseLinkTable)).one(), session.scalars(select(WorkOrderTable)).one()
        assert (link.remote_id, link.remote_number) == (case["Id"], case["Number"])
        assert order.remote_id == str(task["Oid"])
        names = [event.name for event in session.scalars(select(CaseEventTable).order_by(CaseEventTable.id))]
    assert names == ["opened", "filed", "work_order_filed"]


def test_delivering_twice_files_once(hall: CityHall) -> None:
    hall.report_a_dark_lamp()
    for _ in range(2):
        hall.deliver(FileCase)
        hall.deliver(FileWorkOrder)
    assert (len(hall.creatio.cases), len(hall.cartegraph.tasks)) == (1, 1)
    assert len(hall.effects(FileWorkOrder)) == 1


def test_a_lost_answer_is_found_again_and_not_filed_twice(hall: CityHall) -> None:
    hall.report_a_dark_lamp()
    hall.creatio.lose_share = 1.0
    with pytest.raises(Retryable):
        hall.deliver(FileCase)
    hall.creatio.lose_share = 0.0
    hall.deliver(FileCase)
    assert len(hall.creatio.cases) == 1


def test_a_crm_that_is_away_is_tried_again_and_holds_up_no_answer(hall: CityHall) -> None:
    hall.creatio.fail_share = 1.0
    hall.report_a_dark_lamp()
    with pytest.raises(Retryable):
        hall.deliver(FileCase)
    assert "26-000001" in hall.phone.send("status")


def test_a_wrong_password_is_given_up_with_an_alert(hall: CityHall) -> None:
    hall.creatio.look_ups["CaseOrigin"].clear()
    hall.report_a_dark_lamp()
    with pytest.raises(Permanent):
        hall.deliver(FileCase)
    (effect_id,) = hall.effects(FileCase)
    hall.service.delivery.give_up(effect_id)
    assert hall.service.intake.store.backlog(hall.service.clock()).effects_given_up == 1


def test_when_the_crm_closes_a_case_the_resident_hears_it_once(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    clock.pass_hours(2)
    hall.creatio.move("boston-26-000001", "Resolved", clock.now)
    clock.pass_hours(1)
    assert hall.service.delivery.receivers.poll() == 1
    assert hall.service.delivery.receivers.poll() == 0
    hall.deliver(TellCaseNews)
    hall.deliver(TellCaseNews)
    (text,) = hall.twilio.sent
    assert text["To"] == PHONE
    assert "Case 26-000001, Street light out: closed on" in text["Body"]
    with Session(hall.service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
    assert case.status == "closed"
    assert case.closed_at is not None
    assert case.closed_at.astimezone(UTC) == clock.now - timedelta(hours=1)


def test_who_joined_a_case_hears_its_news_in_their_own_language(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    neighbor = SmsPhone(hall.client, "+16175550177")
    for said in ("la luz de la calle está apagada", "450 Blue Hill Ave", "sí"):
        neighbor.send(said)
    clock.pass_hours(2)
    hall.creatio.move("boston-26-000001", "Resolved", clock.now)
    hall.service.delivery.receivers.poll()
    hall.deliver(TellCaseNews)
    told = {text["To"]: text["Body"] for text in hall.twilio.sent}
    assert "closed on" in told[PHONE]
    assert "cerrad" in told["+16175550177"]


def test_news_of_the_night_wait_until_morning(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    # 10 a.m. and twelve hours more: ten in the evening.
    clock.pass_hours(12)
    hall.creatio.move("boston-26-000001", "Closed", clock.now)
    assert hall.service.delivery.receivers.poll() == 1
    assert hall.outbox.delays[-1] == pytest.approx(10 * 3600)


def test_a_case_opened_again_is_told_too(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    for status in ("Closed", "Reopened"):
        clock.pass_hours(1)
        hall.creatio.move("boston-26-000001", status, clock.now)
        assert hall.service.delivery.receivers.poll() == 1
    with Session(hall.service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
    assert (case.status, case.closed_at) == ("open", None)


def test_a_crew_that_is_done_closes_the_task_and_leaves_the_case_to_the_crm(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    hall.deliver(FileWorkOrder)
    clock.pass_hours(5)
    hall.cartegraph.move("boston-26-000001-W1", "Completed", "", clock.now)
    hall.service.delivery.receivers.poll()
    with Session(hall.service.engine) as session:
        assert session.scalars(select(WorkOrderTable.status)).one() == "done"
        assert session.scalars(select(CaseTable.status)).one() == "open"


def test_who_opted_out_hears_nothing(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.phone.send("STOP")
    hall.deliver(FileCase)
    clock.pass_hours(1)
    hall.creatio.move("boston-26-000001", "Closed", clock.now)
    assert hall.service.delivery.receivers.poll() == 1
    hall.deliver(TellCaseNews)
    assert hall.twilio.sent == []


def test_a_system_that_is_away_is_polled_again_later(hall: CityHall, clock: Clock) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    clock.pass_hours(1)
    hall.creatio.move("boston-26-000001", "Closed", clock.now)
    hall.creatio.fail_share = 1.0
    assert hall.service.delivery.receivers.poll() == 0
    hall.creatio.fail_share = 0.0
    assert hall.service.delivery.receivers.poll() == 1


def test_without_other_systems_the_work_order_lives_in_the_database(
    service: Service, client: TestClient, outbox: HeldOutbox
) -> None:
    phone = SmsPhone(client)
    for said in ("the street light is out", "450 Blue Hill Ave", "yes"):
        phone.send(said)
    assert outbox.effect_ids == []
    with Session(service.engine) as session:
        order = session.scalars(select(WorkOrderTable)).one()
        assert (order.status, order.system, order.asset_class) == ("open", "", "street_light")
        assert session.scalars(select(CaseLinkTable)).all() == []
