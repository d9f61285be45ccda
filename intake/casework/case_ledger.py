"""What became of cases outside: their records in the CRM, their work orders, and the news that come back. It commits for the delivery of cases as `store.py` does for messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from intake.casework.case_photos import has_photos
from intake.casework.case_state import WITHDRAWN, close_after_last_task, note_event, set_open
from intake.database import WRITES
from intake.delivering.destinations import Destinations
from intake.delivering.outbox import Outbox
from intake.delivery_tables import CaseLinkTable, WorkOrderTable
from intake.effects import AttachPhotos, FileWorkOrder, TellCaseNews
from intake.reference_tables import AssetTable, PollTable
from intake.tables import CaseEventTable, CaseFollowerTable, CaseTable
from intake.work import Work
from routing.city import City
from routing.connectors.ports import CaseRecord, Filed, RemoteChange, WorkOrderRecord


@dataclass(frozen=True)
class News:
    """A case's event as its resident is told of it."""

    case_number: str
    contact_id: int
    language: str
    channel: str


class CaseLedger:
    """Reads and writes the outside life of cases."""

    def __init__(self, engine: Engine, outbox: Outbox, city: City, destinations: Destinations) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._outbox = outbox
        self._catalog = city.catalog
        self._destinations = destinations

    def case_to_file(self, case_id: int) -> CaseRecord | None:
        """The record of a case that has to be filed, None where it is or was withdrawn."""
        with Session(self._engine) as session:
            link = session.scalars(select(CaseLinkTable).where(CaseLinkTable.case_id == case_id)).one()
            case = session.get_one(CaseTable, case_id)
            if link.remote_id is not None or case.status == WITHDRAWN:
                return None
            return self._case_record(case, link.correlation)

    def case_filed(self, case_id: int, filed: Filed, now: datetime) -> None:
        """Note the CRM's record of a case, and let its work orders follow, in one transaction. Twice is the same as once."""
        with self._transaction() as session:
            link = session.scalars(select(CaseLinkTable).where(CaseLinkTable.case_id == case_id)).one()
            if link.remote_id is not None:
                return
            link.remote_id, link.remote_number, link.filed_at = filed.id, filed.number, now
            note_event(session, case_id, "filed", link.system, now, after={"id": filed.id, "number": filed.number})
            case = session.get_one(CaseTable, case_id)
            for order in session.scalars(_waiting_orders(case_id)):
                self._work(session).enqueue(
                    case.conversation_id, FileWorkOrder(order.id), now, partition=f"case-{case_id}", is_for_receiver=True
                )

    def work_order_to_file(self, work_order_id: int) -> WorkOrderRecord | None:
        """The record of a work order that has to be filed, None where it is or its case was withdrawn."""
        with Session(self._engine) as session:
            order = session.get_one(WorkOrderTable, work_order_id)
            if order.remote_id is not None or session.get_one(CaseTable, order.case_id).status == WITHDRAWN:
                return None
            return self._order_record(session, order)

    def work_order_filed(self, work_order_id: int, filed: Filed, now: datetime) -> None:
        """Note the asset system's record of a work order."""
        with self._transaction() as session:
            order = session.get_one(WorkOrderTable, work_order_id)
            if order.remote_id is not None:
                return
            order.remote_id, order.remote_number, order.filed_at = filed.id, filed.number, now
            about = {"work_order": order.correlation, "id": filed.id, "number": filed.number}
            note_event(session, order.case_id, "work_order_filed", order.system, now, after=about)
            case = session.get_one(CaseTable, order.case_id)
            if has_photos(session, case):
                effect = AttachPhotos(order.id)
                self._work(session).enqueue(case.conversation_id, effect, now, partition=f"case-{case.id}", is_for_receiver=True)

    def polled_until(self, system: str) -> datetime | None:
        """How far a system's changes were read, None before the first time."""
        with Session(self._engine) as session:
            row = session.get(PollTable, system)
            return None if row is None else row.since

    def apply(self, system: str, change: RemoteChange, now: datetime) -> bool:
        """Take over a change of a case or work order and the poll's progress; return whether it was news. Only forward in time."""
        with self._transaction() as session:
            is_news = self._apply_to_case(session, system, change, now) or self._apply_to_order(session, system, change, now)
            poll = session.get(PollTable, system)
            if poll is None:
                session.add(PollTable(system=system, since=change.changed_at))
            elif poll.since < change.changed_at:
                poll.since = change.changed_at
            return is_news

    def news(self, effect: TellCaseNews) -> News | None:
        """Whom an event is told to, None where the case was withdrawn, they follow it no more, or they did it themselves."""
        with Session(self._engine) as session:
            case = session.get_one(CaseTable, effect.case_id)
            told = case if effect.follower_id is None else session.get(CaseFollowerTable, effect.follower_id)
            if told is None or case.status == WITHDRAWN:
                return None
            event = session.get_one(CaseEventTable, effect.event_id)
            # Whoever opened a case again by an answer has been told so in the reply.
            if (event.after or {}).get("contact") == told.contact_id:
                return None
            return News(case.number or "", told.contact_id, told.language, told.channel)

    def _apply_to_case(self, session: Session, system: str, change: RemoteChange, now: datetime) -> bool:
        link = session.scalars(
            select(CaseLinkTable).where(CaseLinkTable.system == system, CaseLinkTable.correlation == change.correlation)
        ).one_or_none()
        if link is None or (link.changed_at is not None and change.changed_at <= link.changed_at):
            return False
        link.remote_status, link.changed_at = change.status, change.changed_at
        case, about = session.get_one(CaseTable, link.case_id), {"remote_status": change.status}
        return set_open(
            session, self._work(session), case, system, now, is_open=change.is_open, at=change.changed_at, about=about
        )

    def _apply_to_order(self, session: Session, system: str, change: RemoteChange, now: datetime) -> bool:
        order = session.scalars(
            select(WorkOrderTable).where(WorkOrderTable.system == system, WorkOrderTable.correlation == change.correlation)
        ).one_or_none()
        if order is None or (order.changed_at is not None and change.changed_at <= order.changed_at):
            return False
        order.remote_status, order.changed_at = change.status, change.changed_at
        was_open, order.status = order.status != "done", "open" if change.is_open else "done"
        order.closed_at = None if change.is_open else change.changed_at
        if was_open != change.is_open:
            note_event(session, order.case_id, "work_order_" + order.status, system, now, after={"work_order": order.correlation})
        if change.is_open:
            return False
        return close_after_last_task(
            session,
            self._work(session),
            order.case_id,
            system,
            now,
            at=change.changed_at,
            about={"remote_status": change.status},
        )

    def _work(self, session: Session) -> Work:
        return Work(session, self._outbox, self._destinations)

    def _case_record(self, case: CaseTable, correlation: str) -> CaseRecord:
        place = case.place or {}
        return CaseRecord(
            correlation=correlation,
            number=case.number or "",
            service=case.service,
            service_name=self._catalog.service_name(case.service, "en"),
            department=case.department,
            department_name=self._catalog.departments[case.department].name,
            priority=case.priority,
            description=case.description,
            place=place.get("text", ""),
            latitude=place.get("latitude"),
            longitude=place.get("longitude"),
            language=case.language,
            channel=case.channel,
            opened_at=case.opened_at,
            due_at=case.due_at,
        )

    def _order_record(self, session: Session, order: WorkOrderTable) -> WorkOrderRecord:
        case = session.get_one(CaseTable, order.case_id)
        record = self._case_record(case, order.correlation)
        asset = session.scalars(
            select(AssetTable).where(AssetTable.asset_class == order.asset_class, AssetTable.source_id == (order.asset or ""))
        ).one_or_none()
        return WorkOrderRecord(
            correlation=order.correlation,
            case_number=record.number,
            department=order.department,
            department_name=self._catalog.departments[order.department].name,
            issue=record.service_name,
            description=record.description,
            asset_class=order.asset_class,
            asset=order.asset,
            place=record.place,
            latitude=asset.latitude if asset else record.latitude,
            longitude=asset.longitude if asset else record.longitude,
            opened_at=order.opened_at,
            due_at=record.due_at,
        )

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            yield session


def _waiting_orders(case_id: int) -> Select[WorkOrderTable]:
    return (
        select(WorkOrderTable).where(WorkOrderTable.case_id == case_id, WorkOrderTable.system != "").order_by(WorkOrderTable.id)
    )
