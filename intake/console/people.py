"""The people who sign in: made, found, given a password, and let in or not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console.audit import note
from intake.console_tables import PersonTable
from intake.database import WRITES

LEAST_PASSWORD_LETTERS = 12
_TRIES = 5
_LOCKED = timedelta(minutes=5)


@dataclass(frozen=True)
class Person:
    """Someone who works with the service; `languages` are those that they read, BCP 47."""

    id: int
    login: str
    name: str
    role: Role
    languages: tuple[str, ...]
    is_disabled: bool = False


class People:
    """The people in the database."""

    def __init__(self, engine: Engine, hasher: PasswordHasher | None = None) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._hasher = hasher or PasswordHasher()

    def add(
        self,
        login: str,
        name: str,
        role: Role,
        now: datetime,
        *,
        password: str | None = None,
        languages: Collection[str] = ("en",),
        actor: str = "command line",
    ) -> Person:
        """Add a person. Raises ValueError where the login is taken or unusable, or the password is too short."""
        kept = _login(login)
        hashed = None if password is None else self._hash(password)
        with Session(self._writer) as session, session.begin():
            if session.scalars(select(PersonTable.id).where(PersonTable.login == kept)).first() is not None:
                raise ValueError(f"{kept} is there already")
            row = PersonTable(
                login=kept,
                name=name.strip() or kept,
                role=role.value,
                password_hash=hashed,
                languages=sorted(languages),
                created_at=now,
            )
            session.add(row)
            session.flush()
            note(session, actor, "person_added", f"person {row.id}", now, after={"login": kept, "role": role.value})
            return person_value(row)

    def set_password(self, login: str, password: str, now: datetime, *, actor: str = "command line") -> bool:
        """Give a person a new password and unlock them; False where nobody has this login. Raises ValueError where it is too short."""
        hashed = self._hash(password)
        with Session(self._writer) as session, session.begin():
            row = session.scalars(select(PersonTable).where(PersonTable.login == _login(login))).one_or_none()
            if row is None:
                return False
            row.password_hash, row.failed_sign_ins, row.locked_until = hashed, 0, None
            note(session, actor, "password_set", f"person {row.id}", now)
            return True

    def change(
        self, person_id: int, now: datetime, *, role: Role, languages: Collection[str], is_disabled: bool, actor: str
    ) -> Person | None:
        """Change what a person may do and reads, or lock them out; None where there is none. Their open sessions follow at once."""
        with Session(self._writer) as session, session.begin():
            row = session.get(PersonTable, person_id)
            if row is None:
                return None
            before = {"role": row.role, "languages": row.languages, "is_disabled": row.disabled_at is not None}
            row.role, row.languages = role.value, sorted(languages)
            row.disabled_at = (row.disabled_at or now) if is_disabled else None
            after = {"role": row.role, "languages": row.languages, "is_disabled": is_disabled}
            if before != after:
                note(session, actor, "person_changed", f"person {row.id}", now, before=before, after=after)
            return person_value(row)

    def list(self) -> tuple[Person, ...]:
        """All people, by login."""
        with Session(self._engine) as session:
            return tuple(person_value(row) for row in session.scalars(select(PersonTable).order_by(PersonTable.login)))

    def one(self, person_id: int) -> Person | None:
        """A person by id, None where there is none or they may not sign in any more."""
        with Session(self._engine) as session:
            row = session.get(PersonTable, person_id)
            return None if row is None or row.disabled_at is not None else person_value(row)

    def sign_in(self, login: str, password: str, now: datetime) -> Person | None:
        """The person with this login and password; None where either is wrong, or after too many tries.

        The password is checked with no transaction open: it takes a tenth of a second on purpose.
        """
        with Session(self._engine) as session:
            row = session.scalars(select(PersonTable).where(PersonTable.login == login.strip().lower())).one_or_none()
            stored = row.password_hash if row is not None else None
            is_open = row is not None and row.disabled_at is None and (row.locked_until is None or row.locked_until <= now)
        is_right = self._is_right(stored or self._nobody, password) and stored is not None and is_open
        if row is None:
            return None
        with Session(self._writer) as session, session.begin():
            held = session.get_one(PersonTable, row.id)
            if is_right:
                held.failed_sign_ins, held.locked_until = 0, None
                note(session, held.login, "signed_in", f"person {held.id}", now)
                return person_value(held)
            held.failed_sign_ins += 1
            if held.failed_sign_ins >= _TRIES:
                held.failed_sign_ins, held.locked_until = 0, now + _LOCKED
            note(session, held.login, "sign_in_refused", f"person {held.id}", now)
            return None

    @cached_property
    def _nobody(self) -> str:
        """Verified where nobody has the login, so that the time does not tell who works here."""
        return self._hasher.hash("nobody's password")

    def _is_right(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hash(self, password: str) -> str:
        if len(password) < LEAST_PASSWORD_LETTERS:
            raise ValueError(f"a password has {LEAST_PASSWORD_LETTERS} letters or more")
        return self._hasher.hash(password)


def _login(login: str) -> str:
    kept = login.strip().lower()
    if not kept or len(kept) > 120 or not kept.isprintable() or " " in kept:
        raise ValueError("a login has 1 to 120 printable letters and no space")
    return kept


def person_value(row: PersonTable) -> Person:
    """A person's row as a value."""
    return Person(row.id, row.login, row.name, Role(row.role), tuple(row.languages), row.disabled_at is not None)
