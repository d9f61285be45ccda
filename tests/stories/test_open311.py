"""Open311: apps and other cities' systems read services, open cases and follow them, in both formats."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.open311.cases import open_report
from intake.open311.server import read_report
from intake.tables import CaseEventTable, CaseTable, ConversationTable, MessageTable, ReviewTable
from intake.wiring import Service
from routing.deadlines import due_at
from tests.conftest import Clock
from tests.open311_app import AIRCRAFT, POTHOLE, VEHICLE, App, errors, parsed
from tests.stories.talks import PLACE

FORMATS = pytest.mark.parametrize("ending", ["json", "xml"])
HERE = {"lat": "42.301234", "long": "-71.071234"}


@pytest.fixture
def app(client: TestClient, service: Service, clock: Clock) -> App:
    return App(client, service.api_keys.add("an app", ["open311"], clock()))


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
        assert parsed(response).tag == roots.get(path, "service_requests")
    else:
        json.loads(response.content.decode())


def test_discovery_names_the_endpoint_and_both_formats(app: App) -> None:
    found = app.get("discovery.json").json()
    assert found.keys() == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == "https://311.example.org/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = parsed(app.get("discovery.xml"))
    assert [node.text for node in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


def test_all_services_are_listed_in_both_formats_alike(app: App, service: Service) -> None:
    listed = app.get("services.json").json()
    assert [one["service_code"] for one in listed] == list(service.intake.city.catalog.services)
    assert len(listed) == 118
    vehicle = next(one for one in listed if one["service_code"] == VEHICLE)
    assert (vehicle["metadata"], vehicle["type"], vehicle["service_name"]) == (True, "realtime", "Abandoned vehicle")
    assert "flat tires, no plates" in vehicle["keywords"]
    root = parsed(app.get("services.xml"))
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
    (node,) = parsed(response).findall("attributes/attribute")
    assert [node.findtext(name) for name in ("code", "required", "description")] == ["license_plate", "false", question]


@FORMATS
@pytest.mark.parametrize("path", ["services/NOSUCH", "requests/99-000001", "tokens/99-000001"])
def test_what_is_unknown_is_not_found(path: str, ending: str, app: App) -> None:
    assert errors(app.get(f"{path}.{ending}"), ending) == [404]


def test_an_unknown_format_is_refused_in_the_format_that_all_clients_read(app: App) -> None:
    assert errors(app.get("services.yaml"), "xml") == [404]


@pytest.mark.parametrize(
    "path", ["discovery.json", "services.json", f"services/{POTHOLE}.json", "requests.json", "tokens/26-000001.json"]
)
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
        assert parsed(response).findtext("request/service_request_id") == "26-000001"


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
def test_all_that_is_wrong_is_said_at_once(
    form: dict[str, str], codes: list[int], ending: str, app: App, service: Service
) -> None:
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


@pytest.mark.parametrize("is_swept", [False, True], ids=["at once", "after the sweep"])
def test_what_was_recorded_but_not_opened_is_opened_by_the_repeat(
    is_swept: bool,  # noqa: FBT001 - a parameter of the test's two cases.
    app: App,
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = read_report({"service_code": POTHOLE, "address_string": PLACE}, service.intake.city)
    with monkeypatch.context() as broken:
        broken.setattr("intake.open311.cases.carry_out", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_report(report, "an app", "a key", "en", service.intake, clock())
    clock.pass_hours(1)
    if is_swept:
        assert service.sweep() == 1
    assert app.open(headers={"Idempotency-Key": "a key"}) == "26-000001"
    with Session(service.engine) as session:
        assert len(session.scalars(select(MessageTable)).all()) == 1


@FORMATS
def test_a_token_is_its_own_number(ending: str, app: App) -> None:
    number = app.open()
    response = app.get(f"tokens/{number}.{ending}")
    if ending == "json":
        assert response.json() == [{"service_request_id": number, "token": number}]
    else:
        request = parsed(response).find("request")
        assert request is not None
        assert [(node.tag, node.text) for node in request] == [("service_request_id", number), ("token", number)]
