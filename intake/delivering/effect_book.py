"""What operators see and do about effects: list them, look at one, try again what was given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.database import WRITES
from intake.delivering.outbox import Outbox
from intake.delivery_tables import EffectTable
from intake.effects import EFFECT, AttachPhotos, FileCase, FileWorkOrder

EffectState = Literal["waiting", "done", "given-up"]


@dataclass(frozen=True)
class StoredEffect:
    """An effect's row as a value; what it would send to a resident stays out of lists."""

    id: str
    type: str
    state: EffectState
    attempts: int
    last_error: str
    created_at: datetime
    payload: dict[str, Any]


class EffectBook:
    """Reads the ledger of effects, and puts back what was given up."""

    def __init__(self, engine: Engine, outbox: Outbox) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._outbox = outbox

    def list(self, state: EffectState, limit: int) -> list[StoredEffect]:
        """Effects in a state, the oldest first."""
        query = select(EffectTable).order_by(EffectTable.created_at, EffectTable.id).limit(limit)
        if state == "done":
            query = query.where(EffectTable.delivered_at.is_not(None))
        elif state == "given-up":
            query = query.where(EffectTable.delivered_at.is_(None), EffectTable.given_up_at.is_not(None))
        else:
            waiting = (EffectTable.delivered_at.is_(None), EffectTable.given_up_at.is_(None), EffectTable.canceled_at.is_(None))
            query = query.where(*waiting)
        with Session(self._engine) as session:
            return [_value(row) for row in session.scalars(query)]

    def one(self, effect_id: str) -> StoredEffect | None:
        """One effect, None where there is none."""
        with Session(self._engine) as session:
            row = session.get(EffectTable, effect_id)
            return None if row is None else _value(row)

    def requeue(self, effect_id: str) -> bool:
        """Let a given-up effect be tried again; return whether it was one. The receiver is asked first whether it has it."""
        with Session(self._writer) as session, session.begin():
            return self.requeue_in(session, effect_id)

    def requeue_in(self, session: Session, effect_id: str) -> bool:
        """The same within the caller's transaction."""
        row = session.get(EffectTable, effect_id)
        if row is None or row.given_up_at is None or row.delivered_at is not None:
            return False
        row.given_up_at = None
        effect = EFFECT.validate_python(row.payload)
        # The engine knows a piece of work by its name and runs each name once.
        again = f"{effect_id}#{row.attempts}"
        self._outbox.put(
            session,
            effect_id,
            partition=str(row.conversation_id),
            is_for_receiver=isinstance(effect, FileCase | FileWorkOrder | AttachPhotos),
            name=again,
        )
        return True


def _value(row: EffectTable) -> StoredEffect:
    state: EffectState = "done" if row.delivered_at else "given-up" if row.given_up_at else "waiting"
    return StoredEffect(
        row.id, str(row.payload.get("type", "")), state, row.attempts, row.last_error or "", row.created_at, row.payload
    )
