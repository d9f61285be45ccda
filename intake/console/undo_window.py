"""The minute in which an action can be taken back: what it sends out waits so long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console_tables import ReviewActionTable
from intake.delivering.outbox import Outbox

UNDO_LASTS = timedelta(seconds=60)


@dataclass(frozen=True)
class Undoable:
    """A person's last action, as long as it can be undone; `words` say what it was."""

    review_id: int
    name: str
    words: str
    until: datetime


class WaitingOutbox:
    """Passes effects on with a delay, and remembers them: whoever undoes the action cancels them."""

    def __init__(self, outbox: Outbox, seconds: float) -> None:
        self._outbox = outbox
        self._seconds = seconds
        self.effect_ids: list[str] = []

    def put(
        self, session: Session, effect_id: str, *, partition: str, is_for_receiver: bool, name: str = "", delay_seconds: float = 0
    ) -> None:
        """Enqueue an effect for later; what waits longer anyway (quiet hours) keeps its time."""
        delay = max(delay_seconds, self._seconds)
        self._outbox.put(session, effect_id, partition=partition, is_for_receiver=is_for_receiver, name=name, delay_seconds=delay)
        self.effect_ids.append(effect_id)


def last_action(session: Session, person_id: int, now: datetime) -> ReviewActionTable | None:
    """A person's newest action that still can be undone."""
    query = (
        select(ReviewActionTable)
        .where(
            ReviewActionTable.person_id == person_id,
            ReviewActionTable.undone_at.is_(None),
            ReviewActionTable.at > now - UNDO_LASTS,
        )
        .order_by(ReviewActionTable.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def undoable(session: Session, person_id: int, now: datetime) -> Undoable | None:
    """What a person can undo at a moment, None where there is nothing."""
    action = last_action(session, person_id, now)
    if action is None:
        return None
    return Undoable(action.review_id, action.name, action.after.get("words", ""), action.at + UNDO_LASTS)
