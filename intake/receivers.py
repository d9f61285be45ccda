"""Cases and work orders reach other systems, and their news come back: each record filed once, however often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.case_ledger import CaseLedger, ToFile
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

    def file_case(self, effect: FileCase, effect_id: str) -> None:
        """File a case. Raises Retryable or Permanent."""
        waiting = self.ledger.case_to_file(effect.case_id, effect_id)
        if waiting is None or self.cases is None:
            return
        record = waiting.record
        assert isinstance(record, CaseRecord)
        cases = self.cases
        filed = _file_once(waiting, lambda: cases.find(record.correlation), lambda: cases.file(record))
        self.ledger.case_filed(effect.case_id, filed, self.clock())

    def file_work_order(self, effect: FileWorkOrder, effect_id: str) -> None:
        """File a work order. Raises Retryable or Permanent."""
        waiting = self.ledger.work_order_to_file(effect.work_order_id, effect_id)
        if waiting is None or self.work_orders is None:
            return
        record = waiting.record
        assert isinstance(record, WorkOrderRecord)
        orders = self.work_orders
        filed = _file_once(waiting, lambda: orders.find(record.correlation), lambda: orders.file(record))
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


def _file_once(waiting: ToFile, find: Callable[[], Filed | None], file: Callable[[], Filed]) -> Filed:
    """File a record; where a try was made before, its answer may have been lost, so the receiver is asked for it first."""
    try:
        found = find() if waiting.was_tried else None
        return found or file()
    except ReceiverAwayError as error:
        raise Retryable(str(error)) from error
    except ReceiverRefusedError as error:
        raise Permanent(str(error)) from error
