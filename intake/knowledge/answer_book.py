"""What became of answers: whether they helped, what followed within a week, and the questions that found none. It only reads."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.tables import AnswerTable, CaseTable, ConversationTable, DecisionTable, MessageTable, ReviewTable
from nlp.personal_data import redact

REPEAT_WITHIN = timedelta(days=7)
_RECENT, _COUNTED_EVERY = timedelta(days=30), timedelta(minutes=5)
# Reviews that mean: a person had to be asked.
_PERSON = ("CallAgent", "HandToStaff", "NoteQuestion")


class FollowedBy(StrEnum):
    """What a resident came back with within seven days of an answer, the costliest first."""

    PERSON = "person"
    CASE = "case"
    SAME_QUESTION = "same_question"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Answered:
    """An answer with what is known of its worth. Before seven days have passed, NOTHING only means: nothing yet."""

    article: str
    language: str
    channel: str
    is_helpful: bool | None
    followed_by: FollowedBy
    is_a_week_old: bool
    is_beside: bool = False


@dataclass(frozen=True)
class Tally:
    """Counts over answers. Deflected: at least a week old, and the resident did not come back about it.

    `beside` are those given beside a report: they spare nobody a case, and are counted nowhere else but in `answered`.
    """

    answered: int = 0
    beside: int = 0
    helpful: int = 0
    not_helpful: int = 0
    then_case: int = 0
    then_person: int = 0
    asked_again: int = 0
    week_old: int = 0
    deflected: int = 0


@dataclass(frozen=True)
class Gap:
    """A question that no article answered, or whose answer did not help (`article`), without personal data."""

    text: str
    language: str
    at: datetime
    article: str


class AnswerBook:
    """Reads what was answered and what was not."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answered(self, since: datetime, now: datetime) -> list[Answered]:
        """All answers since a time, oldest first."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(
                    AnswerTable.contact_id,
                    AnswerTable.at,
                    AnswerTable.article,
                    AnswerTable.language,
                    AnswerTable.channel,
                    AnswerTable.is_helpful,
                    AnswerTable.is_beside,
                )
                .where(AnswerTable.at >= since)
                .order_by(AnswerTable.at)
            ).all()
            later = _Later(session, since)
        return [
            Answered(
                row.article,
                row.language,
                row.channel,
                row.is_helpful,
                later.of(row),
                is_a_week_old=now - row.at >= REPEAT_WITHIN,
                is_beside=row.is_beside,
            )
            for row in rows
        ]

    def gaps(self, since: datetime) -> list[Gap]:
        """Questions without an answer that helped, newest first."""
        unanswered = (
            select(MessageTable.text, MessageTable.language, MessageTable.received_at)
            .join(DecisionTable, DecisionTable.message_id == MessageTable.id)
            .where(DecisionTable.name == "NoteQuestion", MessageTable.received_at >= since)
        )
        unhelpful = (
            select(MessageTable.text, MessageTable.language, MessageTable.received_at, AnswerTable.article)
            .join(AnswerTable, AnswerTable.message_id == MessageTable.id)
            .where(AnswerTable.is_helpful.is_(False), AnswerTable.at >= since)
        )
        with Session(self._engine) as session:
            found = [Gap(redact(text), language or "en", at, "") for text, language, at in session.execute(unanswered)]
            found += [
                Gap(redact(text), language or "en", at, article) for text, language, at, article in session.execute(unhelpful)
            ]
        return sorted(found, key=lambda gap: gap.at, reverse=True)


def tally(answers: Iterable[Answered]) -> Tally:
    """Count answers."""
    counts: Counter[str] = Counter()
    for one in answers:
        counts["answered"] += 1
        if one.is_beside:
            counts["beside"] += 1
            continue
        counts["helpful"] += one.is_helpful is True
        counts["not_helpful"] += one.is_helpful is False
        counts["then_case"] += one.followed_by is FollowedBy.CASE
        counts["then_person"] += one.followed_by is FollowedBy.PERSON
        counts["asked_again"] += one.followed_by is FollowedBy.SAME_QUESTION
        counts["week_old"] += one.is_a_week_old
        counts["deflected"] += one.is_a_week_old and one.followed_by is FollowedBy.NOTHING and one.is_helpful is not False
    return Tally(**counts)


def by_language_and_channel(answers: Sequence[Answered]) -> dict[tuple[str, str], Tally]:
    """Tallies for each language and channel that has answers."""
    groups: dict[tuple[str, str], list[Answered]] = defaultdict(list)
    for one in answers:
        groups[one.language, one.channel].append(one)
    return {key: tally(group) for key, group in sorted(groups.items())}


class RecentTallies:
    """Tallies of the last 30 days, counted anew at most every five minutes: whoever scrapes figures must not load the database."""

    def __init__(self, book: AnswerBook) -> None:
        self._book = book
        self._counted_at: datetime | None = None
        self._tallies: dict[tuple[str, str], Tally] = {}

    def read(self, now: datetime) -> dict[tuple[str, str], Tally]:
        """The tallies as of five minutes ago at most."""
        if self._counted_at is None or now - self._counted_at >= _COUNTED_EVERY:
            self._tallies = by_language_and_channel(self._book.answered(now - _RECENT, now))
            self._counted_at = now
        return self._tallies


class _Later:
    """When each contact opened a case, needed a person, or was given an article."""

    def __init__(self, session: Session, since: datetime) -> None:
        self._cases = _times(session, select(CaseTable.contact_id, CaseTable.opened_at).where(CaseTable.opened_at >= since))
        self._people = _times(
            session,
            select(ConversationTable.contact_id, ReviewTable.opened_at)
            .join(ReviewTable, ReviewTable.conversation_id == ConversationTable.id)
            .where(ReviewTable.name.in_(_PERSON), ReviewTable.opened_at >= since),
        )
        self._articles = _times(
            session,
            select(AnswerTable.contact_id, AnswerTable.article, AnswerTable.at).where(AnswerTable.at >= since),
        )

    def of(self, row: Any) -> FollowedBy:
        if _soon_after(self._people[row.contact_id,], row.at):
            return FollowedBy.PERSON
        if _soon_after(self._cases[row.contact_id,], row.at):
            return FollowedBy.CASE
        if _soon_after(self._articles[row.contact_id, row.article], row.at):
            return FollowedBy.SAME_QUESTION
        return FollowedBy.NOTHING


def _times(session: Session, query: Any) -> defaultdict[tuple[Any, ...], list[datetime]]:
    """Sorted times by all other columns; the time is the last column."""
    times: defaultdict[tuple[Any, ...], list[datetime]] = defaultdict(list)
    for *key, at in session.execute(query):
        times[tuple(key)].append(at)
    for found in times.values():
        found.sort()
    return times


def _soon_after(times: Sequence[datetime], at: datetime) -> bool:
    next_one = bisect_right(times, at)
    return next_one < len(times) and times[next_one] - at <= REPEAT_WITHIN
