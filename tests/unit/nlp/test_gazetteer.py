"""The names of streets and places are found in running text."""

import pytest

from nlp.gazetteer import Gazetteer, KnownPlace, KnownStreet, split_suffix
from nlp.message import PlaceKind


def a_street(name: str, *aliases: str) -> KnownStreet:
    return KnownStreet(name, (), ((42.3, -71.1), (42.4, -71.1)), aliases)


def a_landmark(name: str, *aliases: str, kind: str = "park") -> KnownPlace:
    return KnownPlace(name, kind, "", 42.3, -71.1, aliases)


def names_in(gazetteer: Gazetteer, text: str) -> list[tuple[str, str]]:
    return [(mention.name, text[mention.start : mention.end]) for mention in gazetteer.find(text)]


@pytest.mark.parametrize("text", ["dorchester ave", "DORCHESTER AVENUE", "Dorchester Av", "Dorchester", "Dot Ave", "dot avenue"])
def test_a_street_is_found_in_every_spelling(text: str) -> None:
    assert names_in(Gazetteer([], [a_street("Dorchester Ave", "Dot Ave")]), text) == [("Dorchester Ave", text)]


def test_a_short_name_does_not_stand_without_its_suffix() -> None:
    gazetteer = Gazetteer([], [a_street("May St"), a_street("14th St"), a_street("1234 St")])
    assert names_in(gazetteer, "may 1234") == []


def test_a_name_without_its_suffix_is_marked() -> None:
    gazetteer = Gazetteer([], [a_street("Bowdoin St"), a_street("Broadway")])
    assert [mention.is_bare for mention in gazetteer.find("Bowdoin, Bowdoin Street, Broadway")] == [True, False, False]


def test_the_longest_name_wins() -> None:
    gazetteer = Gazetteer([a_landmark("Blue Hill")], [a_street("Blue Hill Ave"), a_street("Hill St")])
    assert names_in(gazetteer, "on Blue Hill Ave") == [("Blue Hill Ave", "Blue Hill Ave")]


def test_a_longer_name_that_begins_later_wins_too() -> None:
    gazetteer = Gazetteer([a_landmark("East Boston"), a_landmark("Boston Common Garage")], [])
    assert names_in(gazetteer, "East Boston Common Garage") == [("Boston Common Garage", "Boston Common Garage")]


def test_a_name_within_a_longer_word_is_none() -> None:
    assert names_in(Gazetteer([], [a_street("Adams St")]), "Adamson and McAdams") == []


def test_chinese_names_need_no_boundary() -> None:
    assert names_in(Gazetteer([a_landmark("Boston Common", "波士顿公园")], []), "在波士顿公园对面") == [
        ("Boston Common", "波士顿公园")
    ]


def test_a_latin_name_between_chinese_characters_is_found() -> None:
    assert names_in(Gazetteer([], [a_street("Adams St")]), "我在Adams St上") == [("Adams St", "Adams St")]


def test_names_are_found_without_their_accents() -> None:
    assert names_in(Gazetteer([a_landmark("Peña Park")], []), "at pena park") == [("Peña Park", "pena park")]


def test_a_landmark_goes_before_a_street_without_its_suffix() -> None:
    gazetteer = Gazetteer([a_landmark("Ashmont", kind="station")], [a_street("Ashmont St")])
    assert [mention.kind for mention in gazetteer.find("at Ashmont")] == [PlaceKind.LANDMARK]


def test_a_neighborhood_is_known_as_one() -> None:
    gazetteer = Gazetteer([a_landmark("Roxbury", kind="neighborhood")], [])
    assert [mention.kind for mention in gazetteer.find("in Roxbury")] == [PlaceKind.NEIGHBORHOOD]


def test_a_city_without_names_finds_none() -> None:
    assert Gazetteer([], []).find("on Adams St") == []


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("Dorchester Avenue", ("dorchester", "ave")),
        ("St. James Ave.", ("st james", "ave")),
        ("Broadway", ("broadway", None)),
        ("Park", ("park", None)),
    ],
)
def test_a_street_is_divided_from_its_suffix(street: str, parts: tuple[str, str | None]) -> None:
    assert split_suffix(street) == parts
