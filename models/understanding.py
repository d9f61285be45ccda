"""What the models made of a message, with calibrated probabilities."""

from dataclasses import dataclass
from enum import StrEnum

from nlp.message import EmergencyKind, NormalizedMessage


class Kind(StrEnum):
    """What a message wants."""

    SERVICE = "service"
    INFO = "info"
    STATUS = "status"
    AGENT = "agent"
    GREETING = "greeting"
    EMERGENCY = "emergency"
    COMMAND = "command"
    OTHER = "other"


@dataclass(frozen=True)
class ServiceScore:
    """A service's code and the probability that it is the one meant."""

    code: str
    confidence: float


@dataclass(frozen=True)
class ArticleScore:
    """A knowledge article's id and the probability that it answers.

    `confidence` contains the probability that the text is a question at all; `if_asked` takes that for granted.
    """

    id: str
    confidence: float
    if_asked: float


@dataclass(frozen=True)
class Understanding:
    """A message with its kind, its likely services (best first) and, where it has several sentences, their understandings.

    `confidence` is the probability of `kind`; a service's own confidence already contains it.
    """

    message: NormalizedMessage
    kind: Kind
    confidence: float
    services: tuple[ServiceScore, ...]
    articles: tuple[ArticleScore, ...] = ()
    emergency: EmergencyKind | None = None
    parts: tuple["Understanding", ...] = ()
    made_by: str = ""

    @property
    def best_service(self) -> ServiceScore | None:
        """The most probable service, None where no model was asked."""
        return self.services[0] if self.services else None
