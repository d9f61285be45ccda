"""What people write to residents, on its way out: kept once, worded for the channel, sent or pushed, and known as received."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, select, update
from sqlalchemy.orm import Session

from channels.messages import Channel, Reply
from intake.console_tables import PersonTable, StaffMessageTable
from intake.contacts import ContactVault
from intake.database import WRITES, insert_once
from intake.effects import SendReply, SendStaffMessage
from intake.speaker import Speaker
from intake.tables import ContactTable, ConversationTable
from intake.work import Work

WAITING, SENT, DELIVERED, READ, FAILED = "waiting", "sent", "delivered", "read", "failed"
# What the service itself says about a person who joins or leaves is kept beside what people write, so that both arrive in order.
PHRASE = "phrase"
_GOT_OUT = (SENT, DELIVERED, READ)
# A database takes only so many values in one question.
_AT_ONCE = 400


@dataclass(frozen=True)
class Written:
    """What a person wrote (`text`) and what the resident gets (`sent_text`), translated by `engine` where one is named."""

    conversation_id: int
    person_id: int
    text: str
    sent_text: str
    language: str
    engine: str
    model: str
    article: str | None


@dataclass(frozen=True)
class StaffWords:
    """A message as its resident gets it; `original` is the writer's own text where a machine translated it, else ""."""

    id: int
    conversation_id: int
    name: str
    text: str
    language: str
    original: str
    is_machine_translated: bool
    at: datetime


def keep(work: Work, written: Written, key: str, now: datetime, *, delay_seconds: float = 0) -> tuple[StaffMessageTable, bool]:
    """Store a message and enqueue its sending in the open transaction; with a key that is known nothing happens again."""
    session = work.session
    is_new = insert_once(session, StaffMessageTable, {**vars(written), "key": key, "state": WAITING, "at": now}, ("key",))
    row = session.scalars(select(StaffMessageTable).where(StaffMessageTable.key == key)).one()
    if is_new:
        effect = SendStaffMessage(row.id)
        row.effect_id = work.enqueue(written.conversation_id, effect, now, delay_seconds=delay_seconds)
    return row, is_new


class StaffMessages:
    """Lets messages out, and gives chats what is theirs."""

    def __init__(self, engine: Engine, vault: ContactVault, speaker: Speaker) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._vault = vault
        self._speaker = speaker

    def let_out(self, effect: SendStaffMessage) -> SendReply | None:
        """The text message that carries one to a phone; None where a chat fetches it, nothing reaches the resident, or it is out."""
        with self._transaction() as session:
            row = session.get_one(StaffMessageTable, effect.staff_message_id)
            conversation = session.get_one(ConversationTable, row.conversation_id)
            contact = session.get_one(ContactTable, conversation.contact_id)
            if row.state in _GOT_OUT:
                return None
            if contact.opted_out_at is not None:
                row.state = FAILED
            elif conversation.channel == Channel.CHAT.value:
                row.state = SENT
            elif self._vault.open(contact.sealed).startswith("+"):
                return SendReply(Channel.SMS.value, contact.id, Reply(self._as_text(row), row.language))
            else:
                row.state = FAILED
            return None

    def note_sent(self, effect: SendStaffMessage) -> None:
        """Note that the provider took it, unless the carrier said at once that the resident opted out; a receipt may be there first."""
        with self._transaction() as session:
            row = session.get_one(StaffMessageTable, effect.staff_message_id)
            conversation = session.get_one(ConversationTable, row.conversation_id)
            is_out = session.get_one(ContactTable, conversation.contact_id).opted_out_at is not None
            if row.state in (WAITING, FAILED):
                row.state = FAILED if is_out else SENT

    def note_given_up(self, effect_id: str) -> None:
        """Note that an effect failed for good, where it was the sending of a message."""
        waiting = (StaffMessageTable.effect_id == effect_id, StaffMessageTable.state == WAITING)
        with self._transaction() as session:
            session.execute(update(StaffMessageTable).where(*waiting).values(state=FAILED))

    def chats(self, sessions: Collection[str]) -> dict[str, int]:
        """The conversations of chat sessions, for those that have said something."""
        lookups = {self._vault.lookup(f"chat:{session}"): session for session in sessions}
        query = select(ContactTable.lookup, ConversationTable.id).join(ConversationTable)
        found: dict[str, int] = {}
        with Session(self._engine) as session:
            for some in _portions(lookups):
                rows = session.execute(
                    query.where(ContactTable.lookup.in_(some), ConversationTable.channel == Channel.CHAT.value)
                )
                found |= {lookups[lookup]: conversation_id for lookup, conversation_id in rows}
        return found

    def held(self, conversation_ids: Collection[int]) -> frozenset[int]:
        """Those of some conversations that a person has."""
        query = select(ConversationTable.id).where(ConversationTable.held_by.is_not(None))
        with Session(self._engine) as session:
            return frozenset(
                id_
                for some in _portions(conversation_ids)
                for id_ in session.scalars(query.where(ConversationTable.id.in_(some)))
            )

    def on_the_way(self, conversation_ids: Collection[int]) -> tuple[StaffWords, ...]:
        """What is out and not known as received, in the order of writing."""
        query = _in_order().where(StaffMessageTable.state == SENT)
        with Session(self._engine) as session:
            return tuple(
                words
                for some in _portions(conversation_ids)
                for words in self._words(session, query.where(StaffMessageTable.conversation_id.in_(some)))
            )

    def missed(self, conversation_id: int, seen: int, since: datetime) -> tuple[StaffWords, ...]:
        """What a client lacks that has seen messages up to `seen`: what is newer, and what it never said to have got."""
        query = _in_order().where(
            StaffMessageTable.conversation_id == conversation_id,
            StaffMessageTable.at >= since,
            (StaffMessageTable.state == SENT) | ((StaffMessageTable.id > seen) & StaffMessageTable.state.in_(_GOT_OUT)),
        )
        with Session(self._engine) as session:
            return self._words(session, query)

    def note_received(self, conversation_id: int, ids: Collection[int]) -> None:
        """Note that a chat's browser shows what was sent to it."""
        mine = (StaffMessageTable.conversation_id == conversation_id, StaffMessageTable.state == SENT)
        with self._transaction() as session:
            for some in _portions(ids):
                session.execute(update(StaffMessageTable).where(*mine, StaffMessageTable.id.in_(some)).values(state=DELIVERED))

    def _as_text(self, row: StaffMessageTable) -> str:
        """A text says in one short line that a machine translated it; the original would cost as much again and stays with us."""
        if row.engine in ("", PHRASE):
            return row.sent_text
        return f"{row.sent_text}\n({self._speaker.say(row.language, 'machine-translated')})"

    def _words(self, session: Session, query: Select[StaffMessageTable, str]) -> tuple[StaffWords, ...]:
        return tuple(self._word(row, name) for row, name in session.execute(query))

    def _word(self, row: StaffMessageTable, name: str) -> StaffWords:
        is_translated = row.engine not in ("", PHRASE)
        return StaffWords(
            id=row.id,
            conversation_id=row.conversation_id,
            name=self._speaker.say(row.language, "chat-us") if row.engine == PHRASE else name,
            text=row.sent_text,
            language=row.language,
            original=row.text if is_translated else "",
            is_machine_translated=is_translated,
            at=row.at,
        )

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            yield session


def _in_order() -> Select[StaffMessageTable, str]:
    joined = select(StaffMessageTable, PersonTable.name).join(PersonTable, PersonTable.id == StaffMessageTable.person_id)
    return joined.order_by(StaffMessageTable.id)


def _portions(values: Collection[Any] | Mapping[Any, Any]) -> Iterator[list[Any]]:
    listed = list(values)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
