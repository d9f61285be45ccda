"""A talk whose holder went away goes back to the queue: the resident must not wait for somebody who is not there."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console.audit import note
from intake.console.talk_rows import hold, newest_message
from intake.console.talks import HOLDER_AWAY
from intake.store import Store
from intake.tables import ConversationTable, ReviewTable

IDLE = timedelta(minutes=30)


def release_idle(engine: Engine, store: Store, now: datetime) -> int:
    """Put talks back whose holders wrote nothing for half an hour; return how many. They still wait for a person."""
    idle = select(ConversationTable.id).where(ConversationTable.held_by.is_not(None), ConversationTable.held_at <= now - IDLE)
    with Session(engine) as session:
        found = list(session.scalars(idle))
    return sum(_release(store, conversation_id, now) for conversation_id in found)


def _release(store: Store, conversation_id: int, now: datetime) -> bool:
    with store.transaction() as work:
        row = hold(work.session, conversation_id, now)
        if row.held_by is None or row.held_at is None or row.held_at > now - IDLE:
            return False
        row.held_by = row.held_at = None
        row.version += 1
        heard = newest_message(work.session, row.contact_id)
        if heard is not None:
            review = ReviewTable(message_id=heard.id, conversation_id=row.id, name=HOLDER_AWAY, is_urgent=False, opened_at=now)
            review.reasons, review.drafts = [], []
            work.session.add(review)
        note(work.session, "the service", "talk_put_back", f"conversation {row.id}", now)
        return True
