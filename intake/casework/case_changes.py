"""What people change about a case, each with a line in its history that says who, what was and what is; the callers commit."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.casework.case_state import WITHDRAWN, close, finish_task, note_event, reopen, set_own_tasks
from intake.delivery_tables import CaseLinkTable, WorkOrderTable
from intake.effects import FileWorkOrder
from intake.errors import CaseError
from intake.tables import CaseFollowerTable, CaseTable
from intake.work import Work, recorded
from routing.catalog import Priority
from routing.city import City
from routing.deadlines import due_at
from routing.drafts import CaseDraft, Place

__all__ = [
    "add_task",
    "change_place",
    "change_service",
    "close",
    "finish_task",
    "merge",
    "reopen",
    "set_priority",
    "split",
    "unmerge",
    "withdraw",
]


def change_service(session: Session, case: CaseTable, code: str, city: City, actor: str, now: datetime) -> None:
    """Give a case another service; department, deadline (from its opening) and priority follow. Raises CaseError.

    A task that no crew has yet goes to the new department.
    """
    _refuse_unless_in_use(case)
    service = city.catalog.services.get(code)
    if service is None:
        raise CaseError(f"there is no service {code}")
    if case.service == code:
        return
    before, department = _routing(case), case.department
    case.service, case.department, case.priority = code, service.department, service.priority.value
    case.due_at = due_at(case.opened_at, service.deadline, city.hours, city.timezone)
    for order in _tasks_of_nobody(session, case):
        if order.department == department:
            order.department, order.asset_class, order.asset = service.department, service.asset_class or "", None
    note_event(session, case.id, "service_changed", actor, now, before=before, after=_routing(case))


def change_place(session: Session, case: CaseTable, place: Place, actor: str, now: datetime) -> None:
    """Put a case at another place; a task that no crew has yet loses the asset of the old one. Raises CaseError."""
    _refuse_unless_in_use(case)
    before, after = case.place, asdict(place)
    if before == after:
        return
    case.place = after
    for order in _tasks_of_nobody(session, case):
        order.asset = None
    note_event(session, case.id, "place_changed", actor, now, before={"place": before}, after={"place": after})


def set_priority(session: Session, case: CaseTable, priority: Priority, actor: str, now: datetime) -> None:
    """Say how soon staff should look. Raises CaseError."""
    _refuse_unless_in_use(case)
    if case.priority == priority.value:
        return
    before, case.priority = {"priority": case.priority}, priority.value
    note_event(session, case.id, "priority_changed", actor, now, before=before, after={"priority": case.priority})


def merge(session: Session, case: CaseTable, into: CaseTable, actor: str, now: datetime) -> None:
    """Let a case stand as another does: it closes untold, and whoever waits for it waits for `into`.

    Raises CaseError where either is not open, they are one, or a chain would arise.
    """
    _refuse_merge(session, case, into)
    before = {"status": case.status}
    added = sum(_follow(session, into, waiting, now) for waiting in _waiting_for(session, case))
    set_own_tasks(session, case, now, is_open=False)
    case.status, case.closed_at, case.merged_into = "closed", now, into.id
    after = {"status": case.status, "merged_into": into.number}
    note_event(session, case.id, "merged", actor, now, before=before, after=after)
    note_event(session, into.id, "took_over", actor, now, after={"case": case.number, "people": added})


def unmerge(session: Session, case: CaseTable, actor: str, now: datetime) -> None:
    """Let a merged case stand for itself again; whoever followed the other one through it alone follows it no more. Raises CaseError."""
    if case.merged_into is None:
        raise CaseError(f"{case.number} is not merged")
    into = session.get_one(CaseTable, case.merged_into)
    for follower in _followers_by_merge(session, case, into):
        session.delete(follower)
    before = {"status": case.status, "merged_into": into.number}
    set_own_tasks(session, case, now, is_open=True)
    case.status, case.closed_at, case.merged_into = "open", None, None
    session.flush()
    # Whoever waits for two merged cases still waits for the other.
    for other in session.scalars(select(CaseTable).where(CaseTable.merged_into == into.id)):
        for waiting in _waiting_for(session, other):
            _follow(session, into, waiting, now)
    note_event(session, case.id, "unmerged", actor, now, before=before, after={"status": case.status})
    note_event(session, into.id, "gave_back", actor, now, after={"case": case.number})


def split(
    session: Session, work: Work, case: CaseTable, drafts: Sequence[CaseDraft], city: City, actor: str, now: datetime
) -> tuple[CaseTable, ...]:
    """Open further cases for the message of a case; the histories say where they come from. Raises CaseError."""
    _refuse_unless_in_use(case)
    unknown = [draft.service for draft in drafts if draft.service not in city.catalog.services]
    if unknown or not drafts:
        raise CaseError(f"there is no service {unknown[0]}" if unknown else "name what the other case is about")
    message = recorded(session, case.message_id, locks=False)
    numbers = []
    for draft in drafts:
        service = city.catalog.services[draft.service]
        due = due_at(now, service.deadline, city.hours, city.timezone)
        numbers.append(work.open_case(message, draft, service, case.language, now, due).number)
    found = session.scalars(select(CaseTable).where(CaseTable.number.in_(numbers)).order_by(CaseTable.id))
    opened = tuple(found)
    for one in opened:
        note_event(session, one.id, "split_from", actor, now, after={"case": case.number})
    note_event(session, case.id, "split", actor, now, after={"cases": numbers})
    return opened


def withdraw(session: Session, case: CaseTable, actor: str, now: datetime) -> None:
    """Take back a case that was opened by mistake: nobody is told, nothing more is filed, no list shows it. Raises CaseError."""
    if case.status == WITHDRAWN:
        raise CaseError(f"{case.number} was withdrawn already")
    if case.merged_into is not None or _has_merged(session, case):
        raise CaseError(f"{case.number} is merged with another case; undo that first")
    before = {"status": case.status}
    set_own_tasks(session, case, now, is_open=False)
    case.status, case.closed_at = WITHDRAWN, case.closed_at or now
    note_event(session, case.id, "withdrawn", actor, now, before=before, after={"status": case.status})


def add_task(
    session: Session,
    work: Work,
    case: CaseTable,
    department: str,
    actor: str,
    now: datetime,
    asset_class: str = "",
    asset: str | None = None,
) -> WorkOrderTable:
    """Give a department a task for an open case; it is filed where it has an asset class and there is an asset system. Raises CaseError.

    As with a case's first task, the crew's work waits for the CRM.
    """
    if case.status != "open":
        raise CaseError(f"{case.number} is not open; open it again first")
    to = work.destinations
    order = WorkOrderTable(
        case_id=case.id,
        correlation=f"{to.city}-{case.number}-W{_next_task(session, case)}",
        department=department,
        asset_class=asset_class,
        asset=asset,
        status="open",
        system=to.asset_system if asset_class else "",
        opened_at=now,
    )
    session.add(order)
    session.flush()
    after = {"work_order": order.correlation, "department": department, "asset_class": asset_class, "asset": asset}
    note_event(session, case.id, "task_added", actor, now, after=after)
    if order.system and not _waits_for_crm(session, case):
        effect = FileWorkOrder(order.id)
        work.enqueue(case.conversation_id, effect, now, partition=f"case-{case.id}", is_for_receiver=True)
    return order


def _refuse_unless_in_use(case: CaseTable) -> None:
    if case.status == WITHDRAWN:
        raise CaseError(f"{case.number} was withdrawn")
    if case.merged_into is not None:
        raise CaseError(f"{case.number} is merged into another case; change that one")


def _refuse_merge(session: Session, case: CaseTable, into: CaseTable) -> None:
    if case.id == into.id:
        raise CaseError("a case cannot be merged into itself")
    for one in (case, into):
        if one.merged_into is not None:
            raise CaseError(f"{one.number} is merged into another case already")
        if one.status != "open":
            raise CaseError(f"{one.number} is not open")
    if _has_merged(session, case):
        raise CaseError(f"other cases are merged into {case.number}; merge {into.number} into it instead")


def _has_merged(session: Session, case: CaseTable) -> bool:
    return session.scalars(select(CaseTable.id).where(CaseTable.merged_into == case.id)).first() is not None


def _routing(case: CaseTable) -> dict[str, Any]:
    return {
        "service": case.service,
        "department": case.department,
        "priority": case.priority,
        "due_at": case.due_at.isoformat(),
    }


def _tasks_of_nobody(session: Session, case: CaseTable) -> Sequence[WorkOrderTable]:
    """The open tasks that no other system has a record of."""
    mine = (WorkOrderTable.case_id == case.id, WorkOrderTable.remote_id.is_(None), WorkOrderTable.status != "done")
    return session.scalars(select(WorkOrderTable).where(*mine)).all()


def _waiting_for(session: Session, case: CaseTable) -> list[CaseTable | CaseFollowerTable]:
    """Whoever reported a case, and whoever joined it."""
    followers = select(CaseFollowerTable).where(CaseFollowerTable.case_id == case.id).order_by(CaseFollowerTable.id)
    return [case, *session.scalars(followers)]


def _follow(session: Session, into: CaseTable, waiting: CaseTable | CaseFollowerTable, now: datetime) -> bool:
    """Let somebody follow a case; False for whoever reported or follows it already."""
    known = select(CaseFollowerTable.contact_id).where(CaseFollowerTable.case_id == into.id)
    if waiting.contact_id in {into.contact_id, *session.scalars(known)}:
        return False
    row = CaseFollowerTable(
        case_id=into.id,
        contact_id=waiting.contact_id,
        conversation_id=waiting.conversation_id,
        message_id=waiting.message_id,
        language=waiting.language,
        channel=waiting.channel,
        at=now,
    )
    session.add(row)
    session.flush()
    return True


def _followers_by_merge(session: Session, case: CaseTable, into: CaseTable) -> Sequence[CaseFollowerTable]:
    """Whom a merge made followers: they have the message of `case` or of one of its followers."""
    mine = {waiting.message_id for waiting in _waiting_for(session, case)}
    query = select(CaseFollowerTable).where(CaseFollowerTable.case_id == into.id, CaseFollowerTable.message_id.in_(mine))
    return session.scalars(query).all()


def _next_task(session: Session, case: CaseTable) -> int:
    """The number of a case's next task; 1 is the service's own, whether or not it has one."""
    known = session.scalars(select(WorkOrderTable.correlation).where(WorkOrderTable.case_id == case.id))
    return 1 + max((int(correlation.rpartition("-W")[2]) for correlation in known), default=1)


def _waits_for_crm(session: Session, case: CaseTable) -> bool:
    link = session.scalars(select(CaseLinkTable).where(CaseLinkTable.case_id == case.id)).one_or_none()
    return link is not None and link.remote_id is None
