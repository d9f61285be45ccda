"""Before the news of a closed case goes out, the resident's talk is made ready for the answer to "is it fixed?"."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.conversation import Conversation, expire
from intake.database import insert_once
from intake.recorded import CONVERSATION
from intake.store import Store
from intake.tables import ConversationTable
from routing.drafts import State

# Whatever else a talk is at must not be disturbed.
_FREE = frozenset({State.READY, State.ANSWERED})


@dataclass(frozen=True)
class FixedQuestion:
    """Asks in the text messages of a contact, where the news goes; `draft_hours` is how long an unfinished draft holds."""

    store: Store
    draft_hours: int

    def put(self, contact_id: int, case_number: str, language: str, now: datetime) -> bool:
        """Let the next answer be about this case; False where the talk is busy or a person has it. Twice is the same as once."""
        with self.store.transaction() as work:
            row = _talk(work.session, contact_id, language, now)
            before = CONVERSATION.validate_python({**row.memory, "version": row.version})
            conversation = expire(before, now, hours=self.draft_hours)
            if conversation.state is State.CLOSED_ASKED:
                return conversation.options == (case_number,)
            if row.held_by is not None or conversation.state not in _FREE:
                return False
            asked = Conversation(
                state=State.CLOSED_ASKED,
                language=conversation.language,
                options=(case_number,),
                changed_at=now,
                version=before.version + 1,
            )
            work.save_conversation(row.id, asked, now)
            return True


def _talk(session: Session, contact_id: int, language: str, now: datetime) -> ConversationTable:
    """A contact's text messages, held until the transaction ends; whoever called or used the form may never have written one."""
    start = Conversation(language=language)
    values = {
        "contact_id": contact_id,
        "channel": Channel.SMS.value,
        "thread": "",
        "state": start.state.value,
        "language": language,
        "memory": CONVERSATION.dump_python(start, mode="json", exclude={"version"}),
        "version": start.version,
        "changed_at": now,
    }
    insert_once(session, ConversationTable, values, ("contact_id", "channel", "thread"))
    query = select(ConversationTable).where(
        ConversationTable.contact_id == contact_id, ConversationTable.channel == Channel.SMS.value, ConversationTable.thread == ""
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
