"""What a city does: its services, the departments that do them, and what those need to know."""

from dataclasses import dataclass, field
from enum import StrEnum


class PlaceNeed(StrEnum):
    """Whether a crew can act without knowing where."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class DeadlineUnit(StrEnum):
    """How a deadline counts: business days skip weekends and holidays, hours run through them."""

    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


class Priority(StrEnum):
    """How soon staff should look; URGENT is danger now."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True)
class Deadline:
    """How long the department gives itself, from the day the case is opened."""

    amount: int
    unit: DeadlineUnit


@dataclass(frozen=True)
class Department:
    """Who does the work; `short` fits into a text message."""

    code: str
    name: str
    short: str


@dataclass(frozen=True)
class Service:
    """One thing the city does, in the sense of Open311; `questions` are ids of follow-up questions, at most two.

    `cases_a_year` is a rough count: where a text fits two services, the common one is likelier.
    """

    code: str
    group: str
    department: str
    description: str
    place: PlaceNeed
    questions: tuple[str, ...]
    asset_class: str | None
    deadline: Deadline
    priority: Priority
    cases_a_year: int
    is_sensitive: bool
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """The names of one city's services, departments, groups and questions in one language."""

    language: str
    services: dict[str, str]
    departments: dict[str, str]
    groups: dict[str, str]
    questions: dict[str, str]


@dataclass(frozen=True)
class Catalog:
    """All services and departments of a city, with their names in each of its languages.

    `compatible` are, by service, the others that a resident may take it for.
    """

    services: dict[str, Service]
    departments: dict[str, Department]
    texts: dict[str, Texts] = field(default_factory=dict)
    compatible: dict[str, frozenset[str]] = field(default_factory=dict)

    def service_name(self, code: str, language: str) -> str:
        """The name that a resident reads."""
        return self.texts[language].services[code]

    def department_name(self, code: str, language: str) -> str:
        """The department's name that a resident reads."""
        return self.texts[language].departments[code]

    def question(self, question_id: str, language: str) -> str:
        """A follow-up question as it is asked."""
        return self.texts[language].questions[question_id]
