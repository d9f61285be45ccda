"""Tables of the people who work with the service: who they are, what they did, what they said to residents."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Table


class PersonTable(Table):
    """Someone who signs in; `subject` is who the city's identity provider says they are (issuer and sub), `languages` what they read."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    languages: Mapped[list[Any]] = mapped_column(JSON)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class PersonSessionTable(Table):
    """A signed-in browser: only the hash of its cookie is kept."""

    __tablename__ = "person_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    lookup: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AuditTable(Table):
    """What people did, append-only: who, what, about what, before and after. `about` is a kind and an id, as in "contact 12"."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(120), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ReviewActionTable(Table):
    """What a person did with a review, and what it takes to undo it. `effect_ids` wait out the minute in which it can be."""

    __tablename__ = "review_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(24))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    effect_ids: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class StaffMessageTable(Table):
    """What a person wrote to a resident: `text` in their own words, `sent_text` as the resident gets it.

    `engine` and `model` made the translation, empty where there is none. `state` is waiting, sent, delivered, read or failed.
    """

    __tablename__ = "staff_messages"
    __table_args__ = (
        Index("ix_staff_messages_conversation_id_id", "conversation_id", "id"),
        UniqueConstraint("key", name="uq_staff_messages_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12))
    engine: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    article: Mapped[str | None] = mapped_column(String(60))
    effect_id: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]


class TranslationTable(Table):
    """A message's translation for staff, by a machine or, where `person_id` is set, by a person. `signal` is 0 to 1, 1 the best."""

    __tablename__ = "translations"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    source: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    engine: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    signal: Mapped[float] = mapped_column(Float)
    is_wrong: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class MemoryTable(Table):
    """A sentence and its English meaning as a person gave it: it joins the corpus in the translation memory."""

    __tablename__ = "translation_memory"
    __table_args__ = (UniqueConstraint("language", "text", name="uq_translation_memory_language_text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(1000))
    english: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
