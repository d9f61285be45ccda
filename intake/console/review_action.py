"""One action on a review, as a transaction: only whoever has the review acts, and all that it takes to undo it is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console.audit import note
from intake.console.outcomes import Outcome
from intake.console.people import Person
from intake.console.review_labels import Labeled, label
from intake.console.talk_rows import row_that_answers
from intake.console.undo_window import UNDO_LASTS, WaitingOutbox
from intake.console_tables import PersonTable, ReviewActionTable
from intake.database import WRITES
from intake.delivering.destinations import Destinations
from intake.delivering.outbox import Outbox
from intake.errors import RejectRequest
from intake.tables import CaseTable, ConversationTable, DecisionTable, ReviewTable
from intake.work import Recorded, Work, recorded
from routing.city import City
from routing.drafts import CaseDraft, State

DRAFTS: TypeAdapter[tuple[CaseDraft, ...]] = TypeAdapter(tuple[CaseDraft, ...])
_ACTOR_LETTERS = 60


class NotYoursError(RejectRequest):
    """Somebody else has this review, or it is closed; `holder` names whoever has it, "" where nobody does."""

    def __init__(self, holder: str, *, is_closed: bool = False) -> None:
        said = "this review is closed" if is_closed else f"{holder or 'nobody'} has this review; take it first"
        super().__init__(409, said)
        self.holder = holder
        self.is_closed = is_closed


@dataclass
class Doing:
    """An action while its transaction is open. `before` is what an undo puts back, `after` what it takes away."""

    session: Session
    work: Work
    review: ReviewTable
    message: Recorded
    person: Person
    city: City
    now: datetime
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    labeled: Labeled = field(default_factory=Labeled)

    @property
    def actor(self) -> str:
        """The person's login, as histories keep it."""
        return self.person.login[:_ACTOR_LETTERS]

    @property
    def language(self) -> str:
        """The language in which the resident is told; the city's first where theirs is not known."""
        known = (self.message.language, self.message.conversation.language)
        return next((code for code in known if code in self.city.languages), self.city.languages[0])

    @property
    def drafts(self) -> tuple[CaseDraft, ...]:
        """The cases that are proposed."""
        return DRAFTS.validate_python(self.review.drafts)

    def keep_drafts(self, drafts: tuple[CaseDraft, ...]) -> None:
        """Propose other cases from now on."""
        self.before.setdefault("drafts", self.review.drafts)
        self.review.drafts = DRAFTS.dump_python(drafts, mode="json")

    def open_cases(self) -> list[CaseTable]:
        """The open cases of the review's message."""
        mine = (CaseTable.message_id == self.review.message_id, CaseTable.status == "open")
        return list(self.session.scalars(select(CaseTable).where(*mine).order_by(CaseTable.id)))

    def decision(self, message_id: int | None = None) -> DecisionTable | None:
        """What was understood of a message, by default the review's."""
        query = select(DecisionTable).where(DecisionTable.message_id == (message_id or self.review.message_id))
        return self.session.scalars(query).one_or_none()

    def label(self, message_id: int, field_name: str, machine: str | None, after: str) -> None:
        """Write down what a person says a field should have been."""
        self.labeled += label(self.session, message_id, field_name, machine, after, self.actor, self.now)

    def close(self, outcome: Outcome) -> None:
        """Close the review."""
        self.review.closed_at, self.review.closed_by, self.review.outcome = self.now, self.person.id, outcome.value

    def let_go(self) -> None:
        """Let the service answer by itself again, unless a person holds the conversation or another review of it is open."""
        row = self.session.get_one(ConversationTable, self.message.conversation_id)
        self.session.flush()
        others = select(ReviewTable.id).where(ReviewTable.conversation_id == row.id, ReviewTable.closed_at.is_(None))
        is_ours = row.held_by is None and self.session.scalars(others).first() is None
        if row.state != State.WITH_STAFF.value or not is_ours:
            return
        conversation = self.message.conversation
        self.before["state"] = {"was": row.state, "version": conversation.version + 1}
        moved = replace(conversation, state=State.READY, version=conversation.version + 1)
        self.work.save_conversation(row.id, moved, self.now)


class ReviewActions:
    """Opens actions. What an action sends out waits until it cannot be undone any more."""

    def __init__(self, engine: Engine, outbox: Outbox, destinations: Destinations, city: City) -> None:
        self._writer = engine.execution_options(**WRITES)
        self._outbox = outbox
        self._destinations = destinations
        self._city = city

    @contextmanager
    def begin(self, review_id: int, person: Person, name: str, now: datetime) -> Iterator[Doing]:
        """Open the transaction of an action; it commits when the block ends, and rolls back on any error. Raises NotYoursError."""
        outbox = WaitingOutbox(self._outbox, UNDO_LASTS.total_seconds())
        with Session(self._writer) as session, session.begin():
            review, message = lock(session, review_id)
            _refuse_unless_held(session, review, person)
            review.claimed_at = now
            work = Work(session, outbox, self._destinations, person.login[:_ACTOR_LETTERS])
            doing = Doing(session, work, review, message, person, self._city, now)
            yield doing
            _write_down(doing, name, outbox.effect_ids)


def lock(session: Session, review_id: int) -> tuple[ReviewTable, Recorded]:
    """Hold a review and its conversation, in the order in which everybody does. Raises RejectRequest where there is none."""
    found = session.get(ReviewTable, review_id)
    if found is None:
        raise RejectRequest(404, "there is no such review")
    message = recorded(session, found.message_id, locks=True)
    # Whoever takes a talk over holds the conversation that answers, then its reviews; in another order two would wait for each other.
    asked = session.get_one(ConversationTable, message.conversation_id)
    answering = row_that_answers(session, asked)
    if answering is not None and answering is not asked:
        session.refresh(answering, with_for_update=True)
    query = select(ReviewTable).where(ReviewTable.id == review_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one(), message


def _refuse_unless_held(session: Session, review: ReviewTable, person: Person) -> None:
    if review.closed_at is not None:
        raise NotYoursError("", is_closed=True)
    # An idle claim that nobody took over is still a claim: no work is lost to a phone call.
    if review.claimed_by != person.id:
        holder = session.get(PersonTable, review.claimed_by) if review.claimed_by is not None else None
        raise NotYoursError(holder.name if holder else "")


def _write_down(doing: Doing, name: str, effect_ids: list[str]) -> None:
    labels = {"labels": list(doing.labeled.written), "set_aside": list(doing.labeled.set_aside)}
    action = ReviewActionTable(
        review_id=doing.review.id,
        person_id=doing.person.id,
        name=name,
        before=doing.before,
        after={**doing.after, **labels},
        effect_ids=list(effect_ids),
        at=doing.now,
    )
    doing.session.add(action)
    about = f"review {doing.review.id}"
    note(doing.session, doing.person.login, f"review_{name}", about, doing.now, before=doing.before, after=action.after)
