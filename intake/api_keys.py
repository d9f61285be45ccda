"""Keys of machines that call us: made, revoked and checked; a key itself is shown once and never stored."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.database import WRITES
from intake.reference_tables import ApiKeyTable

OPEN311 = "open311"
SCOPES = (OPEN311,)
_NAME_LETTERS = 60


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key: whose it is and what it opens."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


class ApiKeys:
    """The keys in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)

    def add(self, name: str, scopes: Collection[str], now: datetime) -> str:
        """Make a key and return it, the only time that it can be read. Raises ValueError where the name cannot be used.

        A name is never given twice, since cases are recorded under it.
        """
        if not name or len(name) > _NAME_LETTERS or not name.isprintable():
            raise ValueError(f"a key's name has 1 to {_NAME_LETTERS} printable letters")
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise ValueError(f"unknown scope {', '.join(unknown) or '(none)'}; there are: {', '.join(SCOPES)}")
        key = f"sk_{secrets.token_urlsafe(32)}"
        with Session(self._writer) as session, session.begin():
            if _named(session, name) is not None:
                raise ValueError(f"there is or was a key named {name}; choose another name")
            session.add(ApiKeyTable(name=name, lookup=_lookup(key), scopes=sorted(set(scopes)), created_at=now))
        return key

    def revoke(self, name: str, now: datetime) -> bool:
        """End a key for good; False where none of that name was in use."""
        with Session(self._writer) as session, session.begin():
            row = _named(session, name)
            if row is None or row.revoked_at is not None:
                return False
            row.revoked_at = now
            return True

    def list(self) -> tuple[ApiKey, ...]:
        """All keys that were ever made, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(ApiKeyTable).order_by(ApiKeyTable.id))
            return tuple(ApiKey(row.name, tuple(row.scopes), row.created_at, row.revoked_at) for row in rows)

    def check(self, key: str, scope: str) -> str | None:
        """The name of whoever holds `key`, None where it is unknown, revoked, or does not open `scope`."""
        query = select(ApiKeyTable).where(ApiKeyTable.lookup == _lookup(key), ApiKeyTable.revoked_at.is_(None))
        with Session(self._engine) as session:
            row = session.scalars(query).one_or_none()
            return row.name if row is not None and scope in row.scopes else None


def _named(session: Session, name: str) -> ApiKeyTable | None:
    return session.scalars(select(ApiKeyTable).where(ApiKeyTable.name == name)).one_or_none()


def _lookup(key: str) -> str:
    # A key is random, so a plain hash cannot be turned back; being looked up by it, its letters are never compared one by one.
    return sha256(key.encode("utf-8", "replace")).hexdigest()
