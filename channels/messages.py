"""The message every channel turns its provider's payload into, and the reply it turns back into an answer."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """Where a message came in; also the key under which its provider's ids are unique."""

    SMS = "sms"
    VOICE = "voice"
    CHAT = "chat"
    FORM = "form"
    TRANSCRIPT = "transcript"
    CONSOLE = "console"
    OPEN311 = "open311"


@dataclass(frozen=True)
class Location:
    """A point that the resident's device or map gave, WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message: still at the provider (`url`) or already stored (`key`)."""

    content_type: str
    url: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class InboundMessage:
    """What a resident sent, in our words.

    `sender` is an E.164 number, an e-mail address or a session id, by channel.
    `language_hint` is a BCP 47 code that the resident chose (a form field, a voice menu), not a guess. `thread` tells one sender's
    conversations on a channel apart where each stands for itself (a phone call); elsewhere it is empty.
    """

    channel: Channel
    provider_id: str
    sender: str
    text: str
    received_at: datetime
    location: Location | None = None
    attachments: tuple[Attachment, ...] = field(default=())
    language_hint: str | None = None
    speech_confidence: float | None = None
    thread: str = ""


@dataclass(frozen=True)
class Choice:
    """One answer offered to a closed question: what to send back, and what to show."""

    value: str
    label: str


@dataclass(frozen=True)
class Reply:
    """What we say back: storable, free of provider objects, the same for every channel. `ends_call`: a phone hangs up after it."""

    text: str
    language: str
    choices: tuple[Choice, ...] = ()
    links: tuple[str, ...] = ()
    ends_call: bool = False
