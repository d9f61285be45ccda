"""A database with cases that tests report, join and change by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage
from intake.casework.case_changes import (
    add_task,
    change_service,
    close,
    finish_task,
    merge,
    reopen,
    set_priority,
    unmerge,
    withdraw,
)
from intake.contacts import ContactVault
from intake.database import make_engine, migrate
from intake.delivering.destinations import Destinations
from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import EffectTable, WorkOrderTable
from intake.store import Store
from intake.tables import CaseEventTable, CaseFollowerTable, CaseTable
from intake.work import Work
from routing.catalog import Priority
from routing.deadlines import due_at
from routing.drafts import CaseDraft, Place, Precision
from tests.small_city import small_city

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HERE = Place("12 Pettibone St", Precision.ADDRESS, 41.7, -70.9)
ANA = "ana@city.example"
ALONE = Destinations("millbrook")
CONNECTED = Destinations("millbrook", "creatio", "cartegraph")


class Town:
    """A database with cases, changed by hand."""

    def __init__(self, url: str) -> None:
        migrate(url)
        self.engine = make_engine(url)
        self.outbox = HeldOutbox()
        self.city = small_city()
        self.reports = 0

    def report(self, service: str = "POTHOLE", *, sender: str = "", to: Destinations = ALONE) -> str:
        """Let somebody new report something; return the number."""
        self.reports += 1
        store = Store(self.engine, ContactVault("a key of tests, long enough"), self.outbox, to)
        said = InboundMessage(Channel.SMS, str(self.reports), sender or f"+1508555{self.reports:04d}", "a hole", NOW)
        receipt = store.record(said)
        chosen = self.city.catalog.services[service]
        with store.transaction() as work:
            held = work.lock(receipt.message_id)
            due = due_at(NOW, chosen.deadline, self.city.hours, self.city.timezone)
            return work.open_case(held, CaseDraft(service, "a hole", 0.9, HERE), chosen, "en", NOW, due).number

    def join(self, number: str, *, sender: str) -> None:
        store = Store(self.engine, ContactVault("a key of tests, long enough"), self.outbox)
        self.reports += 1
        receipt = store.record(InboundMessage(Channel.SMS, str(self.reports), sender, "mine too", NOW))
        with store.transaction() as work:
            work.join_case(number, work.lock(receipt.message_id), "es", NOW)

    @contextmanager
    def changing(self, to: Destinations = ALONE) -> Iterator[Work]:
        with Session(self.engine) as session, session.begin():
            yield Work(session, self.outbox, to, ANA)

    def change_service(self, number: str, code: str) -> None:
        with self.changing() as work:
            change_service(work.session, the(work.session, number), code, self.city, ANA, LATER)

    def set_priority(self, number: str, priority: Priority) -> None:
        with self.changing() as work:
            set_priority(work.session, the(work.session, number), priority, ANA, LATER)

    def merge(self, number: str, into: str) -> None:
        with self.changing() as work:
            merge(work.session, the(work.session, number), the(work.session, into), ANA, LATER)

    def unmerge(self, number: str) -> None:
        with self.changing() as work:
            unmerge(work.session, the(work.session, number), ANA, LATER)

    def withdraw(self, number: str) -> None:
        with self.changing() as work:
            withdraw(work.session, the(work.session, number), ANA, LATER)

    def close(self, number: str, note: str = "", *, to: Destinations = ALONE) -> None:
        with self.changing(to) as work:
            close(work.session, work, the(work.session, number), ANA, LATER, note)

    def reopen(self, number: str) -> None:
        with self.changing() as work:
            reopen(work.session, work, the(work.session, number), ANA, LATER)

    def add_task(self, number: str, department: str, asset_class: str = "", *, to: Destinations = ALONE) -> None:
        with self.changing(to) as work:
            add_task(work.session, work, the(work.session, number), department, ANA, LATER, asset_class)

    def finish_task(self, task_id: int, at: datetime = LATER) -> None:
        with self.changing() as work:
            finish_task(work.session, work, work.session.get_one(WorkOrderTable, task_id), ANA, at)

    def history(self, number: str) -> list[CaseEventTable]:
        with Session(self.engine) as session:
            case = the(session, number)
            query = select(CaseEventTable).where(CaseEventTable.case_id == case.id).order_by(CaseEventTable.id)
            return list(session.scalars(query))

    def case(self, number: str) -> CaseTable:
        with Session(self.engine) as session:
            return the(session, number)

    def tasks(self, number: str) -> list[WorkOrderTable]:
        with Session(self.engine) as session:
            query = select(WorkOrderTable).where(WorkOrderTable.case_id == the(session, number).id)
            return list(session.scalars(query.order_by(WorkOrderTable.id)))

    def told(self) -> list[tuple[int, int | None]]:
        """The case and the follower of each piece of news, in order."""
        with Session(self.engine) as session:
            effects = session.scalars(select(EffectTable).where(EffectTable.id.in_(self.outbox.effect_ids))).all()
            news = [effect.payload for effect in effects if effect.payload["type"] == "tell_case_news"]
        return sorted((payload["case_id"], payload["follower_id"] or 0) for payload in news)

    def followers(self, number: str) -> list[int]:
        with Session(self.engine) as session:
            query = select(CaseFollowerTable.contact_id).where(CaseFollowerTable.case_id == the(session, number).id)
            return sorted(session.scalars(query))


def the(session: Session, number: str) -> CaseTable:
    return session.scalars(select(CaseTable).where(CaseTable.number == number)).one()
