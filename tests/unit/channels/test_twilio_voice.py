"""A call, turn by turn: what the caller said or pressed comes in, and what is said back is TwiML."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from channels.messages import Channel, InboundMessage, Reply
from channels.twilio_voice import (
    SPOKEN,
    Line,
    ask,
    has_speech,
    is_silent,
    lines_of,
    misses_allow_another,
    read_turn,
    say_and_hang_up,
)
from tests.conftest import ACCOUNT
from tests.twilio import PHONE

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def turn_form(**fields: str) -> dict[str, str]:
    """The form that Twilio posts after a Gather."""
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": "CA1",
        "CallStatus": "in-progress",
        "Called": "+16175550311",
        "Caller": PHONE,
        "Direction": "inbound",
        "From": PHONE,
        "To": "+16175550311",
    } | fields


def heard(turn: int = 1, **fields: str) -> InboundMessage:
    return read_turn(turn_form(**fields), turn=turn, language="es", now=NOW)


def parsed(twiml: str) -> ET.Element:
    return ET.fromstring(twiml)  # noqa: S314 - our own answer.


def gathered(language: str = "en", *, hints: str = "") -> ET.Element:
    gather = parsed(ask([Line("How can we help?", language)], action="/voice/turn?turn=1", listens_in=language, hints=hints))
    return gather[0]


def test_what_a_caller_says_is_a_message_in_the_chosen_language() -> None:
    assert heard(SpeechResult="hay un hoyo", Confidence="0.91") == InboundMessage(
        channel=Channel.VOICE,
        provider_id=f"{ACCOUNT}:CA1:1",
        sender=PHONE,
        text="hay un hoyo",
        received_at=NOW,
        language_hint="es",
        speech_confidence=0.91,
        thread="CA1",
    )


def test_each_turn_of_a_call_is_a_message_of_its_own() -> None:
    assert heard(1, SpeechResult="a").provider_id != heard(2, SpeechResult="a").provider_id


def test_keys_win_over_speech() -> None:
    message = heard(Digits="2", SpeechResult="dos", Confidence="0.3")
    assert (message.text, message.speech_confidence) == ("2", None)


def test_the_pound_key_at_the_end_of_a_number_is_no_part_of_it() -> None:
    assert heard(Digits="26000123#").text == "26000123"


@pytest.mark.parametrize(
    "confidence",
    [
        pytest.param({}, id="none given"),
        pytest.param({"Confidence": ""}, id="blank"),
        pytest.param({"Confidence": "0.0"}, id="zero for everything"),
        pytest.param({"Confidence": "n/a"}, id="no number"),
    ],
)
def test_a_speech_model_without_useful_confidence_says_nothing(confidence: dict[str, str]) -> None:
    form = turn_form(SpeechResult="a hole", **confidence)
    assert read_turn(form, turn=1, language="en", now=NOW).speech_confidence is None


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"SpeechResult": "", "Digits": ""}, id="blank fields"),
        pytest.param({"Digits": "#"}, id="the pound key alone"),
        pytest.param({"Digits": "*"}, id="the star alone"),
    ],
)
def test_a_caller_who_says_and_presses_nothing_is_silent(fields: dict[str, str]) -> None:
    assert is_silent(turn_form(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"SpeechResult": "a hole"}, id="speech"),
        pytest.param({"Digits": "0"}, id="a key"),
        pytest.param({"Digits": "*", "SpeechResult": "a hole"}, id="speech and a star"),
    ],
)
def test_a_caller_who_says_or_presses_something_is_heard(fields: dict[str, str]) -> None:
    assert not is_silent(turn_form(**fields))


def test_silence_is_forgiven_twice() -> None:
    assert [misses_allow_another(misses) for misses in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("field", ["AccountSid", "CallSid", "From"])
def test_a_turn_without_what_names_it_is_refused(field: str) -> None:
    form = {name: value for name, value in turn_form(SpeechResult="a").items() if name != field}
    with pytest.raises(KeyError, match=field):
        read_turn(form, turn=1, language="en", now=NOW)


@pytest.mark.parametrize(
    ("language", "hears"),
    [
        ("en", "en-US"),
        ("es", "es-US"),
        ("zh-Hans", "cmn-Hans-CN"),
        ("zh-Hant", "yue-Hant-HK"),
        ("vi", "vi-VN"),
        ("pt", "pt-BR"),
        ("fr", "fr-CA"),
        ("ru", "ru-RU"),
        ("ar", "ar-AE"),
    ],
)
def test_a_caller_can_speak_or_press_keys(language: str, hears: str) -> None:
    gather = gathered(language)
    assert has_speech(language)
    assert (gather.get("input"), gather.get("language")) == ("dtmf speech", hears)
    assert gather.get("speechModel") == "phone_call"


@pytest.mark.parametrize("language", ["ht", "kea", "so"])
def test_where_the_provider_hears_no_speech_keys_are_left(language: str) -> None:
    gather = gathered(language)
    assert not has_speech(language)
    assert (gather.get("input"), gather.get("language"), gather.get("speechModel")) == ("dtmf", None, None)


def test_silence_comes_back_to_us_as_a_turn() -> None:
    gather = gathered()
    assert (gather.get("action"), gather.get("method"), gather.get("actionOnEmptyResult")) == (
        "/voice/turn?turn=1",
        "POST",
        "true",
    )


def test_words_that_a_caller_may_use_help_the_recognition() -> None:
    assert gathered(hints="English,Español").get("hints") == "English,Español"


def test_a_caller_is_not_censored() -> None:
    assert gathered().get("profanityFilter") == "false"


def test_each_line_is_said_in_its_own_language() -> None:
    said = parsed(ask([Line("Welcome", "en"), Line("歡迎", "zh-Hant")], action="/voice", listens_in="en"))[0]
    assert [(say.text, say.get("language")) for say in said] == [("Welcome", "en-US"), ("歡迎", "zh-HK")]


def test_vietnamese_is_said_by_the_voice_that_can() -> None:
    say = gathered("vi")[0]
    assert (say.get("language"), say.get("voice")) == ("vi-VN", "Google.vi-VN-Standard-A")


@pytest.mark.parametrize("language", sorted(SPOKEN))
def test_the_short_menu_is_said_in_every_language(language: str) -> None:
    assert gathered(language)[0].get("language") == SPOKEN[language].says


def test_the_call_ends_after_the_last_line() -> None:
    response = parsed(say_and_hang_up([Line("Your case is open.", "en"), Line("Goodbye", "en")]))
    assert [(node.tag, node.text) for node in response] == [("Say", "Your case is open."), ("Say", "Goodbye"), ("Hangup", None)]


def test_links_are_not_read_aloud() -> None:
    lines = lines_of([Reply("Your case is open.", "en", links=("https://311.example.org/c/1",)), Reply("Gracias", "es")])
    assert lines == [Line("Your case is open.", "en"), Line("Gracias", "es")]
