"""What the delivery relies on in every CaseSystem, and how Creatio's own ways are met."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx2
import pytest

from routing.connectors.creatio import CookieLogin, CreatioCases, CreatioSettings, OAuthLogin
from routing.connectors.ports import CaseRecord, CaseSystem, ReceiverAwayError, ReceiverRefusedError
from tests.fake_creatio import CLIENT_ID, CLIENT_SECRET, NOTHING, PASSWORD, USER, Answer, FakeCreatio

LOGIN = CookieLogin(USER, PASSWORD)
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RECORD = CaseRecord(
    correlation="11111111-2222-4333-8444-555555555555",
    number="26-000123",
    service="pothole",
    service_name="Pothole",
    department="PWD",
    department_name="Public Works",
    priority="high",
    description="A deep hole",
    place="12 Beacon Street",
    latitude=42.3579,
    longitude=-71.0637,
    language="en",
    channel="sms",
    opened_at=NOON,
    due_at=NOON + timedelta(days=2),
)

Connect = Callable[..., CreatioCases]


class Staff(Protocol):
    """The people at the other system, as a fake of it plays them."""

    def move(self, correlation: str, status: str, at: datetime, *, note: str = "") -> None: ...


@dataclass(frozen=True)
class Receiver:
    """A CaseSystem with its people, and two of its words for a case's state."""

    system: CaseSystem
    staff: Staff
    open_status: str
    closed_status: str


@pytest.fixture
def creatio() -> Iterator[FakeCreatio]:
    with FakeCreatio() as started:
        yield started


@pytest.fixture
def connect(creatio: FakeCreatio) -> Iterator[Connect]:
    """Connects to Creatio with settings that a test changes."""
    with ExitStack() as clients:

        def build(**changes: Any) -> CreatioCases:
            client = clients.enter_context(httpx2.Client(trust_env=False))
            settings = CreatioSettings(base_url=creatio.url, login=LOGIN, origin_name="311")
            return CreatioCases(replace(settings, **changes), client)

        yield build


@pytest.fixture
def cases(connect: Connect) -> CreatioCases:
    return connect()


@pytest.fixture(params=["creatio by cookie", "creatio by OAuth"])
def receiver(request: pytest.FixtureRequest, creatio: FakeCreatio, connect: Connect) -> Receiver:
    login = LOGIN if request.param == "creatio by cookie" else OAuthLogin(creatio.token_url, CLIENT_ID, CLIENT_SECRET)
    return Receiver(connect(login=login), creatio, open_status="In progress", closed_status="Closed")


class TestCaseSystem:
    """What every CaseSystem promises; a further one is a further `receiver`."""

    def test_a_case_that_was_never_filed_is_not_found(self, receiver: Receiver) -> None:
        assert receiver.system.find("never filed") is None

    def test_a_filed_case_is_found_by_its_correlation(self, receiver: Receiver) -> None:
        filed = receiver.system.file(RECORD)
        assert receiver.system.find(RECORD.correlation) == filed
        assert filed.id
        assert filed.number

    def test_each_case_is_found_as_itself(self, receiver: Receiver) -> None:
        receiver.system.file(RECORD)
        other = receiver.system.file(replace(RECORD, correlation="O'Brien & Söhne + 50 %"))
        assert receiver.system.find("O'Brien & Söhne + 50 %") == other

    def test_a_change_says_what_staff_did_and_when(self, receiver: Receiver) -> None:
        filed = receiver.system.file(RECORD)
        receiver.staff.move(RECORD.correlation, receiver.open_status, NOON, note="A crew comes on Monday")
        (change,) = receiver.system.changes(NOON)
        assert (change.correlation, change.id, change.status) == (RECORD.correlation, filed.id, receiver.open_status)
        assert (change.is_open, change.note, change.changed_at) == (True, "A crew comes on Monday", NOON)

    def test_a_closed_case_is_not_open(self, receiver: Receiver) -> None:
        receiver.system.file(RECORD)
        receiver.staff.move(RECORD.correlation, receiver.closed_status, NOON)
        assert [change.is_open for change in receiver.system.changes(NOON)] == [False]

    def test_a_change_before_the_asked_moment_is_not_told(self, receiver: Receiver) -> None:
        receiver.system.file(RECORD)
        receiver.staff.move(RECORD.correlation, receiver.open_status, NOON)
        assert not list(receiver.system.changes(NOON + MINUTE))

    def test_changes_come_oldest_first(self, receiver: Receiver) -> None:
        for name, minutes in (("later", 2), ("first", 1), ("last", 3)):
            receiver.system.file(replace(RECORD, correlation=name))
            receiver.staff.move(name, receiver.open_status, NOON + minutes * MINUTE)
        assert [change.correlation for change in receiver.system.changes(NOON)] == ["first", "later", "last"]


class TestFiling:
    def test_staff_see_the_place_the_origin_and_the_priority(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        cases.file(RECORD)
        (case,) = creatio.cases
        assert case["Subject"] == "26-000123 Pothole, 12 Beacon Street"
        assert "Coordinates: 42.357900, -71.063700" in case["Symptoms"]
        assert case["OriginId"] == creatio.look_ups["CaseOrigin"]["311"]
        assert case["PriorityId"] == creatio.look_ups["CasePriority"]["High"]
        assert case["RegisteredOn"] == "2026-11-23T17:00:00.000000Z"

    def test_a_residents_words_cannot_become_html(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        cases.file(replace(RECORD, description="O'Brien's <script>alert(1)</script>\n& more"))
        symptoms = creatio.cases[0]["Symptoms"]
        assert symptoms.startswith("<p>O'Brien's &lt;script&gt;alert(1)&lt;/script&gt;<br>&amp; more</p>")

    def test_a_case_without_coordinates_is_filed(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        cases.file(replace(RECORD, latitude=None, longitude=None))
        assert "Coordinates" not in creatio.cases[0]["Symptoms"]

    @pytest.mark.parametrize(
        ("service", "department", "category"),
        [("pothole", "Parks", "Pothole"), ("Loose cable", "Public Works", "Public Works"), ("Loose cable", "Parks", NOTHING)],
    )
    def test_the_category_is_the_services_or_the_departments(
        self, service: str, department: str, category: str, cases: CreatioCases, creatio: FakeCreatio
    ) -> None:
        cases.file(replace(RECORD, service_name=service, department_name=department))
        assert creatio.cases[0]["CategoryId"] == creatio.look_ups["CaseCategory"].get(category, NOTHING)

    @pytest.mark.parametrize("status", [200, 201, 204])
    def test_the_number_is_known_after_any_success(self, status: int, cases: CreatioCases, creatio: FakeCreatio) -> None:
        creatio.created = status
        assert cases.file(RECORD).number == "SR00000001"

    def test_a_lost_answer_leaves_a_case_that_is_found(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        cases.file(replace(RECORD, correlation="before the line went bad"))
        creatio.lose_share = 1.0
        with pytest.raises(ReceiverAwayError):
            cases.file(RECORD)
        creatio.lose_share = 0.0
        found = cases.find(RECORD.correlation)
        assert found is not None
        assert [case["Id"] for case in creatio.cases[1:]] == [found.id]

    def test_on_a_bad_line_every_case_is_filed_once(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        creatio.fail_share = creatio.lose_share = 0.3
        names = [f"case {number}" for number in range(10)]
        for name in names:
            file_at_last(cases, replace(RECORD, correlation=name))
        assert [case["UsrCorrelation"] for case in creatio.cases] == names

    def test_of_two_cases_the_older_is_found(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        for minutes in (3, 5, 2, 4, 1, 6):
            creatio.add({"UsrCorrelation": "ours", "Number": f"made after {minutes}"}, at=NOON + minutes * MINUTE)
        found = cases.find("ours")
        assert found is not None
        assert found.number == "made after 1"


def file_at_last(cases: CreatioCases, record: CaseRecord) -> None:
    for _ in range(100):
        try:
            if cases.find(record.correlation) is None:
                cases.file(record)
        except ReceiverAwayError:
            continue
        return
    pytest.fail("filed in vain")


class TestLookUps:
    def test_a_missing_priority_is_refused_by_name(self, connect: Connect) -> None:
        with pytest.raises(ReceiverRefusedError, match="no CasePriority named 'Very high'"):
            connect(priorities={"high": "Very high"}).file(RECORD)

    def test_a_priority_without_a_name_is_refused(self, connect: Connect) -> None:
        with pytest.raises(ReceiverRefusedError, match="our priority 'high'"):
            connect(priorities={}).file(RECORD)

    def test_a_misspelt_closed_status_is_refused_by_name(self, connect: Connect) -> None:
        with pytest.raises(ReceiverRefusedError, match="no CaseStatus named 'Cancelled'"):
            list(connect(closed_statuses=frozenset({"Cancelled"})).changes(NOON))

    def test_a_name_that_staff_add_later_is_found(self, connect: Connect, creatio: FakeCreatio) -> None:
        cases = connect(origin_name="City app")
        with pytest.raises(ReceiverRefusedError, match="no CaseOrigin named 'City app'"):
            cases.file(RECORD)
        creatio.look_ups["CaseOrigin"]["City app"] = "00000000-0000-4000-8000-000000000001"
        cases.file(RECORD)
        assert creatio.cases[0]["OriginId"] == "00000000-0000-4000-8000-000000000001"

    def test_look_ups_are_read_once(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        for name in ("one", "two", "three"):
            cases.file(replace(RECORD, correlation=name))
        read = [asked.path for asked in creatio.asked if asked.method == "GET"]
        assert sorted(read) == ["/0/odata/CaseCategory", "/0/odata/CaseOrigin", "/0/odata/CasePriority"]


class TestChanges:
    def test_closed_statuses_are_told_in_any_case(self, connect: Connect, creatio: FakeCreatio) -> None:
        creatio.add({"UsrCorrelation": "ours"})
        creatio.move("ours", "Resolved", NOON)
        (change,) = connect(closed_statuses=frozenset({"RESOLVED"})).changes(NOON)
        assert (change.status, change.is_open) == ("Resolved", False)

    def test_other_peoples_cases_are_not_told(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        creatio.add({"Subject": "a call"}, at=NOON)
        assert not list(cases.changes(NOON))

    def test_a_note_is_told_without_its_html(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        creatio.add({"UsrCorrelation": "ours"})
        creatio.move("ours", "Closed", NOON, note="<p>Filled&nbsp;today.</p><p>Thanks,<br>Ann O&#39;Brien &amp; crew</p>")
        assert [change.note for change in cases.changes(NOON)] == ["Filled today.\nThanks,\nAnn O'Brien & crew"]

    @pytest.mark.parametrize("page_size", [2, 3, 4, 7])
    def test_all_cases_of_a_moment_are_told_once(self, page_size: int, connect: Connect, creatio: FakeCreatio) -> None:
        moments = [NOON, *[NOON + MINUTE] * 11, NOON + 2 * MINUTE, *[NOON + 3 * MINUTE] * 6]
        for number, moment in enumerate(moments):
            creatio.add({"UsrCorrelation": f"case {number}"}, at=moment)
        told = [change.correlation for change in connect(page_size=page_size).changes(NOON)]
        assert len(told) == len(moments)
        assert set(told) == {f"case {number}" for number in range(len(moments))}

    @pytest.mark.parametrize("count", range(1, 5))
    def test_cases_that_move_meanwhile_hide_no_others(self, count: int, connect: Connect, creatio: FakeCreatio) -> None:
        names = {creatio.add({"UsrCorrelation": f"case {number}"}, at=NOON)["UsrCorrelation"] for number in range(9)}
        changes = iter(connect(page_size=3).changes(NOON))
        told = [next(changes) for _ in range(4)]
        moved = {change.correlation for change in told[:count]}
        for name in moved:
            creatio.move(name, "Closed", NOON + MINUTE)
        told += changes
        assert {change.correlation for change in told} == names
        assert {change.correlation for change in told if not change.is_open} == moved

    def test_a_moment_is_told_with_all_its_digits(self, cases: CreatioCases, creatio: FakeCreatio) -> None:
        case = creatio.add({"UsrCorrelation": "ours"})
        case["ModifiedOn"] = "2026-11-23T17:00:00.1234567Z"
        (change,) = cases.changes(NOON)
        assert change.changed_at == NOON.replace(microsecond=123456)
        assert len(list(cases.changes(change.changed_at))) == 1


class TestInstallations:
    def test_an_installation_without_the_prefix_is_served(self) -> None:
        with FakeCreatio(path_prefix="", column="CtyRef") as creatio, httpx2.Client(trust_env=False) as client:
            settings = CreatioSettings(f"{creatio.url}/", LOGIN, "311", path_prefix="", correlation_column="CtyRef")
            cases = CreatioCases(settings, client)
            filed = cases.file(RECORD)
            assert cases.find(RECORD.correlation) == filed
            assert creatio.asked[-1].path == "/odata/Case"

    def test_a_wrong_prefix_is_refused(self, connect: Connect) -> None:
        with pytest.raises(ReceiverRefusedError, match="Creatio answered 404"):
            connect(path_prefix="").find("never filed")

    def test_a_column_that_was_never_added_is_refused_on_filing(self, connect: Connect) -> None:
        with pytest.raises(ReceiverRefusedError, match="'UsrOther' does not exist"):
            connect(correlation_column="UsrOther").file(RECORD)

    def test_a_column_that_was_never_added_looks_like_an_outage_on_finding(self, connect: Connect) -> None:
        with pytest.raises(ReceiverAwayError, match="Creatio answered 500"):
            connect(correlation_column="UsrOther").find("never filed")

    @pytest.mark.parametrize("page_size", [1, 1001])
    def test_an_impossible_page_is_refused_at_once(self, page_size: int, connect: Connect) -> None:
        with pytest.raises(ValueError, match=f"page_size is {page_size}"):
            connect(page_size=page_size)

    @pytest.mark.parametrize("body", [None, {"value": None}, {"Code": 0}])
    def test_an_answer_without_rows_is_no_missing_case(self, body: Any, cases: CreatioCases, creatio: FakeCreatio) -> None:
        creatio.fail_next = [Answer(200, body)]
        with pytest.raises(ReceiverAwayError, match="without rows of Case"):
            cases.find("never filed")
