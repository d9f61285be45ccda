"""What was said in a talk, by all sides and in order: a resident with a phone has one talk, however often they called, wrote or filled in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from channels.twilio_sms import text_of
from intake.console_tables import PersonTable, StaffMessageTable, TranslationTable
from intake.delivery_tables import EffectTable
from intake.staff_messages import FAILED, PHRASE
from intake.tables import AttachmentTable, ContactTable, ConversationTable, DecisionTable, MessageTable
from intake.translation.translations import StoredTranslation, Translations
from intake.work import REPLIES

Who = Literal["resident", "service", "staff"]
_NEWEST = 100


@dataclass(frozen=True)
class Turn:
    """One thing said. `text` is in `language`, as the resident said or got it; `original` the English behind it, where it is ours.

    `state` is that of a person's message (waiting, sent, delivered, read, failed), `why` the reason where it failed; `attachments` are
    ids of photos that are stored.
    """

    at: datetime
    who: Who
    name: str
    text: str
    original: str
    language: str
    translation: StoredTranslation | None = None
    state: str = ""
    attachments: tuple[int, ...] = ()
    message_id: int | None = None
    why: str = ""
    staff_message_id: int | None = None


class TalkHistory:
    """Reads talks."""

    def __init__(self, engine: Engine, translations: Translations) -> None:
        self._engine = engine
        self._translations = translations

    def of(self, conversation_id: int) -> tuple[Turn, ...]:
        """The newest turns of a talk, oldest first."""
        with Session(self._engine) as session:
            heard = session.scalars(_of_talk(select(MessageTable), MessageTable, conversation_id)).unique().all()
            decided = _decisions(session, [message.id for message in heard])
            photos = _photos(session, [message.id for message in heard])
            written = _written(session, conversation_id)
        # Translations are read from a store of their own, after this one's transaction has ended.
        spoken = [
            turn for message in reversed(heard) for turn in self._turns(message, decided.get(message.id, ""), photos[message.id])
        ]
        # What has the same time stays in the order in which it came.
        return tuple(sorted([*spoken, *written], key=lambda turn: turn.at)[-_NEWEST:])

    def marker(self, conversation_id: int) -> str:
        """A text that changes whenever something in a talk does."""
        messages = (func.max(MessageTable.id), func.count(MessageTable.handled_at))
        texts = (func.max(StaffMessageTable.id), func.count(StaffMessageTable.id))
        in_talk = _conversations_of(conversation_id)
        with Session(self._engine) as session:
            parts = [
                *session.execute(select(*messages).where(MessageTable.conversation_id.in_(in_talk))).one(),
                *session.execute(select(*texts).where(StaffMessageTable.conversation_id.in_(in_talk))).one(),
                *session.execute(_states(conversation_id)).all(),
                *session.execute(select(func.max(TranslationTable.id), func.count()).select_from(TranslationTable)).one(),
                session.scalar(_stored_photos(conversation_id)),
                *session.execute(
                    select(ConversationTable.held_by, ConversationTable.state).where(ConversationTable.id.in_(in_talk))
                ).all(),
            ]
        return "|".join(map(str, parts))

    def _turns(self, message: MessageTable, decision: str, photos: tuple[int, ...]) -> Iterable[Turn]:
        """What the resident said, where they said anything, and what the service answered by itself."""
        language = message.language or message.conversation.language or "en"
        text = message.text or _position(message)
        if text or photos:
            translation = self._translations.of_message(message.id) if language != "en" and message.text else None
            yield Turn(
                message.received_at, "resident", "", text, "", language, translation, attachments=photos, message_id=message.id
            )
        for reply in REPLIES.validate_python(message.replies or []):
            at = message.handled_at or message.received_at
            yield Turn(at, "service", "311", text_of(reply), decision, reply.language, message_id=message.id)


def _conversations_of(conversation_id: int) -> Select[int]:
    contact = select(ConversationTable.contact_id).where(ConversationTable.id == conversation_id).scalar_subquery()
    return select(ConversationTable.id).where(ConversationTable.contact_id == contact)


def _of_talk(query: Select[MessageTable], table: type[MessageTable], conversation_id: int) -> Select[MessageTable]:
    in_talk = table.conversation_id.in_(_conversations_of(conversation_id))
    return query.where(in_talk).order_by(table.id.desc()).limit(_NEWEST)


def _decisions(session: Session, message_ids: Sequence[int]) -> Mapping[int, str]:
    """What was decided about messages, in words: an agent may not read the language that the answer is in."""
    query = select(DecisionTable.message_id, DecisionTable.name).where(DecisionTable.message_id.in_(message_ids))
    return {id_: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() for id_, name in session.execute(query)}


def _photos(session: Session, message_ids: Sequence[int]) -> defaultdict[int, tuple[int, ...]]:
    found: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    query = select(AttachmentTable).where(AttachmentTable.message_id.in_(message_ids), AttachmentTable.state == "stored")
    for row in session.scalars(query.order_by(AttachmentTable.position)):
        found[row.message_id] += (row.id,)
    return found


def _written(session: Session, conversation_id: int) -> list[Turn]:
    query = (
        select(StaffMessageTable, PersonTable.name, EffectTable.last_error, ContactTable.opted_out_at)
        .join(PersonTable, PersonTable.id == StaffMessageTable.person_id)
        .join(ConversationTable, ConversationTable.id == StaffMessageTable.conversation_id)
        .join(ContactTable, ContactTable.id == ConversationTable.contact_id)
        .outerjoin(EffectTable, EffectTable.id == StaffMessageTable.effect_id)
        .where(StaffMessageTable.conversation_id.in_(_conversations_of(conversation_id)))
        .order_by(StaffMessageTable.id.desc())
        .limit(_NEWEST)
    )
    return [
        Turn(
            row.at,
            "service" if row.engine == PHRASE else "staff",
            "311" if row.engine == PHRASE else name,
            row.sent_text,
            row.text,
            row.language,
            state=row.state,
            why=_why(error, is_opted_out=opted_out_at is not None) if row.state == FAILED else "",
            staff_message_id=row.id,
        )
        for row, name, error, opted_out_at in reversed(session.execute(query).all())
    ]


def _why(error: str | None, *, is_opted_out: bool) -> str:
    if is_opted_out:
        return "the resident opted out of messages"
    return error or "there is no number to write to"


def _states(conversation_id: int) -> Select[str, int]:
    query = select(StaffMessageTable.state, func.count())
    return query.where(StaffMessageTable.conversation_id.in_(_conversations_of(conversation_id))).group_by(
        StaffMessageTable.state
    )


def _stored_photos(conversation_id: int) -> Select[int]:
    query = select(func.count(AttachmentTable.id)).join(MessageTable, MessageTable.id == AttachmentTable.message_id)
    in_talk = MessageTable.conversation_id.in_(_conversations_of(conversation_id))
    return query.where(in_talk, AttachmentTable.state == "stored")


def _position(message: MessageTable) -> str:
    if message.latitude is None or message.longitude is None:
        return ""
    return f"{message.latitude:.5f}, {message.longitude:.5f}"
