"""What residents wrote and who they are is kept for the days that the policy says, and longer only for a case that is not done.

Opt-outs stay: a number that wants no messages has to be known as such.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, Select, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from intake.console.audit import note
from intake.console_tables import StaffMessageTable
from intake.database import WRITES
from intake.delivery_tables import EffectTable
from intake.erasing import (
    ACTOR,
    ERASED,
    erase_case_words,
    erase_contacts,
    erase_messages,
    erase_staff_messages,
    erase_talks,
)
from intake.photos import PhotoShelf
from intake.tables import (
    AttachmentTable,
    CaseEventTable,
    CaseFollowerTable,
    CaseTable,
    ContactTable,
    ConversationTable,
    MessageTable,
    ReviewTable,
)
from routing.city import City

# Writers wait for one another, so each transaction is short.
_AT_ONCE = 300
# A report is told in a few messages before its case is opened.
_LONGEST_REPORT = timedelta(days=1)


@dataclass(frozen=True)
class Erased:
    """How many of each were emptied; effects are delivered ones, whose rows are gone."""

    messages: int = 0
    photos: int = 0
    staff_messages: int = 0
    cases: int = 0
    contacts: int = 0
    effects: int = 0


@dataclass(frozen=True)
class _Page:
    """One transaction's work: how many rows were looked at, the last of them, and how many were emptied."""

    read: int
    last: int
    done: int


class Retention:
    """Erases what is too old. A second run finds nothing to do."""

    def __init__(self, engine: Engine, shelf: PhotoShelf, city: City) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._shelf = shelf
        self._city = city

    def run(self, now: datetime, *, is_dry: bool = False) -> Erased:
        """Erase and write the counts into the audit trail; a dry run does the same work and takes it back."""
        until = now - timedelta(days=self._city.policy.retention_days)
        keys: list[str] = []
        erased = Erased(
            messages=self._by_pages(lambda session, last: _messages(session, last, until, keys), is_dry=is_dry),
            photos=len(keys),
            staff_messages=self._by_pages(lambda session, last: _staff_messages(session, last, until), is_dry=is_dry),
            cases=self._by_pages(lambda session, last: self._cases(session, last, until, now), is_dry=is_dry),
            contacts=self._by_pages(lambda session, last: _contacts(session, last, until), is_dry=is_dry),
            effects=self._effects(until, is_dry=is_dry),
        )
        if erased != Erased() and not is_dry:
            self._erase_files(sorted(set(keys)))
            with self._transaction(is_dry=False) as session:
                note(session, ACTOR, ERASED, ACTOR, now, after=asdict(erased))
        return erased

    def _by_pages(self, step: Callable[[Session, int], _Page], *, is_dry: bool) -> int:
        done = last = 0
        while True:
            with self._transaction(is_dry=is_dry) as session:
                page = step(session, last)
            done, last = done + page.done, page.last
            if page.read < _AT_ONCE:
                return done

    def _cases(self, session: Session, last: int, until: datetime, now: datetime) -> _Page:
        is_erased = exists().where(CaseEventTable.case_id == CaseTable.id, CaseEventTable.name == ERASED)
        query = select(CaseTable).where(CaseTable.id > last, CaseTable.status != "open", CaseTable.closed_at < until, ~is_erased)
        cases = session.scalars(query.order_by(CaseTable.id).limit(_AT_ONCE)).all()
        for case in cases:
            service = self._city.catalog.services.get(case.service)
            erase_case_words(session, case, now, is_sensitive=service is None or service.is_sensitive)
        return _Page(len(cases), cases[-1].id if cases else last, len(cases))

    def _effects(self, until: datetime, *, is_dry: bool) -> int:
        is_over = or_(EffectTable.delivered_at.is_not(None), EffectTable.canceled_at.is_not(None))
        with self._transaction(is_dry=is_dry) as session:
            count = session.scalar(select(func.count()).select_from(EffectTable).where(EffectTable.created_at < until, is_over))
            session.execute(delete(EffectTable).where(EffectTable.created_at < until, is_over))
            return count or 0

    def _erase_files(self, keys: Sequence[str]) -> None:
        """Remove photos that no message has any more; the same photo may have been sent twice."""
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            with Session(self._engine) as session:
                used = set(session.scalars(select(AttachmentTable.key).where(AttachmentTable.key.in_(some))))
            for key in some:
                if key not in used:
                    self._shelf.erase(key)

    @contextmanager
    def _transaction(self, *, is_dry: bool) -> Iterator[Session]:
        with Session(self._writer) as session:
            yield session
            if is_dry:
                session.rollback()
            else:
                session.commit()


def _messages(session: Session, last: int, until: datetime, keys: list[str]) -> _Page:
    rows = session.execute(_old_messages(until, last)).all()
    talks = {row.conversation_id for row in rows}
    kept_from = _kept_from(session, until, talks)
    ids = [row.id for row in rows if row.received_at < kept_from.get(row.conversation_id, until)]
    keys += erase_messages(session, ids)
    erase_talks(session, _silent_talks(session, until, talks - set(kept_from)))
    return _Page(len(rows), rows[-1].id if rows else last, len(ids))


def _staff_messages(session: Session, last: int, until: datetime) -> _Page:
    holds_words = or_(StaffMessageTable.text != "", StaffMessageTable.sent_text != "")
    query = select(StaffMessageTable.id, StaffMessageTable.conversation_id, StaffMessageTable.at)
    page = query.where(StaffMessageTable.id > last, StaffMessageTable.at < until, holds_words)
    rows = session.execute(page.order_by(StaffMessageTable.id).limit(_AT_ONCE)).all()
    kept_from = _kept_from(session, until, {row.conversation_id for row in rows})
    ids = [row.id for row in rows if row.at < kept_from.get(row.conversation_id, until)]
    erase_staff_messages(session, ids)
    return _Page(len(rows), rows[-1].id if rows else last, len(ids))


def _contacts(session: Session, last: int, until: datetime) -> _Page:
    query = select(ContactTable.id).where(ContactTable.id > last, *_is_unknown_now(until))
    ids = session.scalars(query.order_by(ContactTable.id).limit(_AT_ONCE)).all()
    erase_contacts(session, ids)
    return _Page(len(ids), ids[-1] if ids else last, len(ids))


def _is_live(until: datetime) -> ColumnElement[bool]:
    """Whether a case is open, or was until lately."""
    return or_(CaseTable.status == "open", CaseTable.closed_at >= until)


def _old_messages(until: datetime, last: int) -> Select[int, int, datetime]:
    holds_words = or_(MessageTable.text != "", MessageTable.latitude.is_not(None))
    has_photo = exists().where(AttachmentTable.message_id == MessageTable.id, AttachmentTable.state != ERASED)
    is_looked_at = exists().where(ReviewTable.message_id == MessageTable.id, ReviewTable.closed_at.is_(None))
    return (
        select(MessageTable.id, MessageTable.conversation_id, MessageTable.received_at)
        .where(
            MessageTable.id > last,
            MessageTable.received_at < until,
            MessageTable.handled_at.is_not(None),
            or_(holds_words, has_photo),
            ~is_looked_at,
        )
        .order_by(MessageTable.id)
        .limit(_AT_ONCE)
    )


def _kept_from(session: Session, until: datetime, conversation_ids: set[int]) -> dict[int, datetime]:
    """For talks about a case that is not over: from when on their messages are kept."""
    own = select(CaseTable.conversation_id, func.min(CaseTable.opened_at)).where(
        CaseTable.conversation_id.in_(conversation_ids), _is_live(until)
    )
    followed = (
        select(CaseFollowerTable.conversation_id, func.min(CaseFollowerTable.at))
        .join(CaseTable, CaseTable.id == CaseFollowerTable.case_id)
        .where(CaseFollowerTable.conversation_id.in_(conversation_ids), _is_live(until))
    )
    found = [
        *session.execute(own.group_by(CaseTable.conversation_id)),
        *session.execute(followed.group_by(CaseFollowerTable.conversation_id)),
    ]
    kept: dict[int, datetime] = {}
    for conversation_id, at in found:
        kept[conversation_id] = min(at - _LONGEST_REPORT, kept.get(conversation_id, until))
    return kept


def _silent_talks(session: Session, until: datetime, conversation_ids: set[int]) -> list[int]:
    query = select(ConversationTable.id).where(
        ConversationTable.id.in_(conversation_ids), ConversationTable.changed_at < until, ConversationTable.held_by.is_(None)
    )
    return list(session.scalars(query))


def _is_unknown_now(until: datetime) -> tuple[ColumnElement[bool], ...]:
    """A contact who has been silent, waits for no case and for no person, and did not opt out."""
    talks = ConversationTable.contact_id == ContactTable.id
    follows = and_(CaseFollowerTable.case_id == CaseTable.id, CaseFollowerTable.contact_id == ContactTable.id)
    return (
        ContactTable.sealed != b"",
        ContactTable.created_at < until,
        ContactTable.opted_out_at.is_(None),
        ~exists().where(talks, or_(ConversationTable.changed_at >= until, ConversationTable.held_by.is_not(None))),
        ~exists().where(talks, ReviewTable.conversation_id == ConversationTable.id, ReviewTable.closed_at.is_(None)),
        ~exists().where(CaseTable.contact_id == ContactTable.id, _is_live(until)),
        ~exists().where(follows, _is_live(until)),
    )
