"""Everything that one review's screen needs, read in one go, with personal data hidden until somebody asks for it by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.casework.known_cases import KnownCases, NearCase
from intake.console.audit import AuditTrail
from intake.console.open_reviews import ReviewRead, ReviewReader, Standing, Urgency
from intake.console.outcomes import Outcome, outcomes_for
from intake.console.people import Person
from intake.console.queue import holder_of, why
from intake.console.review_action import DRAFTS
from intake.console.review_labels import corrected, message_described
from intake.console.review_parts import (
    ItemAttachment,
    ItemCase,
    ScoredService,
    case_of,
    hidden,
    likeliest_place,
    mask,
    other_places,
    scored,
)
from intake.console.talk_history import Turn
from intake.console.talks import Talks
from intake.console.undo_window import Undoable, undoable
from intake.contacts import ContactVault
from intake.tables import AttachmentTable, CaseTable, ContactTable, DecisionTable
from intake.work import Recorded, recorded
from nlp.personal_data import redact
from routing.city import City
from routing.drafts import CaseDraft, Place

_NEAR = 5


@dataclass(frozen=True)
class ReviewItem:
    """One review in full.

    `text` is without personal data unless `is_revealed`; `is_hidden` says whether something was left out. `contact` is masked
    ("…0142"), "" where there is nothing to write to. `services` are what the machine found likeliest, `drafts` the cases proposed,
    with what people corrected. `holder` names whoever has the review now; `undo` is this person's last action, on whatever review.
    """

    review_id: int
    message_id: int
    conversation_id: int
    name: str
    words: tuple[str, ...]
    urgency: Urgency
    is_waiting: bool
    opened_at: datetime
    due_at: datetime
    channel: Channel
    received_at: datetime
    text: str
    is_hidden: bool
    is_revealed: bool
    language: str
    language_confidence: float
    kind: str
    services: tuple[ScoredService, ...]
    drafts: tuple[CaseDraft, ...]
    cases: tuple[ItemCase, ...]
    place: Place | None
    place_candidates: tuple[Place, ...]
    attachments: tuple[ItemAttachment, ...]
    history: tuple[Turn, ...]
    contact: str
    is_opted_out: bool
    near: tuple[NearCase, ...]
    outcomes: tuple[Outcome, ...]
    holder: str
    is_mine: bool
    is_closed: bool
    outcome: str
    undo: Undoable | None


@dataclass(frozen=True)
class _Rows:
    """What one transaction read."""

    read: ReviewRead
    standing: Standing
    message: Recorded
    decision: DecisionTable | None
    kind: str
    cases: Sequence[CaseTable]
    attachments: Sequence[AttachmentTable]
    contact: ContactTable
    undo: Undoable | None


class ReviewItems:
    """Reads reviews for their screen."""

    def __init__(
        self,
        engine: Engine,
        reader: ReviewReader,
        vault: ContactVault,
        city: City,
        talks: Talks,
        known: KnownCases,
        audit: AuditTrail,
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._vault = vault
        self._city = city
        self._talks = talks
        self._known = known
        self._audit = audit

    def read(self, review_id: int, person: Person, now: datetime) -> ReviewItem | None:
        """A review without personal data, open or closed; None where there is none."""
        rows = self._rows(review_id, person, now)
        return None if rows is None else self._item(rows, person, now, hides=redact)

    def reveal(self, review_id: int, person: Person, now: datetime) -> ReviewItem | None:
        """A review with all that was said and the contact in clear; who looked is noted first."""
        rows = self._rows(review_id, person, now)
        if rows is None:
            return None
        self._audit.note(person.login, "review_revealed", f"review {review_id}", now)
        item = self._item(rows, person, now, hides=lambda text: text)
        return replace(item, contact=self._vault.open(rows.contact.sealed))

    def reveal_contact(self, review_id: int, person: Person, now: datetime) -> str:
        """The number or address of whoever wrote, "" where there is no such review; who looked is noted first."""
        rows = self._rows(review_id, person, now)
        if rows is None:
            return ""
        self._audit.note(person.login, "contact_revealed", f"contact {rows.contact.id}", now, after={"review": review_id})
        return self._vault.open(rows.contact.sealed)

    def last_action(self, person: Person, now: datetime) -> Undoable | None:
        """What a person can undo at a moment."""
        with Session(self._engine) as session:
            return undoable(session, person.id, now)

    def _rows(self, review_id: int, person: Person, now: datetime) -> _Rows | None:
        with Session(self._engine) as session:
            read = self._reader.one(session, review_id)
            if read is None:
                return None
            message_id = read.review.message_id
            message = recorded(session, message_id, locks=False)
            described = _described(session, read)
            decision = session.scalars(select(DecisionTable).where(DecisionTable.message_id == described)).one_or_none()
            cases = select(CaseTable).where(CaseTable.message_id == message_id, CaseTable.status == "open")
            files = select(AttachmentTable).where(AttachmentTable.message_id.in_({described, message_id}))
            return _Rows(
                read=read,
                standing=self._reader.standing(read, now),
                message=message,
                decision=decision,
                kind=corrected(session, described, "kind") or (decision.kind if decision else ""),
                cases=session.scalars(cases.order_by(CaseTable.id)).all(),
                attachments=session.scalars(files.order_by(AttachmentTable.id)).all(),
                contact=session.get_one(ContactTable, message.contact_id),
                undo=undoable(session, person.id, now),
            )

    def _item(self, rows: _Rows, person: Person, now: datetime, *, hides: Callable[[str], str]) -> ReviewItem:
        review, message, decision = rows.read.review, rows.message, rows.decision
        drafts = DRAFTS.validate_python(review.drafts)
        services = scored(decision, self._city.catalog)
        cases = tuple(case_of(row, self._city.catalog) for row in rows.cases)
        place = likeliest_place(drafts, cases, message)
        shown = hides(message.text)
        return ReviewItem(
            review_id=review.id,
            message_id=message.message_id,
            conversation_id=message.conversation_id,
            name=review.name,
            words=tuple(hides(words) for words in why(rows.read, rows.standing, self._city.catalog)),
            urgency=rows.standing.urgency,
            is_waiting=rows.standing.is_waiting,
            opened_at=review.opened_at,
            due_at=rows.standing.due_at,
            channel=message.channel,
            received_at=message.received_at,
            text=shown,
            is_hidden=shown != message.text,
            is_revealed=hides is not redact,
            language=rows.read.language,
            language_confidence=decision.language_confidence if decision else 0.0,
            kind=rows.kind,
            services=services,
            drafts=tuple(replace(draft, description=hides(draft.description)) for draft in drafts),
            cases=cases,
            place=place,
            place_candidates=other_places(drafts, place, message),
            attachments=tuple(ItemAttachment(row.id, row.content_type, row.state) for row in rows.attachments),
            history=tuple(hidden(turn, hides) for turn in self._talks.history(message.conversation_id)),
            contact=mask(self._vault.open(rows.contact.sealed)),
            is_opted_out=rows.contact.opted_out_at is not None,
            near=self._near(drafts, cases, services, place, message, now),
            outcomes=outcomes_for(is_danger=rows.standing.urgency is Urgency.DANGER),
            holder=holder_of(rows.read, now),
            is_mine=review.closed_at is None and review.claimed_by == person.id,
            is_closed=review.closed_at is not None,
            outcome=review.outcome or "",
            undo=rows.undo,
        )

    def _near(
        self,
        drafts: Sequence[CaseDraft],
        cases: Sequence[ItemCase],
        services: Sequence[ScoredService],
        place: Place | None,
        message: Recorded,
        now: datetime,
    ) -> tuple[NearCase, ...]:
        """Open cases that may be the same problem, without the message's own."""
        likely = [draft.service for draft in drafts] or [case.service for case in cases] or [one.code for one in services]
        if place is None or not likely or likely[0] not in self._city.catalog.services:
            return ()
        text = drafts[0].description if drafts else message.text
        own = {case.number for case in cases}
        near = self._known.near(likely[0], place, text, now, limit=_NEAR + len(own))
        return tuple(case for case in near if case.number not in own)[:_NEAR]


def _described(session: Session, read: ReviewRead) -> int:
    """The message that says what is wrong: what ends in a review is often only a "yes" or a place."""
    review, drafts = read.review, DRAFTS.validate_python(read.review.drafts)
    if not drafts:
        return review.message_id
    return message_described(session, review.conversation_id, review.message_id, drafts[0].description)
