"""Where something is: addresses, corners, landmarks and streets, in whatever language surrounds them."""

import pytest

from nlp.gazetteer import Gazetteer, KnownPlace, KnownStreet
from nlp.lexicon import PlaceWords, load_lexicons
from nlp.message import PlaceKind, PlaceMention
from nlp.places import PlaceFinder
from tests.builders import a_lexicon

STREETS = (
    "Adams St",
    "A St",
    "Blue Hill Ave",
    "Bowdoin St",
    "Broadway",
    "Dorchester Ave",
    "Park Dr",
    "School St",
    "Union Park",
)
PLACES = (
    KnownPlace("Boston Common", "park", "Downtown", 42.355, -71.066, ("波士顿公园",)),
    KnownPlace("Ashmont Station", "station", "Dorchester", 42.284, -71.064),
    KnownPlace("Roxbury", "neighborhood", "Roxbury", 42.315, -71.091),
)


@pytest.fixture(scope="module")
def finder() -> PlaceFinder:
    """A small city with the shipped English and Spanish words and a few Chinese ones."""
    shipped = load_lexicons()
    chinese = a_lexicon(
        "zh-Hans",
        places=PlaceWords(
            before=("在", "在...对面", "在...旁边"), corner=("{X}和{Y}", "{X}与{Y}交界"), street_words=("街", "大道")
        ),
    )
    streets = [KnownStreet(name, (), ((42.3, -71.1), (42.31, -71.1))) for name in STREETS]
    return PlaceFinder(Gazetteer(PLACES, streets), {"en": shipped["en"], "es": shipped["es"], "zh-Hans": chinese})


def only(finder: PlaceFinder, text: str) -> PlaceMention:
    (mention,) = finder.find(text)
    return mention


@pytest.mark.parametrize(
    ("text", "number", "street"),
    [
        ("hole at 450 Blue Hill Ave", "450", "Blue Hill Ave"),
        ("450 blue hill avenue", "450", "Blue Hill Ave"),
        ("450, Blue Hill Ave.", "450", "Blue Hill Ave"),
        ("12-14 Adams St", "12-14", "Adams St"),
        ("123a Adams Street", "123a", "Adams St"),
        ("3 Bowdoin", "3", "Bowdoin St"),
        ("22 A Street", "22", "A St"),
        ("22 a st", "22", "A St"),
        ("Adams St 450", "450", "Adams St"),
        ("en Adams St 450 hay un hoyo", "450", "Adams St"),
        ("calle Adams 12 hay un hoyo", "12", "Adams St"),
        ("calle Adams #12", "12", "Adams St"),
        ("Adams St número 450", "450", "Adams St"),
        ("Dorchester Ave, дом 450", "450", "Dorchester Ave"),
        ("Adams St 12号有垃圾", "12", "Adams St"),
        ("我家在Adams街450号", "450", "Adams St"),
        ("我在450 Blue Hill Ave", "450", "Blue Hill Ave"),
    ],
)
def test_an_address_is_a_number_and_a_street_in_either_order(finder: PlaceFinder, text: str, number: str, street: str) -> None:
    mention = only(finder, text)
    assert (mention.kind, mention.number, mention.names) == (PlaceKind.ADDRESS, number, (street,))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("on Adams St 3 cars are parked", id="things that are counted"),
        pytest.param("Adams St 2 weeks ago", id="time that has passed"),
        pytest.param("at 10:30 Adams St is loud", id="a time before"),
        pytest.param("Adams St 10:30", id="a time after"),
        pytest.param("Adams St at 9", id="an hour"),
        pytest.param("Adams St 123456", id="too many digits"),
        pytest.param("open 24 hours on Adams St", id="a number further off"),
    ],
)
def test_a_number_beside_a_street_is_not_always_a_house(finder: PlaceFinder, text: str) -> None:
    mention = only(finder, text)
    assert (mention.kind, mention.number, mention.names) == (PlaceKind.STREET, None, ("Adams St",))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("corner of Blue Hill Ave and Adams St", ("Blue Hill Ave", "Adams St")),
        ("Blue Hill ave & adams street", ("Blue Hill Ave", "Adams St")),
        ("Adams St. / Bowdoin St.", ("Adams St", "Bowdoin St")),
        ("light at Bowdoin and Adams", ("Bowdoin St", "Adams St")),
        ("esquina de Adams y Bowdoin", ("Adams St", "Bowdoin St")),
        ("esquina de la calle Adams y la calle Bowdoin", ("Adams St", "Bowdoin St")),
        ("在Adams街和Bowdoin街", ("Adams St", "Bowdoin St")),
        ("Broadway and Frobnitz Street", ("Broadway", "Frobnitz Street")),
    ],
)
def test_two_streets_that_cross_are_a_corner(finder: PlaceFinder, text: str, names: tuple[str, str]) -> None:
    mention = only(finder, text)
    assert (mention.kind, mention.names) == (PlaceKind.INTERSECTION, names)


def test_a_corner_is_known_only_where_both_streets_are(finder: PlaceFinder) -> None:
    assert only(finder, "Adams St and Bowdoin St").is_known
    assert not only(finder, "Adams St and Frobnitz Street").is_known


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Adams St near the bank on Bowdoin St", id="words that join nothing"),
        pytest.param("Adams St and Adams St", id="one street twice"),
        pytest.param("12 Adams St and 14 Bowdoin St", id="two addresses"),
    ],
)
def test_two_streets_are_not_always_a_corner(finder: PlaceFinder, text: str) -> None:
    assert PlaceKind.INTERSECTION not in {mention.kind for mention in finder.find(text)}


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("trash in Boston Common", PlaceKind.LANDMARK, "Boston Common"),
        ("ashmont station", PlaceKind.LANDMARK, "Ashmont Station"),
        ("波士顿公园有垃圾", PlaceKind.LANDMARK, "Boston Common"),
        ("rats in Roxbury", PlaceKind.NEIGHBORHOOD, "Roxbury"),
        ("trash on Broadway", PlaceKind.STREET, "Broadway"),
        ("trash on Adams St", PlaceKind.STREET, "Adams St"),
        ("basura en la calle Adams", PlaceKind.STREET, "Adams St"),
        ("Adams avenida", PlaceKind.STREET, "Adams St"),
        ("Adams街上有垃圾", PlaceKind.STREET, "Adams St"),
        ("sign on A Street", PlaceKind.STREET, "A St"),
    ],
)
def test_a_known_name_is_a_place(finder: PlaceFinder, text: str, kind: PlaceKind, name: str) -> None:
    mention = only(finder, text)
    assert (mention.kind, mention.names, mention.is_known) == (kind, (name,), True)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("trash across from Ashmont Station", "across from Ashmont Station"),
        ("basura frente a Ashmont Station", "frente a Ashmont Station"),
        ("垃圾在波士顿公园对面", "在波士顿公园对面"),
        ("hole next to 450 Blue Hill Ave, big", "next to 450 Blue Hill Ave"),
    ],
)
def test_the_words_that_place_things_around_it_belong_to_a_place(finder: PlaceFinder, text: str, written: str) -> None:
    assert only(finder, text).text == written


@pytest.mark.parametrize(
    "text", ["hole at 450 Blue Hill Ave!", "İİ 12 Ádams St", "在Adams街和Bowdoin街", "across from ASHMONT STATION now"]
)
def test_a_span_fits_the_text_as_it_was_written(finder: PlaceFinder, text: str) -> None:
    mention = only(finder, text)
    assert text[mention.start : mention.end].strip(" ,") == mention.text


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ("12 Frobnitz Street", "12", "Frobnitz Street"),
        ("hole on Frobnitz Rd", None, "Frobnitz Rd"),
        ("hole on frobnitz road", None, "Frobnitz Road"),
        ("9 Old Frobnitz Ct", "9", "Old Frobnitz Ct"),
        ("near the Frobnitz Way", None, "Frobnitz Way"),
        ("5 frobnitz way", "5", "Frobnitz Way"),
        ("路灯在12 Frobnitz Street", "12", "Frobnitz Street"),
    ],
)
def test_a_street_that_the_city_does_not_list_is_taken_as_written(
    finder: PlaceFinder, text: str, number: str | None, name: str
) -> None:
    mention = only(finder, text)
    assert (mention.number, mention.names, mention.is_known) == (number, (name,), False)


@pytest.mark.parametrize(
    "text",
    [
        "my street is dirty",
        "I live on the street",
        "there is a street light out",
        "A street light is out",
        "cars on a street near me",
        "it is a one way street",
        "a dead end street",
        "a narrow street",
        "icy road",
        "the next street over",
        "they take place every week",
        "my parking place",
        "a long way from there",
        "by the way, thank you",
        "please call me any way you can",
        "trash in the park and the school",
        "there is trash in the park",
        "the union workers left a mess",
        "the school is closed",
        "the Adams family lives here",
        "Adams callejea mucho",
        "Bowdoin plazas",
        "I waited 3 weeks",
        "call 617-555-0123",
        "since 10:30",
        "hay un hoyo en la calle",
        "路灯坏了",
        "",
    ],
)
def test_an_ordinary_sentence_names_no_place(finder: PlaceFinder, text: str) -> None:
    assert finder.find(text) == ()


@pytest.mark.parametrize("text", ["the light on Adams St by the school", "the park on Adams St", "union crew on Adams St"])
def test_a_word_that_is_also_a_street_does_not_hide_the_street_that_is_meant(finder: PlaceFinder, text: str) -> None:
    assert only(finder, text).names == ("Adams St",)


def test_the_most_exact_place_comes_first(finder: PlaceFinder) -> None:
    found = finder.find("in Roxbury near Ashmont Station, on Broadway, that is 12 Adams St")
    assert [mention.kind for mention in found] == [
        PlaceKind.ADDRESS,
        PlaceKind.LANDMARK,
        PlaceKind.STREET,
        PlaceKind.NEIGHBORHOOD,
    ]


def test_several_addresses_are_all_found_in_the_order_of_the_text(finder: PlaceFinder) -> None:
    assert [mention.number for mention in finder.find("12 Adams St, 9 Broadway and 450 Blue Hill Ave")] == ["12", "9", "450"]


def test_a_city_without_names_still_reads_addresses() -> None:
    found = PlaceFinder(Gazetteer([], []), {"en": a_lexicon()}).find("hole at 12 Frobnitz Street")
    assert [(mention.number, mention.names) for mention in found] == [("12", ("Frobnitz Street",))]
