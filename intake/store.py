"""The only module that commits: it records messages, opens transactions, and keeps the ledger of effects."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, func, select, update
from sqlalchemy.orm import Session

from channels.messages import InboundMessage
from intake.backlog import Backlog
from intake.casework.cases import Case
from intake.contacts import ContactVault
from intake.conversation import Conversation
from intake.database import WRITES, insert_once
from intake.delivering.destinations import NOWHERE, Destinations
from intake.delivering.outbox import Outbox
from intake.delivery_tables import EffectTable
from intake.effects import EFFECT, Effect, FetchAttachment
from intake.opt_outs import CARRIER, note_stop
from intake.tables import (
    AttachmentTable,
    CaseTable,
    ContactTable,
    ConversationTable,
    DecisionTable,
    MessageTable,
    ReviewTable,
    Table,
)
from intake.work import CONVERSATION, Recorded, Work, case_value, recorded


@dataclass(frozen=True)
class Receipt:
    """What recording a message gave: its id, and whether it was seen before."""

    message_id: int
    is_repeat: bool


@dataclass(frozen=True)
class StoredAttachment:
    """An attachment's row as a value."""

    id: int
    message_id: int
    url: str | None
    content_type: str
    state: str


class Store:
    """Reads and writes through one engine."""

    def __init__(self, engine: Engine, vault: ContactVault, outbox: Outbox, destinations: Destinations = NOWHERE) -> None:
        self._destinations = destinations
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._vault = vault
        self._outbox = outbox

    def record(self, inbound: InboundMessage) -> Receipt:
        """Commit a message before anything else happens to it. A repeat finds the row that is there."""
        with self._transaction() as session:
            conversation_id = self._conversation_id(session, inbound)
            values = _message_values(inbound, conversation_id)
            is_new = insert_once(session, MessageTable, values, ("channel", "provider_id"))
            message = session.scalars(
                select(MessageTable).where(
                    MessageTable.channel == inbound.channel.value, MessageTable.provider_id == inbound.provider_id
                )
            ).one()
            if is_new:
                self._record_attachments(session, message.id, conversation_id, inbound)
            return Receipt(message.id, is_repeat=not is_new)

    def read(self, message_id: int) -> Recorded:
        """Read a message with its conversation, without holding either."""
        with Session(self._engine) as session:
            return recorded(session, message_id, locks=False)

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """Open the one transaction of a message; it commits when the block ends, and rolls back on any error."""
        with self._transaction() as session:
            yield Work(session, self._outbox, self._destinations)

    def count_attempt(self, message_id: int) -> int:
        """Count a try to handle a message, in a transaction of its own, and return the new number."""
        with self._transaction() as session:
            message = session.get_one(MessageTable, message_id)
            message.attempts += 1
            return message.attempts

    def unhandled(self, received_before: datetime, *, attempts_below: int) -> list[int]:
        """Ids of messages that were recorded but never answered, oldest first."""
        query = (
            select(MessageTable.id)
            .where(
                MessageTable.handled_at.is_(None),
                MessageTable.received_at < received_before,
                MessageTable.attempts < attempts_below,
            )
            .order_by(MessageTable.received_at, MessageTable.id)
            .limit(200)
        )
        with Session(self._engine) as session:
            return list(session.scalars(query))

    def contact(self, contact_id: int) -> tuple[str, bool]:
        """A contact in clear, and whether it opted out."""
        with Session(self._engine) as session:
            row = session.get_one(ContactTable, contact_id)
            return self._vault.open(row.sealed), row.opted_out_at is not None

    def opt_out_by_carrier(self, contact_id: int, now: datetime) -> None:
        """Note an opt-out that the carrier told us of (error 21610)."""
        with self._transaction() as session:
            note_stop(session, contact_id, "21610", CARRIER, now)

    def conversation(self, contact: str, channel: str, thread: str = "") -> Conversation | None:
        """The conversation of a contact on a channel, None before its first message."""
        query = (
            select(ConversationTable)
            .join(ContactTable)
            .where(
                ContactTable.lookup == self._vault.lookup(contact),
                ConversationTable.channel == channel,
                ConversationTable.thread == thread,
            )
        )
        with Session(self._engine) as session:
            row = session.scalars(query).one_or_none()
            return None if row is None else CONVERSATION.validate_python({**row.memory, "version": row.version})

    def last_message(self, channel: str, thread: str) -> int | None:
        """The id of a thread's newest message, None where there is none."""
        query = (
            select(MessageTable.id)
            .join(ConversationTable)
            .where(ConversationTable.channel == channel, ConversationTable.thread == thread)
            .order_by(MessageTable.id.desc())
            .limit(1)
        )
        with Session(self._engine) as session:
            return session.scalar(query)

    def cases(self, numbers: tuple[str, ...]) -> list[Case]:
        """Cases by number, in the order of `numbers`."""
        with Session(self._engine) as session:
            rows = session.scalars(select(CaseTable).where(CaseTable.number.in_(numbers)))
            by_number = {row.number: case_value(row) for row in rows}
        return [by_number[number] for number in numbers if number in by_number]

    def explain(self, message_id: int) -> str:
        """What was decided about a message and why, in one line."""
        with Session(self._engine) as session:
            row = session.scalars(select(DecisionTable).where(DecisionTable.message_id == message_id)).one()
            reasons = ", ".join(
                f"{reason['code']} {reason['about']}".strip()
                + (f" {reason['confidence']:.2f}" if reason["confidence"] is not None else "")
                for reason in row.reasons
            )
            return f"{row.name} ({row.kind}, {row.language} {row.language_confidence:.2f}): {reasons}"

    def effect(self, effect_id: str) -> tuple[Effect, bool] | None:
        """A stored effect and whether it is delivered or canceled already; None where nothing was committed under this id."""
        with Session(self._engine) as session:
            row = session.get(EffectTable, effect_id)
            is_done = row is not None and (row.delivered_at or row.canceled_at) is not None
            return None if row is None else (EFFECT.validate_python(row.payload), is_done)

    def begin_try(self, effect_id: str) -> bool:
        """Count a try before it is made, and return whether there was one before: a process may be killed in the midst of it."""
        with self._transaction() as session:
            row = session.get_one(EffectTable, effect_id)
            row.attempts += 1
            return row.attempts > 1

    def mark_delivered(self, effect_id: str, now: datetime) -> None:
        """Note that an effect is done."""
        self._update_effect(effect_id, delivered_at=now, last_error=None)

    def mark_failed(self, effect_id: str, error: str) -> None:
        """Note why a try failed."""
        self._update_effect(effect_id, last_error=error[:500])

    def attachment(self, attachment_id: int) -> StoredAttachment:
        """An attachment's state."""
        with Session(self._engine) as session:
            row = session.get_one(AttachmentTable, attachment_id)
            return StoredAttachment(row.id, row.message_id, row.url, row.content_type, row.state)

    def save_attachment(self, attachment_id: int, *, key: str | None, content_type: str, reason: str = "") -> None:
        """Note a photo as stored under `key`, or as refused with a reason."""
        with self._transaction() as session:
            row = session.get_one(AttachmentTable, attachment_id)
            row.key, row.content_type, row.reason = key, content_type, reason
            row.state = "stored" if key else "refused"

    def backlog(self, now: datetime) -> Backlog:
        """Count what waits."""
        with Session(self._engine) as session:
            waiting = MessageTable.handled_at.is_(None)
            oldest = session.scalar(select(func.min(MessageTable.received_at)).where(waiting))
            undelivered = and_(EffectTable.delivered_at.is_(None), EffectTable.canceled_at.is_(None))
            return Backlog(
                messages=_count(session, MessageTable, waiting),
                effects=_count(session, EffectTable, undelivered, EffectTable.given_up_at.is_(None)),
                effects_given_up=_count(session, EffectTable, undelivered, EffectTable.given_up_at.is_not(None)),
                reviews=_count(session, ReviewTable, ReviewTable.closed_at.is_(None)),
                oldest_message_seconds=(now - oldest).total_seconds() if oldest else 0.0,
            )

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            yield session

    def _conversation_id(self, session: Session, inbound: InboundMessage) -> int:
        contact_id = self._contact_id(session, inbound.sender, inbound.received_at)
        start = Conversation()
        values = {
            "contact_id": contact_id,
            "channel": inbound.channel.value,
            "thread": inbound.thread,
            "state": start.state.value,
            "memory": CONVERSATION.dump_python(start, mode="json", exclude={"version"}),
            "version": 0,
            "changed_at": inbound.received_at,
        }
        insert_once(session, ConversationTable, values, ("contact_id", "channel", "thread"))
        return session.scalars(
            select(ConversationTable.id).where(
                ConversationTable.contact_id == contact_id,
                ConversationTable.channel == inbound.channel.value,
                ConversationTable.thread == inbound.thread,
            )
        ).one()

    def _contact_id(self, session: Session, contact: str, now: datetime) -> int:
        sealed = self._vault.seal(contact)
        values = {"lookup": sealed.lookup, "sealed": sealed.sealed, "created_at": now}
        insert_once(session, ContactTable, values, ("lookup",))
        return session.scalars(select(ContactTable.id).where(ContactTable.lookup == sealed.lookup)).one()

    def _record_attachments(self, session: Session, message_id: int, conversation_id: int, inbound: InboundMessage) -> None:
        work = Work(session, self._outbox)
        for position, attachment in enumerate(inbound.attachments):
            row = AttachmentTable(
                message_id=message_id,
                position=position,
                content_type=attachment.content_type,
                url=attachment.url,
                key=attachment.key,
                state="stored" if attachment.key else "waiting",
            )
            session.add(row)
            session.flush()
            if attachment.key is None:
                work.enqueue(conversation_id, FetchAttachment(row.id), inbound.received_at)

    def _update_effect(self, effect_id: str, **values: Any) -> None:
        with self._transaction() as session:
            session.execute(update(EffectTable).where(EffectTable.id == effect_id).values(**values))


def _message_values(inbound: InboundMessage, conversation_id: int) -> dict[str, Any]:
    return {
        "channel": inbound.channel.value,
        "provider_id": inbound.provider_id,
        "conversation_id": conversation_id,
        "text": inbound.text,
        "latitude": inbound.location.latitude if inbound.location else None,
        "longitude": inbound.location.longitude if inbound.location else None,
        "language_hint": inbound.language_hint,
        "speech_confidence": inbound.speech_confidence,
        "received_at": inbound.received_at,
        "attempts": 0,
    }


def _count(session: Session, table: type[Table], *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0
