"""Before a copy is opened: is the same problem an open case near the place already?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.tables import CaseTable
from routing.catalog import Catalog
from routing.decision import AskToConfirm, AskToJoin, Decision
from routing.drafts import CaseDraft, Place, Precision
from routing.reasons import Reason, ReasonCode

_RECENT = timedelta(days=30)
# Two reports of one pothole differ by a house or two; two lamps stand further apart than this only sometimes, so it is asked.
_NEAR_METERS = 60.0
_METERS_PER_DEGREE = 111_320
_LOOKED_AT = 200
# Words that name one spot: the same words are the same spot, though no map knows it.
_SPOTS = frozenset({Precision.ADDRESS, Precision.CORNER, Precision.LANDMARK})


@dataclass(frozen=True)
class KnownCases:
    """Looks among the open cases. It only reads, with no transaction of the message open."""

    engine: Engine
    catalog: Catalog

    def offer_joining(self, decision: Decision, now: datetime) -> Decision:
        """Ask about an open case nearby instead of reading back a draft; the decision itself where there is none.

        Sensitive services are never offered: that somebody reported is nobody else's business.
        """
        if not isinstance(decision, AskToConfirm) or len(decision.drafts) != 1:
            return decision
        draft = decision.drafts[0]
        if draft.is_another or draft.place is None or self.catalog.services[draft.service].is_sensitive:
            return decision
        number = self._near(draft, draft.place, now)
        if number is None:
            return decision
        return AskToJoin(decision.drafts, number, (*decision.reasons, Reason(ReasonCode.REPORTED_NEARBY, number)))

    def _near(self, draft: CaseDraft, place: Place, now: datetime) -> str | None:
        """The newest open case of the draft's service at the same spot."""
        query = (
            select(CaseTable.number, CaseTable.place)
            .where(CaseTable.service == draft.service, CaseTable.status == "open", CaseTable.opened_at >= now - _RECENT)
            .order_by(CaseTable.id.desc())
            .limit(_LOOKED_AT)
        )
        with Session(self.engine) as session:
            return next((number for number, other in session.execute(query) if other and _is_same_spot(place, other)), None)


def _is_same_spot(place: Place, other: dict[str, Any]) -> bool:
    if place.precision in _SPOTS and place.text.casefold() == str(other.get("text", "")).casefold():
        return True
    latitude, longitude = other.get("latitude"), other.get("longitude")
    if place.latitude is None or place.longitude is None or latitude is None or longitude is None:
        return False
    if place.precision is Precision.AREA or other.get("precision") == Precision.AREA:
        return False
    north = (place.latitude - latitude) * _METERS_PER_DEGREE
    east = (place.longitude - longitude) * _METERS_PER_DEGREE * cos(radians(latitude))
    return hypot(north, east) <= _NEAR_METERS
