"""Place mentions become places on the map; the city pack's own streets and places are the embedded default."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import Protocol

from shapely import LineString, Point
from shapely.ops import nearest_points, unary_union

from nlp.gazetteer import KnownPlace, KnownStreet
from nlp.message import PlaceKind, PlaceMention
from routing.drafts import Place, Precision

_METERS_PER_DEGREE = 111_320
# Paths have few points, so two streets that cross may miss each other by a block.
_CROSSING_METERS = 350
# Rows of one name whose lines come this close are one street that runs through several neighbourhoods.
_TOUCHING_METERS = 500
_DWARFED = 3
_SHORT_STREET_METERS = 800


class Geocoder(Protocol):
    """Finds places; raises nothing, a place that it does not know comes back as the resident's words."""

    def locate(self, mentions: Sequence[PlaceMention]) -> tuple[Place, ...]:
        """Return candidates for the most exact mention; several where the same words fit several places."""
        ...


class PackGeocoder:
    """Looks mentions up among the streets and places of a city pack."""

    def __init__(self, places: Sequence[KnownPlace], streets: Sequence[KnownStreet]) -> None:
        self._places: dict[str, list[KnownPlace]] = defaultdict(list)
        self._streets: dict[str, list[_Stretch]] = defaultdict(list)
        # One scale for all streets, or the distances between them would be wrong by kilometres.
        shrink = cos(radians(streets[0].path[0][0])) if streets else 1.0
        for place in places:
            self._places[place.name].append(place)
        for street in streets:
            self._streets[street.name].append(_Stretch(street, _line(street, shrink), shrink))

    def locate(self, mentions: Sequence[PlaceMention]) -> tuple[Place, ...]:
        """Look up the first mention; neighbourhoods among the others choose between streets of one name."""
        if not mentions:
            return ()
        areas = {mention.names[0] for mention in mentions if mention.kind is PlaceKind.NEIGHBORHOOD}
        mention = mentions[0]
        match mention.kind:
            case PlaceKind.INTERSECTION:
                return (self._corner(mention, areas),)
            case PlaceKind.LANDMARK:
                return tuple(_named(place, Precision.LANDMARK) for place in self._places[mention.names[0]][:1])
            case PlaceKind.NEIGHBORHOOD:
                return tuple(_named(place, Precision.AREA) for place in self._places[mention.names[0]][:1])
            case PlaceKind.ADDRESS | PlaceKind.STREET:
                return self._on_street(mention, areas)

    def _on_street(self, mention: PlaceMention, areas: set[str]) -> tuple[Place, ...]:
        number, name = mention.number, mention.names[0]
        words = f"{number} {name}" if number else name
        precision = Precision.ADDRESS if number else Precision.STREET
        stretches = _join_touching(self._rows(name, areas))
        if not stretches:
            return (Place(words, precision),)
        # A lane that shares the name of a main street would only make everybody answer one more question.
        longest = max(stretch.line.length for stretch in stretches)
        likely = [stretch for stretch in stretches if stretch.line.length * _DWARFED >= longest]
        return tuple(_on_path(words, precision, stretch) for stretch in likely)

    def _corner(self, mention: PlaceMention, areas: set[str]) -> Place:
        words = " & ".join(mention.names)
        crossings = [
            crossing
            for first in self._rows(mention.names[0], areas)
            for second in self._rows(mention.names[1], areas)
            if (crossing := _crossing(first, second)) is not None
        ]
        if not crossings:
            return Place(words, Precision.CORNER)
        _, latitude, longitude, neighborhood = min(crossings)
        return Place(words, Precision.CORNER, latitude, longitude, neighborhood)

    def _rows(self, name: str, areas: set[str]) -> list["_Stretch"]:
        rows = self._streets.get(name, [])
        return [row for row in rows if areas & set(row.street.neighborhoods)] or rows


@dataclass(frozen=True)
class _Stretch:
    """A street of the pack and its line in a plane where a degree is equally long both ways."""

    street: KnownStreet
    line: LineString | Point
    shrink: float


def _named(place: KnownPlace, precision: Precision) -> Place:
    return Place(place.name, precision, place.latitude, place.longitude, place.neighborhood)


def _join_touching(rows: Sequence[_Stretch]) -> list[_Stretch]:
    """Join the rows that are stretches of one street; a joined street is in no single neighbourhood."""
    joined: list[_Stretch] = []
    for row in sorted(rows, key=lambda row: row.line.length, reverse=True):
        touching = [other for other in joined if other.line.distance(row.line) * _METERS_PER_DEGREE <= _TOUCHING_METERS]
        joined = [other for other in joined if other not in touching]
        joined.append(_join(row, touching) if touching else row)
    return joined


def _join(row: _Stretch, touching: Sequence[_Stretch]) -> _Stretch:
    line = unary_union([row.line, *(other.line for other in touching)])
    return _Stretch(replace(touching[0].street, neighborhoods=()), line, row.shrink)


def _on_path(words: str, precision: Precision, stretch: _Stretch) -> Place:
    """Stand in the middle of a short street. The pack knows no house numbers, so on a long one any point would mislead a crew."""
    neighborhoods = stretch.street.neighborhoods
    neighborhood = neighborhoods[0] if len(neighborhoods) == 1 else ""
    if stretch.line.length * _METERS_PER_DEGREE > _SHORT_STREET_METERS:
        return Place(words, precision, neighborhood=neighborhood)
    latitude, longitude = stretch.street.path[len(stretch.street.path) // 2]
    return Place(words, precision, latitude, longitude, neighborhood)


def _crossing(first: _Stretch, second: _Stretch) -> tuple[float, float, float, str] | None:
    """The point where two streets come closest, None where that is too far to be a corner."""
    one, other = nearest_points(first.line, second.line)
    meters = one.distance(other) * _METERS_PER_DEGREE
    if meters > _CROSSING_METERS:
        return None
    common = [n for n in first.street.neighborhoods if n in second.street.neighborhoods] or [*first.street.neighborhoods, ""]
    return meters, (one.y + other.y) / 2, (one.x + other.x) / 2 / first.shrink, common[0]


def _line(street: KnownStreet, shrink: float) -> LineString | Point:
    points = [(longitude * shrink, latitude) for latitude, longitude in street.path]
    return LineString(points) if len(points) > 1 else Point(points[0])
