"""The parts of the console, put together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from intake.console.audit import AuditTrail
from intake.console.people import People
from intake.console.sessions import Sessions
from intake.limits import RateLimit
from intake.settings import Settings


@dataclass(frozen=True)
class Console:
    """What the console's routes call."""

    people: People
    sessions: Sessions
    audit: AuditTrail
    sign_in_limit: RateLimit


def build_console(settings: Settings, engine: Engine) -> Console:
    """Put the console's parts together."""
    people = People(engine)
    sessions = Sessions(
        engine,
        people,
        settings.read_contact_key(),
        idle=timedelta(minutes=settings.console_idle_minutes),
        longest=timedelta(hours=settings.console_hours),
    )
    return Console(people, sessions, AuditTrail(engine), RateLimit(10))
