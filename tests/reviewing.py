"""Reviews as tests put them before people: a resident's message, what was understood of it, and why a person should look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.console import ConsoleSender
from channels.messages import Channel, InboundMessage, Location
from intake.console.access import Role
from intake.console.people import Person
from intake.console.review_item import ReviewItem
from intake.delivering.durable import HeldOutbox
from intake.tables import CaseTable, LabelTable, ReviewTable
from intake.wiring import Service
from routing.drafts import CaseDraft, Place, Precision
from routing.reasons import Reason, ReasonCode
from tests.builders import a_draft, a_place, understood

POTHOLE, STREET_REPAIR = "REQPOTHL", "RDWYRPR"
PHONE = "+16175550142"
AT_DUDLEY = Place("12 Dudley St", Precision.ADDRESS, 42.33, -71.08)


def a_review(
    service: Service,
    text: str = "there is a deep hole in front of 450 Blue Hill Ave",
    *,
    name: str = "HandToStaff",
    language: str = "en",
    channel: Channel = Channel.TRANSCRIPT,
    sender: str = PHONE,
    drafts: tuple[CaseDraft, ...] = (),
    reasons: tuple[Reason, ...] = (Reason(ReasonCode.NOT_UNDERSTOOD),),
    is_urgent: bool = False,
    location: Location | None = None,
    at: datetime | None = None,
    **understanding: Any,
) -> int:
    """Put a message before people, and return the review's id."""
    now = at or service.clock()
    inbound = InboundMessage(channel, uuid4().hex, sender, text, now, location=location)
    message_id = service.intake.store.record(inbound).message_id
    with service.intake.store.transaction() as work:
        held = work.lock(message_id)
        found = understood(text, language=language, language_confidence=0.55, **understanding)
        work.save_decision(message_id, found, name, reasons, now)
        work.add_review(held, name, reasons, drafts, is_urgent=is_urgent, now=now)
        work.finish(message_id, (), (), language, now)
    with Session(service.engine) as session:
        query = select(ReviewTable.id).where(ReviewTable.message_id == message_id)
        return session.scalars(query.order_by(ReviewTable.id.desc()).limit(1)).one()


def an_agent(service: Service, name: str = "ana", *, languages: tuple[str, ...] = ("en",)) -> Person:
    """Somebody who works at the queue."""
    return service.console.people.add(name, name.title(), Role.AGENT, service.clock(), languages=languages)


def row_of(service: Service, review_id: int) -> ReviewTable:
    """A review as it is stored."""
    with Session(service.engine) as session:
        return session.get_one(ReviewTable, review_id)


def minutes(count: float) -> timedelta:
    """A stretch of time."""
    return timedelta(minutes=count)


def taken(service: Service, person: Person, *args: Any, **review: Any) -> int:
    """A review that a person has."""
    review_id = a_review(service, *args, **review)
    assert service.console.queue.claim(review_id, person, service.clock())
    return review_id


def item_of(service: Service, review_id: int, person: Person) -> ReviewItem:
    """A review as its screen shows it."""
    item = service.console.items.read(review_id, person, service.clock())
    assert item is not None
    return item


def rows(service: Service, table: type[Any]) -> Sequence[Any]:
    """All rows of a table, in the order in which they came."""
    with Session(service.engine) as session:
        return session.scalars(select(table).order_by(table.id)).unique().all()


def labels(service: Service) -> list[tuple[str, str | None, str]]:
    """The labels that count: field, what the machine had, what a person said."""
    return [(row.field, row.before, row.after) for row in rows(service, LabelTable) if row.undone_at is None]


def case(service: Service, number: str) -> CaseTable:
    """A case as it is stored."""
    with Session(service.engine) as session:
        return session.scalars(select(CaseTable).where(CaseTable.number == number)).one()


def texts_sent(service: Service, outbox: HeldOutbox) -> list[str]:
    """Deliver all that waits, and return the texts that went out."""
    sent: list[str] = []
    delivery = replace(service.delivery, texts=ConsoleSender(sent.append))
    for effect_id in outbox.effect_ids:
        delivery.deliver(effect_id)
    return [text.partition("\n")[2] for text in sent]


def open_pothole(service: Service, person: Person, **review: Any) -> str:
    """A case that a person opened from a review."""
    review_id = taken(service, person, **review)
    return service.console.desk.open_case(review_id, person, a_draft(place=a_place()), service.clock())


def cases_behind(service: Service, review_id: int) -> list[str]:
    """Open a review's drafts as cases of its message, as the service does before it asks people to look at the place."""
    review = row_of(service, review_id)
    with service.intake.store.transaction() as work:
        held = work.lock(review.message_id)
        catalog, now = service.intake.city.catalog, service.clock()
        draft = CaseDraft(POTHOLE, held.text, 0.9, Place("by the tree", Precision.TEXT))
        return [work.open_case(held, draft, catalog.services[POTHOLE], "en", now, now + minutes(600)).number]
