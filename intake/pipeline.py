"""The journey of one message. A new reader starts here: `receive` makes sure that nothing is lost, `process_message` does the rest."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from channels.messages import Channel, InboundMessage, Reply
from intake.assets.asset_question import AssetQuestion
from intake.casework.known_cases import KnownCases
from intake.conversation import Conversation, Step, advance, expire
from intake.effects import SendReply
from intake.outcome import Outcome, carry_out, while_held, without_dialogue
from intake.reading import Reader, Reading
from intake.replies import speak
from intake.speaker import Speaker
from intake.store import Store
from intake.translation.translating import PARTITION, Translating
from intake.work import Recorded, Work
from routing import decision as decided
from routing.city import City
from routing.decide import decide
from routing.decision import AskLanguage, AskNeighborhood, ChangeLanguage, OpenCases
from routing.drafts import State
from routing.knowledge import Knowledge

_log = structlog.get_logger()
_ATTEMPTS = 5
# Channels whose residents can be written to after their own request has ended.
_SENDS = frozenset({Channel.SMS, Channel.VOICE})
_DIALOGUES = frozenset(Channel) - {Channel.TRANSCRIPT, Channel.OPEN311}


@dataclass(frozen=True)
class Intake:
    """The parts that the journey needs; `wiring.py` puts them together."""

    city: City
    store: Store
    reader: Reader
    speaker: Speaker
    known: KnownCases
    assets: AssetQuestion
    translating: Translating


@dataclass(frozen=True)
class Answer:
    """What a message was answered with, the same for every repeat of it."""

    message_id: int
    replies: tuple[Reply, ...]
    case_numbers: tuple[str, ...]
    language: str
    is_repeat: bool = False


def receive(inbound: InboundMessage, intake: Intake, now: datetime) -> Answer:
    """Record a message, then answer it. A repeat of a provider's message is answered from the stored reply."""
    receipt = intake.store.record(inbound)
    return replace(process_message(receipt.message_id, intake, now), is_repeat=receipt.is_repeat)


def process_message(message_id: int, intake: Intake, now: datetime, *, sends_replies: bool = False) -> Answer:
    """Answer a recorded message. Doing it twice is the same as doing it once, also at the same time.

    With `sends_replies` nobody waits for the answer any more: it goes out through the channel's send.
    """
    seen = intake.store.read(message_id)
    while seen.replies is None:
        # Slow and pure: no transaction is open here.
        conversation = expire(seen.conversation, now, hours=intake.city.policy.draft_expires_hours)
        reading = intake.reader.read(seen, conversation)
        decision = decide(reading.understanding, intake.reader.situation(reading, seen, now), intake.city)
        if seen.is_held:
            decision = while_held(decision)
        elif seen.channel in _DIALOGUES:
            decision = intake.known.offer_joining(intake.assets.ask(decision), reading.language, now)
        step = advance(
            reading.conversation, without_dialogue(decision, seen.channel), now, times_asked=intake.city.policy.times_asked
        )
        with intake.store.transaction() as work:
            held = work.lock(message_id)
            if held.replies is not None:
                return _answer(held)
            if held.conversation.version == seen.conversation.version:
                return _commit(held, reading, step, intake, work, now, sends_replies=sends_replies)
        # Another message of this resident was answered meanwhile; this one has to be seen in its light.
        seen = intake.store.read(message_id)
    return _answer(seen)


def _commit(
    held: Recorded, reading: Reading, step: Step, intake: Intake, work: Work, now: datetime, *, sends_replies: bool
) -> Answer:
    language = step.decision.language if isinstance(step.decision, ChangeLanguage) else reading.language
    told = carry_out(step, held, language, intake.city, work, now)
    replies = speak(intake.speaker, step, language, held.channel, told, reading.knowledge)
    work.save_conversation(held.conversation_id, _remember(step, reading, held), now)
    work.save_decision(held.message_id, reading.understanding, type(step.decision).__name__, step.decision.reasons, now)
    work.finish(held.message_id, replies, told.opened, language, now)
    for reply in (
        replies
        if sends_replies and held.channel in _SENDS
        else _texts_afterwards(step, held, language, intake, told, reading.knowledge)
    ):
        work.enqueue(held.conversation_id, SendReply(Channel.SMS.value, held.contact_id, reply), now)
    for effect in intake.translating.effects_for(held, reading.understanding.message.language, language):
        work.enqueue(held.conversation_id, effect, now, partition=PARTITION)
    return Answer(held.message_id, replies, tuple(case.number for case in told.opened), language)


def _texts_afterwards(
    step: Step, held: Recorded, language: str, intake: Intake, told: Outcome, knowledge: Knowledge
) -> tuple[Reply, ...]:
    """After a call or a form, the case's number or the answer with its link follows as a text message, where there is a number."""
    if held.channel not in (Channel.VOICE, Channel.FORM) or not isinstance(step.decision, OpenCases | decided.Answer):
        return ()
    # The call itself goes on; its question whether that helped is not asked twice.
    over = replace(step, conversation=replace(step.conversation, state=State.READY))
    return speak(intake.speaker, over, language, Channel.SMS, told, knowledge)


def _remember(step: Step, reading: Reading, held: Recorded) -> Conversation:
    """What the conversation keeps: its language once that is settled, the text while the language is asked for, the question."""
    after = step.conversation
    if isinstance(step.decision, decided.Answer | AskNeighborhood):
        before = reading.conversation
        # A place that was asked back is no question; the one before it still stands.
        is_place = before.state is State.NEEDS_NEIGHBORHOOD and before.article == step.decision.article
        after = replace(after, asked=before.asked if is_place else reading.question)
    if isinstance(step.decision, AskLanguage) and reading.understanding.message.command is None:
        return replace(after, pending=held.text)
    if isinstance(step.decision, ChangeLanguage) or not reading.is_settled:
        return after
    return replace(after, language=reading.language)


def _answer(recorded: Recorded) -> Answer:
    return Answer(recorded.message_id, recorded.replies or (), recorded.case_numbers, recorded.language or "en")


def answer_unhandled(intake: Intake, received_before: datetime, now: datetime) -> int:
    """Answer messages that were recorded but never handled (a crash, a bug), through the channel's own send; return how many.

    A message that breaks the program is tried a few times, so that it cannot hold up the others, and stays recorded.
    """
    answered = 0
    for message_id in intake.store.unhandled(received_before, attempts_below=_ATTEMPTS):
        intake.store.count_attempt(message_id)
        try:
            process_message(message_id, intake, now, sends_replies=True)
        except Exception:  # noqa: BLE001 - Whatever it is, the next message must not wait for it.
            _log.exception("message_not_handled", message=message_id)
            continue
        answered += 1
    return answered
