"""Signed-in browsers: begun, recognized, ended; they expire when idle and after a working day."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console.people import People, Person
from intake.console_tables import PersonSessionTable
from intake.database import WRITES

# Writing down every request would make readers wait for writers; a minute's doubt about idleness does not matter.
_SEEN_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """A person in a session; `csrf` goes into every form of theirs."""

    person: Person
    csrf: str


class Sessions:
    """The sessions in the database: a cookie holds a random token, the table its hash."""

    def __init__(self, engine: Engine, people: People, secret: str, *, idle: timedelta, longest: timedelta) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._people = people
        self._key = sha256(b"console session " + secret.encode()).digest()
        self._idle = idle
        self._longest = longest

    def begin(self, person: Person, now: datetime) -> str:
        """Begin a session and return the token for its cookie."""
        token = secrets.token_urlsafe(32)
        with Session(self._writer) as session, session.begin():
            session.add(PersonSessionTable(lookup=_lookup(token), person_id=person.id, created_at=now, seen_at=now))
        return token

    def signed_in(self, token: str, now: datetime, *, is_activity: bool = True) -> SignedIn | None:
        """Who is behind a token, None where nobody is or the session is over. What a page asks by itself is no activity."""
        with Session(self._engine) as session:
            row = session.scalars(select(PersonSessionTable).where(PersonSessionTable.lookup == _lookup(token))).one_or_none()
        if row is None or row.ended_at is not None or now >= row.seen_at + self._idle or now >= row.created_at + self._longest:
            return None
        person = self._people.one(row.person_id)
        if person is None:
            return None
        if is_activity and now - row.seen_at >= _SEEN_AGAIN_AFTER:
            with Session(self._writer) as session, session.begin():
                session.get_one(PersonSessionTable, row.id).seen_at = now
        return SignedIn(person, self.csrf(token))

    def end(self, token: str, now: datetime) -> None:
        """End a session; ending it again changes nothing."""
        with Session(self._writer) as session, session.begin():
            row = session.scalars(select(PersonSessionTable).where(PersonSessionTable.lookup == _lookup(token))).one_or_none()
            if row is not None and row.ended_at is None:
                row.ended_at = now

    def csrf(self, token: str) -> str:
        """The word that a session's forms carry, which no other site can know."""
        return hmac.new(self._key, token.encode(), sha256).hexdigest()


def _lookup(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
