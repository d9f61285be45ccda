"""Photos that came with a report follow its work order into the asset system, each once. It commits for them as `case_ledger.py` does for cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from intake.casework.case_state import WITHDRAWN, note_event
from intake.database import WRITES
from intake.delivery_tables import WorkOrderTable
from intake.effects import AttachPhotos
from intake.errors import Permanent, Retryable
from intake.photos import PhotoShelf
from intake.tables import AttachmentTable, CaseEventTable, CaseTable, MessageTable
from routing.connectors.ports import AssetSystem, Filed, ReceiverAwayError, ReceiverRefusedError

_ATTACHED = "photo_attached"
_CONTENT_TYPE = "image/jpeg"
# A report is told in a few messages; an older photo in the same talk is about something else.
_LONGEST_REPORT = timedelta(hours=24)


@dataclass(frozen=True)
class _Photo:
    """A stored photo and the name it gets in the asset system, which is the same at every try."""

    attachment_id: int
    key: str
    name: str


@dataclass(frozen=True)
class CasePhotos:
    """Hands photos over to the asset system, None where the database itself is the system."""

    engine: Engine
    shelf: PhotoShelf
    work_orders: AssetSystem | None
    clock: Callable[[], datetime]

    def attach(self, effect: AttachPhotos) -> None:
        """Attach what is not attached yet. Raises Retryable, also while a photo is still being fetched, or Permanent."""
        with Session(self.engine) as session:
            order = session.get_one(WorkOrderTable, effect.work_order_id)
            case = session.get_one(CaseTable, order.case_id)
            if order.remote_id is None or self.work_orders is None or case.status == WITHDRAWN:
                return
            filed = Filed(order.remote_id, order.remote_number or "")
            photos, is_waiting = _photos_to_attach(session, order, case)
        for photo in photos:
            self._attach(self.work_orders, order, filed, photo)
        if is_waiting:
            raise Retryable("a photo is still being fetched")

    def _attach(self, system: AssetSystem, order: WorkOrderTable, filed: Filed, photo: _Photo) -> None:
        content = self.shelf.read(photo.key)
        # What is too old to be kept is erased; the crew has its work order all the same.
        if content is None:
            return
        try:
            system.attach(filed, photo.name, _CONTENT_TYPE, content)
        except ReceiverAwayError as error:
            raise Retryable(str(error)) from error
        except ReceiverRefusedError as error:
            raise Permanent(str(error)) from error
        about = {"work_order": order.correlation, "attachment": photo.attachment_id, "name": photo.name}
        with Session(self.engine.execution_options(**WRITES)) as session, session.begin():
            note_event(session, order.case_id, _ATTACHED, system.name, self.clock(), after=about)


def has_photos(session: Session, case: CaseTable) -> bool:
    """Whether photos came with a case's report, fetched already or not."""
    return any(row.state in ("stored", "waiting") for row in photos_of(session, case))


def photos_of(session: Session, case: CaseTable) -> list[AttachmentTable]:
    """What came with the messages that a case was told in: since the talk's case before it, a day at most."""
    earlier = select(func.max(CaseTable.message_id)).where(
        CaseTable.conversation_id == case.conversation_id, CaseTable.message_id < case.message_id
    )
    query = (
        select(AttachmentTable)
        .join(MessageTable, MessageTable.id == AttachmentTable.message_id)
        .where(
            MessageTable.conversation_id == case.conversation_id,
            MessageTable.id <= case.message_id,
            MessageTable.id > (session.scalar(earlier) or 0),
            MessageTable.received_at >= case.opened_at - _LONGEST_REPORT,
        )
        .order_by(AttachmentTable.id)
    )
    return list(session.scalars(query))


def _photos_to_attach(session: Session, order: WorkOrderTable, case: CaseTable) -> tuple[list[_Photo], bool]:
    """The photos that the work order has not got, and whether others are still on their way to us."""
    events = select(CaseEventTable.after).where(CaseEventTable.case_id == case.id, CaseEventTable.name == _ATTACHED)
    attached = {after["attachment"] for after in session.scalars(events) if after and after["work_order"] == order.correlation}
    rows = photos_of(session, case)
    stored = [
        _Photo(row.id, row.key, f"{case.number}-{row.id}{PurePath(row.key).suffix}")
        for row in rows
        if row.state == "stored" and row.key and row.id not in attached
    ]
    return stored, any(row.state == "waiting" for row in rows)
