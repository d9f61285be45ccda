"""An opened case gets its record in the CRM and its work order, in the transaction that opens it."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from intake.delivering.destinations import Destinations
from intake.delivery_tables import CaseLinkTable, WorkOrderTable
from intake.effects import Effect, FileCase, FileWorkOrder
from intake.tables import CaseTable
from routing.catalog import Service
from routing.drafts import Place


class _Enqueue(Protocol):
    def __call__(
        self, conversation_id: int, effect: Effect, now: datetime, *, partition: str = "", is_for_receiver: bool = False
    ) -> str: ...


def send_out(
    session: Session,
    enqueue: _Enqueue,
    to: Destinations,
    case: CaseTable,
    service: Service,
    place: Place | None,
    now: datetime,
) -> None:
    """Note where a case goes, and enqueue the first step.

    The work order waits for the CRM: a crew shall not have work whose case nobody can find.
    """
    correlation, partition = f"{to.city}-{case.number}", f"case-{case.id}"
    if to.case_system:
        session.add(CaseLinkTable(case_id=case.id, system=to.case_system, correlation=correlation))
        enqueue(case.conversation_id, FileCase(case.id), now, partition=partition, is_for_receiver=True)
    if service.asset_class is None:
        return
    order = WorkOrderTable(
        case_id=case.id,
        correlation=f"{correlation}-W1",
        department=service.department,
        asset_class=service.asset_class,
        asset=to.asset_at(service.asset_class, place),
        status="open",
        system=to.asset_system,
        opened_at=now,
    )
    session.add(order)
    session.flush()
    if to.asset_system and not to.case_system:
        enqueue(case.conversation_id, FileWorkOrder(order.id), now, partition=partition, is_for_receiver=True)
