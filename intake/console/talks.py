"""Conversations that a person takes over: which wait, who has which, taking one over and handing it back, and what is sent."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, Select, func, or_, select, update
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.console.access import Role
from intake.console.audit import note
from intake.console.outcomes import Outcome
from intake.console.people import Person
from intake.console.reason_words import review_words
from intake.console.talk_history import TalkHistory, Turn
from intake.console.talk_rows import hold, language_of, newest_message, now_of, row_that_answers
from intake.console_tables import PersonTable, StaffMessageTable
from intake.conversation import Conversation
from intake.speaker import Speaker
from intake.staff_messages import PHRASE, Written, keep
from intake.store import Store
from intake.tables import ContactTable, ConversationTable, ReviewTable
from intake.work import Work
from nlp.personal_data import redact
from routing.drafts import State

HOLDER_AWAY = "HolderAway"
# These wait for somebody to speak. An emergency, or a case whose place is unknown, is not done by taking over the talk.
_WAITING_TALK = ("CallAgent", "HandToStaff", "NoteQuestion", "NoteForStaff", "Abandoned", HOLDER_AWAY)
_WAITS = (ReviewTable.closed_at.is_(None), ReviewTable.name.in_(_WAITING_TALK))
_LEADING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_LETTERS_SHOWN = 200
_LISTED = 100


@dataclass(frozen=True)
class OwnWords:
    """What an agent says: `text` in their own words, `sent_text` as the resident gets it, translated by `engine` where one is named."""

    text: str
    sent_text: str
    language: str
    engine: str = ""
    model: str = ""
    article: str | None = None


@dataclass(frozen=True)
class SentMessage:
    """A message that was kept to be sent; `effect_id` is its sending."""

    id: int
    effect_id: str
    state: str
    is_repeat: bool


@dataclass(frozen=True)
class TalkItem:
    """A talk as the list shows it; `words` say why it waits, `text` begins what was said last, without personal data."""

    conversation_id: int
    channel: str
    language: str
    words: tuple[str, ...]
    text: str
    since: datetime
    holder: str
    is_mine: bool
    is_unanswered: bool


@dataclass(frozen=True)
class Talk:
    """A talk's head. `answered_in` is the conversation in which it is held: after a call or a form that is the one by text message.

    It is None before the first text of a talk, and where nobody can be written to (`can_be_answered` says which).
    """

    conversation_id: int
    answered_in: int | None
    channel: str
    language: str
    holder: str
    is_mine: bool
    can_be_answered: bool
    is_opted_out: bool
    reviews: tuple[tuple[int, str, bool], ...]


class Talks:
    """Takes talks over and hands them back. Taking, handing back and sending again change nothing."""

    def __init__(self, engine: Engine, store: Store, speaker: Speaker, history: TalkHistory) -> None:
        self._engine = engine
        self._store = store
        self._speaker = speaker
        self._history = history

    def list(self, person: Person, now: datetime) -> tuple[TalkItem, ...]:
        """What one holds, then what waits for a person, the longest first, then what others hold."""
        waits = ConversationTable.id.in_(select(ReviewTable.conversation_id).where(*_WAITS))
        query = select(ConversationTable, PersonTable.name).outerjoin(PersonTable, PersonTable.id == ConversationTable.held_by)
        query = query.where(or_(ConversationTable.held_by.is_not(None), waits)).order_by(ConversationTable.changed_at)
        with Session(self._engine) as session:
            rows = session.execute(query.limit(_LISTED)).all()
            items = [self._item(session, row, name, person) for row, name in rows]
        return tuple(sorted(items, key=lambda item: (not item.is_mine, bool(item.holder), item.since)))

    def one(self, conversation_id: int, person: Person) -> Talk | None:
        """A talk's head, None where there is no such conversation."""
        with Session(self._engine) as session:
            asked = session.get(ConversationTable, conversation_id)
            if asked is None:
                return None
            row = row_that_answers(session, asked)
            holder = session.get(PersonTable, row.held_by) if row is not None and row.held_by is not None else None
            language = language_of(session, row or asked) or self._speaker.city.languages[0]
            reviews = session.scalars(_reviews_of(asked.contact_id).order_by(ReviewTable.id.desc()).limit(5)).all()
        contact, is_opted_out = self._store.contact(asked.contact_id)
        return Talk(
            conversation_id,
            None if row is None else row.id,
            asked.channel,
            language,
            holder.name if holder else "",
            is_mine=holder is not None and holder.id == person.id,
            can_be_answered=asked.channel == Channel.CHAT.value or contact.startswith("+"),
            is_opted_out=is_opted_out,
            reviews=tuple((review.id, review_words(review.name), review.closed_at is None) for review in reviews),
        )

    def take(self, conversation_id: int, person: Person, now: datetime) -> bool:
        """Take a talk over: the service falls silent in it, and the resident is told who writes now. False where another has it."""
        talk = self.one(conversation_id, person)
        if talk is None or not talk.can_be_answered:
            return False
        with self._store.transaction() as work:
            row = hold(work.session, conversation_id, now)
            if row.held_by not in (None, person.id):
                return False
            is_new, row.held_by, row.held_at = row.held_by is None, person.id, now
            if is_new:
                self._begin(work, row, person, now)
            return True

    def hand_back(self, conversation_id: int, person: Person, now: datetime) -> None:
        """Let the service answer again, and tell the resident so. Nothing where nobody has it, or another whom one does not lead."""
        with self._store.transaction() as work:
            row = hold(work.session, conversation_id, now)
            if row.held_by is None or (row.held_by != person.id and person.role not in _LEADING):
                return
            row.held_by = row.held_at = None
            before = now_of(row)
            state = State.STOPPED if before.state is State.STOPPED else State.READY
            work.save_conversation(row.id, Conversation(state, before.language, changed_at=now, version=before.version + 1), now)
            note(work.session, person.login, "talk_handed_back", f"conversation {row.id}", now)
            self._tell(work, row, person, "staff-left", now)

    def send(
        self,
        conversation_id: int,
        person: Person,
        words: OwnWords,
        key: str,
        now: datetime,
        *,
        delay_seconds: float = 0,
        work: Work | None = None,
    ) -> SentMessage:
        """Keep a message and enqueue its sending, within `work` where one is open; the same key again sends nothing again."""
        if work is not None:
            return _send(work, conversation_id, person, words, key, now, delay_seconds)
        with self._store.transaction() as own:
            return _send(own, conversation_id, person, words, key, now, delay_seconds)

    def history(self, conversation_id: int) -> tuple[Turn, ...]:
        """What was said by all sides, oldest first."""
        return self._history.of(conversation_id)

    def marker(self, conversation_id: int) -> str:
        """A text that changes whenever something in a talk does; for server-sent events."""
        return self._history.marker(conversation_id)

    def _begin(self, work: Work, row: ConversationTable, person: Person, now: datetime) -> None:
        before = now_of(row)
        state = State.STOPPED if before.state is State.STOPPED else State.WITH_STAFF
        # What was being asked is the person's to ask now; a number that the resident sends is no choice of ours any more.
        moved = replace(before, state=state, options=(), place_options=(), question=None, pending=None)
        work.save_conversation(row.id, replace(moved, changed_at=now, version=before.version + 1), now)
        waiting = _reviews_of(row.contact_id).where(*_WAITS)
        for review in work.session.scalars(waiting):
            review.closed_at, review.closed_by, review.outcome = now, person.id, Outcome.TAKEN_OVER.value
        note(work.session, person.login, "talk_taken_over", f"conversation {row.id}", now)
        self._tell(work, row, person, "staff-joined", now)

    def _tell(self, work: Work, row: ConversationTable, person: Person, phrase: str, now: datetime) -> None:
        """Tell the resident in their language who answers from now on; whoever opted out is told nothing."""
        if work.session.get_one(ContactTable, row.contact_id).opted_out_at is not None:
            return
        language = language_of(work.session, row) or self._speaker.city.languages[0]
        values = {"name": person.name} if phrase == "staff-joined" else {}
        told, english = (self._speaker.say(code, phrase, **values) for code in (language, "en"))
        written = Written(row.id, person.id, english, told, language, PHRASE, phrase, None)
        keep(work, written, f"{phrase}:{row.id}:{row.version}", now)

    def _item(self, session: Session, row: ConversationTable, holder: str | None, person: Person) -> TalkItem:
        reviews = session.scalars(select(ReviewTable).where(*_WAITS, ReviewTable.conversation_id == row.id)).all()
        heard = newest_message(session, row.contact_id)
        own_words = StaffMessageTable.engine != PHRASE
        spoke_at = session.scalar(
            select(func.max(StaffMessageTable.at)).where(StaffMessageTable.conversation_id == row.id, own_words)
        )
        return TalkItem(
            row.id,
            row.channel,
            language_of(session, row) or self._speaker.city.languages[0],
            tuple(dict.fromkeys(review_words(review.name) for review in reviews)),
            redact(heard.text)[:_LETTERS_SHOWN] if heard else "",
            min((review.opened_at for review in reviews), default=row.held_at or row.changed_at),
            holder or "",
            is_mine=row.held_by == person.id,
            is_unanswered=heard is not None and (spoke_at is None or heard.received_at > spoke_at),
        )


def _send(
    work: Work, conversation_id: int, person: Person, words: OwnWords, key: str, now: datetime, delay_seconds: float
) -> SentMessage:
    written = Written(
        conversation_id, person.id, words.text, words.sent_text, words.language, words.engine, words.model, words.article
    )
    row, is_new = keep(work, written, key, now, delay_seconds=delay_seconds)
    # Whoever writes is there.
    mine = (ConversationTable.id == conversation_id, ConversationTable.held_by == person.id)
    work.session.execute(update(ConversationTable).where(*mine).values(held_at=now))
    return SentMessage(row.id, row.effect_id or "", row.state, is_repeat=not is_new)


def _reviews_of(contact_id: int) -> Select[ReviewTable]:
    in_talk = select(ConversationTable.id).where(ConversationTable.contact_id == contact_id)
    return select(ReviewTable).where(ReviewTable.conversation_id.in_(in_talk))
