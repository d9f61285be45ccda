"""Calls, in every language: by speech where the provider hears it, by text where it does not."""

import re
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.twilio_voice import has_speech
from intake.delivering.durable import HeldOutbox
from intake.effects import SendReply
from intake.phrases import Phrases
from intake.tables import CaseTable, ReviewTable
from intake.wiring import Service
from tests.conftest import ACCOUNT
from tests.stories.talks import PLACE, TALKS, Talk
from tests.twilio import PHONE, post_signed

ORDER = list(TALKS)
SPOKEN = [language for language in TALKS if has_speech(language)]
UNSPOKEN = [language for language in TALKS if not has_speech(language)]


class Call:
    """A call: each answer's `action` is where the next turn goes, as with Twilio."""

    def __init__(self, client: TestClient, sid: str = "CA1") -> None:
        self._client = client
        self._form = {"AccountSid": ACCOUNT, "CallSid": sid, "From": PHONE, "To": "+16175550311", "CallStatus": "in-progress"}
        self._action: str | None = "/voice"

    def turn(self, **said: str) -> str:
        assert self._action is not None, "the call is over"
        response = post_signed(self._client, self._action, {**self._form, **said})
        assert response.status_code == 200, response.text
        document = ET.fromstring(response.text)  # noqa: S314 - our own answer.
        gather = document.find("Gather")
        self._action = None if gather is None else gather.attrib["action"]
        return " ".join(say.text or "" for say in document.iter("Say"))

    def hang_up(self) -> None:
        post_signed(self._client, "/voice/status", {**self._form, "CallStatus": "completed"})

    @property
    def is_over(self) -> bool:
        return self._action is None


@pytest.fixture
def call(client: TestClient) -> Call:
    return Call(client)


def sent_texts(service: Service, outbox: HeldOutbox) -> list[SendReply]:
    effects = [service.intake.store.effect(effect_id) for effect_id in outbox.effect_ids]
    return [effect[0] for effect in effects if effect is not None and isinstance(effect[0], SendReply)]


@pytest.mark.parametrize("language", SPOKEN)
def test_a_caller_reports_by_speech_and_gets_number_and_text(
    language: str, call: Call, service: Service, outbox: HeldOutbox
) -> None:
    talk: Talk = TALKS[language]
    assert "911" in call.turn().replace(" ", "")
    call.turn(Digits=str(ORDER.index(language) + 1))
    call.turn(SpeechResult=talk.report, Confidence="0.9")
    read_back = call.turn(SpeechResult=PLACE, Confidence="0.9")
    assert PLACE in read_back
    call.turn(Digits="1")
    assert call.is_over
    with Session(service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
    assert (case.service, case.language) == ("REQPOTHL", language)
    (text,) = sent_texts(service, outbox)
    assert str(case.number) in text.reply.text


@pytest.mark.parametrize("language", UNSPOKEN)
def test_a_language_without_speech_goes_on_by_text(language: str, call: Call, service: Service, outbox: HeldOutbox) -> None:
    call.turn()
    call.turn(Digits=str(ORDER.index(language) + 1))
    assert call.is_over
    (text,) = sent_texts(service, outbox)
    assert text.reply.text == Phrases([language]).say(language, "text-after-call", city="Boston")


def test_a_language_can_be_chosen_by_naming_it(call: Call) -> None:
    call.turn()
    assert call.turn(SpeechResult="Español.") == Phrases(["es"]).say("es", "voice-describe")


def test_the_case_number_is_read_digit_by_digit(call: Call) -> None:
    call.turn()
    call.turn(Digits="1")
    call.turn(SpeechResult="there is a deep pothole at 450 Blue Hill Ave", Confidence="0.9")
    assert re.search(r"2 6 0 0 0 0 0 1", call.turn(Digits="1"))


def test_silence_is_asked_again_and_then_answered_by_text(call: Call, service: Service, outbox: HeldOutbox) -> None:
    call.turn()
    call.turn(Digits="1")
    for _ in range(2):
        assert Phrases(["en"]).say("en", "voice-not-heard") in call.turn()
    call.turn()
    assert call.is_over
    assert len(sent_texts(service, outbox)) == 1


def test_a_repeated_turn_is_answered_the_same_and_counts_once(client: TestClient, service: Service) -> None:
    form = {"AccountSid": ACCOUNT, "CallSid": "CA9", "From": PHONE, "SpeechResult": "pothole at 450 Blue Hill Ave"}
    answers = {post_signed(client, "/voice/turn?language=en&turn=1", form).text for _ in range(3)}
    assert len(answers) == 1


def test_a_caller_who_hangs_up_half_way_is_put_before_a_person(call: Call, service: Service) -> None:
    call.turn()
    call.turn(Digits="1")
    call.turn(SpeechResult="there is a deep pothole on my street", Confidence="0.9")
    call.hang_up()
    call.hang_up()
    with Session(service.engine) as session:
        review = session.scalars(select(ReviewTable)).one()
    assert review.name == "Abandoned"
    assert review.drafts[0]["service"] == "REQPOTHL"


def test_a_new_call_begins_anew(client: TestClient) -> None:
    first = Call(client, "CA1")
    first.turn()
    first.turn(Digits="1")
    first.turn(SpeechResult="there is a deep pothole on my street")
    second = Call(client, "CA2")
    second.turn()
    assert second.turn(Digits="1") == Phrases(["en"]).say("en", "voice-describe")


def test_an_emergency_on_the_phone_is_answered_first(call: Call) -> None:
    call.turn()
    call.turn(Digits="1")
    assert call.turn(SpeechResult="I smell gas in my building") == Phrases(["en"]).say("en", "emergency-gas")


def test_a_forged_call_is_refused(client: TestClient) -> None:
    assert client.post("/voice", data={"CallSid": "CA1"}).status_code == 403
