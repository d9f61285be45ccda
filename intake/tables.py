"""The database's tables. Nothing here decides anything; the stores read and write them."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Table(DeclarativeBase):
    """The base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


class ContactTable(Table):
    """A person's number, address or session: sealed, and found by its keyed hash."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    lookup: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    opted_out_at: Mapped[datetime | None]


class OptOutTable(Table):
    """The opt-out ledger: append-only, one row for each word that stopped or started messages."""

    __tablename__ = "opt_outs"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    action: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class ConversationTable(Table):
    """One resident on one channel (for calls: one call); `memory` holds the conversation's values."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("contact_id", "channel", "thread", name="uq_conversations_contact_channel_thread"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str] = mapped_column(String(16))
    thread: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(24))
    language: Mapped[str | None] = mapped_column(String(12))
    memory: Mapped[dict[str, Any]]
    version: Mapped[int]
    changed_at: Mapped[datetime]
    held_by: Mapped[int | None]
    held_at: Mapped[datetime | None]


class MessageTable(Table):
    """An inbound message, committed before anything is done about it; `replies` are what it was answered with."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id", name="uq_messages_channel_provider_id"),
        Index("ix_messages_unhandled", "handled_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    language_hint: Mapped[str | None] = mapped_column(String(12))
    speech_confidence: Mapped[float | None]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    replies: Mapped[list[Any] | None] = mapped_column(JSON)
    opened_cases: Mapped[list[Any] | None] = mapped_column(JSON)
    language: Mapped[str | None] = mapped_column(String(12))

    conversation: Mapped[ConversationTable] = relationship(lazy="joined")


class AttachmentTable(Table):
    """A file that came with a message. `state` is waiting, stored or refused."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    position: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")


class DecisionTable(Table):
    """What was understood and decided, with reasons and the bundle that understood it."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), unique=True)
    name: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(12))
    language_confidence: Mapped[float]
    confidence: Mapped[float]
    services: Mapped[list[Any]] = mapped_column(JSON)
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class CaseTable(Table):
    """A case that was opened for a resident."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    service: Mapped[str] = mapped_column(String(20), index=True)
    department: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(12))
    priority: Mapped[str] = mapped_column(String(8))
    description: Mapped[str] = mapped_column(Text)
    details: Mapped[list[Any]] = mapped_column(JSON)
    place: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    merged_into: Mapped[int | None] = mapped_column(index=True)


class CaseFollowerTable(Table):
    """Somebody who said that a case is theirs too: they hear its news as its reporter does."""

    __tablename__ = "case_followers"
    __table_args__ = (UniqueConstraint("case_id", "contact_id", name="uq_case_followers_case_id_contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    language: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class CaseEventTable(Table):
    """A case's history: append-only."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ReviewTable(Table):
    """Something a person should look at."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    name: Mapped[str] = mapped_column(String(32))
    is_urgent: Mapped[bool]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    drafts: Mapped[list[Any]] = mapped_column(JSON)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None]
    claimed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(24))


class AnswerTable(Table):
    """An answer from the knowledge base; `is_helpful` is what the resident said of it, None where they said nothing.

    `is_beside`: it was given beside a report, so the case that follows says nothing about it.
    """

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    article: Mapped[str] = mapped_column(String(60), index=True)
    variant: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float]
    is_beside: Mapped[bool]
    is_helpful: Mapped[bool | None]
    at: Mapped[datetime] = mapped_column(index=True)


class LabelTable(Table):
    """A person's correction: what was, what should have been, who said so."""

    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    field: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(60))
    after: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
