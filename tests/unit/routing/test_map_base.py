"""A map that is drawn from a city pack alone."""

from functools import lru_cache

from shapely import Point, Polygon

from intake.settings import ROOT
from routing.city import load_city
from routing.map_base import MapBase, draw_base
from tests.small_city import small_city


@lru_cache(maxsize=1)
def _boston() -> MapBase:
    return draw_base(load_city(ROOT / "cities" / "boston"))


def test_every_neighborhood_with_streets_of_its_own_has_an_outline() -> None:
    city = small_city()

    names = {outline.name for outline in draw_base(city).outlines}

    assert names == {place.neighborhood for place in city.places}


def test_places_lie_in_the_outline_of_their_own_neighborhood() -> None:
    city = load_city(ROOT / "cities" / "boston")
    shapes = {one.name: [Polygon([(lon, lat) for lat, lon in ring]) for ring in one.rings] for one in _boston().outlines}
    inside = [
        any(shape.buffer(0.001).covers(Point(place.longitude, place.latitude)) for shape in shapes[place.neighborhood])
        for place in city.places
        if place.neighborhood
    ]

    assert sum(inside) / len(inside) > 0.98


def test_a_long_avenue_is_a_main_street_and_a_lane_is_not() -> None:
    is_main = {street.name: street.is_main for street in _boston().streets}

    assert is_main["Blue Hill Ave"]
    assert not is_main["Academy Hill Rd"]


def test_the_bounds_hold_all_that_is_drawn() -> None:
    base = _boston()
    south, west, north, east = base.bounds

    assert all(south <= lat <= north and west <= lon <= east for street in base.streets for lat, lon in street.path)
