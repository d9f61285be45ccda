"""A case closes or opens again, its tasks with it, and whoever waits for it is told: one way for people, crews and other systems."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake.delivering.destinations import Destinations
from intake.delivery_tables import CaseLinkTable, WorkOrderTable
from intake.effects import Effect, TellCaseNews
from intake.errors import CaseError
from intake.tables import CaseEventTable, CaseFollowerTable, CaseTable

WITHDRAWN = "withdrawn"
# A login may be longer than the column.
_ACTOR_LETTERS = 60


class Sending(Protocol):
    """What of an open transaction stores effects; `intake.work.Work` is one."""

    destinations: Destinations

    def enqueue(
        self,
        conversation_id: int,
        effect: Effect,
        now: datetime,
        *,
        partition: str = "",
        is_for_receiver: bool = False,
        delay_seconds: float = 0,
    ) -> str:
        """Store an effect and hand it to the outbox."""
        ...


def note_event(
    session: Session,
    case_id: int,
    name: str,
    actor: str,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> CaseEventTable:
    """Add a line to a case's history and return it with its id."""
    event = CaseEventTable(case_id=case_id, at=now, actor=actor[:_ACTOR_LETTERS], name=name, before=before, after=after)
    session.add(event)
    session.flush()
    return event


def stands_as(session: Session, case: CaseTable) -> CaseTable:
    """The case that says how a case stands: the one that it is merged into, or itself."""
    return case if case.merged_into is None else session.get_one(CaseTable, case.merged_into)


def close(session: Session, work: Sending, case: CaseTable, actor: str, now: datetime, note: str = "") -> None:
    """Close an open case and tell whoever waits for it; `note` stays in the history. Raises CaseError."""
    _refuse_unless_free(case)
    if not set_open(session, work, case, actor, now, is_open=False, at=now, about={"note": note} if note else {}):
        raise CaseError(f"{case.number} is closed already")


def reopen(session: Session, work: Sending, case: CaseTable, actor: str, now: datetime) -> None:
    """Open a closed case again and tell whoever waits for it. Raises CaseError."""
    _refuse_unless_free(case)
    if not set_open(session, work, case, actor, now, is_open=True, at=now):
        raise CaseError(f"{case.number} is open already")


def set_open(
    session: Session,
    work: Sending,
    case: CaseTable,
    actor: str,
    now: datetime,
    *,
    is_open: bool,
    at: datetime,
    about: dict[str, Any] | None = None,
) -> bool:
    """Close or reopen a case as of `at` and tell whoever waits for it; `about` joins the history.

    False, and nothing done, where it stands so already, was withdrawn, or stands as another case does.
    """
    if (case.status == "open") == is_open or case.status == WITHDRAWN or case.merged_into is not None:
        return False
    before = {"status": case.status}
    set_own_tasks(session, case, at, is_open=is_open)
    case.status, case.closed_at = ("open", None) if is_open else ("closed", at)
    after = {"status": case.status, **(about or {})}
    event = note_event(session, case.id, "reopened" if is_open else "closed", actor, now, before=before, after=after)
    _tell(session, work, case, event, now)
    return True


def set_own_tasks(session: Session, case: CaseTable, at: datetime, *, is_open: bool) -> None:
    """Close the tasks that live here with their case, or open again those that were closed with it; crews' systems keep their own."""
    query = select(WorkOrderTable).where(WorkOrderTable.case_id == case.id, WorkOrderTable.system == "")
    for order in session.scalars(query):
        if is_open and order.closed_at == case.closed_at:
            order.status, order.closed_at = "open", None
        elif not is_open and order.status != "done":
            order.status, order.closed_at = "done", at


def finish_task(session: Session, work: Sending, order: WorkOrderTable, actor: str, now: datetime) -> None:
    """A task that lives here is done; the last one closes its case where there is no CRM. Raises CaseError."""
    if order.system:
        raise CaseError(f"{order.correlation} is done when {order.system} says so")
    if order.status == "done":
        raise CaseError(f"{order.correlation} is done already")
    order.status, order.closed_at = "done", now
    note_event(session, order.case_id, "work_order_done", actor, now, after={"work_order": order.correlation})
    close_after_last_task(session, work, order.case_id, actor, now, at=now)


def close_after_last_task(
    session: Session,
    work: Sending,
    case_id: int,
    actor: str,
    now: datetime,
    *,
    at: datetime,
    about: dict[str, Any] | None = None,
) -> bool:
    """Close a case whose tasks are all done; return whether it was. Where there is a CRM, that says when a case is done."""
    session.flush()
    has_crm = session.scalars(select(CaseLinkTable.id).where(CaseLinkTable.case_id == case_id)).first() is not None
    if has_crm or session.scalars(_open_tasks(case_id)).first() is not None:
        return False
    case = session.get_one(CaseTable, case_id)
    return set_open(session, work, case, actor, now, is_open=False, at=at, about=about)


def _refuse_unless_free(case: CaseTable) -> None:
    if case.status == WITHDRAWN:
        raise CaseError(f"{case.number} was withdrawn")
    if case.merged_into is not None:
        raise CaseError(f"{case.number} is merged into another case and stands as that one does")


def _tell(session: Session, work: Sending, case: CaseTable, event: CaseEventTable, now: datetime) -> None:
    quiet = work.destinations.seconds_of_quiet(now)
    work.enqueue(case.conversation_id, TellCaseNews(case.id, event.id), now, delay_seconds=quiet)
    for follower in session.scalars(select(CaseFollowerTable).where(CaseFollowerTable.case_id == case.id)):
        work.enqueue(follower.conversation_id, TellCaseNews(case.id, event.id, follower.id), now, delay_seconds=quiet)


def _open_tasks(case_id: int) -> Select[int]:
    return select(WorkOrderTable.id).where(WorkOrderTable.case_id == case_id, WorkOrderTable.status != "done")
