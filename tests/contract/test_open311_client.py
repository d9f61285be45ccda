"""What a city's Open311 endpoint is asked, and what is made of its answers, in both formats."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from routing.connectors.open311 import FromRecord, Open311Cases, Open311Settings
from routing.connectors.ports import CaseRecord, CaseSystem, ConnectorError, Filed, ReceiverAwayError, ReceiverRefusedError
from tests.fake_open311 import FakeOpen311

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
RECORD = CaseRecord(
    correlation="case-1",
    number="2026-000001",
    service="pothole",
    service_name="Pothole",
    department="works",
    department_name="Public Works",
    priority="normal",
    description="A deep hole.",
    place="12 Main Street",
    latitude=42.35,
    longitude=-71.06,
    language="en",
    channel="sms",
    opened_at=NOW,
    due_at=NOW + timedelta(days=3),
)

Endpoint = Callable[..., tuple[FakeOpen311, Open311Cases]]


@pytest.fixture(params=[("json", "xml"), ("xml",)], ids=["json", "xml"])
def endpoint(request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """Start an endpoint, with both formats or the mandatory XML only, and our side of it; `ours` are settings, the rest is the endpoint's."""
    with ExitStack() as stack:

        def start(*, ours: dict[str, Any] | None = None, **theirs: Any) -> tuple[FakeOpen311, Open311Cases]:
            fake = stack.enter_context(FakeOpen311(clock=lambda: NOW, formats=request.param, **theirs))
            client = stack.enter_context(httpx2.Client(timeout=2))
            known = {"services": {"pothole": "001"}, "formats": request.param} | (ours or {})
            return fake, Open311Cases(Open311Settings(fake.url, fake.api_key, **known), client, clock=lambda: NOW)

        yield start


class TestFiling:
    @pytest.mark.parametrize("success", [200, 201])
    def test_a_case_becomes_a_request_with_the_key_and_our_reference(self, success: int, endpoint: Endpoint) -> None:
        city, cases = endpoint(created_status=success)
        assert cases.file(RECORD) == Filed("000001", "000001")
        assert {name: values[0] for name, values in city.kept[0].form.items()} == {
            "api_key": "a key of tests",
            "service_code": "001",
            "lat": "42.350000",
            "long": "-71.060000",
            "address_string": "12 Main Street",
            "description": "A deep hole.\n[ref case-1]",
            "account_id": "case-1",
        }

    @pytest.mark.parametrize("code", ["Mayor's 24 Hour Hotline:General & More=1", "6f1c2c1e-9d5f-4d43-8a52-0c1d1d6f5a11"])
    def test_a_service_code_may_hold_anything(self, code: str, endpoint: Endpoint) -> None:
        city, cases = endpoint(services=(code,), ours={"services": {"pothole": code}})
        cases.file(RECORD)
        assert city.kept[0].value("service_code") == code

    def test_a_long_description_is_cut_and_keeps_its_reference(self, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        cases.file(replace(RECORD, description="坑" * 5000))
        described = city.kept[0].value("description")
        assert len(described) == 4000
        assert described.endswith("坑\n[ref case-1]")

    def test_a_place_in_words_is_enough(self, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        cases.file(replace(RECORD, latitude=None, longitude=None))
        assert "lat" not in city.kept[0].form
        assert city.kept[0].value("address_string") == "12 Main Street"

    def test_an_endpoint_of_several_cities_is_told_which(self, endpoint: Endpoint) -> None:
        _, cases = endpoint(jurisdiction="city.example", asks_until_id=1, ours={"jurisdiction_id": "city.example"})
        filed = cases.file(RECORD)
        assert cases.resolve(filed.id) == cases.find("case-1") == Filed("000001", "000001")

    def test_required_attributes_are_answered_from_the_map(self, endpoint: Endpoint) -> None:
        attributes = {"001": {"SIZE": "large", "WHERE": FromRecord("place"), "LANES": ("left", "right")}}
        city, cases = endpoint(required={"001": ("SIZE", "WHERE", "LANES")}, ours={"attributes": attributes})
        cases.file(RECORD)
        form = city.kept[0].form
        assert form["attribute[SIZE]"] + form["attribute[WHERE]"] == ["large", "12 Main Street"]
        assert form["attribute[LANES][]"] == ["left", "right"]

    def test_a_black_box_that_tells_no_id_is_for_a_person_to_look_at(self, endpoint: Endpoint) -> None:
        with pytest.raises(ReceiverRefusedError, match="neither id nor token"):
            endpoint(is_black_box=True)[1].file(RECORD)


class TestTokens:
    def test_a_token_becomes_an_id_once_the_endpoint_has_one(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(asks_until_id=3)
        filed = cases.file(RECORD)
        assert filed == Filed("token:t/1:x", "")
        assert [cases.resolve(filed.id), cases.resolve("t/1:x")] == [None, None]
        assert cases.resolve(filed.id) == Filed("000001", "000001")
        assert city.calls[-1].split("/v2/")[1].startswith("tokens/t%2F1%3Ax.")

    def test_an_unknown_token_is_refused(self, endpoint: Endpoint) -> None:
        with pytest.raises(ReceiverRefusedError, match="status 404 404 token not found"):
            endpoint()[1].resolve("token:other")

    def test_a_request_listed_without_id_or_token_is_waited_for_and_not_filed_twice(self, endpoint: Endpoint) -> None:
        _, cases = endpoint(asks_until_id=1, is_listing_unnamed=True)
        filed = cases.file(RECORD)
        with pytest.raises(ReceiverAwayError, match="without an id yet"):
            cases.find("case-1")
        assert not list(cases.changes(NOW - timedelta(days=1)))
        cases.resolve(filed.id)
        assert cases.find("case-1") == Filed("000001", "000001")
        assert [change.id for change in cases.changes(NOW - timedelta(days=1))] == ["000001"]


class TestFinding:
    def test_the_last_reference_counts_since_residents_may_write_one(self, endpoint: Endpoint) -> None:
        _, cases = endpoint()
        cases.file(replace(RECORD, description="As in [ref case-2]"))
        assert cases.find("case-2") is None
        assert cases.find("case-1") is not None

    def test_a_request_is_found_although_their_clock_is_ahead(self, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        city.add("A hole\n[ref case-1]", NOW + timedelta(minutes=20), id="ahead")
        assert cases.find("case-1") == Filed("ahead", "ahead")

    @pytest.mark.parametrize("name", ["page_size", "per_page"])
    def test_pages_are_turned_although_the_endpoint_caps_their_size(self, name: str, endpoint: Endpoint) -> None:
        city, cases = endpoint(pages=3, size_name=name, ours={"page_size": 5, "page_size_name": name})
        city.fill(7)
        assert cases.find("case-0") == Filed("000001", "000001")
        assert cases.find("none") is None
        assert len(city.calls) == 3 + 4

    def test_an_endpoint_that_ignores_pages_is_not_asked_without_end(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(ours={"page_size": 5})
        city.fill(7)
        assert cases.find("none") is None
        assert len(city.calls) == 2

    def test_an_answer_that_was_cut_off_is_asked_for_in_halves(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(limit=10, ours={"most_results": 10})
        city.fill(60)
        assert cases.find("case-0") == Filed("000001", "000001")

    def test_an_endpoint_that_ignores_dates_is_not_asked_without_end(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(limit=10, is_ignoring_dates=True, ours={"most_results": 10, "search_days": 90})
        city.fill(60)
        assert cases.find("case-0") is None
        assert len(city.calls) < 50


class TestChanges:
    @pytest.mark.parametrize("knows", [False, True], ids=["by dates of reports", "by updated_after"])
    def test_a_closed_case_comes_with_its_note(self, *, knows: bool, endpoint: Endpoint) -> None:
        city, cases = endpoint(knows_updated_after=knows, ours={"knows_updated_after": knows})
        cases.file(RECORD)
        city.add("Somebody else's", NOW)
        city.move("case-1", "closed", "Filled & rolled.", NOW.astimezone(ZoneInfo("America/New_York")))
        (change,) = cases.changes(NOW)
        assert (change.correlation, change.id, change.status, change.is_open) == ("case-1", "000001", "closed", False)
        assert (change.note, change.changed_at) == ("Filled & rolled.", NOW)

    @pytest.mark.parametrize("knows", [False, True], ids=["by dates of reports", "by updated_after"])
    def test_an_old_case_that_closes_today_is_seen(self, *, knows: bool, endpoint: Endpoint) -> None:
        city, cases = endpoint(knows_updated_after=knows, ours={"knows_updated_after": knows})
        city.add("A hole\n[ref old]", NOW - timedelta(days=200)).updated_at = NOW
        city.add("A hole\n[ref quiet]", NOW - timedelta(days=100))
        assert [change.correlation for change in cases.changes(NOW - timedelta(days=1))] == ["old"]

    @pytest.mark.parametrize("knows", [False, True], ids=["by dates of reports", "by updated_after"])
    def test_changes_come_oldest_first_and_once(self, *, knows: bool, endpoint: Endpoint) -> None:
        city, cases = endpoint(limit=4, knows_updated_after=knows, ours={"most_results": 4, "knows_updated_after": knows})
        city.fill(20)
        changes = list(cases.changes(NOW - timedelta(days=30)))
        assert [change.correlation for change in changes] == [f"case-{number}" for number in range(20)]

    def test_a_time_without_a_zone_is_the_citys(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(ours={"zone": ZoneInfo("America/New_York"), "follow_days": 30})
        city.raw_next = [_listed("2026-11-23T10:00:00")]
        assert [change.changed_at for change in cases.changes(NOW)] == [NOW]

    @pytest.mark.parametrize("time", ["", "yesterday"])
    def test_a_change_without_a_readable_time_is_not_lost(self, time: str, endpoint: Endpoint) -> None:
        city, cases = endpoint(ours={"follow_days": 30})
        city.raw_next = [_listed(time)]
        assert [change.changed_at for change in cases.changes(NOW)] == [NOW]


class TestRefusals:
    @pytest.mark.parametrize(
        ("ours", "change", "reason"),
        [
            ({"services": {"pothole": "99"}}, {}, "status 404 404 service_code 99 was not found"),
            ({"services": {"pothole": "002"}}, {}, "status 400 400 attribute SIZE is required"),
            ({}, {"service": "graffiti"}, "no service code for graffiti; mend the map"),
            ({}, {"latitude": None, "place": ""}, "neither coordinates nor a place"),
        ],
    )
    def test_a_refusal_says_why(self, ours: dict[str, Any], change: dict[str, Any], reason: str, endpoint: Endpoint) -> None:
        with pytest.raises(ReceiverRefusedError, match=f"open311: {reason}$"):
            endpoint(services=("002",), required={"002": ("SIZE",)}, ours=ours)[1].file(replace(RECORD, **change))

    def test_a_wrong_key_is_refused_and_not_repeated(self, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        city.api_key = "another"
        with pytest.raises(ReceiverRefusedError, match="open311: status 403 403 api_key … … … … is not valid"):
            cases.file(RECORD)

    @pytest.mark.parametrize("words", ["Juan has a hole", "胡安家门口有坑"])
    def test_a_residents_words_never_stand_in_an_error(self, words: str, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        city.raw_next = [(400, "application/json", f'[{{"code":400,"description":"not so: {words[:4]}"}}]'.encode())]
        with pytest.raises(ReceiverRefusedError, match=r"status 400 400 not so: …$"):
            cases.file(replace(RECORD, description=words))


class TestAbsence:
    def test_a_rate_limit_is_waited_for(self, endpoint: Endpoint) -> None:
        _, cases = endpoint(calls_allowed=1)
        cases.file(RECORD)
        with pytest.raises(ReceiverAwayError, match=r"status 429 429 rate limit \(again after 30\)"):
            cases.find("case-1")

    def test_a_failing_server_is_tried_again(self, endpoint: Endpoint) -> None:
        with pytest.raises(ReceiverAwayError, match=r"open311: status 503$"):
            endpoint(fail_share=1.0)[1].file(RECORD)

    def test_a_lost_answer_may_have_done_the_work(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(lose_share=1.0)
        with pytest.raises(ReceiverAwayError, match="no answer"):
            cases.file(RECORD)
        city.lose_share = 0.0
        assert cases.find("case-1") == Filed("000001", "000001")

    @pytest.mark.parametrize("body", [b"", b"<html><p>welcome</html>", b"[1]", b'"taken"', b"[]", b"<service_requests/>"])
    @pytest.mark.parametrize("status", [200, 202])
    def test_a_success_that_cannot_be_read_says_nothing_for_sure(self, status: int, body: bytes, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        city.raw_next = [(status, "text/html", body)]
        with pytest.raises(ReceiverAwayError):
            cases.file(RECORD)

    def test_every_case_arrives_once_over_a_bad_line(self, endpoint: Endpoint) -> None:
        city, cases = endpoint(fail_share=0.3, lose_share=0.3, seed=311)
        records = [replace(RECORD, correlation=f"case-{number}") for number in range(20)]
        filed = [_deliver(cases, record) for record in records]
        assert [kept.value("account_id") for kept in city.kept] == [record.correlation for record in records]
        assert [kept.id for kept in city.kept] == [one.id for one in filed]


class TestReading:
    def test_codes_and_ids_without_quotes_are_read_as_written(self, endpoint: Endpoint) -> None:
        _, cases = endpoint(is_bare=True)
        filed = cases.file(replace(RECORD, description='Hole 001, "deep", 1.05 m \\ at :007,'))
        assert filed == cases.find("case-1") == Filed("000001", "000001")

    @pytest.mark.parametrize("head", ["", "<?xml version='1.0'?><!-- <a> -->", "\ufeff"])
    def test_a_document_that_declares_entities_is_refused(self, head: str, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a><b><service_request_id>&b;</service_request_id></b></a>'
        city.raw_next = [(200, "text/xml", (head + bomb).encode())]
        with pytest.raises(ReceiverAwayError, match="status 200, an answer that cannot be read"):
            cases.file(RECORD)

    def test_a_resident_who_writes_a_doctype_does_not_hide_the_others(self, endpoint: Endpoint) -> None:
        city, cases = endpoint()
        request = "<request><service_request_id>7</service_request_id><description><![CDATA[<!DOCTYPE x> [ref case-1]]]></description></request>"
        city.raw_next = [(200, "text/xml", f"<service_requests>{request}</service_requests>".encode())]
        assert cases.find("case-1") == Filed("7", "7")


def _listed(updated: str) -> tuple[int, str, bytes]:
    item = f'{{"service_request_id":"7","description":"A hole [ref case-1]","status":"open","updated_datetime":"{updated}"}}'
    return 200, "application/json", f"[{item}]".encode()


def _deliver(cases: CaseSystem, record: CaseRecord) -> Filed:
    """As the delivery does: ask before every second try."""
    for attempt in range(50):
        try:
            return (cases.find(record.correlation) if attempt else None) or cases.file(record)
        except ReceiverAwayError:
            continue
    raise ConnectorError("fifty tries in vain")
