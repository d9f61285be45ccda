"""Questions by text message, chat and phone, in every language: the answer, whether it helped, and what follows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.delivering.durable import HeldOutbox
from intake.effects import SendReply
from intake.http.app import create_app
from intake.settings import ROOT, Settings
from intake.tables import AnswerTable, CaseTable, ReviewTable
from intake.wiring import Service, build_service, build_understanding
from tests.conftest import PUBLIC_URL, Clock
from tests.stories.hand_written import BEES
from tests.stories.questions import QUESTIONS, Asked
from tests.stories.talks import PLACE, TALKS
from tests.stories.test_calls import ORDER, SPOKEN, Call
from tests.stories.test_text_messages import words
from tests.twilio import SmsPhone

LANGUAGES = pytest.mark.parametrize(("language", "asked"), QUESTIONS.items(), ids=QUESTIONS)


@pytest.fixture
def phone(client: TestClient) -> SmsPhone:
    return SmsPhone(client)


def helpful(service: Service) -> list[bool | None]:
    with Session(service.engine) as session:
        return list(session.scalars(select(AnswerTable.is_helpful).order_by(AnswerTable.id)))


def without_marks(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


@LANGUAGES
def test_a_question_is_answered_at_once_with_a_link_and_its_worth_is_asked(
    language: str, asked: Asked, phone: SmsPhone, service: Service
) -> None:
    answer = phone.send(asked.question)
    assert "$15" in without_marks(answer)
    assert f"/help/dog-license?lang={language}" in answer
    assert words(language, "answer-helped") in answer
    assert words(language, "answer-only-english") not in answer
    assert words(language, "helped-thanks") in phone.send("1")
    assert helpful(service) == [True]


@LANGUAGES
def test_no_offers_a_case_or_a_person(language: str, asked: Asked, phone: SmsPhone, service: Service) -> None:
    phone.send(asked.question)
    offered = phone.send(asked.no)
    assert words(language, "ask-how-to-go-on") in offered
    assert words(language, "choice-person") in offered
    # The first choice is a report of a related service, the second a person.
    phone.send("2")
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.name)).all() == ["CallAgent"]
    assert helpful(service) == [False]


@LANGUAGES
def test_a_report_with_a_question_gets_both(language: str, asked: Asked, phone: SmsPhone, service: Service) -> None:
    answer = phone.send(asked.report_and_question)
    assert f"/help/trash-day?lang={language}" in answer
    assert words(language, "answer-helped") not in answer
    phone.send(PLACE)
    phone.send(TALKS[language].yes)
    with Session(service.engine) as session:
        assert session.scalars(select(CaseTable.service)).all() == ["MTRECYDBI"]


@LANGUAGES
def test_a_chat_gets_the_answer_with_buttons(language: str, asked: Asked, client: TestClient) -> None:
    reply = client.post("/chat", json={"session": f"s-{language}", "text": asked.question}).json()["replies"][0]
    assert reply["language"] == language
    assert reply["links"] == [f"{PUBLIC_URL}/help/dog-license?lang={language}"]
    assert [choice["label"] for choice in reply["choices"]] == [
        words(language, f"choice-{what}") for what in ("helped", "not-helped")
    ]


@pytest.mark.parametrize("language", SPOKEN)
def test_a_caller_hears_the_answer_and_gets_it_as_a_text(
    language: str, client: TestClient, service: Service, outbox: HeldOutbox
) -> None:
    call = Call(client)
    call.turn()
    call.turn(Digits=str(ORDER.index(language) + 1))
    heard = without_marks(call.turn(SpeechResult=QUESTIONS[language].question, Confidence="0.9"))
    assert "$15" in heard
    assert words(language, "answer-helped") in heard
    assert "http" not in heard
    assert words(language, "voice-goodbye") in call.turn(Digits="1")
    assert call.is_over
    effects = [service.intake.store.effect(effect_id) for effect_id in outbox.effect_ids]
    (text,) = [effect[0].reply for effect in effects if effect is not None and isinstance(effect[0], SendReply)]
    assert text.links == (f"{PUBLIC_URL}/help/dog-license?lang={language}",)
    assert text.choices == ()


def test_a_short_question_leans_on_the_one_before(phone: SmsPhone) -> None:
    weekdays = phone.send("what time is city hall open")
    saturdays = phone.send("and on saturdays?")
    assert "9:00 AM" in weekdays
    assert saturdays.startswith("City Hall is closed on Saturdays")


@pytest.mark.parametrize(
    "asked", ["is city hall open on December 25?", "is city hall open on the holiday?", "is city hall open sunday"]
)
def test_the_day_that_is_asked_about_decides_the_answer(asked: str, phone: SmsPhone) -> None:
    assert phone.send(asked).startswith("City Hall is closed on Saturdays, Sundays and city holidays.")


def test_a_short_question_leans_on_the_one_before_in_spanish(phone: SmsPhone) -> None:
    phone.send("¿a qué hora abre la alcaldía?")
    assert "/help/city-hall-hours" in phone.send("¿y los sábados?")


def test_where_the_answer_depends_on_the_neighborhood_it_is_asked_for_once(phone: SmsPhone) -> None:
    asked = phone.send("when do they clean my street with the sweeper?")
    assert asked == words("en", "ask-neighborhood")
    answer = phone.send("South End")
    assert "March 1" in answer
    assert "/help/street-cleaning-schedule" in answer


def test_a_place_without_a_neighborhood_gets_the_answer_for_all(phone: SmsPhone) -> None:
    phone.send("when do they clean my street with the sweeper?")
    assert "/help/street-cleaning-schedule" in phone.send("somewhere in Boston I guess")


def test_a_neighborhood_named_at_once_is_not_asked_for(phone: SmsPhone) -> None:
    assert "March 1" in phone.send("what are the street cleaning days in the North End?")


def test_a_question_while_a_case_is_collected_is_answered_and_the_case_goes_on(phone: SmsPhone) -> None:
    phone.send(TALKS["en"].report)
    answer = phone.send("how much is a dog license?")
    assert "$15" in answer
    assert words("en", "back-to-report") in answer
    assert PLACE in phone.send(PLACE)


def test_no_to_an_answer_can_become_a_case(phone: SmsPhone, service: Service) -> None:
    phone.send("which day is trash day?")
    phone.send("no")
    assert "Where is it?" in phone.send("1")
    phone.send(PLACE)
    phone.send("yes")
    with Session(service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
    assert (case.service, case.description) == ("MTRECYDBI", "which day is trash day?")


def test_nothing_more_ends_the_talk(phone: SmsPhone) -> None:
    phone.send("how much is a dog license?")
    assert words("en", "choice-nothing") in phone.send("no")
    assert phone.send("no") == words("en", "draft-dropped")


def test_a_question_that_no_article_answers_is_left_to_a_person(phone: SmsPhone, service: Service) -> None:
    assert phone.send("how do I become a notary public in massachusetts?") == words("en", "question-noted")
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.name)).all() == ["NoteQuestion"]


@pytest.fixture
def editable(tmp_path: Path, settings: Settings, clock: Clock) -> Iterator[Service]:
    """The reference city in a folder where an editor may write."""
    cities = tmp_path / "cities"
    shutil.copytree(ROOT / "cities" / "boston", cities / "boston", ignore=shutil.ignore_patterns("corpus", "development"))
    changed = settings.model_copy(update={"cities_folder": cities})
    # The bundle and the cached meanings are where they are for everybody.
    shared = build_understanding(changed.model_copy(update={"var_folder": Settings().var_folder}))
    service = build_service(changed, clock=clock, outbox=HeldOutbox(), understanding=shared)
    yield service
    service.engine.dispose()


def test_an_article_added_by_hand_answers_in_every_language_without_a_restart(editable: Service) -> None:
    with TestClient(create_app(editable, delivers=False), base_url=PUBLIC_URL) as client:

        def answers(language: str) -> str:
            text = BEES[language].question
            return str(client.post("/chat", json={"session": f"bees-{language}", "text": text}).json()["replies"][0]["links"])

        assert not any("bee-hives" in answers(language) for language in BEES)
        (editable.intake.city.folder / "knowledge" / "bee-hives.yaml").write_text(_bees(), encoding="utf-8")
        assert editable.knowledge.refresh()
        missed = [language for language in BEES if "/help/bee-hives" not in answers(language)]
        assert missed == []


def _bees() -> str:
    head = (
        "department: COB_ISD_ANML\nlink: https://www.boston.gov/departments/animal-care-and-control\nreviewer: a test\ntexts:\n"
    )
    texts = [
        f'  {language}:\n    reviewed: 2026-11-22\n    title: "{bees.title}"\n    answer: "{bees.answer}"\n    questions:\n'
        + "".join(f'      - "{example}"\n' for example in bees.examples)
        for language, bees in BEES.items()
    ]
    return head + "".join(texts)
