"""Cases as values: what residents are told of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Case:
    """A case as its resident may see it; `token` is the unguessable part of its status link."""

    number: str
    service: str
    department: str
    place: str
    is_open: bool
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    token: str
