"""What became of texts that were sent: a provider's receipts move an effect's state forward, never back."""

from datetime import datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from channels.twilio_sms import OPTED_OUT, SmsStatus
from intake.console_tables import StaffMessageTable
from intake.database import WRITES
from intake.delivery_tables import EffectTable
from intake.opt_outs import CARRIER, note_stop
from intake.tables import ConversationTable

# Callbacks come out of order and more than once. A failure is an end of its own: nothing follows it, and what was delivered stays so.
_ORDER = {"accepted": 1, "scheduled": 1, "queued": 2, "sending": 3, "sent": 4, "delivered": 6, "read": 7}
FAILURES = frozenset({"failed", "undelivered", "canceled"})
_FAILED = 5
# What a person who wrote the text sees of it.
_STAFF_STATES = {"delivered": "delivered", "read": "read", **dict.fromkeys(FAILURES, "failed")}


class Receipts:
    """Keeps the provider's ids of sent texts, and what the provider says of them."""

    def __init__(self, engine: Engine) -> None:
        self._writer = engine.execution_options(**WRITES)

    def note_sent(self, effect_id: str, provider_id: str) -> None:
        """Keep the provider's id of what an effect sent; a text that is sent again is followed under its new id."""
        with Session(self._writer) as session, session.begin():
            session.execute(update(EffectTable).where(EffectTable.id == effect_id).values(provider_id=provider_id, receipt=None))

    def take(self, status: SmsStatus, now: datetime) -> bool:
        """Take over a receipt; return whether it was news. What is not ours, late or repeated changes nothing."""
        with Session(self._writer) as session, session.begin():
            query = select(EffectTable).where(EffectTable.provider_id == status.message_id).with_for_update()
            effect = session.scalars(query).first()
            if effect is None or not moves_forward(effect.receipt, status.status):
                return False
            effect.receipt = status.status
            if status.status in FAILURES:
                effect.last_error = f"{status.status} {status.error_code or ''}".strip()
            if status.error_code == OPTED_OUT:
                conversation = session.get_one(ConversationTable, effect.conversation_id)
                note_stop(session, conversation.contact_id, str(OPTED_OUT), CARRIER, now)
            if (state := _STAFF_STATES.get(status.status)) is not None:
                session.execute(update(StaffMessageTable).where(StaffMessageTable.effect_id == effect.id).values(state=state))
            return True


def moves_forward(before: str | None, after: str) -> bool:
    """Whether a text's state may go from `before` to `after`; words that we do not know never count."""
    if before in FAILURES:
        return False
    return _place(after) > _place(before)


def _place(status: str | None) -> int:
    return _FAILED if status in FAILURES else _ORDER.get(status or "", 0)
