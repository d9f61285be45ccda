"""What the delivery of work orders may expect of Cartegraph."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from routing.connectors.cartegraph import BasicLogin, CartegraphSettings, CartegraphWorkOrders, SessionLogin
from routing.connectors.cartegraph_fields import WorkOrderFields
from routing.connectors.ports import AssetSystem, Filed, ReceiverAwayError, ReceiverRefusedError, WorkOrderRecord
from tests.fake_cartegraph import ORG, PASSWORD, USER, FakeCartegraph

OPENED = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BASIC = BasicLogin(USER, PASSWORD)
SESSION = SessionLogin(USER, PASSWORD)


def order(correlation: str = "w-1", **changed: Any) -> WorkOrderRecord:
    record = WorkOrderRecord(
        correlation=correlation,
        case_number="26-000123",
        department="COB_PWDX",
        department_name="Street Lighting",
        issue="STLGHT",
        description="The lamp flickers all night",
        asset_class="street_light",
        asset="SL-0042",
        place="12 Main Street",
        latitude=42.35,
        longitude=-71.06,
        opened_at=OPENED,
        due_at=OPENED + timedelta(days=3),
    )
    return replace(record, **changed)


@pytest.fixture
def city() -> Iterator[FakeCartegraph]:
    with FakeCartegraph() as started:
        yield started


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=5) as started:
        yield started


def connect(city: FakeCartegraph, client: httpx2.Client, **changed: Any) -> CartegraphWorkOrders:
    settings = CartegraphSettings(city.url, ORG, BASIC, "Inspect", {"STLGHT": "Repair Light"}, {"street_light": "Light"})
    return CartegraphWorkOrders(replace(settings, **changed), client)


@pytest.fixture(params=[BASIC, SESSION], ids=["basic", "session"])
def system(request: pytest.FixtureRequest, city: FakeCartegraph, client: httpx2.Client) -> AssetSystem:
    return connect(city, client, login=request.param)


class TestAssetSystem:
    """What every system of work orders promises, whichever way we sign in."""

    def test_what_was_never_filed_is_not_found(self, system: AssetSystem) -> None:
        system.file(order("w-1"))
        assert system.find("w-2") is None

    def test_a_filed_work_order_is_found_by_our_correlation(self, system: AssetSystem) -> None:
        filed = system.file(order("w-1"))
        assert filed == system.find("w-1")
        assert filed.id
        assert filed.number

    def test_each_work_order_has_an_id_of_its_own(self, system: AssetSystem) -> None:
        assert system.file(order("w-1")) != system.file(order("w-2"))

    def test_a_work_order_that_a_crew_finishes_comes_back_closed_with_their_note(
        self, system: AssetSystem, city: FakeCartegraph
    ) -> None:
        filed = system.file(order("w-1"))
        done = OPENED + timedelta(hours=2)
        city.move("w-1", "completed", "New lamp put in", done)
        [change] = system.changes(OPENED)
        assert (change.correlation, change.id, change.changed_at) == ("w-1", filed.id, done)
        assert (change.status, change.is_open, change.note) == ("completed", False, "New lamp put in")

    def test_a_work_order_in_progress_is_open(self, system: AssetSystem, city: FakeCartegraph) -> None:
        system.file(order("w-1"))
        city.move("w-1", "In Progress", "", OPENED)
        assert [change.is_open for change in system.changes(OPENED)] == [True]

    def test_changes_come_oldest_first_and_only_since_the_asked_time(self, system: AssetSystem, city: FakeCartegraph) -> None:
        for hour in (3, 0, 2, 1):
            system.file(order(f"w-{hour}"))
            city.move(f"w-{hour}", "In Progress", "", OPENED + timedelta(hours=hour))
        since = OPENED + timedelta(hours=1, milliseconds=300)
        assert [change.correlation for change in system.changes(since)] == ["w-1", "w-2", "w-3"]


@pytest.fixture
def orders(city: FakeCartegraph, client: httpx2.Client) -> CartegraphWorkOrders:
    return connect(city, client)


def test_a_task_holds_what_a_crew_needs(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    filed = orders.file(order())
    [task] = city.tasks
    assert filed == Filed(str(task["Oid"]), task["IDField"])
    assert task["ActivityField"] == "Repair Light"
    assert task["TaskDescriptionField"] == "26-000123: The lamp flickers all night"
    assert (task["cgAssetTypeField"], task["cgAssetIDField"], task["cgAssetAndIdField"]) == ("Light", "SL-0042", "Light SL-0042")
    assert (task["StatusField"], task["DepartmentField"]) == ("Planned", "Street Lighting")


def test_a_task_stands_on_the_map(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order())
    place = {"Lat": 42.35, "Lng": -71.06}
    assert city.tasks[0]["CgShape"] == {"ShapeType": 1, "Points": [place], "Breaks": [], "Center": place}


def test_a_task_without_a_known_asset_and_place_names_none(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order(asset=None, latitude=None, longitude=None))
    assert city.tasks[0].keys().isdisjoint({"CgShape", "cgAssetTypeField", "cgAssetIDField", "cgAssetAndIdField"})


def test_an_asset_class_without_a_type_is_named_in_the_refusal(orders: CartegraphWorkOrders) -> None:
    with pytest.raises(ReceiverRefusedError, match=r"asset type .* 'bench'"):
        orders.file(order(asset_class="bench"))


def test_an_issue_without_an_activity_gets_the_general_one(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order(issue="TREE"))
    assert city.tasks[0]["ActivityField"] == "Inspect"


def test_case_number_and_deadline_go_to_fields_of_their_own_where_the_tenant_has_them(
    city: FakeCartegraph, client: httpx2.Client
) -> None:
    fields = WorkOrderFields(case_number="CaseNumberField", due="DueField", issue="")
    connect(city, client, fields=fields).file(order())
    [task] = city.tasks
    assert (task["CaseNumberField"], task["DueField"]) == ("26-000123", "2026-11-26T15:00:00Z")
    assert task["TaskDescriptionField"] == "The lamp flickers all night"
    assert "RequestIssueField" not in task


@pytest.mark.parametrize("text", ["O'Brien", 'the "old" lamp', """'"']) OR ([Status] = "Planned""", "a\\b, ñ & 路灯 100%"])
def test_apostrophes_and_quotes_arrive_and_are_found(text: str, city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order("another"))
    filed = orders.file(order(text, description=text, place=text))
    assert (city.tasks[1]["RequestLocationField"], city.tasks[1]["TaskDescriptionField"]) == (text, f"26-000123: {text}")
    assert orders.find(text) == filed


def test_a_filter_answered_with_another_task_is_refused(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order("w-1"))
    city.ignores_filters = True
    with pytest.raises(ReceiverRefusedError, match="RequestIDField was answered with another record"):
        orders.find("w-2")


def test_a_field_that_the_tenant_lacks_is_named_before_anything_is_sent(city: FakeCartegraph, client: httpx2.Client) -> None:
    orders = connect(city, client, correlation_field="OurNumberField")
    with pytest.raises(ReceiverRefusedError, match="'OurNumberField' is not a field of cgTasksClass; mend the map"):
        orders.file(order())
    assert city.tasks == []


def test_the_metadata_are_read_once(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order())
    orders.find("w-1")
    orders.changes(OPENED)
    assert len([asked for asked in city.asked if "/meta/" in asked]) == 1


def test_one_session_serves_many_calls_and_is_renewed_when_it_ends(city: FakeCartegraph, client: httpx2.Client) -> None:
    orders = connect(city, client, login=SESSION)
    orders.file(order("w-1"))
    orders.find("w-1")
    assert city.logins == 1
    city.session_calls = 2
    filed = orders.file(order("w-2"))
    assert city.logins == 2
    assert orders.find("w-2") == filed
    assert [task["RequestIDField"] for task in city.tasks] == ["w-1", "w-2"]


@pytest.mark.parametrize("login", [BasicLogin(USER, "wrong"), SessionLogin(USER, "wrong")], ids=["basic", "session"])
def test_a_wrong_password_is_never_tried_again_nor_told(
    login: BasicLogin | SessionLogin, city: FakeCartegraph, client: httpx2.Client
) -> None:
    with pytest.raises(ReceiverRefusedError) as caught:
        connect(city, client, login=login).find("w-1")
    assert "wrong" not in f"{caught.value} {login}"


def test_a_session_that_is_refused_at_once_is_renewed_only_once(city: FakeCartegraph, client: httpx2.Client) -> None:
    city.session_calls = 0
    with pytest.raises(ReceiverRefusedError, match="status 401"):
        connect(city, client, login=SESSION).find("w-1")
    assert city.logins == 2


def test_a_task_whose_answer_was_lost_is_found_and_not_filed_twice(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    city.lose_share = 1.0
    with pytest.raises(ReceiverAwayError):
        orders.file(order("w-1"))
    found = orders.find("w-1")
    assert found == Filed(str(city.tasks[0]["Oid"]), city.tasks[0]["IDField"])


def test_every_task_is_filed_once_through_failures_and_lost_answers(client: httpx2.Client) -> None:
    with FakeCartegraph(seed=7) as city:
        city.fail_share = city.lose_share = 0.3
        orders = connect(city, client, login=SESSION)
        for number in range(20):
            file_at_last(orders, f"w-{number}")
    assert [task["RequestIDField"] for task in city.tasks] == [f"w-{number}" for number in range(20)]


def file_at_last(orders: CartegraphWorkOrders, correlation: str) -> Filed:
    for _ in range(50):
        try:
            return orders.find(correlation) or orders.file(order(correlation))
        except ReceiverAwayError:
            continue
    raise AssertionError("never filed")


def test_a_refused_field_is_named_without_the_residents_words(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    city.activities = frozenset({"Inspect"})
    with pytest.raises(ReceiverRefusedError, match=r"status 400: .*ActivityField: Repair Light is not in the list") as caught:
        orders.file(order(case_number="9" * 500))
    assert "flickers" not in str(caught.value)
    assert len(str(caught.value)) < 240


@pytest.mark.parametrize(
    ("status", "error"),
    [(status, ReceiverAwayError) for status in (201, 204, 429, 500, 503)]
    + [(status, ReceiverRefusedError) for status in (302, 400, 403, 404)],
)
def test_only_an_answer_that_says_nothing_for_sure_is_tried_again(
    status: int, error: type[Exception], city: FakeCartegraph, orders: CartegraphWorkOrders
) -> None:
    city.fail_share, city.fail_status = 1.0, status
    with pytest.raises(error, match=f"Cartegraph: status {status}"):
        orders.find("w-1")


def test_a_slow_cartegraph_is_tried_again(city: FakeCartegraph) -> None:
    city.delay_seconds = 0.2
    with httpx2.Client(timeout=0.05) as hasty, pytest.raises(ReceiverAwayError, match="Timeout"):
        connect(city, hasty).find("w-1")


def test_a_cartegraph_that_is_down_is_tried_again(client: httpx2.Client) -> None:
    with FakeCartegraph() as city:
        orders = connect(city, client)
    with pytest.raises(ReceiverAwayError, match="ConnectError"):
        orders.find("w-1")


def test_changes_are_read_over_many_pages_each_once(city: FakeCartegraph, client: httpx2.Client) -> None:
    orders = connect(city, client, page_size=3)
    for number in range(10):
        orders.file(order(f"w-{number}"))
    assert sorted(change.correlation for change in orders.changes(OPENED)) == [f"w-{number}" for number in range(10)]


def test_old_pages_are_not_read(city: FakeCartegraph, client: httpx2.Client) -> None:
    orders = connect(city, client, page_size=3)
    for number in range(10):
        orders.file(order(f"w-{number}"))
    city.move("w-4", "In Progress", "", OPENED + timedelta(hours=1))
    city.asked.clear()
    assert [change.correlation for change in orders.changes(OPENED + timedelta(minutes=30))] == ["w-4"]
    assert len(city.asked) == 1


def test_tasks_that_the_office_made_itself_are_not_ours(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    orders.file(order("w-1"))
    city.tasks[0]["RequestIDField"] = None
    assert list(orders.changes(OPENED)) == []


def test_times_without_an_offset_are_of_the_tenants_zone(city: FakeCartegraph, client: httpx2.Client) -> None:
    city.zone = ZoneInfo("America/New_York")
    orders = connect(city, client, time_zone="America/New_York")
    orders.file(order())
    assert [change.changed_at for change in orders.changes(OPENED)] == [OPENED]


def test_a_photo_is_kept_with_its_task(city: FakeCartegraph, orders: CartegraphWorkOrders) -> None:
    filed = orders.file(order())
    orders.attach(filed, "O'Brien's \"lamp\" 1.jpg", "image/jpeg", b"\xff\xd8photo")
    assert city.attachments == [(filed.id, "O'Brien's \"lamp\" 1.jpg", "image/jpeg", b"\xff\xd8photo")]
