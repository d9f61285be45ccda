"""Emptying rows of what residents wrote and who they are; what can be counted without it stays. The caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intake.casework.case_state import note_event
from intake.console_tables import ReviewActionTable, StaffMessageTable, TranslationTable
from intake.conversation import Conversation
from intake.recorded import CONVERSATION
from intake.tables import (
    AttachmentTable,
    CaseTable,
    ContactTable,
    ConversationTable,
    DecisionTable,
    LabelTable,
    MessageTable,
    ReviewTable,
)
from nlp.personal_data import redact
from routing.drafts import Precision, State

ERASED = "erased"
ACTOR = "retention"


def erase_messages(session: Session, ids: Sequence[int]) -> list[str]:
    """Empty messages, and what was drawn from them; return the keys of their photos, one for each attachment that had a file."""
    session.execute(
        update(MessageTable).where(MessageTable.id.in_(ids)).values(text="", latitude=None, longitude=None, replies=[])
    )
    session.execute(delete(TranslationTable).where(TranslationTable.message_id.in_(ids)))
    for decision in session.scalars(select(DecisionTable).where(DecisionTable.message_id.in_(ids))):
        decision.reasons = _without_words(decision.reasons)
    reviews = session.scalars(select(ReviewTable).where(ReviewTable.message_id.in_(ids))).all()
    for review in reviews:
        review.drafts, review.reasons = [], _without_words(review.reasons)
    actions = update(ReviewActionTable).where(ReviewActionTable.review_id.in_([review.id for review in reviews]))
    session.execute(actions.values(before={}, after={}))
    # The label of a place is its words; those of services and languages are codes, which training may still learn from.
    places = update(LabelTable).where(LabelTable.message_id.in_(ids), LabelTable.field == "place")
    session.execute(places.values(before=None, after=""))
    return _erase_attachments(session, ids)


def erase_talks(session: Session, conversation_ids: Sequence[int]) -> None:
    """Let talks forget all but their language, and that somebody wants no messages."""
    for row in session.scalars(select(ConversationTable).where(ConversationTable.id.in_(conversation_ids))):
        state = State.STOPPED if row.state == State.STOPPED.value else State.READY
        emptied = Conversation(state=state, language=row.language)
        row.memory, row.state = CONVERSATION.dump_python(emptied, mode="json", exclude={"version"}), state.value


def erase_staff_messages(session: Session, ids: Sequence[int]) -> None:
    """Empty what people wrote to residents; who wrote when, and what became of it, stays."""
    session.execute(update(StaffMessageTable).where(StaffMessageTable.id.in_(ids)).values(text="", sent_text=""))


def erase_case_words(session: Session, case: CaseTable, now: datetime, *, is_sensitive: bool) -> None:
    """Leave of a case what open data shows of it, and note that in its history."""
    case.description = "" if is_sensitive else redact(case.description)
    case.details = []
    place = case.place
    # Words that no map knows are a resident's own; those of a sensitive case tell whose home it is.
    if place is not None and (is_sensitive or place.get("precision") == Precision.TEXT):
        case.place = {**place, "text": "", "latitude": None, "longitude": None}
    note_event(session, case.id, ERASED, ACTOR, now)


def erase_contacts(session: Session, ids: Sequence[int]) -> None:
    """Destroy numbers and addresses, and the hashes that find them; rows that point here point to somebody unknown."""
    for row in session.scalars(select(ContactTable).where(ContactTable.id.in_(ids))):
        row.sealed, row.lookup = b"", f"{ERASED}-{row.id}"


def _erase_attachments(session: Session, message_ids: Sequence[int]) -> list[str]:
    rows = session.scalars(select(AttachmentTable).where(AttachmentTable.message_id.in_(message_ids))).all()
    keys = [row.key for row in rows if row.key is not None]
    for row in rows:
        row.key, row.url, row.state, row.reason = None, None, ERASED, ""
    return keys


def _without_words(reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reasons without what they are about: it may be a resident's own words."""
    return [{**reason, "about": ""} for reason in reasons]
