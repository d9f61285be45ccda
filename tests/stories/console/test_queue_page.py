"""The queue as people at the console read it, the ways from one item to the next, and what is looked up while they type."""

import io
import re

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.tables import AttachmentTable, CaseTable, ReviewTable
from intake.wiring import Service
from tests.desk import Desk, a_desk, text_of_page
from tests.reviewing import POTHOLE, a_review, row_of, rows
from tests.stories.console.reviews import do, taken


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service)


def test_the_queue_shows_danger_first_with_reasons_in_words(desk: Desk, service: Service) -> None:
    a_review(service, "there is a deep hole")
    a_review(service, "I smell gas in the hallway", name="Emergency", is_urgent=True)

    page = desk.get("/console").text

    assert "<title>(2) Queue" in page
    assert re.findall(r'<tr data-review="(\d+)">', page) == ["2", "1"]
    assert "Life may be in danger" in page


def test_an_empty_queue_says_so_in_friendly_words(desk: Desk) -> None:
    page = desk.get("/console").text
    assert re.search(r'<p id="empty" class="empty">Nobody is waiting\.', page)


def test_the_message_stands_in_its_own_language_and_without_phone_numbers(desk: Desk, service: Service) -> None:
    a_review(service, "في حفرة كبيرة، رقمي 617-555-0142", language="ar")
    page = desk.get("/console/waiting").text
    assert 'lang="ar" dir="auto">في حفرة كبيرة، رقمي [phone]' in page


def test_who_has_no_queue_is_led_to_their_first_page(client: TestClient, service: Service) -> None:
    desk = a_desk(client, service, Role.DATA_SCIENTIST)
    response = desk.get("/console")
    assert response.status_code == 303
    assert desk.get(response.headers["location"]).status_code == 200
    assert '<a href="/console"' not in desk.get("/console/me").text.partition("<nav")[2].partition("</nav>")[0]


def test_next_never_gives_two_people_the_same_item(client: TestClient, service: Service) -> None:
    one, other = a_desk(client, service), a_desk(client, service)
    a_review(service)
    a_review(service)
    first, second = (desk.post("/console/next").headers["location"] for desk in (one, other))
    assert {first, second} == {"/console/reviews/1", "/console/reviews/2"}
    assert "note=all-taken" in a_desk(client, service).post("/console/next").headers["location"]


def test_an_item_that_is_given_back_is_free(client: TestClient, service: Service) -> None:
    one, other = a_desk(client, service), a_desk(client, service)
    review_id = a_review(service)
    taken(one, review_id)
    assert do(one, review_id, "release") == "/console"
    taken(other, review_id)


def test_undo_brings_the_item_back(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    assert do(desk, review_id, "open", service=POTHOLE) == "/console"
    assert "opened. Undo" in text_of_page(desk.get("/console"))

    assert desk.post("/console/undo").headers["location"] == f"/console/reviews/{review_id}"

    assert row_of(service, review_id).closed_at is None
    assert rows(service, CaseTable)[0].status == "withdrawn"
    taken(desk, review_id)


def test_after_a_minute_there_is_nothing_to_undo(desk: Desk, service: Service, clock: object) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    do(desk, review_id, "close", outcome="spam")
    clock.pass_hours(0.02)  # type: ignore[attr-defined]
    assert "Undo" not in text_of_page(desk.get("/console"))
    assert "note=nothing-to-undo" in desk.post("/console/undo").headers["location"]


def test_photos_are_for_those_who_talk_with_residents(client: TestClient, desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(written, "PNG")
    with Session(service.engine) as session, session.begin():
        message_id = session.get_one(ReviewTable, review_id).message_id
        key = service.photos.keep(written.getvalue())
        session.add(AttachmentTable(message_id=message_id, position=0, content_type="image/jpeg", key=key, state="stored"))
        session.add(AttachmentTable(message_id=message_id, position=1, content_type="image/jpeg", url="x", state="waiting"))
    assert '<img src="/console/photos/1"' in taken(desk, review_id)
    photo = desk.get("/console/photos/1")
    assert (photo.headers["content-type"], photo.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert [desk.get(f"/console/photos/{id_}").status_code for id_ in (2, 3)] == [404, 404]
    assert a_desk(client, service, Role.DATA_SCIENTIST).get("/console/photos/1").status_code == 403


@pytest.mark.parametrize(("words", "code"), [("pothole", POTHOLE), ("reqp", POTHOLE), ("hoyo", POTHOLE), ("rats", "RODENTACT")])
def test_services_are_found_by_name_code_and_keyword(words: str, code: str, desk: Desk, service: Service) -> None:
    found = desk.get("/console/services", q=words, language="es").json()["services"]
    assert code in [one["code"] for one in found]


def test_words_of_a_place_are_found_on_the_map(desk: Desk) -> None:
    found = desk.get("/console/places", q="Franklin Park").json()
    assert found["points"][0]["kind"] == "candidate"
    assert "Franklin Park" in found["places"][0]["words"]
