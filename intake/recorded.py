"""A recorded message as a value, read with its conversation."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel, Location, Reply
from intake.conversation import Conversation
from intake.tables import AttachmentTable, ConversationTable, MessageTable

CONVERSATION: TypeAdapter[Conversation] = TypeAdapter(Conversation)
REPLIES: TypeAdapter[tuple[Reply, ...]] = TypeAdapter(tuple[Reply, ...])


@dataclass(frozen=True)
class Recorded:
    """A message as stored, with the conversation as it stood when this was read. `is_held`: a person has the talk."""

    message_id: int
    conversation_id: int
    contact_id: int
    channel: Channel
    text: str
    location: Location | None
    language_hint: str | None
    speech_confidence: float | None
    has_photo: bool
    received_at: datetime
    conversation: Conversation
    replies: tuple[Reply, ...] | None
    case_numbers: tuple[str, ...]
    language: str | None
    is_held: bool


def recorded(session: Session, message_id: int, *, locks: bool) -> Recorded:
    """Read a message; with `locks` its conversation is held until the transaction ends."""
    message = session.get_one(MessageTable, message_id)
    query = select(ConversationTable).where(ConversationTable.id == message.conversation_id)
    if locks:
        # SQLite has one writer at a time anyway and leaves FOR UPDATE out.
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one()
    if locks:
        session.refresh(message)
    photos = session.scalars(select(AttachmentTable.id).where(AttachmentTable.message_id == message_id)).all()
    return Recorded(
        message_id=message.id,
        conversation_id=row.id,
        contact_id=row.contact_id,
        channel=Channel(message.channel),
        text=message.text,
        location=_location(message),
        language_hint=message.language_hint,
        speech_confidence=message.speech_confidence,
        has_photo=bool(photos),
        received_at=message.received_at,
        conversation=CONVERSATION.validate_python({**row.memory, "version": row.version}),
        replies=None if message.handled_at is None else REPLIES.validate_python(message.replies or []),
        case_numbers=tuple(message.opened_cases or ()),
        language=message.language,
        is_held=row.held_by is not None,
    )


def _location(message: MessageTable) -> Location | None:
    if message.latitude is None or message.longitude is None:
        return None
    return Location(message.latitude, message.longitude)
