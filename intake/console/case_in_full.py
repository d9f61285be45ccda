"""One case with everything that its page shows, read at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intake.casework.case_state import WITHDRAWN
from intake.console.case_history import Line, line_of
from intake.console_tables import PersonTable
from intake.delivery_tables import CaseLinkTable, EffectTable, WorkOrderTable
from intake.tables import AttachmentTable, CaseEventTable, CaseFollowerTable, CaseTable
from nlp.personal_data import redact
from routing.catalog import Priority
from routing.city import City

_EFFECTS = {
    "file_case": "Filing the case in the CRM",
    "file_work_order": "Filing a task in the asset system",
    "attach_photos": "Handing photos over to the asset system",
    "tell_case_news": "Telling a resident the news",
}


@dataclass(frozen=True)
class Words:
    """What a resident wrote, without personal data unless it was asked for; `hides` tells whether something is left out."""

    description: str
    place: str
    details: tuple[tuple[str, str], ...]
    hides: bool


@dataclass(frozen=True)
class Task:
    """A department's task; `state` in words. One that lives here alone is done when a person says so."""

    id: int
    name: str
    department: str
    asset: str
    state: str
    is_open: bool
    is_here: bool
    opened_at: datetime


@dataclass(frozen=True)
class OutsideState:
    """Whether another system has the case, in words that hide nothing."""

    words: str
    is_trouble: bool


@dataclass(frozen=True)
class GivenUp:
    """Something to deliver that will not be tried again by itself."""

    id: str
    what: str
    attempts: int
    error: str
    at: datetime


@dataclass(frozen=True)
class CaseInFull:
    """A case, its history from the first event on, its tasks, and how it stands in other systems."""

    number: str
    service: str
    department: str
    priority: Priority
    status: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    language: str
    channel: str
    confidence: float
    words: Words
    place: dict[str, Any] | None
    conversation_id: int
    followers: int
    merged_into: str
    merged: tuple[str, ...]
    history: tuple[Line, ...]
    tasks: tuple[Task, ...]
    crm: OutsideState
    given_up: tuple[GivenUp, ...]
    photos: tuple[int, ...]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status == "open"

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was opened by mistake."""
        return self.status == WITHDRAWN

    @property
    def may_change(self) -> bool:
        """Whether it stands for itself."""
        return not self.is_withdrawn and not self.merged_into


def read_case(session: Session, number: str, city: City, *, reveals: bool = False) -> CaseInFull | None:
    """Read a case, None where there is none; with `reveals` nothing that a resident wrote is left out."""
    case = session.scalars(select(CaseTable).where(CaseTable.number == number)).one_or_none()
    if case is None:
        return None
    keep: Callable[[str], str] = (lambda text: text) if reveals else redact
    link = session.scalars(select(CaseLinkTable).where(CaseLinkTable.case_id == case.id)).one_or_none()
    orders = session.scalars(select(WorkOrderTable).where(WorkOrderTable.case_id == case.id).order_by(WorkOrderTable.id)).all()
    effects = _effects(session, case, orders)
    followers = select(func.count()).select_from(CaseFollowerTable).where(CaseFollowerTable.case_id == case.id)
    merged = select(CaseTable.number).where(CaseTable.merged_into == case.id).order_by(CaseTable.id)
    into = None if case.merged_into is None else session.get_one(CaseTable, case.merged_into)
    photos = select(AttachmentTable.id).where(AttachmentTable.message_id == case.message_id, AttachmentTable.state == "stored")
    return CaseInFull(
        number=number,
        service=case.service,
        department=case.department,
        priority=Priority(case.priority),
        status=case.status,
        opened_at=case.opened_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
        language=case.language,
        channel=case.channel,
        confidence=case.confidence,
        words=_words(case, city, keep),
        place=case.place,
        conversation_id=case.conversation_id,
        followers=session.scalar(followers) or 0,
        merged_into="" if into is None else into.number or "",
        merged=tuple(other or "" for other in session.scalars(merged)),
        history=_history(session, case, city, keep),
        tasks=tuple(_task(order, effects, city) for order in orders),
        crm=_crm(case, link, effects),
        given_up=tuple(_given_up(effect) for effect in effects if _is_given_up(effect)),
        photos=tuple(session.scalars(photos.order_by(AttachmentTable.position))),
    )


def effects_of(session: Session, case: CaseTable) -> Sequence[EffectTable]:
    """What was to be delivered for a case, the oldest first."""
    orders = session.scalars(select(WorkOrderTable).where(WorkOrderTable.case_id == case.id)).all()
    return _effects(session, case, orders)


def what_it_does(effect: EffectTable) -> str:
    """What an effect does, in words."""
    kind = str(effect.payload.get("type", ""))
    return _EFFECTS.get(kind, kind.replace("_", " "))


def _words(case: CaseTable, city: City, keep: Callable[[str], str]) -> Words:
    place = (case.place or {}).get("text", "")
    asked = [(_question(detail["question"], city), detail["answer"] or "not known") for detail in case.details]
    shown = Words(keep(case.description), keep(place), tuple((question, keep(answer)) for question, answer in asked), hides=False)
    texts = (case.description, place, *(answer for _, answer in asked))
    kept = (shown.description, shown.place, *(answer for _, answer in shown.details))
    return Words(shown.description, shown.place, shown.details, hides=texts != kept)


def _question(code: str, city: City) -> str:
    known = city.catalog.texts["en"].questions
    return known.get(code, code)


def _history(session: Session, case: CaseTable, city: City, keep: Callable[[str], str]) -> tuple[Line, ...]:
    events = session.scalars(select(CaseEventTable).where(CaseEventTable.case_id == case.id).order_by(CaseEventTable.id)).all()
    people = select(PersonTable.login, PersonTable.name).where(PersonTable.login.in_({event.actor for event in events}))
    names = {login: f"{name} ({login})" for login, name in session.execute(people)}
    return tuple(line_of(event, names, city, keep) for event in events)


def _effects(session: Session, case: CaseTable, orders: Sequence[WorkOrderTable]) -> Sequence[EffectTable]:
    about = EffectTable.payload["case_id"].as_integer() == case.id
    task = EffectTable.payload["work_order_id"].as_integer().in_([order.id for order in orders])
    # Whoever joined hears news in their own conversation, but the rest is in the case's, which has an index.
    talks = select(CaseFollowerTable.conversation_id).where(CaseFollowerTable.case_id == case.id)
    here = or_(EffectTable.conversation_id == case.conversation_id, EffectTable.conversation_id.in_(talks))
    query = select(EffectTable).where(here, or_(about, task), EffectTable.canceled_at.is_(None))
    return session.scalars(query.order_by(EffectTable.created_at, EffectTable.id)).all()


def _is_given_up(effect: EffectTable) -> bool:
    return effect.given_up_at is not None and effect.delivered_at is None


def _given_up(effect: EffectTable) -> GivenUp:
    at = effect.given_up_at or effect.created_at
    return GivenUp(effect.id, what_it_does(effect), effect.attempts, effect.last_error or "", at)


def _crm(case: CaseTable, link: CaseLinkTable | None, effects: Sequence[EffectTable]) -> OutsideState:
    if link is None:
        return OutsideState("There is no CRM: the case lives here alone.", is_trouble=False)
    if link.remote_id is not None:
        there = f"; there it is “{link.remote_status}”" if link.remote_status else ""
        return OutsideState(f"In {link.system} as {link.remote_number or link.remote_id}{there}.", is_trouble=False)
    if case.status == WITHDRAWN:
        return OutsideState(f"Not in {link.system}, and it will not be: it was withdrawn.", is_trouble=False)
    mine = [effect for effect in effects if effect.payload.get("type") == "file_case"]
    return _not_yet(link.system, mine[-1] if mine else None)


def _not_yet(system: str, effect: EffectTable | None) -> OutsideState:
    """Why another system does not have something."""
    if effect is None or effect.attempts == 0:
        return OutsideState(f"Not yet in {system}: it waits for its turn.", is_trouble=False)
    tries = "once" if effect.attempts == 1 else f"{effect.attempts} times"
    error = f", last error: {effect.last_error}" if effect.last_error else ""
    if _is_given_up(effect):
        return OutsideState(f"Not in {system}: given up after being tried {tries}{error}", is_trouble=True)
    return OutsideState(f"Not yet in {system}: tried {tries}{error}", is_trouble=bool(effect.last_error))


def _task(order: WorkOrderTable, effects: Sequence[EffectTable], city: City) -> Task:
    department = city.catalog.departments.get(order.department)
    return Task(
        id=order.id,
        name=order.correlation,
        department=department.name if department else order.department,
        asset=" ".join(filter(None, (order.asset_class.replace("_", " "), order.asset))),
        state=_task_state(order, effects),
        is_open=order.status != "done",
        is_here=not order.system,
        opened_at=order.opened_at,
    )


def _task_state(order: WorkOrderTable, effects: Sequence[EffectTable]) -> str:
    here = "done" if order.status == "done" else "open"
    if not order.system:
        return f"{here}, kept here alone"
    if order.remote_id is not None:
        there = order.remote_status or "filed"
        return f"{here} here; in {order.system} as {order.remote_number or order.remote_id}: {there}"
    mine = [effect for effect in effects if effect.payload.get("work_order_id") == order.id]
    return f"{here} here. " + _not_yet(order.system, mine[-1] if mine else None).words
