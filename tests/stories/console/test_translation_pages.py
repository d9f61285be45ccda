"""What people know better than a machine: a translation is corrected, remembered, and nobody is told that one exists where none does."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console_tables import MemoryTable
from intake.tables import MessageTable
from intake.wiring import Service
from tests.desk import Desk, a_desk, text_of_page
from tests.stories.talks import TALKS

WORDS = "gen yon bagay dwòl nan kafou a, pèsonn pa okipe l"


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    client.post("/chat", json={"session": "one", "text": WORDS})
    return a_desk(client, service, languages=("en", "ht"))


def message_id(service: Service) -> int:
    with Session(service.engine) as session:
        return session.scalars(select(MessageTable.id)).one()


def test_every_language_says_what_can_be_translated_and_why_not(desk: Desk) -> None:
    page = text_of_page(desk.get("/console/translation"))

    assert "Haitian Creole" in page
    assert "Kabuverdianu" in page
    assert "has to be called" in page


def test_a_person_s_translation_is_shown_in_the_talk_and_remembered(desk: Desk, service: Service) -> None:
    path = f"/console/messages/{message_id(service)}/translation"
    assert "There is no translation of it." in desk.get(path).text

    kept = desk.post(path, english="There is something strange at the crossing, nobody takes care of it")

    assert kept.status_code == 303
    assert "something strange at the crossing" in desk.get(kept.headers["location"]).text
    with Session(service.engine) as session:
        assert session.scalars(select(MemoryTable.language)).all() == ["ht"]
    assert service.console.audit.latest(1)[0].name == "translation_improved"


def test_a_translation_that_misleads_is_marked(desk: Desk, service: Service) -> None:
    path = f"/console/messages/{message_id(service)}/translation"
    desk.post(path, english="Something wrong")

    desk.post(path, wrong="1")

    assert "marked as wrong" in desk.get(path).text


def test_nothing_written_is_no_translation(desk: Desk, service: Service) -> None:
    assert desk.post(f"/console/messages/{message_id(service)}/translation", english=" ").status_code == 422


def test_a_message_that_is_not_there_is_said(desk: Desk) -> None:
    assert desk.get("/console/messages/999/translation").status_code == 404


def test_an_arabic_message_reads_from_right_to_left(client: TestClient, desk: Desk, service: Service) -> None:
    client.post("/chat", json={"session": "two", "text": TALKS["ar"].report})

    assert (
        '<blockquote class="original" lang="ar" dir="auto">'
        in desk.get(f"/console/messages/{message_id_of(service)}/translation").text
    )


def message_id_of(service: Service) -> int:
    with Session(service.engine) as session:
        return session.scalars(select(MessageTable.id).order_by(MessageTable.id.desc())).first() or 0
