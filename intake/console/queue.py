"""What waits for a person, most urgent first, and who has what: two people never have the same item."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, func, or_, select, update
from sqlalchemy.orm import Session

from intake.console.open_reviews import ReviewRead, ReviewReader, Standing, Urgency
from intake.console.people import Person
from intake.console.reason_words import language_name, reasons_in_words, review_words
from intake.database import WRITES
from intake.tables import ReviewTable
from nlp.personal_data import redact
from routing.catalog import Catalog

__all__ = ["CLAIM_LASTS", "QueueItem", "ReviewQueue", "Urgency"]

CLAIM_LASTS = timedelta(minutes=10)
_LETTERS_SHOWN = 200
_RANKS = {urgency: rank for rank, urgency in enumerate(Urgency)}


@dataclass(frozen=True)
class QueueItem:
    """One review as the list shows it.

    `words` say why it is there, the review's own name first; `text` begins the message, without personal data;
    `claimed_by` names whoever has it now, "" where nobody does.
    """

    review_id: int
    name: str
    words: tuple[str, ...]
    urgency: Urgency
    opened_at: datetime
    due_at: datetime
    is_waiting: bool
    channel: str
    language: str
    text: str
    claimed_by: str
    claimed_by_id: int | None


class ReviewQueue:
    """The open reviews. `translated` gives the languages that some engine translates for staff."""

    def __init__(
        self,
        engine: Engine,
        reader: ReviewReader,
        catalog: Catalog,
        translated: Callable[[], Collection[str]],
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._reader = reader
        self._catalog = catalog
        self._translated = translated
        self._clock = clock

    def waiting(self, person: Person, now: datetime, *, limit: int = 100) -> tuple[QueueItem, ...]:
        """What waits, in the order in which this person should take it."""
        translated = self._translated()
        return tuple(self._item(one, standing, person, translated, now) for one, standing in self._in_order(person, now)[:limit])

    def count(self) -> int:
        """How many reviews are open."""
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(ReviewTable).where(ReviewTable.closed_at.is_(None))) or 0

    def claim(self, review_id: int, person: Person, now: datetime) -> bool:
        """Take a review, or keep one's own for another while; False where somebody else has it or it is closed."""
        # One conditional update: of two who press at once the database lets one through.
        claim = (
            update(ReviewTable)
            .where(ReviewTable.id == review_id, ReviewTable.closed_at.is_(None), _is_free_for(person, now))
            .values(claimed_by=person.id, claimed_at=now)
        )
        with Session(self._writer) as session, session.begin():
            return session.execute(claim).rowcount == 1  # type: ignore[attr-defined, no-any-return]

    def claim_next(self, person: Person, now: datetime, *, after: int | None = None) -> int | None:
        """Take the next review that nobody else has and return its id, None where there is none.

        `after` is the one that the person leaves: it is free again, and the list goes on behind it. Danger is never passed by.
        """
        if after is not None:
            self.release(after, person, now)
        candidates = _behind(after, [(one.review.id, standing) for one, standing in self._in_order(person, now)])
        return next((review_id for review_id in candidates if self.claim(review_id, person, now)), None)

    def release(self, review_id: int, person: Person, now: datetime) -> None:
        """Give one's own review back; anybody else's stays as it is."""
        mine = (ReviewTable.id == review_id, ReviewTable.claimed_by == person.id, ReviewTable.closed_at.is_(None))
        with Session(self._writer) as session, session.begin():
            session.execute(update(ReviewTable).where(*mine).values(claimed_by=None, claimed_at=None))

    def marker(self) -> str:
        """A word that is another whenever the list is; one query."""
        # A sum of products tells which review is with whom, without the times of every click.
        with_whom = func.sum(ReviewTable.id * func.coalesce(ReviewTable.claimed_by, 0))
        held = with_whom.filter(ReviewTable.claimed_at > self._clock() - CLAIM_LASTS)
        query = select(func.count(), func.max(ReviewTable.id), func.sum(ReviewTable.id), held)
        with Session(self._engine) as session:
            row = session.execute(query.where(ReviewTable.closed_at.is_(None))).one()
        return "-".join(str(value or 0) for value in row)

    def _in_order(self, person: Person, now: datetime) -> list[tuple[ReviewRead, Standing]]:
        with Session(self._engine) as session:
            found = [(one, self._reader.standing(one, now)) for one in self._reader.open(session)]
        translated = self._translated()

        def place(pair: tuple[ReviewRead, Standing]) -> tuple[int, int, datetime, int]:
            one, standing = pair
            by = standing.due_at if standing.urgency is Urgency.NORMAL else one.review.opened_at
            return _RANKS[standing.urgency], _reading_rank(one.language, person, translated), by, one.review.id

        return sorted(found, key=place)

    def _item(self, one: ReviewRead, standing: Standing, person: Person, translated: Collection[str], now: datetime) -> QueueItem:
        review, holder = one.review, holder_of(one, now)
        words = why(one, standing, self._catalog)
        if _reading_rank(one.language, person, translated) == 2:
            words = (*words, f"No engine translates {language_name(one.language)}; people who read it see this first")
        return QueueItem(
            review_id=review.id,
            name=review.name,
            words=words,
            urgency=standing.urgency,
            opened_at=review.opened_at,
            due_at=standing.due_at,
            is_waiting=standing.is_waiting,
            channel=one.channel,
            language=one.language,
            text=redact(one.text)[:_LETTERS_SHOWN],
            claimed_by=holder,
            claimed_by_id=review.claimed_by if holder else None,
        )


def why(one: ReviewRead, standing: Standing, catalog: Catalog) -> tuple[str, ...]:
    """Why a review is there, in words: what it is first, then each reason."""
    words = [review_words(one.review.name), *reasons_in_words(one.review.reasons, catalog)]
    if standing.danger and one.review.name != "Emergency":
        words.append(f"These words may be about danger: {standing.danger}")
    return tuple(dict.fromkeys(words))


def holder_of(one: ReviewRead, now: datetime) -> str:
    """The name of whoever has a review now, "" where nobody does or they left it idle."""
    claimed_at = one.review.claimed_at
    return one.holder if claimed_at is not None and claimed_at > now - CLAIM_LASTS else ""


def _is_free_for(person: Person, now: datetime) -> ColumnElement[bool]:
    is_idle = ReviewTable.claimed_at <= now - CLAIM_LASTS
    return or_(ReviewTable.claimed_by.is_(None), ReviewTable.claimed_by == person.id, is_idle)


def _reading_rank(language: str, person: Person, translated: Collection[str]) -> int:
    """0 for what only readers of a language can judge, and this person is one; 1 for what everybody can read; 2 for the rest."""
    if not language or language == "en" or language in translated:
        return 1
    return 0 if {language, language.split("-", maxsplit=1)[0]} & set(person.languages) else 2


def _behind(after: int | None, ordered: list[tuple[int, Standing]]) -> list[int]:
    """Ids in the order in which they are offered to somebody who leaves `after`."""
    ids = [review_id for review_id, _ in ordered]
    if after not in ids:
        return ids
    turn = ids.index(after)
    danger = [review_id for review_id, standing in ordered if standing.urgency is Urgency.DANGER and review_id != after]
    return list(dict.fromkeys([*danger, *ids[turn + 1 :], *ids[:turn]]))
