"""The normalized message: everything that rules and language identification can say about a text."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class LanguageGuess:
    """A language's BCP 47 code and the probability given to it."""

    code: str
    confidence: float


@dataclass(frozen=True)
class Language:
    """The language a text is in; `alternatives` are the next best, most probable first.

    `mixed_with` is the second language of a text that says one half in each, None where it is in one.
    """

    code: str
    script: str
    confidence: float
    alternatives: tuple[LanguageGuess, ...] = ()
    mixed_with: str | None = None


class CommandName(StrEnum):
    """What a resident can order with a word, in any language."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"
    NO = "no"
    SKIP = "skip"
    DROP = "drop"
    STATUS = "status"
    AGENT = "agent"
    LANGUAGE = "language"
    CHANGE_LANGUAGE = "change_language"
    GREETING = "greeting"
    THANKS = "thanks"
    CHOICE = "choice"


@dataclass(frozen=True)
class Command:
    """A command word, what it names (a language, the number of a choice, a case) and the rest of the message.

    `language` is whose word it is, None where several languages share it.
    """

    name: CommandName
    argument: str | None = None
    rest: str = ""
    language: str | None = field(default=None, compare=False)


class EmergencyKind(StrEnum):
    """Life in danger now; SUICIDE is answered with 988, all others with 911."""

    GAS = "gas"
    FIRE = "fire"
    WIRES = "wires"
    SHOOTING = "shooting"
    VIOLENCE = "violence"
    MEDICAL = "medical"
    COLLAPSE = "collapse"
    CARBON_MONOXIDE = "carbon_monoxide"
    SUICIDE = "suicide"


@dataclass(frozen=True)
class EmergencyMention:
    """The words that a rule took for an emergency, and the lexicon they are from."""

    kind: EmergencyKind
    words: str
    language: str


class PlaceKind(StrEnum):
    """How a text names a place, most exact first."""

    ADDRESS = "address"
    INTERSECTION = "intersection"
    LANDMARK = "landmark"
    STREET = "street"
    NEIGHBORHOOD = "neighborhood"


@dataclass(frozen=True)
class PlaceMention:
    """A place named in a text.

    `text` is as written, `start`/`end` its span. `names` are canonical gazetteer names, or as written where the gazetteer
    has none: one street, two streets of a corner, or one landmark.
    """

    kind: PlaceKind
    text: str
    start: int
    end: int
    names: tuple[str, ...]
    number: str | None = None
    is_known: bool = True


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: date) -> "Weekday":
        """The weekday of a date."""
        return list(cls)[day.weekday()]


@dataclass(frozen=True)
class NamedDay:
    """A day as it was named: a weekday, so many days from today, a day of the year, or a public holiday."""

    weekday: Weekday | None = None
    days_ahead: int = 0
    is_holiday: bool = False
    month_day: tuple[int, int] | None = None

    def on(self, today: date) -> date:
        """The next date that it can mean; a weekday's own name today means today. The 29th of February may be four years off."""
        if self.month_day is not None:
            years = range(today.year, today.year + 9)
            dates = (_date_or_none(year, *self.month_day) for year in years)
            return next((day for day in dates if day is not None and day >= today), today)
        if self.weekday is not None:
            ahead = (list(Weekday).index(self.weekday) - today.weekday()) % 7
            return today + timedelta(days=ahead)
        return today + timedelta(days=self.days_ahead)


@dataclass(frozen=True)
class PersonalDatum:
    """A span that must not leave the case: `kind` is phone, email, ssn or card."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Translation:
    """English text made by a machine, and the engine that made it."""

    text: str
    made_by: str


@dataclass(frozen=True)
class NormalizedMessage:
    """A text with all that was found in it; `segments` are its sentences where there are several."""

    original: str
    text: str
    language: Language
    command: Command | None = None
    emergency: EmergencyMention | None = None
    places: tuple[PlaceMention, ...] = ()
    day: NamedDay | None = None
    personal_data: tuple[PersonalDatum, ...] = ()
    segments: tuple[str, ...] = ()
    english: Translation | None = None
