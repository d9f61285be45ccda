"""What happens around a call: a text message instead of it, and a person for what it left half said."""

from dataclasses import replace
from datetime import datetime

from channels.messages import Channel, InboundMessage, Reply
from intake.effects import SendReply
from intake.store import Store
from routing.drafts import State
from routing.reasons import Reason, ReasonCode


def text_caller(store: Store, phone: str, call_id: str, reply: Reply, now: datetime) -> None:
    """Send a caller a text message, once a call, and let their text conversation begin in the reply's language."""
    opening = InboundMessage(Channel.SMS, f"call:{call_id}", phone, "", now, language_hint=reply.language)
    receipt = store.record(opening)
    with store.transaction() as work:
        held = work.lock(receipt.message_id)
        if held.replies is not None:
            return
        begun = replace(held.conversation, language=reply.language, version=held.conversation.version + 1)
        work.save_conversation(held.conversation_id, begun, now)
        work.finish(held.message_id, (), (), reply.language, now)
        work.enqueue(held.conversation_id, SendReply(Channel.SMS.value, held.contact_id, reply), now)


def review_abandoned(store: Store, call_id: str, now: datetime) -> None:
    """Put what a call left half collected before a person; nothing to do where it left nothing."""
    message_id = store.last_message(Channel.VOICE.value, call_id)
    if message_id is None:
        return
    with store.transaction() as work:
        held = work.lock(message_id)
        if not held.conversation.drafts or held.replies is None:
            return
        reasons = (Reason(ReasonCode.NOT_UNDERSTOOD, "the caller hung up"),)
        work.add_review(held, "Abandoned", reasons, held.conversation.drafts, is_urgent=False, now=now)
        done = replace(held.conversation, state=State.WITH_STAFF, drafts=(), version=held.conversation.version + 1)
        work.save_conversation(held.conversation_id, done, now)
