"""Cases being collected, and everything a decision may know besides the message itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from routing.articles import Article
from routing.catalog import PlaceNeed, Service


class Precision(StrEnum):
    """How exactly a place is known; TEXT is the resident's words, which nobody has found on a map."""

    POINT = "point"
    ADDRESS = "address"
    CORNER = "corner"
    LANDMARK = "landmark"
    STREET = "street"
    AREA = "area"
    TEXT = "text"


@dataclass(frozen=True)
class Place:
    """Where a case is: words for people, WGS 84 degrees where known."""

    text: str
    precision: Precision
    latitude: float | None = None
    longitude: float | None = None
    neighborhood: str = ""

    def with_neighborhood(self) -> str:
        """The words for a resident, with the neighborhood where it is known."""
        return f"{self.text}, {self.neighborhood}" if self.neighborhood else self.text


@dataclass(frozen=True)
class Detail:
    """A follow-up question's id and the answer; the answer is empty where the resident did not know."""

    question: str
    answer: str


@dataclass(frozen=True)
class CaseDraft:
    """A case that is not opened yet. `confidence` is the lowest that led to its service.

    `is_another`: the resident said that it is not the case that is open nearby. `is_asset_asked`: which lamp it is was asked already.
    """

    service: str
    description: str
    confidence: float
    place: Place | None = None
    details: tuple[Detail, ...] = ()
    is_place_skipped: bool = False
    is_another: bool = False
    is_asset_asked: bool = False

    def at(self, place: Place) -> "CaseDraft":
        """The same draft at `place`."""
        return replace(self, place=place, is_place_skipped=False)

    def needs_place(self, service: Service) -> bool:
        """Whether the resident still has to say where."""
        return service.place is PlaceNeed.REQUIRED and self.place is None and not self.is_place_skipped

    def next_question(self, service: Service) -> str | None:
        """The first of the service's questions that has no answer yet."""
        asked = {detail.question for detail in self.details}
        return next((question for question in service.questions if question not in asked), None)


class State(StrEnum):
    """What a conversation waits for."""

    READY = "ready"
    DESCRIBING = "describing"
    CHOOSING_LANGUAGE = "choosing_language"
    CHOOSING_SERVICE = "choosing_service"
    NEEDS_PLACE = "needs_place"
    CHOOSING_PLACE = "choosing_place"
    NEEDS_DETAIL = "needs_detail"
    CONFIRMING = "confirming"
    JOINING = "joining"
    CORRECTING = "correcting"
    ANSWERED = "answered"
    NEEDS_NEIGHBORHOOD = "needs_neighborhood"
    CHOOSING_WAY_ON = "choosing_way_on"
    CLOSED_ASKED = "closed_asked"
    WITH_STAFF = "with_staff"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Situation:
    """What is known when a message is decided on.

    `options` are the codes, in the order in which they were offered, of a closed question that is open; `places` are the
    candidates that the message's own place mentions lead to; `times_asked` counts the open question. `article` is the one that
    answered last or waits for a neighbourhood, `asked` the question put to it; `articles` are those that may be used `today`.
    `is_still_there`: the message says so of a closed case, where that was asked.
    """

    state: State = State.READY
    drafts: tuple[CaseDraft, ...] = ()
    options: tuple[str, ...] = ()
    place_options: tuple[Place, ...] = ()
    times_asked: int = 0
    language: str | None = None
    places: tuple[Place, ...] = ()
    has_photo: bool = False
    speech_confidence: float | None = None
    article: str | None = None
    asked: str = ""
    articles: Mapping[str, Article] = field(default_factory=dict)
    today: date = date.min
    is_still_there: bool = False
