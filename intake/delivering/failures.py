"""What failed for good comes before people: a review, and an alert, once each time that an effect is given up."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.database import WRITES
from intake.delivering.outbox import Outbox
from intake.delivery_tables import EffectTable, WorkOrderTable
from intake.effects import (
    EFFECT,
    AlertStaff,
    AttachPhotos,
    Effect,
    FileCase,
    FileWorkOrder,
    SendReply,
    SendStaffMessage,
    TellCaseNews,
    TranslateForStaff,
)
from intake.tables import CaseTable, MessageTable, ReviewTable
from intake.work import Work
from routing.reasons import ReasonCode

REVIEW = "DeliveryFailed"
# A case that no crew hears of, or a resident who waits for an answer.
_URGENT = (FileCase, FileWorkOrder, SendReply, SendStaffMessage)


class Failures:
    """Notes what was given up. It commits for the ledger of effects."""

    def __init__(self, engine: Engine, outbox: Outbox) -> None:
        self._writer = engine.execution_options(**WRITES)
        self._outbox = outbox

    def give_up(self, effect_id: str, now: datetime) -> bool:
        """Note that an effect will not be tried again by itself, with what follows in the same transaction; False where that is known."""
        with Session(self._writer) as session, session.begin():
            row = session.get_one(EffectTable, effect_id, with_for_update=True)
            if row.given_up_at is not None:
                return False
            row.given_up_at = now
            effect = EFFECT.validate_python(row.payload)
            # A translation for staff is a help: an engine that is down must not fill their queue with a review for each message.
            if isinstance(effect, TranslateForStaff):
                return True
            message_id = _message_of(session, effect, row.conversation_id)
            # A requeued effect may fail again while the review of the first time still waits.
            if not _has_review(session, effect_id):
                session.add(_review(effect, row, message_id, now))
            # An alert that cannot be delivered must not raise another one.
            if not isinstance(effect, AlertStaff):
                alert = AlertStaff(message_id, f"delivery failed: {effect.type}")
                Work(session, self._outbox).enqueue(row.conversation_id, alert, now, partition=f"alert-{message_id}")
            return True


def _message_of(session: Session, effect: Effect, conversation_id: int) -> int:
    """The message that an effect follows from: its case's, or else the newest of its talk."""
    case_id: int | None = None
    match effect:
        case FileCase() | TellCaseNews():
            case_id = effect.case_id
        case FileWorkOrder() | AttachPhotos():
            case_id = session.get_one(WorkOrderTable, effect.work_order_id).case_id
        case AlertStaff(message_id=message_id):
            return message_id
        case _:
            pass
    if case_id is not None:
        return session.get_one(CaseTable, case_id).message_id
    newest = select(MessageTable.id).where(MessageTable.conversation_id == conversation_id).order_by(MessageTable.id.desc())
    return session.scalars(newest.limit(1)).one()


def _review(effect: Effect, row: EffectTable, message_id: int, now: datetime) -> ReviewTable:
    # The receiver's reason is kept with the effect; here stands only what leads there.
    reason = {"code": ReasonCode.DELIVERY_FAILED.value, "about": f"{effect.type} {row.id}", "confidence": None}
    return ReviewTable(
        message_id=message_id,
        conversation_id=row.conversation_id,
        name=REVIEW,
        is_urgent=isinstance(effect, _URGENT),
        reasons=[reason],
        drafts=[],
        opened_at=now,
    )


def _has_review(session: Session, effect_id: str) -> bool:
    still_open = select(ReviewTable.reasons).where(ReviewTable.name == REVIEW, ReviewTable.closed_at.is_(None))
    return any(reason["about"].endswith(effect_id) for reasons in session.scalars(still_open) for reason in reasons)
