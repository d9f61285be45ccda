"""What a person did last, offered for undoing on every page of the queue."""

from dataclasses import dataclass

from intake.console.people import Person
from intake.wiring import Service


@dataclass(frozen=True)
class LastAction:
    """An action in words, and for how many seconds it can still be undone."""

    words: str
    seconds: int


def last_action(person: Person, service: Service) -> LastAction | None:
    """A person's last action, None where it cannot be undone (any more)."""
    now = service.clock()
    found = service.console.items.last_action(person, now)
    if found is None:
        return None
    return LastAction(f"{found.words}.", max(1, round((found.until - now).total_seconds())))
