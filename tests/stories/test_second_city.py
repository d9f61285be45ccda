"""The same talks in an invented city: nothing is hard-coded to the first one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.delivering.durable import HeldOutbox
from intake.http.app import create_app
from intake.phrases import Phrases
from intake.settings import Settings
from intake.tables import CaseTable
from intake.wiring import Service, build_service, build_understanding
from routing.comprehension import Comprehension
from tests.conftest import PUBLIC_URL, Clock
from tests.stories.talks import TALKS
from tests.twilio import SmsPhone

LANGUAGES = pytest.mark.parametrize("language", ["en", "es"])


@dataclass(frozen=True)
class Town:
    """The second city, served."""

    service: Service
    phone: SmsPhone
    client: TestClient

    @property
    def address(self) -> str:
        return self.service.intake.city.address_example


@pytest.fixture(scope="module")
def millbrook() -> Comprehension:
    return build_understanding(Settings(city="millbrook"))


@pytest.fixture
def town(millbrook: Comprehension, settings: Settings, clock: Clock) -> Iterator[Town]:
    changed = settings.model_copy(update={"city": "millbrook"})
    service = build_service(changed, clock=clock, outbox=HeldOutbox(), understanding=millbrook)
    with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
        yield Town(service, SmsPhone(client), client)
    service.engine.dispose()


@LANGUAGES
def test_a_report_becomes_a_case_of_this_city(language: str, town: Town) -> None:
    talk = TALKS[language]
    town.phone.send(talk.report)
    assert town.address in town.phone.send(town.address)
    opened = town.phone.send(talk.yes)
    assert re.search(r"\d{2}-\d{6}", opened)
    with Session(town.service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
    assert case.service == "POTHOLE"
    assert case.department in town.service.intake.city.catalog.departments


@LANGUAGES
def test_gas_and_stop_are_heard_here_too(language: str, town: Town) -> None:
    talk = TALKS[language]
    assert town.phone.send(talk.gas) == Phrases([language]).say(language, "emergency-gas")
    assert "START" in town.phone.send(talk.stop)
    assert town.phone.send(talk.report) == ""


def test_the_pages_speak_this_citys_languages_only(town: Town) -> None:
    page = town.client.get("/?lang=es").text
    assert "Millbrook" in page
    assert "Boston" not in page
    assert 'hreflang="es"' in page
    assert 'hreflang="ht"' not in page


@LANGUAGES
def test_this_citys_own_articles_answer(language: str, town: Town) -> None:
    question = {"en": "how much is a dog license?", "es": "¿cuánto cuesta la licencia del perro?"}[language]
    answer = town.phone.send(question)
    assert "$12" in answer
    assert f"/help/dog-license?lang={language}" in answer


def test_a_stale_translation_is_answered_in_english_with_a_word_about_it(town: Town) -> None:
    answer = town.phone.send("¿dónde compro el sticker de la playa?")
    assert Phrases(["es"]).say("es", "answer-only-english") in answer
    assert "Pilot Beach" in answer
    assert "You need no sticker" in answer or "Residents and renters" in answer
    page = town.client.get("/help/beach-sticker?lang=es").text
    assert Phrases(["es"]).say("es", "help-only-english", phone="508-555-0100") in page
    assert '<div lang="en" dir="ltr">' in page


def test_the_neighborhood_of_this_city_is_asked_for(town: Town) -> None:
    assert town.phone.send("what day is trash pickup?") == Phrases(["en"]).say("en", "ask-neighborhood")
    assert "Tuesdays" in town.phone.send("Cobble Point")
