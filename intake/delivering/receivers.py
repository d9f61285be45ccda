"""Cases and work orders reach other systems, and their news come back: each record filed once, however often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from intake.casework.case_ledger import CaseLedger
from intake.effects import FileCase, FileWorkOrder
from intake.errors import Permanent, Retryable
from routing.connectors.ports import (
    AssetSystem,
    CaseRecord,
    CaseSystem,
    Filed,
    ReceiverAwayError,
    ReceiverRefusedError,
    RemoteChange,
    WorkOrderRecord,
)

Record_contra = TypeVar("Record_contra", CaseRecord, WorkOrderRecord, contravariant=True)
_log = structlog.get_logger()
# Before the first poll nothing of ours is older than this; after it, clocks of two systems may differ by this much.
_FIRST_LOOK_BACK = timedelta(days=1)
_CLOCKS_APART = timedelta(minutes=2)


@dataclass(frozen=True)
class Receivers:
    """The systems that a city has, None where the database itself is the system."""

    ledger: CaseLedger
    cases: CaseSystem | None
    work_orders: AssetSystem | None
    clock: Callable[[], datetime]

    @property
    def case_system_name(self) -> str:
        """The CRM's name, "" where the database itself is the CRM."""
        return self.cases.name if self.cases else ""

    @property
    def asset_system_name(self) -> str:
        """The asset system's name, "" where work orders live in the database."""
        return self.work_orders.name if self.work_orders else ""

    def file_case(self, effect: FileCase, *, was_tried: bool) -> None:
        """File a case. Raises Retryable or Permanent."""
        record = self.ledger.case_to_file(effect.case_id)
        if record is None or self.cases is None:
            return
        filed = _file_once(self.cases, record, was_tried=was_tried)
        self.ledger.case_filed(effect.case_id, filed, self.clock())

    def file_work_order(self, effect: FileWorkOrder, *, was_tried: bool) -> None:
        """File a work order. Raises Retryable or Permanent."""
        record = self.ledger.work_order_to_file(effect.work_order_id)
        if record is None or self.work_orders is None:
            return
        filed = _file_once(self.work_orders, record, was_tried=was_tried)
        self.ledger.work_order_filed(effect.work_order_id, filed, self.clock())

    def poll(self) -> int:
        """Read what changed in the other systems since the last look; return how many news there were for residents.

        A system that is away is asked again at the next look; what was read until then is kept.
        """
        return sum(self._poll(system) for system in (self.cases, self.work_orders) if system is not None)

    def _poll(self, system: CaseSystem | AssetSystem) -> int:
        since = self.ledger.polled_until(system.name)
        since = self.clock() - _FIRST_LOOK_BACK if since is None else since - _CLOCKS_APART
        news = 0
        try:
            changes: list[RemoteChange] = list(system.changes(since))
        except (ReceiverAwayError, ReceiverRefusedError) as error:
            _log.warning("poll_failed", system=system.name, reason=str(error))
            return 0
        for change in changes:
            news += self.ledger.apply(system.name, change, self.clock())
        return news


class _System(Protocol[Record_contra]):
    def find(self, correlation: str) -> Filed | None: ...

    def file(self, record: Record_contra) -> Filed: ...


def _file_once(system: _System[Record_contra], record: Record_contra, *, was_tried: bool) -> Filed:
    """File a record; where a try was made before, its answer may have been lost, so the receiver is asked for it first."""
    try:
        found = system.find(record.correlation) if was_tried else None
        return found or system.file(record)
    except ReceiverAwayError as error:
        raise Retryable(str(error)) from error
    except ReceiverRefusedError as error:
        raise Permanent(str(error)) from error
