"""Twilio Voice: a call becomes turns, each an ordinary message; replies are spoken, and keys always work too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from twilio.twiml.voice_response import Gather, VoiceResponse

from channels.messages import Channel, InboundMessage, Reply


@dataclass(frozen=True)
class Spoken:
    """How Twilio hears and says a language. `hears` is None where its speech recognition lacks it; then keys and text take over."""

    says: str
    hears: str | None


# Twilio's Gather and Say languages; three of ours it can neither hear nor say, so the nearest voice reads the short menu line.
SPOKEN: Mapping[str, Spoken] = {
    "en": Spoken("en-US", "en-US"),
    "es": Spoken("es-US", "es-US"),
    "ht": Spoken("fr-FR", None),
    "zh-Hans": Spoken("zh-CN", "cmn-Hans-CN"),
    "zh-Hant": Spoken("zh-HK", "yue-Hant-HK"),
    "vi": Spoken("vi-VN", "vi-VN"),
    "kea": Spoken("pt-PT", None),
    "pt": Spoken("pt-BR", "pt-BR"),
    "fr": Spoken("fr-CA", "fr-CA"),
    "ru": Spoken("ru-RU", "ru-RU"),
    "ar": Spoken("arb", "ar-AE"),
    "so": Spoken("en-US", None),
}
_VIETNAMESE_VOICE = "Google.vi-VN-Standard-A"
_MISSES_AT_MOST = 2


@dataclass(frozen=True)
class Line:
    """A sentence and the language that it is said in."""

    text: str
    language: str


def has_speech(language: str) -> bool:
    """Whether a caller can speak `language` to us."""
    return SPOKEN[language].hears is not None


def read_turn(form: Mapping[str, str], *, turn: int, language: str, now: datetime) -> InboundMessage:
    """Turn what a caller said or keyed in `turn` into a message; keys win over speech."""
    digits = keys_pressed(form)
    speech = form.get("SpeechResult", "")
    return InboundMessage(
        channel=Channel.VOICE,
        provider_id=f"{form['AccountSid']}:{form['CallSid']}:{turn}",
        sender=form["From"],
        text=digits or speech,
        received_at=now,
        language_hint=language,
        speech_confidence=None if digits else _confidence(form),
        thread=form["CallSid"],
    )


def is_silent(form: Mapping[str, str]) -> bool:
    """Whether the caller neither spoke nor pressed a key."""
    return not (keys_pressed(form) or form.get("SpeechResult"))


def misses_allow_another(misses: int) -> bool:
    """Whether silence so far still deserves another try."""
    return misses <= _MISSES_AT_MOST


def ask(lines: Sequence[Line], *, action: str, listens_in: str, hints: str = "") -> str:
    """Say `lines` and listen, by speech where Twilio hears the language, by keys always. Silence calls `action` as well."""
    hears = SPOKEN[listens_in].hears
    gather = Gather(
        input="dtmf speech" if hears else "dtmf",
        action=action,
        method="POST",
        timeout=6,
        finish_on_key="#",
        # Without this, a caller who says nothing is never heard of again.
        action_on_empty_result=True,
        # People describe dirt and anger in strong words; the filter would take the words that matter.
        profanity_filter=False,
        **({"language": hears, "speech_timeout": "3", "speech_model": "phone_call", "hints": hints} if hears else {}),
    )
    for line in lines:
        _say(gather, line)
    response = VoiceResponse()
    response.append(gather)
    return str(response)


def say_and_hang_up(lines: Sequence[Line]) -> str:
    """Say `lines` and end the call."""
    response = VoiceResponse()
    for line in lines:
        _say(response, line)
    response.hangup()
    return str(response)


def lines_of(replies: Sequence[Reply]) -> list[Line]:
    """Replies as spoken lines; links are for eyes only."""
    return [Line(reply.text, reply.language) for reply in replies]


def _say(node: Gather | VoiceResponse, line: Line) -> None:
    spoken = SPOKEN[line.language]
    if line.language == "vi":
        node.say(line.text, language=spoken.says, voice=_VIETNAMESE_VOICE)
    else:
        node.say(line.text, language=spoken.says)


def keys_pressed(form: Mapping[str, str]) -> str:
    """The digits pressed; # and * alone say nothing."""
    return form.get("Digits", "").strip("#*")


def _confidence(form: Mapping[str, str]) -> float | None:
    """Twilio's confidence; some speech models give none or 0.0 for everything, which says nothing."""
    try:
        value = float(form.get("Confidence", ""))
    except ValueError:
        return None
    return value if value > 0 else None
