"""Open311: which cases a search finds, what anybody may see of them, how often one may ask, and that XML always parses."""

import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.open311.formats import Format, write
from intake.tables import CaseEventTable, CaseTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.open311_app import AIRCRAFT, BEDBUGS, POTHOLE, VEHICLE, App, errors, parsed
from tests.stories.talks import PLACE

FORMATS = pytest.mark.parametrize("ending", ["json", "xml"])
HERE = {"lat": "42.301234", "long": "-71.071234"}


@pytest.fixture
def app(client: TestClient, service: Service, clock: Clock) -> App:
    return App(client, service.api_keys.add("an app", ["open311"], clock()))


def close(service: Service, number: str, clock: Clock) -> None:
    """Close a case as staff would: its row changes, and its history says when."""
    with Session(service.engine) as session, session.begin():
        row = session.scalars(select(CaseTable).where(CaseTable.number == number)).one()
        row.status, row.closed_at = "closed", clock()
        session.add(CaseEventTable(case_id=row.id, at=clock(), actor="a worker", name="closed"))


def test_cases_are_found_by_number_and_numbers_override_all_else(app: App) -> None:
    first, second, _ = app.open(), app.open(), app.open()
    assert set(app.numbers(service_request_id=f"{first}, {second},99-000001", status="closed", start_date="nonsense")) == {
        first,
        second,
    }


def test_cases_are_found_by_service_and_by_status(app: App, service: Service, clock: Clock) -> None:
    pothole, vehicle, aircraft = (app.open(service_code=code) for code in (POTHOLE, VEHICLE, AIRCRAFT))
    close(service, vehicle, clock)
    assert app.numbers() == [aircraft, vehicle, pothole]
    assert app.numbers(service_code=f"{POTHOLE},{VEHICLE}") == [vehicle, pothole]
    assert app.numbers(status="closed") == [vehicle]
    assert app.numbers(status="open") == [aircraft, pothole]
    assert app.numbers(status="open,closed") == [aircraft, vehicle, pothole]
    assert app.numbers(service_code="NOSUCH") == []


def test_without_dates_the_last_ninety_days_are_shown(app: App, clock: Clock) -> None:
    old = app.open()
    clock.pass_hours(24 * 90 + 1)
    new = app.open()
    assert app.numbers() == [new]
    assert app.numbers(end_date="2026-12-01T00:00:00Z") == [old]


@pytest.mark.parametrize(
    ("start", "end", "is_found"),
    [
        ("2026-11-23T15:00:00Z", "2026-11-23T15:00:00Z", True),
        ("2026-11-23T10:00:00-05:00", "2026-11-23T16:00:00+01:00", True),
        ("2026-11-23T16:00:00 01:00", None, True),
        ("2026-11-23T15:00:01Z", None, False),
        (None, "2026-11-23T14:59:59Z", False),
    ],
)
def test_dates_count_in_their_zone_and_both_ends_are_within(start: str | None, end: str | None, is_found: bool, app: App) -> None:  # noqa: FBT001
    app.open()
    query = {name: value for name, value in (("start_date", start), ("end_date", end)) if value}
    assert bool(app.numbers(**query)) is is_found


def test_a_case_that_changed_since_is_found_however_old_it_is(app: App, service: Service, clock: Clock) -> None:
    changed, _ = app.open(), app.open()
    clock.pass_hours(24 * 200)
    before = clock().isoformat()
    clock.pass_hours(1)
    close(service, changed, clock)
    (found,) = app.find(updated_after=before)
    assert (found["service_request_id"], found["status"]) == (changed, "closed")
    assert found["updated_datetime"] > found["requested_datetime"]
    assert app.numbers(updated_after=before, updated_before=before) == []


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-08-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
        {"start_date": "2026-11-01T00:00:00"},
        {"end_date": "yesterday"},
        {"updated_after": "0001-01-01T00:00:00+14:00"},
        {"status": "open,new"},
        {"page": "0"},
        {"page": "9" * 5000},
        {"page_size": "ten"},
    ],
    ids=[
        "too long to now",
        "too long",
        "backwards",
        "no zone",
        "no date",
        "no such year",
        "status",
        "page",
        "large page",
        "size",
    ],
)
def test_a_search_that_makes_no_sense_is_refused(query: dict[str, str], app: App) -> None:
    assert errors(app.get("requests.json", **query)) == [400]
    assert errors(app.get("requests.xml", **query), "xml") == [400]


def test_all_faults_of_a_search_are_said_at_once(app: App) -> None:
    assert errors(app.get("requests.json", status="new", page="x", start_date="x")) == [400, 400, 400]


def test_cases_are_paged_newest_first(app: App, service: Service) -> None:
    number = app.open()
    with Session(service.engine) as session, session.begin():
        case = session.scalars(select(CaseTable).where(CaseTable.number == number)).one()
        kept = {column.key: getattr(case, column.key) for column in CaseTable.__table__.columns}
        for i in range(2, 1104):
            session.add(CaseTable(**{**kept, "id": i, "number": f"26-{i:06d}", "token": str(i)}))
    assert app.numbers(page="1", page_size="2") == ["26-001103", "26-001102"]
    assert app.numbers(page="2", page_size="2", q="ignored") == ["26-001101", "26-001100"]
    sizes = [len(app.find(**query)) for query in ({"page": "1"}, {"page_size": "9999"}, {}, {"page": "23"}, {"page": "24"})]
    assert sizes == [50, 500, 1000, 3, 0]


def test_further_fields_are_shown_only_where_they_are_asked_for(app: App) -> None:
    app.open()
    assert "extended_attributes" not in app.find()[0]
    assert app.find(extensions="true")[0]["extended_attributes"] == {
        "channel": "open311",
        "priority": "normal",
        "duplicate": False,
    }
    root = parsed(app.get("requests.xml", extensions="true"))
    assert root.findtext("request/extended_attributes/duplicate") == "false"


EXPECTED = {
    "service_request_id": "26-000001",
    "status": "open",
    "status_notes": None,
    "service_name": "Pothole",
    "service_code": POTHOLE,
    "description": "deep, call [phone] or [email]",
    "service_notice": None,
    "requested_datetime": "2026-11-23T10:00:00-05:00",
    "updated_datetime": "2026-11-23T10:00:00-05:00",
    "address": PLACE,
    "address_id": None,
    "zipcode": None,
    "lat": 42.301234,
    "long": -71.071234,
    "media_url": None,
}


@FORMATS
def test_a_case_is_shown_with_all_fields_and_no_personal_data(ending: str, app: App, service: Service) -> None:
    number = app.open(description="deep, call 617-555-0142 or ana@example.org", media_url="https://example.org/1.jpg", **HERE)
    expected = {**EXPECTED, "service_name": service.intake.city.catalog.service_name(POTHOLE, "en")}
    response = app.get(f"requests/{number}.{ending}")
    if ending == "json":
        (shown,) = response.json()
        assert shown.items() >= expected.items()
        assert shown.keys() - expected.keys() == {"agency_responsible", "expected_datetime"}
        return
    request = parsed(response).find("request")
    assert request is not None
    written = {node.tag: node.text for node in request}
    assert written.items() >= {name: None if value is None else str(value) for name, value in expected.items()}.items()


@FORMATS
def test_a_sensitive_case_shows_neither_words_nor_the_exact_place(ending: str, app: App) -> None:
    app.open(service_code=BEDBUGS, description="my neighbor Bo brings them", address_string="12 Elm St apt 3", **HERE)
    response = app.get(f"requests.{ending}", extensions="true")
    assert not any(word in response.text for word in ("Bo", "Elm", "42.301", "71.071"))
    if ending == "json":
        (shown,) = response.json()
        assert (shown["description"], shown["address"], shown["lat"], shown["long"]) == (None, None, 42.3, -71.07)


def test_cases_of_all_channels_are_shown_without_words_that_identify(app: App) -> None:
    for text in ("There is a deep pothole, my number is 617-555-0142", PLACE, "yes"):
        app.client.post("/chat", json={"session": "a-session", "text": text})
    (shown,) = app.find(extensions="true")
    assert "0142" not in str(shown)
    assert "a-session" not in str(shown)
    assert (shown["address"], shown["lat"], shown["extended_attributes"]) == (
        PLACE,
        None,
        {"channel": "chat", "priority": "normal", "duplicate": False},
    )


def test_a_case_whose_service_was_given_up_is_shown_like_a_sensitive_one(app: App, service: Service) -> None:
    number = app.open(description="deep")
    with Session(service.engine) as session, session.begin():
        session.query(CaseTable).update({"service": "GIVENUP"})
    (shown,) = app.find(service_request_id=number)
    assert (shown["service_name"], shown["description"], shown["address"]) == ("GIVENUP", None, None)


def test_without_a_key_ten_requests_a_minute_are_answered(app: App, clock: Clock) -> None:
    paths = ["/open311/v2/discovery.json", "/open311/v2/requests.xml"] * 5
    assert [app.client.get(path).status_code for path in paths] == [200] * 10
    refused = app.client.get("/open311/v2/services.xml", headers={"Authorization": "Bearer sk_wrong"})
    assert errors(refused, "xml") == [429]
    assert refused.headers["retry-after"] == "60"
    clock.now += timedelta(seconds=15)
    assert app.client.get("/open311/v2/discovery.json").headers["retry-after"] == "45"
    clock.now += timedelta(seconds=45)
    assert app.client.get("/open311/v2/discovery.json").status_code == 200


def test_with_a_key_three_hundred_requests_a_minute_are_answered(app: App) -> None:
    assert {app.get("tokens/x.json").status_code for _ in range(300)} == {404}
    assert errors(app.get("tokens/x.json")) == [429]
    assert errors(app.post()) == [429]


@given(st.text(st.characters()))
def test_xml_and_json_always_parse_whatever_the_description_holds(text: str) -> None:
    content = [{"description": text, "lat": None}]
    root = ET.fromstring(write("service_requests", content, Format.XML))  # noqa: S314 - Our own output.
    assert root.findtext("request/lat") == ""
    (shown,) = json.loads(write("service_requests", content, Format.JSON))
    assert shown.keys() == {"description", "lat"}


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"])))
def test_xml_keeps_every_character_that_it_can_hold(text: str) -> None:
    root = ET.fromstring(write("services", [{"description": text}], Format.XML))  # noqa: S314 - Our own output.
    assert root.findtext("service/description") == text
