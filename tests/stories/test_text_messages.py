"""Talks by text message, in every language, through Twilio's webhook."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.twilio_signature import SIGNATURE_HEADER
from intake.phrases import Phrases
from intake.tables import CaseTable, ContactTable, MessageTable, OptOutTable, ReviewTable
from intake.wiring import Service
from tests.stories.talks import PLACE, TALKS, Talk
from tests.twilio import SmsPhone, post_signed, sms_form, texts_in

LANGUAGES = pytest.mark.parametrize(("language", "talk"), TALKS.items(), ids=TALKS)
CASE_NUMBER = re.compile(r"\d{2}-\d{6}")


@pytest.fixture
def phone(client: TestClient) -> SmsPhone:
    return SmsPhone(client)


def words(language: str, phrase: str, **values: str) -> str:
    """A phrase as the resident reads it."""
    return Phrases([language]).say(language, phrase, **{"city": "Boston", "phone": "311", **values})


def after_the_name(text: str) -> str:
    """The part of a phrase behind its variable, which was filled in with "¤"."""
    return re.split("¤[\u2068\u2069]*", text)[-1].strip()


def count(service: Service, table: type) -> int:
    with Session(service.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@LANGUAGES
def test_a_report_without_a_place_becomes_a_case_after_place_and_yes(language: str, talk: Talk, phone: SmsPhone) -> None:
    asked = phone.send(talk.report)
    assert after_the_name(words(language, "ask-place", service="¤")) in asked
    read_back = phone.send(PLACE)
    assert PLACE in read_back
    assert words(language, "choice-right") in read_back
    opened = phone.send(talk.yes)
    assert CASE_NUMBER.search(opened)
    assert words(language, "case-opened-later") in opened


@LANGUAGES
def test_the_status_word_tells_of_the_case(language: str, talk: Talk, phone: SmsPhone) -> None:
    phone.send(talk.report)
    phone.send(PLACE)
    number = CASE_NUMBER.search(phone.send(talk.yes))
    assert number is not None
    assert number.group() in phone.send(talk.status)


@LANGUAGES
def test_stop_in_the_residents_own_word_silences_everything_until_start(
    language: str, talk: Talk, phone: SmsPhone, service: Service
) -> None:
    phone.send(talk.report)
    assert "START" in phone.send(talk.stop)
    assert phone.send(talk.report) == ""
    assert phone.send(PLACE) == ""
    assert phone.send("START") != ""
    assert count(service, OptOutTable) == 2


@LANGUAGES
def test_a_smell_of_gas_is_answered_first_with_911_and_puts_it_before_staff(
    language: str, talk: Talk, phone: SmsPhone, service: Service
) -> None:
    phone.send(talk.report)
    assert phone.send(talk.gas) == words(language, "emergency-gas")
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.is_urgent)).all() == [True]


@LANGUAGES
def test_a_question_out_of_scope_is_declined_kindly(language: str, talk: Talk, phone: SmsPhone) -> None:
    answer = phone.send(talk.nonsense)
    assert words(language, "word-agent") in answer


@LANGUAGES
def test_a_person_is_called_on_request(language: str, talk: Talk, phone: SmsPhone, service: Service) -> None:
    answer = phone.send(talk.agent)
    assert answer
    with Session(service.engine) as session:
        assert session.scalars(select(ReviewTable.name)).all() == ["CallAgent"]


def test_no_keeps_the_case_closed_and_a_new_place_is_read_back(phone: SmsPhone, service: Service) -> None:
    phone.send(TALKS["en"].report)
    phone.send(PLACE)
    assert "12 Gibson St" in phone.send("no, it is at 12 Gibson St")
    assert count(service, CaseTable) == 0
    assert "12 Gibson St" in phone.send("yes")


def test_a_bare_address_corrects_the_place_and_not_the_problem(phone: SmsPhone, service: Service) -> None:
    phone.send(TALKS["en"].report)
    phone.send("12 Gibson St")
    assert "450 Blue Hill Ave" in phone.send(PLACE)
    phone.send("yes")
    with Session(service.engine) as session:
        assert session.scalars(select(CaseTable.service)).all() == ["REQPOTHL"]


def test_an_address_and_nothing_else_is_asked_what_is_wrong_there(phone: SmsPhone, service: Service) -> None:
    assert words("en", "ask-problem") in phone.send(PLACE)


def test_a_single_word_is_answered_in_the_language_it_is_from(client: TestClient) -> None:
    for number, (word, language) in enumerate([("auxilio", "es"), ("SISPANN", "ht"), ("СТОП", "ru")]):
        answer = SmsPhone(client, f"+1617555010{number}").send(word)
        phrase = "help" if word == "auxilio" else "stopped"
        assert answer == words(language, phrase)


def test_two_problems_in_one_message_become_two_cases(phone: SmsPhone, service: Service) -> None:
    read_back = phone.send("There is a deep pothole at 450 Blue Hill Ave. Also the street light is out there.")
    assert "1)" in read_back
    assert "2)" in read_back
    assert len(CASE_NUMBER.findall(phone.send("1"))) == 4  # Each number stands in the text and in its link.
    assert count(service, CaseTable) == 2


def test_a_forged_signature_is_refused_and_leaves_nothing(client: TestClient, service: Service) -> None:
    response = client.post("/sms", data=sms_form("hello"), headers={SIGNATURE_HEADER: "bm90IHR3aWxpbw=="})
    assert response.status_code == 403
    assert count(service, MessageTable) == 0
    assert count(service, ContactTable) == 0


def test_the_same_message_ten_times_at_once_is_one_message_and_one_case(client: TestClient, service: Service) -> None:
    phone = SmsPhone(client)
    phone.send("There is a deep pothole at 450 Blue Hill Ave")
    yes = sms_form("yes", sid="SMthesame")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: post_signed(client, "/sms", yes), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert CASE_NUMBER.search(texts_in(answers[0].text)[0])
    assert count(service, MessageTable) == 2
    assert count(service, CaseTable) == 1


def test_numbers_are_never_stored_in_clear(phone: SmsPhone, service: Service) -> None:
    phone.send("hello")
    with Session(service.engine) as session:
        contact = session.scalars(select(ContactTable)).one()
    assert b"6175550123" not in contact.sealed
    assert "6175550123" not in contact.lookup


def test_a_stranger_sees_nothing_of_anothers_case(client: TestClient, phone: SmsPhone) -> None:
    phone.send("There is a deep pothole at 450 Blue Hill Ave")
    number = CASE_NUMBER.search(phone.send("yes"))
    assert number is not None
    answer = SmsPhone(client, "+16175550199").send(f"status {number.group()}")
    assert "Blue Hill" not in answer
