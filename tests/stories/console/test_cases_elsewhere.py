"""Cases at the console of a city with a CRM and an asset system: what is there, what is not yet, and what never will be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.console.access import Role
from intake.effects import FileCase, FileWorkOrder
from intake.errors import Retryable
from intake.settings import Settings
from routing.comprehension import Comprehension
from tests.city_hall import CityHall, city_hall
from tests.conftest import Clock
from tests.desk import a_desk, text_of_page

CASE = "/console/cases/26-000001"


@pytest.fixture
def hall(settings: Settings, understanding: Comprehension, clock: Clock, tmp_path: Path) -> Iterator[CityHall]:
    with city_hall(settings, understanding, clock, tmp_path) as built:
        yield built


def test_a_case_that_the_crm_does_not_have_says_why_until_it_has(hall: CityHall) -> None:
    desk = a_desk(hall.client, hall.service)
    hall.creatio.fail_share = 1.0
    hall.report_a_dark_lamp()
    assert "Not yet in creatio: it waits for its turn" in text_of_page(desk.get(CASE))
    with pytest.raises(Retryable):
        hall.deliver(FileCase)
    assert "Not yet in creatio: tried once, last error:" in text_of_page(desk.get(CASE))
    assert "26-000001" in desk.get("/console/cases", state="not_filed").text
    (effect_id,) = hall.effects(FileCase)
    hall.service.delivery.give_up(effect_id)
    assert "Not in creatio: given up after being tried once" in text_of_page(desk.get(CASE))
    assert "26-000001" in desk.get("/console/cases", state="failed").text

    hall.creatio.fail_share = 0.0
    desk.post(f"{CASE}/effects/{effect_id}")
    hall.deliver(FileCase)
    hall.deliver(FileWorkOrder)

    words = text_of_page(desk.get(CASE))
    assert f"In creatio as {hall.creatio.cases[0]['Number']}" in words
    assert "open here; in cartegraph as" in words
    assert "Filed in the CRM by creatio" in words
    assert "No case is like that" in desk.get("/console/cases", state="not_filed").text


def test_a_withdrawn_case_reaches_no_other_system(hall: CityHall) -> None:
    hall.report_a_dark_lamp()
    desk = a_desk(hall.client, hall.service, Role.SUPERVISOR)
    desk.post(f"{CASE}/withdraw")
    hall.deliver(FileCase)
    assert (hall.creatio.cases, hall.effects(FileWorkOrder)) == ([], [])
    assert "it will not be: it was withdrawn" in text_of_page(desk.get(CASE))


def test_another_departments_task_reaches_the_asset_system(hall: CityHall) -> None:
    hall.report_a_dark_lamp()
    hall.deliver(FileCase)
    desk = a_desk(hall.client, hall.service)
    department = next(iter(hall.service.intake.city.catalog.departments))
    desk.post(f"{CASE}/tasks", department=department, asset_class="street_light")
    hall.deliver(FileWorkOrder)
    assert [task["RequestIDField"] for task in hall.cartegraph.tasks] == ["boston-26-000001-W1", "boston-26-000001-W2"]
    assert "is done when cartegraph says so" in text_of_page(desk.post(f"{CASE}/tasks/2/done"))
