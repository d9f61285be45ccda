"""Before a copy is opened: is the same problem an open case near the place already?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Any

from sqlalchemy import Engine, Row, select
from sqlalchemy.orm import Session

from intake.tables import CaseTable
from models.similar_words import similarities
from routing.catalog import Catalog, Priority
from routing.decision import AskToConfirm, AskToJoin, Decision
from routing.drafts import CaseDraft, Place, Precision
from routing.reasons import Reason, ReasonCode

_RECENT = timedelta(days=30)
# Two reports of one pothole differ by a house or two; two lamps stand further apart than this only sometimes, so it is asked.
_NEAR_METERS = 60.0
# Where words cannot be compared, being in two languages, the place alone has to tell that two services mean one problem.
_SMALL_METERS = 25.0
# Of two reports of one service in the Boston corpus a third is worded so much alike, of reports of two services one in fifteen.
_SIMILAR = 0.2
_METERS_PER_DEGREE = 111_320
_LOOKED_AT = 800
# Words that name one spot: the same words are the same spot, though no map knows it.
_SPOTS = frozenset({Precision.ADDRESS, Precision.CORNER, Precision.LANDMARK})
_URGENCY = {priority.value: position for position, priority in enumerate(Priority)}


@dataclass(frozen=True)
class NearCase:
    """An open case at the same spot. `distance_meters` is None where only the words of the place are the same; `similarity` is 0 to 1."""

    number: str
    service: str
    place: str
    distance_meters: float | None
    similarity: float
    opened_at: datetime
    language: str
    priority: str


@dataclass(frozen=True)
class KnownCases:
    """Looks among the open cases. It only reads, with no transaction of the message open."""

    engine: Engine
    catalog: Catalog

    def offer_joining(self, decision: Decision, language: str, now: datetime) -> Decision:
        """Ask about an open case nearby instead of reading back a draft; the decision itself where there is none."""
        if not isinstance(decision, AskToConfirm) or len(decision.drafts) != 1:
            return decision
        draft = decision.drafts[0]
        if draft.is_another or draft.place is None:
            return decision
        near = self.near(draft.service, draft.place, draft.description, now, limit=_LOOKED_AT)
        known = next((case for case in near if self._may_be_the_same(draft, language, case)), None)
        if known is None:
            return decision
        return AskToJoin(decision.drafts, known.number, (*decision.reasons, Reason(ReasonCode.REPORTED_NEARBY, known.number)))

    def near(self, service: str, place: Place | None, text: str, now: datetime, *, limit: int) -> tuple[NearCase, ...]:
        """Recent open cases of the service, or of one that it may be taken for, at the same spot: the likeliest copies first.

        Sensitive services have none: that somebody reported is nobody else's business.
        """
        if place is None or self.catalog.services[service].is_sensitive:
            return ()
        rows = [row for row in self._recent(service, now) if row.place and _is_same_spot(place, row.place)]
        alike = similarities(text, [row.description for row in rows])
        found = [_near_case(row, place, similarity) for row, similarity in zip(rows, alike, strict=True)]
        # The rows are the newest first, and sorting leaves equals in their order.
        return tuple(sorted(found, key=lambda case: (case.service != service, -case.similarity))[:limit])

    def _recent(self, service: str, now: datetime) -> list[Row[Any]]:
        codes = {service, *self.catalog.compatible.get(service, ())}
        query = (
            select(
                *(CaseTable.number, CaseTable.service, CaseTable.place, CaseTable.description),
                *(CaseTable.opened_at, CaseTable.language, CaseTable.priority),
            )
            .where(CaseTable.service.in_(codes), CaseTable.status == "open", CaseTable.opened_at >= now - _RECENT)
            .order_by(CaseTable.id.desc())
            .limit(_LOOKED_AT)
        )
        with Session(self.engine) as session:
            return list(session.execute(query))

    def _may_be_the_same(self, draft: CaseDraft, language: str, case: NearCase) -> bool:
        """The same service at the same spot is asked about; another service only where words or place say more."""
        if case.service == draft.service:
            return True
        # A lamp that hangs down must not wait in the line of one that is dark.
        if _URGENCY[case.priority] < _URGENCY[self.catalog.services[draft.service].priority]:
            return False
        if case.language == language:
            return case.similarity >= _SIMILAR
        return case.distance_meters is None or case.distance_meters <= _SMALL_METERS


def _near_case(row: Row[Any], place: Place, similarity: float) -> NearCase:
    return NearCase(
        number=row.number,
        service=row.service,
        place=str(row.place.get("text", "")),
        distance_meters=_meters_between(place, row.place),
        similarity=similarity,
        opened_at=row.opened_at,
        language=row.language,
        priority=row.priority,
    )


def _is_same_spot(place: Place, other: dict[str, Any]) -> bool:
    if place.precision in _SPOTS and place.text.casefold() == str(other.get("text", "")).casefold():
        return True
    meters = _meters_between(place, other)
    if meters is None or place.precision is Precision.AREA or other.get("precision") == Precision.AREA:
        return False
    return meters <= _NEAR_METERS


def _meters_between(place: Place, other: dict[str, Any]) -> float | None:
    latitude, longitude = other.get("latitude"), other.get("longitude")
    if place.latitude is None or place.longitude is None or latitude is None or longitude is None:
        return None
    north = (place.latitude - latitude) * _METERS_PER_DEGREE
    east = (place.longitude - longitude) * _METERS_PER_DEGREE * cos(radians(latitude))
    return hypot(north, east)
