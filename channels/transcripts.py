"""Transcripts made elsewhere (a vendor's file or interface) become messages."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from channels.messages import Channel, InboundMessage


class Sentence(BaseModel):
    """One sentence of a transcript; `confidence` is the recogniser's, 0 to 1."""

    text: str = Field(min_length=1, max_length=4000)
    confidence: float | None = Field(default=None, ge=0, le=1)
    speaker: str = Field(default="caller", description="Only the caller's sentences are understood.")


class Transcript(BaseModel):
    """A call's transcript. Either `text` or `sentences` holds the words."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=100, description="The vendor's id; a repeat is answered from the stored reply.")
    text: str = Field(default="", max_length=20_000)
    sentences: list[Sentence] = Field(default_factory=list, max_length=500)
    caller: str = Field(default="", max_length=200, description="Phone number; without it the transcript stands alone.")
    language: str | None = Field(default=None, description="BCP 47, where the vendor knows it.")
    confidence: float | None = Field(default=None, ge=0, le=1)


def read_transcript(transcript: Transcript, now: datetime) -> InboundMessage:
    """Turn a transcript into a message. Raises ValueError where it has no words."""
    spoken = [sentence for sentence in transcript.sentences if sentence.speaker == "caller"]
    text = transcript.text.strip() or " ".join(sentence.text for sentence in spoken).strip()
    if not text:
        raise ValueError("the transcript has no words of the caller")
    heard = [sentence.confidence for sentence in spoken if sentence.confidence is not None]
    confidence = transcript.confidence if transcript.confidence is not None else min(heard, default=None)
    return InboundMessage(
        channel=Channel.TRANSCRIPT,
        provider_id=transcript.id,
        sender=transcript.caller or f"transcript:{transcript.id}",
        text=text,
        received_at=now,
        language_hint=transcript.language,
        speech_confidence=confidence if confidence is not None else 1.0,
        thread=transcript.id[:64],
    )
