"""What managers ask: how much comes in, how much needs no person, what was routed wrongly, what is late. It only reads."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.knowledge.answer_book import AnswerBook, Gap
from intake.tables import CaseTable, ConversationTable, LabelTable, MessageTable, ReviewTable
from routing.catalog import Catalog
from routing.city import City

_GAPS_SHOWN = 50
# The group that a catalog gives to what fits nowhere else.
_OTHER = "Other"
_AGES = (("under a day", 1), ("1 to 7 days", 7), ("7 to 30 days", 30))
_OLDEST = "over 30 days"


@dataclass(frozen=True)
class Share:
    """So many of so many; `of` may be 0, and then there is no share."""

    name: str
    count: int
    of: int

    @property
    def share(self) -> float | None:
        """The share, None where there is nothing to count."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True)
class Volumes:
    """Messages by day (local date, ISO), channel and language."""

    by_day: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_language: Mapping[str, int]
    by_both: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Deadlines:
    """Cases of a department whose deadline fell into the time looked at."""

    department: str
    on_time: int
    late: int
    still_open: int

    @property
    def due(self) -> int:
        """All of them."""
        return self.on_time + self.late + self.still_open


@dataclass(frozen=True)
class Insight:
    """Everything on the page, for messages and cases from `since` to `until`."""

    since: datetime
    until: datetime
    volumes: Volumes
    without_person: tuple[Share, ...]
    corrected: tuple[Share, ...]
    corrected_services: tuple[tuple[str, str, int], ...]
    deadlines: tuple[Deadlines, ...]
    accuracy: tuple[Share, ...]
    other_ages: Mapping[str, int]
    other_oldest: tuple[tuple[str, datetime], ...]
    gaps: tuple[Gap, ...]


class InsightBook:
    """Reads the figures."""

    def __init__(self, engine: Engine, city: City) -> None:
        self._engine = engine
        self._catalog: Catalog = city.catalog
        self._zone = city.timezone
        self._answers = AnswerBook(engine)

    def read(self, since: datetime, until: datetime) -> Insight:
        """Count everything between two times."""
        with Session(self._engine) as session:
            cases = _cases(session, since, until)
            labels = _service_labels(session, since)
            other = _other_open(session, self._catalog)
            return Insight(
                since=since,
                until=until,
                volumes=_volumes(session, since, until, self._zone),
                without_person=_without_person(session, since, until),
                corrected=_corrected(cases, labels),
                corrected_services=self._confusions(cases, labels),
                deadlines=self._deadlines(session, since, until),
                accuracy=_accuracy(session, since, until),
                other_ages=_ages(other, until),
                other_oldest=tuple(other[:10]),
                gaps=tuple(self._answers.gaps(since)[:_GAPS_SHOWN]),
            )

    def _confusions(self, cases: Sequence["_Case"], labels: Mapping[int, tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
        """Which service was taken for which, the most frequent first."""
        pairs = Counter(labels[case.message_id] for case in cases if case.message_id in labels)
        names = [(self._name(before), self._name(after), count) for (before, after), count in pairs.most_common(10)]
        return tuple(names)

    def _deadlines(self, session: Session, since: datetime, until: datetime) -> tuple[Deadlines, ...]:
        query = select(CaseTable.department, CaseTable.due_at, CaseTable.closed_at).where(
            CaseTable.due_at >= since, CaseTable.due_at <= until, CaseTable.status != "withdrawn", CaseTable.merged_into.is_(None)
        )
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for department, due_at, closed_at in session.execute(query):
            state = "open" if closed_at is None else "late" if closed_at > due_at else "on_time"
            counts[department][state] += 1
        found = [
            Deadlines(
                self._catalog.departments[code].name if code in self._catalog.departments else code,
                c["on_time"],
                c["late"],
                c["open"],
            )
            for code, c in counts.items()
        ]
        return tuple(sorted(found, key=lambda one: -one.due))

    def _name(self, code: str) -> str:
        return self._catalog.service_name(code, "en") if code in self._catalog.services else code or "none"


@dataclass(frozen=True)
class _Case:
    message_id: int
    language: str


def _cases(session: Session, since: datetime, until: datetime) -> list[_Case]:
    query = select(CaseTable.message_id, CaseTable.language).where(CaseTable.opened_at >= since, CaseTable.opened_at <= until)
    return [_Case(message_id, language) for message_id, language in session.execute(query)]


def _service_labels(session: Session, since: datetime) -> dict[int, tuple[str, str]]:
    """For each message the service that the machine had and the one that a person gave it last; corrections only."""
    query = (
        select(LabelTable.message_id, LabelTable.before, LabelTable.after)
        .where(LabelTable.field == "service", LabelTable.at >= since, LabelTable.undone_at.is_(None))
        .order_by(LabelTable.id)
    )
    first: dict[int, str] = {}
    last: dict[int, str] = {}
    for message_id, before, after in session.execute(query):
        first.setdefault(message_id, before or "")
        last[message_id] = after
    return {message_id: (first[message_id], after) for message_id, after in last.items() if after != first[message_id]}


def _volumes(session: Session, since: datetime, until: datetime, zone: ZoneInfo) -> Volumes:
    query = select(MessageTable.received_at, MessageTable.channel, MessageTable.language).where(
        MessageTable.received_at >= since, MessageTable.received_at <= until
    )
    days: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for received_at, channel, language in session.execute(query).yield_per(5_000):
        days[received_at.astimezone(zone).date().isoformat()] += 1
        both[channel, language or "unknown"] += 1
    return Volumes(_every_day(days, since, until, zone), _sum(both, 0), _sum(both, 1), dict(sorted(both.items())))


def _every_day(days: Mapping[str, int], since: datetime, until: datetime, zone: ZoneInfo) -> dict[str, int]:
    """A day without messages is a finding too."""
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    dates = [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    return {date: days.get(date, 0) for date in dates}


def _sum(both: Mapping[tuple[str, str], int], position: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for key, count in both.items():
        sums[key[position]] += count
    return dict(sums.most_common())


def _without_person(session: Session, since: datetime, until: datetime) -> tuple[Share, ...]:
    """Conversations that wrote in the time looked at and of which nothing was put before a person in it, by language."""
    talked = (
        select(ConversationTable.id, ConversationTable.language)
        .join(MessageTable, MessageTable.conversation_id == ConversationTable.id)
        .where(MessageTable.received_at >= since, MessageTable.received_at <= until)
        .distinct()
    )
    languages = {id_: language or "unknown" for id_, language in session.execute(talked)}
    reviewed = set(
        session.scalars(select(ReviewTable.conversation_id).where(ReviewTable.opened_at >= since, ReviewTable.opened_at <= until))
    )
    return _shares((language, id_ not in reviewed) for id_, language in languages.items())


def _corrected(cases: Sequence[_Case], labels: Mapping[int, tuple[str, str]]) -> tuple[Share, ...]:
    """Opened cases whose service a person changed afterwards, by language."""
    return _shares((case.language, case.message_id in labels) for case in cases)


def _accuracy(session: Session, since: datetime, until: datetime) -> tuple[Share, ...]:
    """Messages that a person finished reviewing and whose service they left as it was, by language.

    Only what the machine was unsure of comes before a person, so this is lower than the accuracy over all messages.
    """
    reviewed = (
        select(MessageTable.id, MessageTable.language)
        .join(ReviewTable, ReviewTable.message_id == MessageTable.id)
        .where(ReviewTable.closed_at >= since, ReviewTable.closed_at <= until, ReviewTable.closed_by.is_not(None))
        .distinct()
    )
    languages = {id_: language or "unknown" for id_, language in session.execute(reviewed)}
    changed = _service_labels(session, since)
    return _shares((language, id_ not in changed) for id_, language in languages.items())


def _shares(rows: Iterable[tuple[str, bool]]) -> tuple[Share, ...]:
    """A share for all, then for each name, the largest first."""
    of: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for name, is_counted in rows:
        of[name] += 1
        count[name] += is_counted
    return (Share("all", count.total(), of.total()), *(Share(name, count[name], total) for name, total in of.most_common()))


def _other_open(session: Session, catalog: Catalog) -> list[tuple[str, datetime]]:
    """Open cases in the group that fits nowhere else, the oldest first."""
    codes = [code for code, service in catalog.services.items() if service.group == _OTHER]
    query = (
        select(CaseTable.number, CaseTable.opened_at)
        .where(CaseTable.service.in_(codes), CaseTable.status == "open")
        .order_by(CaseTable.opened_at)
    )
    return [(number or "", opened_at) for number, opened_at in session.execute(query)]


def _ages(cases: Sequence[tuple[str, datetime]], now: datetime) -> dict[str, int]:
    counts = dict.fromkeys([*(name for name, _ in _AGES), _OLDEST], 0)
    for _, opened_at in cases:
        age = (now - opened_at) / timedelta(days=1)
        counts[next((name for name, days in _AGES if age < days), _OLDEST)] += 1
    return counts
