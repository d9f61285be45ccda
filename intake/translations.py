"""Translations between residents and staff: what is stored, what can be made now, and what is only similar."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine


@dataclass(frozen=True)
class StoredTranslation:
    """A message in English as staff read it; `signal` is 0 to 1, 1 the best; `by` names the person who gave it, "" a machine."""

    text: str
    engine: str
    model: str
    signal: float
    is_wrong: bool
    by: str


@dataclass(frozen=True)
class Similar:
    """A known sentence near a message, with its English meaning: never a translation of the message. `similarity` is 0 to 1."""

    text: str
    english: str
    similarity: float


@dataclass(frozen=True)
class DraftTranslation:
    """What a resident would read, and what a machine makes of it in English again, for the writer to check."""

    text: str
    back: str
    language: str
    engine: str
    model: str
    signal: float


@dataclass(frozen=True)
class Capability:
    """What can be done for a language; an engine's name, or "" with the reason in `why`."""

    language: str
    to_english: str
    from_english: str
    why: str


class Translations:
    """What the console asks about translations. Without an engine it says so, and work goes on."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def of_message(self, message_id: int) -> StoredTranslation | None:
        """The newest translation of a message, a person's before a machine's; None where there is none (yet)."""
        return None

    def similar(self, text: str, language: str, *, limit: int = 3) -> tuple[Similar, ...]:
        """Known sentences near `text`, nearest first."""
        return ()

    def draft_for_resident(self, text: str, language: str) -> DraftTranslation | None:
        """Translate an agent's English words; None where no engine can. Slow: never within a transaction."""
        return None

    def mark_wrong(self, message_id: int, person_id: int) -> None:
        """Note that a message's translation misleads."""

    def improve(self, message_id: int, english: str, person_id: int) -> None:
        """Keep a person's own translation; it joins the translation memory."""

    def capabilities(self) -> tuple[Capability, ...]:
        """What can be translated, language by language, in the city's order."""
        return ()
