"""The rows behind a talk: in which conversation a resident is answered, and what is remembered there."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.conversation import Conversation
from intake.database import insert_once
from intake.tables import ConversationTable, MessageTable
from intake.work import CONVERSATION

# In these the resident's next words come in where ours went out. After a call or a form we write by text message.
_TWO_WAY = frozenset({Channel.CHAT.value, Channel.SMS.value})


def row_that_answers(session: Session, asked: ConversationTable) -> ConversationTable | None:
    """The conversation in which the resident of `asked` can be answered; None where their first text is still to be sent."""
    return asked if asked.channel in _TWO_WAY else session.scalars(_by_text(asked.contact_id)).one_or_none()


def hold(session: Session, conversation_id: int, now: datetime) -> ConversationTable:
    """Lock the conversation in which the resident can be answered, begun where there is none yet."""
    asked = session.get_one(ConversationTable, conversation_id)
    if asked.channel in _TWO_WAY:
        query = select(ConversationTable).where(ConversationTable.id == conversation_id)
    else:
        insert_once(session, ConversationTable, _begun(asked, now), ("contact_id", "channel", "thread"))
        query = _by_text(asked.contact_id)
    # SQLite has one writer at a time anyway and leaves FOR UPDATE out.
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def now_of(row: ConversationTable) -> Conversation:
    """What is remembered in a conversation."""
    return CONVERSATION.validate_python({**row.memory, "version": row.version})


def newest_message(session: Session, contact_id: int) -> MessageTable | None:
    """What a resident said last, on whatever channel."""
    return session.scalars(_messages(contact_id).limit(1)).unique().one_or_none()


def language_of(session: Session, row: ConversationTable) -> str | None:
    """The language of a talk: settled, or that of the last message; None where nothing tells."""
    if row.language is not None:
        return row.language
    known = session.scalars(_messages(row.contact_id).where(MessageTable.language.is_not(None)).limit(1)).unique().one_or_none()
    return None if known is None else known.language


def _messages(contact_id: int) -> Select[MessageTable]:
    in_talk = select(ConversationTable.id).where(ConversationTable.contact_id == contact_id)
    return select(MessageTable).where(MessageTable.conversation_id.in_(in_talk)).order_by(MessageTable.id.desc())


def _by_text(contact_id: int) -> Select[ConversationTable]:
    return select(ConversationTable).where(
        ConversationTable.contact_id == contact_id,
        ConversationTable.channel == Channel.SMS.value,
        ConversationTable.thread == "",
    )


def _begun(asked: ConversationTable, now: datetime) -> dict[str, object]:
    start = Conversation(language=asked.language)
    return {
        "contact_id": asked.contact_id,
        "channel": Channel.SMS.value,
        "thread": "",
        "state": start.state.value,
        "language": start.language,
        "memory": CONVERSATION.dump_python(start, mode="json", exclude={"version"}),
        "version": 0,
        "changed_at": now,
    }
