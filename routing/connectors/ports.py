"""What the delivery of cases and work orders asks of another system, in values that know no system's fields.

ConnectorError
├── ReceiverAwayError      not reached, busy, or an answer that says nothing for sure: try again later
└── ReceiverRefusedError   understood and refused: a person has to look
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ConnectorError(Exception):
    """The root of what a connector raises; the message names system, status and reason, never personal data."""


class ReceiverAwayError(ConnectorError):
    """The receiver could not be reached, was busy, or its answer was lost: it may have done the work or not."""


class ReceiverRefusedError(ConnectorError):
    """The receiver understood and said no; the same request will be refused again."""


@dataclass(frozen=True)
class CaseRecord:
    """A case as another system is told of it. `correlation` is ours, unique, stored on their record and searched for before a second try."""

    correlation: str
    number: str
    service: str
    service_name: str
    department: str
    department_name: str
    priority: str
    description: str
    place: str
    latitude: float | None
    longitude: float | None
    language: str
    channel: str
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class WorkOrderRecord:
    """Work at a place, and at an asset where one is known. `asset` is the asset system's own id of it."""

    correlation: str
    case_number: str
    department: str
    department_name: str
    issue: str
    description: str
    asset_class: str
    asset: str | None
    place: str
    latitude: float | None
    longitude: float | None
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Filed:
    """What the other system calls the record: its key, and the number that its people read."""

    id: str
    number: str


@dataclass(frozen=True)
class RemoteChange:
    """A record of ours that changed there. `status` is their word; `is_open` what it means; `note` what they wrote for the resident."""

    correlation: str
    id: str
    status: str
    is_open: bool
    note: str
    changed_at: datetime


class CaseSystem(Protocol):
    """A CRM. Every method may raise ReceiverAwayError or ReceiverRefusedError."""

    @property
    def name(self) -> str:
        """A short name, stored with what was filed there."""
        ...

    def find(self, correlation: str) -> Filed | None:
        """Look for a record of ours, which a lost answer may have left there."""
        ...

    def file(self, record: CaseRecord) -> Filed:
        """Create the record. Callers have asked `find` before every second try."""
        ...

    def changes(self, since: datetime) -> Iterable[RemoteChange]:
        """Our records that changed at or after `since`, oldest first; some may come twice."""
        ...


class AssetSystem(Protocol):
    """A system of assets and work orders, with the same promises."""

    @property
    def name(self) -> str:
        """A short name, stored with what was filed there."""
        ...

    def find(self, correlation: str) -> Filed | None:
        """Look for a work order of ours."""
        ...

    def file(self, record: WorkOrderRecord) -> Filed:
        """Create the work order."""
        ...

    def changes(self, since: datetime) -> Iterable[RemoteChange]:
        """Our work orders that changed at or after `since`, oldest first; some may come twice."""
        ...

    def attach(self, filed: Filed, name: str, content_type: str, content: bytes) -> None:
        """Add a file to a work order; again with the same name is the same as once."""
        ...
