"""Where cases and their news go besides the database, and which asset a place means."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from routing.drafts import Place, Precision

# A point that a phone or a corner gives is good to a few houses; a street or a neighbourhood says nothing about a lamp.
EXACT = frozenset({Precision.POINT, Precision.ADDRESS, Precision.CORNER})
FindAsset = Callable[[str, float, float], str | None]


def never_quiet(now: datetime) -> float:
    """News go out at any hour."""
    return 0.0


@dataclass(frozen=True)
class Destinations:
    """The names of a city's systems, "" where the database itself is one, a search for the asset at a point, and how long news wait."""

    city: str
    case_system: str = ""
    asset_system: str = ""
    find_asset: FindAsset | None = None
    seconds_of_quiet: Callable[[datetime], float] = never_quiet

    def asset_at(self, asset_class: str, place: Place | None) -> str | None:
        """Its owner's number of the one asset that a place means, None where it is not clear."""
        if self.find_asset is None or place is None or place.precision not in EXACT:
            return None
        if place.latitude is None or place.longitude is None:
            return None
        return self.find_asset(asset_class, place.latitude, place.longitude)


NOWHERE = Destinations("")
