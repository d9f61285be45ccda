"""Mentions become places, with no more exactness than the pack has."""

import pytest

from nlp.gazetteer import KnownPlace, KnownStreet
from nlp.message import PlaceKind, PlaceMention
from routing.drafts import Precision
from routing.geocoder import PackGeocoder

MAIN = KnownStreet("Main St", ("North",), ((41.70, -70.90), (41.70, -70.89)))
MAIN_CONTINUED = KnownStreet("Main St", ("South",), ((41.70, -70.889), (41.70, -70.88)))
MAIN_ELSEWHERE = KnownStreet("Main St", ("West",), ((41.75, -70.99), (41.75, -70.975)))
CROSS = KnownStreet("Cross St", ("North",), ((41.69, -70.895), (41.71, -70.895)))
FAR = KnownStreet("Far Rd", ("West",), ((41.80, -70.80), (41.81, -70.80)))
LANE = KnownStreet("Short Ln", ("North",), ((41.70, -70.900), (41.70, -70.897)))
PARK = KnownPlace("Mill Park", "park", "North", 41.705, -70.9)


def geocoder(*streets: KnownStreet) -> PackGeocoder:
    return PackGeocoder([PARK], streets or (MAIN, CROSS, FAR, LANE))


def mention(kind: PlaceKind, *names: str, number: str | None = None) -> PlaceMention:
    return PlaceMention(kind, " ".join(names), 0, 1, names, number)


def test_nothing_mentioned_is_nowhere() -> None:
    assert geocoder().locate([]) == ()


def test_a_corner_is_where_the_streets_cross() -> None:
    (place,) = geocoder().locate([mention(PlaceKind.INTERSECTION, "Main St", "Cross St")])
    assert place.text == "Main St & Cross St"
    assert place.latitude == pytest.approx(41.70)
    assert place.longitude == pytest.approx(-70.895)


def test_streets_that_never_meet_keep_their_words_without_a_point() -> None:
    (place,) = geocoder().locate([mention(PlaceKind.INTERSECTION, "Main St", "Far Rd")])
    assert (place.precision, place.latitude) == (Precision.CORNER, None)


def test_an_address_has_a_point_only_on_a_short_street() -> None:
    (short,) = geocoder().locate([mention(PlaceKind.ADDRESS, "Short Ln", number="5")])
    (long,) = geocoder().locate([mention(PlaceKind.ADDRESS, "Far Rd", number="5")])
    assert short.latitude is not None
    assert long.latitude is None
    assert long.text == "5 Far Rd"


def test_rows_that_touch_are_one_street() -> None:
    places = geocoder(MAIN, MAIN_CONTINUED).locate([mention(PlaceKind.ADDRESS, "Main St", number="5")])
    assert [(place.text, place.neighborhood) for place in places] == [("5 Main St", "")]


def test_streets_of_one_name_in_two_parts_of_town_are_both_offered() -> None:
    places = geocoder(MAIN, MAIN_ELSEWHERE).locate([mention(PlaceKind.ADDRESS, "Main St", number="5")])
    assert {place.neighborhood for place in places} == {"North", "West"}


def test_a_neighbourhood_named_beside_the_street_decides() -> None:
    mentions = [mention(PlaceKind.ADDRESS, "Main St", number="5"), mention(PlaceKind.NEIGHBORHOOD, "West")]
    places = geocoder(MAIN, MAIN_ELSEWHERE).locate(mentions)
    assert [place.neighborhood for place in places] == ["West"]


def test_an_unknown_street_keeps_its_words() -> None:
    (place,) = geocoder().locate([mention(PlaceKind.ADDRESS, "Nowhere Ave", number="9")])
    assert (place.text, place.latitude) == ("9 Nowhere Ave", None)


def test_a_landmark_has_its_point() -> None:
    (place,) = geocoder().locate([mention(PlaceKind.LANDMARK, "Mill Park")])
    assert (place.text, place.latitude) == ("Mill Park", 41.705)
