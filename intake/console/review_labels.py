"""Corrections as labels: what the machine had, and what a person says it should have been."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.tables import LabelTable, MessageTable

_LETTERS = 60
_LOOKED_AT = 30


@dataclass(frozen=True)
class Labeled:
    """The rows that a correction wrote, and those of earlier corrections that it sets aside."""

    written: tuple[int, ...] = ()
    set_aside: tuple[int, ...] = ()

    def __add__(self, other: "Labeled") -> "Labeled":
        return Labeled(self.written + other.written, self.set_aside + other.set_aside)


def label(session: Session, message_id: int, field: str, machine: str | None, after: str, actor: str, now: datetime) -> Labeled:
    """Write down a correction: one label a message and field counts, and none where a person agrees with the machine."""
    valid = _valid(session, message_id, field)
    # What the machine had is what the first correction found; later ones find a person's word.
    before = valid[0].before if valid else machine and machine[:_LETTERS]
    after = after[:_LETTERS]
    if valid and valid[-1].after == after:
        return Labeled()
    for row in valid:
        row.undone_at = now
    set_aside = tuple(row.id for row in valid)
    if after == before:
        return Labeled(set_aside=set_aside)
    row = LabelTable(message_id=message_id, field=field, before=before, after=after, actor=actor[:_LETTERS], at=now)
    session.add(row)
    session.flush()
    return Labeled((row.id,), set_aside)


def take_back(session: Session, labeled: Labeled, now: datetime) -> None:
    """Undo what a correction wrote; what it had set aside counts again."""
    for row in session.scalars(select(LabelTable).where(LabelTable.id.in_(labeled.written))):
        row.undone_at = now
    for row in session.scalars(select(LabelTable).where(LabelTable.id.in_(labeled.set_aside))):
        row.undone_at = None


def corrected(session: Session, message_id: int, field: str) -> str | None:
    """What a person said a field should have been, None where nobody did."""
    valid = _valid(session, message_id, field)
    return valid[-1].after if valid else None


def message_described(session: Session, conversation_id: int, message_id: int, description: str) -> int:
    """The message whose words a draft is about; a "yes" or a street name that came later must not be taught as a pothole."""
    query = (
        select(MessageTable.id, MessageTable.text)
        .where(MessageTable.conversation_id == conversation_id, MessageTable.id <= message_id)
        .order_by(MessageTable.id.desc())
        .limit(_LOOKED_AT)
    )
    said = [(id_, text.strip()) for id_, text in session.execute(query) if text.strip()]
    wanted = description.strip()
    same = (id_ for id_, text in said if text == wanted)
    # A draft may hold one sentence of a message, or a message with a later correction below it.
    part = (id_ for id_, text in said if wanted and (wanted in text or wanted.startswith(f"{text}\n")))
    return next(same, next(part, message_id))


def _valid(session: Session, message_id: int, field: str) -> Sequence[LabelTable]:
    mine = (LabelTable.message_id == message_id, LabelTable.field == field, LabelTable.undone_at.is_(None))
    return session.scalars(select(LabelTable).where(*mine).order_by(LabelTable.id)).all()
