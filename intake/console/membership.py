"""Who somebody that the identity provider vouches for is here: known by subject, by e-mail, or new with a role of their groups."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console.audit import note
from intake.console.oidc import Identity
from intake.console.people import Person, person_value
from intake.console_tables import PersonTable
from intake.database import WRITES

# Where groups give several roles, the one that may do most holds.
_HIGHEST_FIRST = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.DATA_SCIENTIST, Role.AGENT)


class Membership:
    """Finds or makes the person behind an identity. `roles` maps the provider's groups to ours; empty: people are added by hand."""

    def __init__(self, engine: Engine, roles: Mapping[str, Role]) -> None:
        self._writer = engine.execution_options(**WRITES)
        self._roles = dict(roles)

    def admit(self, identity: Identity, now: datetime) -> Person | None:
        """The person, None where nobody here knows them or they may not sign in any more.

        With a map of groups, the role is the provider's at every sign-in: somebody who left a group loses its rights.
        """
        role = self._role(identity)
        with Session(self._writer) as session, session.begin():
            row = self._known(session, identity)
            if row is None and (role is None or not identity.email):
                return None
            if row is None:
                row = PersonTable(login=identity.email.lower(), name=identity.name, role="", languages=["en"], created_at=now)
                session.add(row)
            if row.disabled_at is not None or (self._roles and role is None):
                return None
            self._refresh(session, row, identity, role, now)
            return person_value(row)

    def _refresh(self, session: Session, row: PersonTable, identity: Identity, role: Role | None, now: datetime) -> None:
        before = row.role
        row.subject, row.name = identity.subject, identity.name or row.name
        row.role = role.value if role is not None else row.role
        session.flush()
        if row.role != before:
            note(
                session,
                "identity provider",
                "role_set",
                f"person {row.id}",
                now,
                before={"role": before},
                after={"role": row.role},
            )
        note(session, row.login, "signed_in", f"person {row.id}", now, after={"by": "identity provider"})

    def _known(self, session: Session, identity: Identity) -> PersonTable | None:
        row = session.scalars(select(PersonTable).where(PersonTable.subject == identity.subject)).one_or_none()
        if row is not None or not identity.email:
            return row
        # Added by hand before: the first sign-in ties the account to the provider's subject, and no other subject gets it after that.
        by_email = select(PersonTable).where(PersonTable.login == identity.email.lower(), PersonTable.subject.is_(None))
        return session.scalars(by_email).one_or_none()

    def _role(self, identity: Identity) -> Role | None:
        given = {self._roles[group] for group in identity.groups if group in self._roles}
        return next((role for role in _HIGHEST_FIRST if role in given), None)
