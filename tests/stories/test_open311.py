"""Open311: apps and other cities' systems read services, open cases and follow them, in both formats."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.open311_formats import Format, write
from intake.tables import CaseEventTable, CaseTable, ConversationTable, MessageTable, ReviewTable
from intake.wiring import Service
from routing.deadlines import due_at
from tests.conftest import Clock
from tests.stories.talks import PLACE

FORMATS = pytest.mark.parametrize("ending", ["json", "xml"])
POTHOLE, VEHICLE, AIRCRAFT, BEDBUGS = "REQPOTHL", "ABNDVHCL", "AIRCRFTDST", "BEDBUG"
HERE = {"lat": "42.301234", "long": "-71.071234"}


class App:
    """An app with a key; `open` gives a new case's number, `find` what is public of cases."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client, self.key = client, key

    def get(self, path: str, **query: Any) -> Response:
        return self.client.get(f"/open311/v2/{path}", params=query, headers={"Authorization": f"Bearer {self.key}"})

    def post(self, ending: str = "json", **more: Any) -> Response:
        headers = more.pop("headers", {})
        form = {"api_key": self.key, "service_code": POTHOLE, "address_string": PLACE, **more}
        return self.client.post(f"/open311/v2/requests.{ending}", data=form, headers=headers)

    def open(self, **more: Any) -> str:
        response = self.post(**more)
        assert response.status_code == 201, response.text
        return str(response.json()[0]["service_request_id"])

    def find(self, **query: Any) -> list[dict[str, Any]]:
        response = self.get("requests.json", **query)
        assert response.status_code == 200, response.text
        return list(response.json())

    def numbers(self, **query: Any) -> list[str]:
        return [str(request["service_request_id"]) for request in self.find(**query)]


@pytest.fixture
def app(client: TestClient, service: Service, clock: Clock) -> App:
    return App(client, service.api_keys.add("an app", ["open311"], clock()))


def errors(response: Response, ending: str = "json") -> list[int]:
    """The codes of an answer's errors, the first of which is its status."""
    if ending == "json":
        codes = [error["code"] for error in response.json()]
    else:
        root = ET.fromstring(response.content)
        assert root.tag == "errors"
        codes = [int(str(error.findtext("code"))) for error in root.findall("error")]
        assert all(error.findtext("description") for error in root.findall("error"))
    assert codes[0] == response.status_code
    return codes


def row_of(service: Service, number: str) -> CaseTable:
    with Session(service.engine) as session:
        return session.scalars(select(CaseTable).where(CaseTable.number == number)).one()


@FORMATS
@pytest.mark.parametrize("path", ["discovery", "services", f"services/{POTHOLE}", "requests", "requests/26-000001"])
def test_every_answer_names_its_format_and_is_utf_8(path: str, ending: str, app: App) -> None:
    app.open(description="hueco ñ 坑")
    response = app.get(f"{path}.{ending}")
    assert response.status_code == 200
    assert response.headers["content-type"] == {"json": "application/json", "xml": "text/xml"}[ending] + "; charset=utf-8"
    roots = {"discovery": "discovery", "services": "services", f"services/{POTHOLE}": "service_definition"}
    if ending == "xml":
        assert ET.fromstring(response.content).tag == roots.get(path, "service_requests")
    else:
        json.loads(response.content.decode())


def test_discovery_names_the_endpoint_and_both_formats(app: App) -> None:
    found = app.get("discovery.json").json()
    assert found.keys() == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == "https://311.example.org/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = ET.fromstring(app.get("discovery.xml").content)
    assert [node.text for node in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


def test_all_services_are_listed_in_both_formats_alike(app: App, service: Service) -> None:
    listed = app.get("services.json").json()
    assert [one["service_code"] for one in listed] == list(service.intake.city.catalog.services)
    assert len(listed) == 118
    vehicle = next(one for one in listed if one["service_code"] == VEHICLE)
    assert (vehicle["metadata"], vehicle["type"], vehicle["service_name"]) == (True, "realtime", "Abandoned vehicle")
    assert "flat tires, no plates" in vehicle["keywords"]
    root = ET.fromstring(app.get("services.xml").content)
    as_text = [{name: str(value).lower() if value in {True, False} else value for name, value in one.items()} for one in listed]
    assert [{node.tag: node.text for node in one} for one in root.findall("service")] == as_text


@pytest.mark.parametrize("language", ["en", "es", "ht", "zh-Hans", "zh-Hant", "vi", "kea", "pt", "fr", "ru", "ar", "so"])
def test_names_come_in_the_language_that_is_asked_for(language: str, app: App, service: Service) -> None:
    expected = service.intake.city.catalog.service_name(POTHOLE, language)
    asked = app.client.get("/open311/v2/services.json", headers={"Accept-Language": language})
    chosen = app.get("services.json", locale=language)
    for response in (asked, chosen):
        assert expected in [one["service_name"] for one in response.json()]
        assert response.headers["content-language"] == language


@FORMATS
def test_a_services_questions_are_its_attributes_and_none_is_required(ending: str, app: App, service: Service) -> None:
    response = app.get(f"services/{VEHICLE}.{ending}", locale="es-MX")
    question = service.intake.city.catalog.question("license_plate", "es")
    if ending == "json":
        (attribute,) = response.json()["attributes"]
        expected = {"code": "license_plate", "datatype": "string", "required": False, "order": 1, "description": question}
        assert attribute.items() >= expected.items()
        return
    (node,) = ET.fromstring(response.content).findall("attributes/attribute")
    assert [node.findtext(name) for name in ("code", "required", "description")] == ["license_plate", "false", question]


@FORMATS
@pytest.mark.parametrize("path", ["services/NOSUCH", "requests/99-000001", "tokens/99-000001"])
def test_what_is_unknown_is_not_found(path: str, ending: str, app: App) -> None:
    assert errors(app.get(f"{path}.{ending}"), ending) == [404]


def test_an_unknown_format_is_refused_in_the_format_that_all_clients_read(app: App) -> None:
    assert errors(app.get("services.yaml"), "xml") == [404]


@pytest.mark.parametrize("path", ["discovery.json", "services.json", f"services/{POTHOLE}.json", "requests.json", "tokens/26-000001.json"])
def test_another_citys_jurisdiction_is_not_found_and_an_empty_one_counts_as_none(path: str, app: App) -> None:
    app.open(jurisdiction_id="cityofboston.gov")
    assert errors(app.get(path, jurisdiction_id="dc.gov")) == [404]
    assert app.get(path, jurisdiction_id="").status_code == 200


@FORMATS
def test_a_posted_request_is_answered_with_the_cases_number(ending: str, app: App) -> None:
    response = app.post(ending, description="deep pothole")
    assert response.status_code == 201
    if ending == "json":
        assert response.json() == [{"service_request_id": "26-000001", "service_notice": None, "account_id": None}]
    else:
        assert ET.fromstring(response.content).findtext("request/service_request_id") == "26-000001"


def test_a_posted_request_is_a_case_like_any_other(app: App, service: Service, clock: Clock) -> None:
    number = app.open(description="deep pothole", **HERE)
    city, row = service.intake.city, row_of(service, number)
    pothole = city.catalog.services[POTHOLE]
    assert (row.department, row.priority, row.channel) == (pothole.department, pothole.priority.value, "open311")
    assert row.due_at == due_at(clock(), pothole.deadline, city.hours, city.timezone)
    assert row.place is not None
    assert (row.place["text"], row.place["latitude"]) == (PLACE, 42.301234)
    with Session(service.engine) as session:
        message = session.scalars(select(MessageTable)).one()
        assert (message.channel, message.opened_cases, message.replies) == ("open311", [number], [])
        assert session.scalars(select(CaseEventTable.name)).all() == ["opened"]
        assert session.scalars(select(ConversationTable.state)).all() == ["ready"]
    assert service.intake.store.contact(row.contact_id)[0] == "open311:an app"
    assert service.sweep() == 0


def test_who_posted_is_not_kept(app: App, service: Service) -> None:
    app.open(email="ana@example.org", first_name="Ana", last_name="Lopez", phone="617-555-0142", description="deep pothole")
    with Session(service.engine) as session:
        rows = [vars(row) for table in (MessageTable, CaseTable, CaseEventTable) for row in session.scalars(select(table)).all()]
    assert not any(word in str(rows) for word in ("Ana", "ana@", "Lopez", "0142"))


def test_answers_to_a_services_questions_are_kept_with_the_case(app: App, service: Service) -> None:
    number = app.open(service_code=VEHICLE, **{"attribute[license_plate]": "1ABC 23", "attribute[unknown]": "x"})
    assert row_of(service, number).details == [{"question": "license_plate", "answer": "1ABC 23"}]
    number = app.open(service_code=VEHICLE, **{"attribute[license_plate][]": ["1ABC 23", "4DEF 56"]})
    assert row_of(service, number).details[0]["answer"] == "1ABC 23,4DEF 56"


def test_a_place_that_no_map_knows_is_looked_at_by_a_person(app: App, service: Service) -> None:
    app.open(address_string=PLACE)
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.name)).all() == []
    app.open(address_string="behind the thing")
    app.open(address_string="", address_id="4711")
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.name)).all() == ["PlaceNotFound", "PlaceNotFound"]


@pytest.mark.parametrize("way", ["form", "query", "bearer", "multipart"])
def test_a_key_is_taken_from_form_query_or_header(way: str, app: App) -> None:
    form = {"service_code": POTHOLE, "address_string": PLACE, **({"api_key": app.key} if way in {"form", "multipart"} else {})}
    response = app.client.post(
        "/open311/v2/requests.json",
        data=form,
        files={"photo": ("photo.jpg", b"x", "image/jpeg")} if way == "multipart" else None,
        params={"api_key": app.key} if way == "query" else None,
        headers={"Authorization": f"Bearer {app.key}"} if way == "bearer" else None,
    )
    assert response.status_code == 201


@FORMATS
@pytest.mark.parametrize("key", ["", "sk_wrong", "ключ"])
def test_without_a_valid_key_nothing_is_opened(key: str, ending: str, app: App, service: Service) -> None:
    assert errors(app.post(ending, api_key=key), ending) == [403]
    service.api_keys.revoke("an app", service.clock())
    assert errors(app.post(ending), ending) == [403]
    with Session(service.engine) as session:
        assert session.scalars(select(MessageTable)).all() == []


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        ({"service_code": "NOSUCH"}, [404]),
        ({"service_code": ""}, [400]),
        ({"address_string": " "}, [400]),
        ({"lat": "42.3"}, [400]),
        ({"lat": "91", "long": "0"}, [400]),
        ({"lat": "0", "long": "-180.1"}, [400]),
        ({"lat": "nan", "long": "0"}, [400]),
        ({"lat": "here", "long": "there"}, [400, 400]),
        ({"description": "x" * 4001}, [400]),
        ({"attribute[license_plate]": "x" * 4001}, [400]),
        ({"jurisdiction_id": "dc.gov", "service_code": "", "description": "x" * 4001}, [404, 400, 400]),
    ],
)
@FORMATS
def test_all_that_is_wrong_is_said_at_once(form: dict[str, str], codes: list[int], ending: str, app: App, service: Service) -> None:
    assert errors(app.post(ending, **form), ending) == codes
    with Session(service.engine) as session:
        assert session.scalars(select(MessageTable)).all() == []


def test_a_form_that_cannot_be_read_is_refused_in_words(app: App) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Authorization": f"Bearer {app.key}"}
    assert errors(app.client.post("/open311/v2/requests.json", content=b"no form", headers=headers)) == [400]


def test_a_service_that_needs_no_place_is_opened_without_one(app: App, service: Service) -> None:
    assert row_of(service, app.open(service_code=AIRCRAFT, address_string="")).place is None


def test_a_description_is_kept_as_plain_text(app: App, service: Service) -> None:
    number = app.open(description="<p>hole <b onclick=x>deep</b> &lt; 3 in, a < b > c\x00\x07</p><!-- x -->")
    assert row_of(service, number).description == "hole deep &lt; 3 in, a < b > c"


def test_a_repeated_request_gives_the_same_number_and_opens_nothing(app: App, service: Service) -> None:
    headers = {"Idempotency-Key": "k" * 300}
    first = app.open(headers=headers)
    assert [app.open(headers=headers), app.open(headers=headers)] == [first, first]
    other = App(app.client, service.api_keys.add("another app", ["open311"], service.clock()))
    assert len({first, app.open(), app.open(), other.open(headers=headers)}) == 4


def test_what_was_recorded_but_not_opened_is_opened_by_the_repeat(
    app: App, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("intake.open311_cases.carry_out", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            app.post(headers={"Idempotency-Key": "1"})
    assert app.open(headers={"Idempotency-Key": "1"}) == "26-000001"
    with Session(service.engine) as session:
        assert len(session.scalars(select(MessageTable)).all()) == 1


@FORMATS
def test_a_token_is_its_own_number(ending: str, app: App) -> None:
    number = app.open()
    response = app.get(f"tokens/{number}.{ending}")
    if ending == "json":
        assert response.json() == [{"service_request_id": number, "token": number}]
    else:
        request = ET.fromstring(response.content).find("request")
        assert request is not None
        assert [(node.tag, node.text) for node in request] == [("service_request_id", number), ("token", number)]


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
    request = ET.fromstring(response.content).find("request")
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
    assert (shown["address"], shown["lat"], shown["extended_attributes"]) == (PLACE, None, {"channel": "chat", "duplicate": False})


def test_a_case_whose_service_was_given_up_is_shown_like_a_sensitive_one(app: App, service: Service) -> None:
    number = app.open(description="deep")
    with Session(service.engine) as session, session.begin():
        session.query(CaseTable).update({"service": "GIVENUP"})
    (shown,) = app.find(service_request_id=number)
    assert (shown["service_name"], shown["description"], shown["address"]) == ("GIVENUP", None, None)
