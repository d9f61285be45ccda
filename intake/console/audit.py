"""The audit trail of what people do: rows are added, never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from intake.console_tables import AuditTable
from intake.database import WRITES


@dataclass(frozen=True)
class Audited:
    """One thing that a person did; `about` is a kind and an id, as in "contact 12"."""

    at: datetime
    actor: str
    name: str
    about: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def note(
    session: Session,
    actor: str,
    name: str,
    about: str,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add a row within the caller's transaction."""
    session.add(AuditTable(at=now, actor=actor, name=name, about=about, before=before, after=after))


class AuditTrail:
    """Reads the trail, and notes what has no other transaction (somebody looked at something)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)

    def note(self, actor: str, name: str, about: str, now: datetime, *, after: dict[str, Any] | None = None) -> None:
        """Add a row in a transaction of its own."""
        with Session(self._writer) as session, session.begin():
            note(session, actor, name, about, now, after=after)

    def about(self, about: str, limit: int = 100) -> tuple[Audited, ...]:
        """What was done about something, the newest first."""
        return self._read(select(AuditTable).where(AuditTable.about == about), limit)

    def latest(self, limit: int, *, actor: str = "", name: str = "") -> tuple[Audited, ...]:
        """What was done, by anybody or by `actor`, the newest first."""
        query = select(AuditTable)
        if actor:
            query = query.where(AuditTable.actor == actor)
        if name:
            query = query.where(AuditTable.name == name.replace(" ", "_"))
        return self._read(query, limit)

    def _read(self, query: Select[AuditTable], limit: int) -> tuple[Audited, ...]:
        with Session(self._engine) as session:
            rows = session.scalars(query.order_by(AuditTable.id.desc()).limit(limit))
            return tuple(Audited(row.at, row.actor, row.name, row.about, row.before, row.after) for row in rows)
