"""The opt-out ledger: what residents said themselves, what a carrier tells, and what a person enters for somebody who called or wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.contacts import ContactVault, normalize_contact
from intake.database import WRITES, insert_once
from intake.tables import ContactTable, OptOutTable

CARRIER = "carrier"
_STAFF = "staff"
_WORDS_LETTERS = 200


@dataclass(frozen=True)
class OptOut:
    """A row of the ledger; `ending` is all that is shown of a number."""

    contact_id: int
    ending: str
    words: str
    channel: str
    at: datetime
    is_still_out: bool


class OptOuts:
    """Reads the ledger, and adds to it for residents who asked by phone, letter or in person."""

    def __init__(self, engine: Engine, vault: ContactVault) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._vault = vault

    def add(self, contact_id: int, actor: str, words: str, now: datetime) -> bool:
        """Note that a contact wants no more messages, and who entered it; False where it had opted out already."""
        with self._transaction() as session:
            return note_stop(session, contact_id, f"{actor}: {words}", _STAFF, now)

    def add_number(self, number: str, actor: str, words: str, now: datetime) -> bool:
        """The same by phone number; one that never wrote to us is kept too, so that it is never written to. Raises ValueError."""
        if not normalize_contact(number).startswith("+"):
            raise ValueError("this does not look like a phone number")
        sealed = self._vault.seal(number)
        with self._transaction() as session:
            insert_once(session, ContactTable, {"lookup": sealed.lookup, "sealed": sealed.sealed, "created_at": now}, ("lookup",))
            contact_id = session.scalars(select(ContactTable.id).where(ContactTable.lookup == sealed.lookup)).one()
            return note_stop(session, contact_id, f"{actor}: {words}", _STAFF, now)

    def list(self, limit: int) -> list[OptOut]:
        """The newest opt-outs first."""
        query = (
            select(OptOutTable, ContactTable)
            .join(ContactTable, ContactTable.id == OptOutTable.contact_id)
            .where(OptOutTable.action == "stop")
            .order_by(OptOutTable.id.desc())
            .limit(limit)
        )
        with Session(self._engine) as session:
            return [self._value(row, contact) for row, contact in session.execute(query)]

    def _value(self, row: OptOutTable, contact: ContactTable) -> OptOut:
        ending = self._vault.open(contact.sealed)[-4:]
        return OptOut(contact.id, ending, row.words, row.channel, row.at, contact.opted_out_at is not None)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            yield session


def note_stop(session: Session, contact_id: int, words: str, channel: str, now: datetime) -> bool:
    """Write an opt-out into the ledger within the caller's transaction; nothing where the contact is out already."""
    contact = session.get_one(ContactTable, contact_id, with_for_update=True)
    if contact.opted_out_at is not None:
        return False
    contact.opted_out_at = now
    session.add(OptOutTable(contact_id=contact_id, action="stop", words=words[:_WORDS_LETTERS], channel=channel, at=now))
    return True
