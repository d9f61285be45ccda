"""A call that was written down elsewhere is read like any other message."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from channels.messages import Channel, InboundMessage
from channels.transcripts import Transcript, read_transcript

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def read(**fields: Any) -> InboundMessage:
    return read_transcript(Transcript.model_validate({"id": "call-7"} | fields), NOW)


def test_the_callers_sentences_become_one_text() -> None:
    sentences = [
        {"text": "City of Boston, how can I help?", "speaker": "agent"},
        {"text": "There is a hole in the street."},
        {"text": "On Blue Hill Avenue.", "speaker": "caller"},
    ]
    assert read(sentences=sentences).text == "There is a hole in the street. On Blue Hill Avenue."


def test_a_whole_text_goes_before_sentences() -> None:
    assert read(text=" a hole ", sentences=[{"text": "something else"}]).text == "a hole"


def test_the_least_certain_sentence_of_the_caller_decides() -> None:
    sentences = [
        {"text": "a hole", "confidence": 0.9},
        {"text": "on Adams", "confidence": 0.4},
        {"text": "hello", "confidence": 0.1, "speaker": "agent"},
    ]
    assert read(sentences=sentences).speech_confidence == 0.4


def test_the_vendors_own_confidence_goes_before_that_of_sentences() -> None:
    assert read(sentences=[{"text": "a hole", "confidence": 0.4}], confidence=0.0).speech_confidence == 0.0


def test_a_vendor_that_gives_no_confidence_is_believed() -> None:
    assert read(text="a hole").speech_confidence == 1.0


def test_a_transcript_of_a_known_caller_belongs_to_that_number() -> None:
    message = read(text="a hole", caller="+16175550123", language="es")
    assert (message.channel, message.provider_id) == (Channel.TRANSCRIPT, "call-7")
    assert (message.sender, message.language_hint, message.received_at) == ("+16175550123", "es", NOW)


def test_transcripts_without_a_number_are_senders_of_their_own() -> None:
    assert read(id="call-7", text="a hole").sender != read(id="call-8", text="a hole").sender


def test_two_calls_of_one_number_are_two_conversations() -> None:
    first, second = read(id="call-7", text="a", caller="+1"), read(id="call-8", text="b", caller="+1")
    assert first.thread != second.thread


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"text": "  \n"}, id="blanks"),
        pytest.param({"sentences": [{"text": "How can I help?", "speaker": "agent"}]}, id="only the agent"),
    ],
)
def test_a_transcript_without_words_of_the_caller_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no words of the caller"):
        read(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"id": ""}, id="an empty id"),
        pytest.param({"confidence": 1.5}, id="a confidence over one"),
        pytest.param({"transcript": "a hole"}, id="a field that we do not know"),
        pytest.param({"text": "a" * 20_001}, id="a text that is too long"),
        pytest.param({"sentences": [{"text": ""}]}, id="an empty sentence"),
    ],
)
def test_a_broken_transcript_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**({"text": "a hole"} | fields))
