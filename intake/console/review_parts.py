"""The parts of a review's screen: services, cases, places, files and turns of the talk, as values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from intake.console.talk_history import Turn
from intake.tables import CaseTable, DecisionTable
from intake.work import Recorded
from routing.catalog import Catalog
from routing.drafts import CaseDraft, Place, Precision

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)
_BEST = 5
_LAST_DIGITS = 4


@dataclass(frozen=True)
class ScoredService:
    """A service that the message may be about; `confidence` is 0 to 1."""

    code: str
    name: str
    confidence: float


@dataclass(frozen=True)
class ItemCase:
    """An open case that the message led to."""

    number: str
    service: str
    service_name: str
    department: str
    priority: str
    place: Place | None
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class ItemAttachment:
    """A file that came with the message; `state` is waiting, stored or refused."""

    id: int
    content_type: str
    state: str


def mask(contact: str) -> str:
    """A contact as it may stand on a screen: a number's last digits, a mailbox's provider; "" where nobody could be reached."""
    if contact.startswith("+"):
        return f"…{contact[-_LAST_DIGITS:]}"
    return f"…@{contact.rpartition('@')[2]}" if "@" in contact else ""


def scored(decision: DecisionTable | None, catalog: Catalog) -> tuple[ScoredService, ...]:
    """The likeliest services of a decision, best first; none where nothing was decided."""
    known = [score for score in (decision.services if decision else []) if score["code"] in catalog.services]
    return tuple(
        ScoredService(score["code"], catalog.service_name(score["code"], "en"), score["confidence"]) for score in known[:_BEST]
    )


def case_of(row: CaseTable, catalog: Catalog) -> ItemCase:
    """A case as the screen shows it."""
    return ItemCase(
        number=row.number or "",
        service=row.service,
        service_name=catalog.service_name(row.service, "en"),
        department=catalog.department_name(row.department, "en"),
        priority=row.priority,
        place=_PLACE.validate_python(row.place) if row.place else None,
        opened_at=row.opened_at,
        due_at=row.due_at,
    )


def likeliest_place(drafts: Sequence[CaseDraft], cases: Sequence[ItemCase], message: Recorded) -> Place | None:
    """Where it is: as proposed, as in an open case, or the point that came with the message."""
    places: list[Any] = [*(draft.place for draft in drafts), *(case.place for case in cases)]
    known = next((place for place in places if place is not None), None)
    if known is not None or message.location is None:
        return known
    words = f"{message.location.latitude:.5f}, {message.location.longitude:.5f}"
    return Place(words, Precision.POINT, message.location.latitude, message.location.longitude)


def other_places(drafts: Sequence[CaseDraft], place: Place | None, message: Recorded) -> tuple[Place, ...]:
    """Other places that it may be: those that were offered, and those of further drafts."""
    offered = [*message.conversation.place_options, *(draft.place for draft in drafts if draft.place is not None)]
    return tuple(one for one in dict.fromkeys(offered) if one != place)


def hidden(turn: Turn, hides: Callable[[str], str]) -> Turn:
    """A turn of the talk without what `hides` takes out."""
    translation = turn.translation
    if translation is not None:
        translation = replace(translation, text=hides(translation.text))
    return replace(turn, text=hides(turn.text), original=hides(turn.original), translation=translation)
