"""Reviews as read for the queue: with what tells how urgent each is, and until when."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.console_tables import PersonTable
from intake.tables import CaseTable, DecisionTable, MessageTable, ReviewTable
from routing.catalog import Deadline, DeadlineUnit
from routing.city import City
from routing.deadlines import due_at

_STILL_THERE = timedelta(minutes=15)
_LIVE = frozenset({Channel.CHAT.value, Channel.SMS.value})
_WITHOUT_CASE = Deadline(1, DeadlineUnit.BUSINESS_DAYS)
_LETTERS_HEARD = 1000
_KEPT_IN_MIND = 5000
# The words of a text and its language that sound like danger, None where there are none.
HearDanger = Callable[[str, str], str | None]


class Urgency(StrEnum):
    """What comes first: life, then residents who sit and wait, then deadlines."""

    DANGER = "danger"
    WAITING = "waiting"
    NORMAL = "normal"


@dataclass(frozen=True)
class Standing:
    """How urgent a review is, and until when it should be done; `danger` are the words that sound like it."""

    urgency: Urgency
    is_waiting: bool
    due_at: datetime
    danger: str


@dataclass(frozen=True)
class ReviewRead:
    """A review with all that its place in the list depends on; `text` begins the problem, or else the message, `holder` who claimed it last."""

    review: ReviewTable
    channel: str
    text: str
    language: str
    last_heard: datetime | None
    case_due: datetime | None
    holder: str


class ReviewReader:
    """Reads reviews and says how they stand."""

    def __init__(self, city: City, hear_danger: HearDanger) -> None:
        self._city = city
        self._hear_danger = hear_danger
        self._heard: OrderedDict[int, str] = OrderedDict()

    def open(self, session: Session) -> list[ReviewRead]:
        """All reviews that are open."""
        return [_read(*row) for row in session.execute(_reviews().where(ReviewTable.closed_at.is_(None)))]

    def one(self, session: Session, review_id: int) -> ReviewRead | None:
        """A review, open or closed; None where there is none."""
        row = session.execute(_reviews().where(ReviewTable.id == review_id)).one_or_none()
        return None if row is None else _read(*row)

    def standing(self, read: ReviewRead, now: datetime) -> Standing:
        """How urgent a review is at a moment."""
        review, danger = read.review, self._danger(read)
        is_there = read.channel in _LIVE and read.last_heard is not None and read.last_heard > now - _STILL_THERE
        is_waiting = is_there or review.name == "CallAgent"
        urgency = Urgency.WAITING if is_waiting or review.is_urgent else Urgency.NORMAL
        if review.name == "Emergency" or danger:
            urgency = Urgency.DANGER
        due = read.case_due or due_at(review.opened_at, _WITHOUT_CASE, self._city.hours, self._city.timezone)
        return Standing(urgency, is_waiting, due, danger)

    def _danger(self, read: ReviewRead) -> str:
        """The words that sound like danger; remembered, because the list is read again and again."""
        review_id = read.review.id
        heard = self._heard.get(review_id)
        if heard is None:
            heard = self._heard[review_id] = self._hear_danger(read.text, read.language) or ""
            if len(self._heard) > _KEPT_IN_MIND:
                self._heard.popitem(last=False)
        return heard


_Row = tuple[ReviewTable, str, str, str | None, str | None, datetime | None, datetime | None, str | None]


def _reviews() -> Select[*_Row]:
    """Reviews with their message, its language, the conversation's last message, the case's deadline, and who has it."""
    heard = (
        select(func.max(MessageTable.received_at))
        .where(MessageTable.conversation_id == ReviewTable.conversation_id)
        .correlate(ReviewTable)
        .scalar_subquery()
    )
    due = (
        select(func.min(CaseTable.due_at))
        .where(CaseTable.message_id == ReviewTable.message_id, CaseTable.status == "open")
        .correlate(ReviewTable)
        .scalar_subquery()
    )
    text = func.substr(MessageTable.text, 1, _LETTERS_HEARD)
    columns = (
        ReviewTable,
        MessageTable.channel,
        text,
        MessageTable.language,
        DecisionTable.language,
        heard,
        due,
        PersonTable.name,
    )
    return (
        select(*columns)
        .join(MessageTable, MessageTable.id == ReviewTable.message_id)
        .outerjoin(DecisionTable, DecisionTable.message_id == ReviewTable.message_id)
        .outerjoin(PersonTable, PersonTable.id == ReviewTable.claimed_by)
    )


def _read(
    review: ReviewTable,
    channel: str,
    text: str,
    language: str | None,
    guessed: str | None,
    heard: datetime | None,
    due: datetime | None,
    holder: str | None,
) -> ReviewRead:
    return ReviewRead(review, channel, _problem(review) or text, language or guessed or "", heard, due, holder or "")


def _problem(review: ReviewTable) -> str:
    """What was being reported: the message that ended in a review is often only a "yes" or a place."""
    return " / ".join(str(draft.get("description", "")) for draft in review.drafts)[:_LETTERS_HEARD]
