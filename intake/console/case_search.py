"""Cases are found by what an agent knows of them: a number, who reported, words of the place, or how they stand."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from intake.casework.case_state import WITHDRAWN
from intake.delivery_tables import CaseLinkTable, EffectTable, WorkOrderTable
from intake.tables import CaseFollowerTable, CaseTable, UtcDateTime
from nlp.personal_data import redact
from routing.catalog import Priority

PAGE_SIZE = 50


class Standing(StrEnum):
    """How a case stands, in the words of the list."""

    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    NOT_FILED = "not_filed"
    FAILED = "failed"


class Order(StrEnum):
    """What comes first: the newest, or what is urgent and then what is due."""

    NEWEST = "newest"
    URGENT = "urgent"


@dataclass(frozen=True)
class CaseQuery:
    """What is looked for; an empty field lets every case in. `number` may be its end alone; `contact` is the id of whoever reported or joined.

    `opened_from` is within the range, `opened_before` is not.
    """

    number: str = ""
    contact: int | None = None
    place: str = ""
    services: tuple[str, ...] = ()
    department: str = ""
    standing: Standing | None = None
    language: str = ""
    channel: str = ""
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    order: Order = Order.NEWEST


@dataclass(frozen=True)
class FoundCase:
    """A case as the list shows it: no word of its resident's, the place without personal data."""

    number: str
    service: str
    department: str
    priority: Priority
    status: str
    is_merged: bool
    place: str
    language: str
    channel: str
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class CasePage:
    """A page of cases, how many there are in all, and the id that the next page follows (None: this is the last)."""

    cases: tuple[FoundCase, ...]
    count: int
    last: int | None


def find_cases(engine: Engine, query: CaseQuery, now: datetime, *, after: int | None = None, limit: int = PAGE_SIZE) -> CasePage:
    """The cases of a query that follow the case with the id `after`."""
    conditions = _conditions(query, now)
    with Session(engine) as session:
        count = session.scalar(select(func.count()).select_from(CaseTable).where(*conditions)) or 0
        last = None if after is None else session.get(CaseTable, after)
        rows = session.scalars(_ordered(select(CaseTable).where(*conditions), query.order, last).limit(limit + 1)).all()
        follows = rows[limit - 1].id if len(rows) > limit else None
        return CasePage(tuple(_found(row) for row in rows[:limit]), count, follows)


def has_case(engine: Engine, number: str) -> bool:
    """Whether there is a case with exactly this number."""
    with Session(engine) as session:
        return session.scalar(select(CaseTable.id).where(CaseTable.number == number)) is not None


def _ordered(query: Select[CaseTable], order: Order, last: CaseTable | None) -> Select[CaseTable]:
    """Begin behind the last case seen: pages neither repeat nor miss a case while new ones arrive."""
    if order is Order.NEWEST:
        query = query.order_by(CaseTable.id.desc())
        return query if last is None else query.where(CaseTable.id < last.id)
    ranks = {priority.value: rank for rank, priority in enumerate(reversed(Priority))}
    rank = case(ranks, value=CaseTable.priority, else_=len(ranks))
    query = query.order_by(rank, CaseTable.due_at, CaseTable.id)
    if last is None:
        return query
    seen = (literal(ranks.get(last.priority, len(ranks))), literal(last.due_at, UtcDateTime()), literal(last.id))
    return query.where(tuple_(rank, CaseTable.due_at, CaseTable.id) > tuple_(*seen))


def _conditions(query: CaseQuery, now: datetime) -> list[ColumnElement[bool]]:
    # A case without a number is being opened in this moment.
    conditions: list[ColumnElement[bool]] = [CaseTable.number.is_not(None)]
    if query.number:
        conditions.append(CaseTable.number == query.number if "-" in query.number else CaseTable.number.endswith(query.number))
    if query.contact is not None:
        joined = select(CaseFollowerTable.case_id).where(CaseFollowerTable.contact_id == query.contact)
        conditions.append(or_(CaseTable.contact_id == query.contact, CaseTable.id.in_(joined)))
    conditions += [CaseTable.place["text"].as_string().icontains(word, autoescape=True) for word in query.place.split()]
    if query.services:
        conditions.append(CaseTable.service.in_(query.services))
    if query.department:
        tasks = select(WorkOrderTable.case_id).where(
            WorkOrderTable.department == query.department, WorkOrderTable.status != "done"
        )
        conditions.append(or_(CaseTable.department == query.department, CaseTable.id.in_(tasks)))
    if query.standing is not None:
        conditions += _standing(query.standing, now)
    for column, wanted in ((CaseTable.language, query.language), (CaseTable.channel, query.channel)):
        conditions += [column == wanted] if wanted else []
    conditions += [] if query.opened_from is None else [CaseTable.opened_at >= query.opened_from]
    return conditions + ([] if query.opened_before is None else [CaseTable.opened_at < query.opened_before])


def _standing(standing: Standing, now: datetime) -> list[ColumnElement[bool]]:
    match standing:
        case Standing.OPEN:
            return [CaseTable.status == "open"]
        case Standing.LATE:
            return [CaseTable.status == "open", CaseTable.due_at < now]
        case Standing.CLOSED:
            return [CaseTable.status == "closed", CaseTable.merged_into.is_(None)]
        case Standing.MERGED:
            return [CaseTable.merged_into.is_not(None)]
        case Standing.WITHDRAWN:
            return [CaseTable.status == WITHDRAWN]
        case Standing.NOT_FILED:
            waiting = select(CaseLinkTable.case_id).where(CaseLinkTable.remote_id.is_(None))
            return [CaseTable.status != WITHDRAWN, CaseTable.id.in_(waiting)]
        case Standing.FAILED:
            return [_has_given_up_effect()]


def _has_given_up_effect() -> ColumnElement[bool]:
    failed = (EffectTable.given_up_at.is_not(None), EffectTable.delivered_at.is_(None), EffectTable.canceled_at.is_(None))
    cases = _named("case_id").where(*failed)
    tasks = _named("work_order_id").where(*failed)
    of_tasks = select(WorkOrderTable.case_id).where(WorkOrderTable.id.in_(tasks))
    return or_(CaseTable.id.in_(cases), CaseTable.id.in_(of_tasks))


def _named(name: str) -> Select[Any]:
    return select(EffectTable.payload[name].as_integer())


def _found(row: CaseTable) -> FoundCase:
    return FoundCase(
        number=row.number or "",
        service=row.service,
        department=row.department,
        priority=Priority(row.priority),
        status=row.status,
        is_merged=row.merged_into is not None,
        place=redact((row.place or {}).get("text", "")),
        language=row.language,
        channel=row.channel,
        opened_at=row.opened_at,
        due_at=row.due_at,
    )
