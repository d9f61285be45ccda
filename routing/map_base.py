"""A light map of a city, drawn from its pack alone: outlines of neighborhoods and the main streets. It needs no network."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians

import shapely
from shapely import LineString, MultiLineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from routing.city import City

Degrees = tuple[float, float]
_METERS_PER_DEGREE = 111_320
# A street's own blocks and those behind it; the land between streets that lie further apart is park or water.
_BLOCKS_METERS = 320.0
_OUTLINE_METERS = 35.0
_SPACING_METERS = 120.0
_LEAST_PATCH_METERS = 300_000.0
# A street this long is drawn at every scale, the others only near.
MAIN_STREET_METERS = 1_500.0


@dataclass(frozen=True)
class Outline:
    """A neighborhood's shape: rings of (latitude, longitude), and where its name is written."""

    name: str
    rings: tuple[tuple[Degrees, ...], ...]
    label_at: Degrees


@dataclass(frozen=True)
class StreetLine:
    """A street as a line of (latitude, longitude); `is_main` where it is drawn at every scale."""

    name: str
    path: tuple[Degrees, ...]
    is_main: bool


@dataclass(frozen=True)
class MapBase:
    """What lies under the points of a map. Degrees are WGS 84; `bounds` are south, west, north, east."""

    outlines: tuple[Outline, ...]
    streets: tuple[StreetLine, ...]
    bounds: tuple[float, float, float, float]


def draw_base(city: City) -> MapBase:
    """Draw the base: each spot belongs to the neighborhood of the nearest street or place that the pack knows.

    The outlines are a drawing, not the city's legal borders. Takes about a second for 700 streets.
    """
    plane = _Plane(*city.center)
    lines = [LineString([plane.flat(point) for point in street.path]) for street in city.streets if len(street.path) > 1]
    known = [Point(plane.flat((place.latitude, place.longitude))) for place in city.places]
    land = shapely.union_all(shapely.buffer([*lines, *known], _BLOCKS_METERS, quad_segs=4))
    outlines = tuple(_outlines(city, plane, land))
    streets = tuple(
        StreetLine(street.name, street.path, line.length >= MAIN_STREET_METERS)
        for street, line in zip((s for s in city.streets if len(s.path) > 1), lines, strict=True)
    )
    west, south, east, north = land.bounds
    return MapBase(outlines, streets, (*plane.round((west, south)), *plane.round((east, north))))


class _Plane:
    """Meters east and north of a city's center, good for the width of a city."""

    def __init__(self, latitude: float, longitude: float) -> None:
        self._latitude, self._longitude = latitude, longitude
        self._east = _METERS_PER_DEGREE * cos(radians(latitude))

    def flat(self, point: Degrees) -> Degrees:
        return ((point[1] - self._longitude) * self._east, (point[0] - self._latitude) * _METERS_PER_DEGREE)

    def round(self, meters: Degrees) -> Degrees:
        east, north = meters
        return (round(self._latitude + north / _METERS_PER_DEGREE, 5), round(self._longitude + east / self._east, 5))


def _outlines(city: City, plane: _Plane, land: BaseGeometry) -> Iterator[Outline]:
    spots = {plane.flat(point): name for point, name in _belonging(city, plane)}
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(list(spots)), extend_to=land))
    owners = _owners(cells, spots)
    for name in sorted(owners):
        shape = shapely.union_all([cells[index] for index in owners[name]]).intersection(land)
        patches = [patch for patch in shapely.get_parts(shape) if isinstance(patch, Polygon)]
        largest = max(patches, key=lambda patch: patch.area)
        kept = [patch for patch in patches if patch is largest or patch.area >= _LEAST_PATCH_METERS]
        rings = tuple(tuple(map(plane.round, patch.simplify(_OUTLINE_METERS).exterior.coords)) for patch in kept)
        yield Outline(name, rings, plane.round(largest.representative_point().coords[0]))


def _belonging(city: City, plane: _Plane) -> Iterator[tuple[Degrees, str]]:
    """Points that are in one neighborhood for certain: of places, and along streets that do not leave it."""
    for place in city.places:
        if place.neighborhood:
            yield (place.latitude, place.longitude), place.neighborhood
    for street in city.streets:
        if len(street.neighborhoods) == 1 and len(street.path) > 1:
            line = MultiLineString([[plane.flat(point) for point in street.path]]).segmentize(_SPACING_METERS)
            for point in shapely.get_coordinates(line):
                yield plane.round((float(point[0]), float(point[1]))), street.neighborhoods[0]


def _owners(cells: Iterable[BaseGeometry], spots: dict[Degrees, str]) -> dict[str, list[int]]:
    """Which cells belong to which neighborhood; each cell holds the one spot that it was drawn around."""
    points = [Point(spot) for spot in spots]
    names = list(spots.values())
    tree = shapely.STRtree(points)
    owned: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(cells):
        inside = tree.query(cell, predicate="covers")
        if len(inside):
            owned[names[inside[0]]].append(index)
    return owned
