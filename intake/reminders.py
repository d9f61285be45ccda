"""A draft that was left half-done gets one reminder: by text message, by day, and never after an opt-out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from channels.messages import Channel, Reply
from intake.conversation import Conversation
from intake.effects import SendReply
from intake.recorded import CONVERSATION
from intake.speaker import Speaker
from intake.store import Store
from intake.tables import ContactTable, ConversationTable
from routing.drafts import State
from routing.quiet_hours import seconds_of_quiet

# What waits for the resident alone, and would become a case.
_HALF_DONE = (
    *(State.CHOOSING_SERVICE, State.NEEDS_PLACE, State.CHOOSING_PLACE, State.NEEDS_DETAIL),
    *(State.CONFIRMING, State.JOINING, State.CORRECTING),
)


@dataclass(frozen=True)
class Reminders:
    """Looks for half-done drafts, as often as it is asked to."""

    engine: Engine
    store: Store
    speaker: Speaker
    clock: Callable[[], datetime]

    def send(self) -> int:
        """Remind whoever has been silent for the hours of the policy; return how many. In the quiet hours nobody is."""
        now, city = self.clock(), self.speaker.city
        if seconds_of_quiet(now, city.policy.quiet_from, city.policy.quiet_until, city.timezone):
            return 0
        with Session(self.engine) as session:
            rows = session.scalars(select(ConversationTable).join(ContactTable).where(*self._is_half_done(now)))
            waiting = [row.id for row in rows if _needs_reminder(_remembered(row))]
        return sum(self._remind(conversation_id, now) for conversation_id in waiting)

    def _remind(self, conversation_id: int, now: datetime) -> bool:
        """Mark and enqueue in one transaction, in which nobody has answered meanwhile."""
        with self.store.transaction() as work:
            query = select(ConversationTable).join(ContactTable).where(ConversationTable.id == conversation_id)
            held = query.where(*self._is_half_done(now)).with_for_update(of=ConversationTable)
            row = work.session.scalars(held.execution_options(populate_existing=True)).one_or_none()
            if row is None or not _needs_reminder(conversation := _remembered(row)):
                return False
            marked = replace(conversation, is_reminded=True, version=conversation.version + 1)
            # The draft is as old as the resident's last words, so that it expires as if nothing had been said.
            work.save_conversation(row.id, marked, row.changed_at)
            work.enqueue(row.id, SendReply(Channel.SMS.value, row.contact_id, self._words(conversation)), now)
            return True

    def _is_half_done(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        policy = self.speaker.city.policy
        return (
            ConversationTable.channel == Channel.SMS.value,
            ConversationTable.state.in_([state.value for state in _HALF_DONE]),
            ConversationTable.held_by.is_(None),
            ConversationTable.changed_at <= now - timedelta(hours=policy.reminder_hours),
            ConversationTable.changed_at > now - timedelta(hours=policy.draft_expires_hours),
            ContactTable.opted_out_at.is_(None),
        )

    def _words(self, conversation: Conversation) -> Reply:
        city = self.speaker.city
        language = conversation.language or city.languages[0]
        services = dict.fromkeys(city.catalog.service_name(draft.service, language) for draft in conversation.drafts)
        return Reply(self.speaker.say(language, "draft-reminder", service=" + ".join(services)), language)


def _remembered(row: ConversationTable) -> Conversation:
    return CONVERSATION.validate_python({**row.memory, "version": row.version})


def _needs_reminder(conversation: Conversation) -> bool:
    return bool(conversation.drafts) and not conversation.is_reminded
