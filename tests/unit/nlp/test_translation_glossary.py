"""Names and numbers come through a translation as they were, or it is known which did not."""

from collections.abc import Callable, Sequence

import pytest

from nlp.gazetteer import Gazetteer, KnownPlace, KnownStreet
from nlp.translation.careful import translate_carefully
from nlp.translation.glossary import Glossary, restore
from nlp.translation.port import Pair, Translated

TO_ENGLISH, FROM_ENGLISH = Pair("es", "en"), Pair("en", "es")
PLACES = [KnownPlace("Franklin Park", "park", "Roxbury", 42.3, -71.1, ("the common",))]
STREETS = [
    KnownStreet("Blue Hill Ave", ("Roxbury",), ((42.3, -71.1), (42.2, -71.1))),
    KnownStreet("Summer St", (), ((42.3, -71.0),)),
]
TERMS = {FROM_ENGLISH: {"Request for Pothole Repair": "Reparación de baches", "Tree": "Árbol"}}


class Machine:
    """An engine that does with a text what a test says."""

    name = "a machine"

    def __init__(self, does: Callable[[str], str | None], confidence: float = 0.9) -> None:
        self._does, self._confidence = does, confidence
        self.asked: list[str] = []

    def pairs(self) -> frozenset[Pair]:
        return frozenset({TO_ENGLISH, FROM_ENGLISH})

    def model(self, pair: Pair) -> str:
        return "1"

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        self.asked += texts
        said = [self._does(text) for text in texts]
        return tuple(None if one is None else Translated(one, self._confidence) for one in said)


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return Glossary(Gazetteer(PLACES, STREETS), TERMS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("hay un hoyo en 450 blue hill ave", ["450 blue hill ave"]),
        ("el árbol cayó en Franklin Park anoche", ["Franklin Park"]),
        ("mi caso 26-000123 sigue abierto", ["26-000123"]),
        ("llame al (617) 635-4500 o a ana@example.org", ["(617) 635-4500", "ana@example.org"]),
        ("vea https://www.boston.gov/311?x=1 o boston.gov/trash", ["https://www.boston.gov/311?x=1", "boston.gov/trash"]),
        ("la placa es 123456", ["123456"]),
    ],
)
def test_names_addresses_and_numbers_are_kept_out(text: str, kept: list[str], glossary: Glossary) -> None:
    protected = glossary.protect(text, TO_ENGLISH)
    assert [standin.original for standin in protected.standins] == kept
    assert all(value not in protected.text for value in kept)
    assert restore(protected.text, protected.standins).text == text


@pytest.mark.parametrize("text", ["it is hot in summer", "2 carros y 15 bolsas", "a park is in the common"])
def test_ordinary_words_and_small_numbers_are_left_to_the_machine(text: str, glossary: Glossary) -> None:
    assert glossary.protect(text, FROM_ENGLISH).standins == ()


def test_a_service_is_called_what_the_city_calls_it(glossary: Glossary) -> None:
    machine = Machine(lambda text: text.replace("We opened a", "Abrimos una").replace("for you", "para usted"))
    found = translate_carefully("We opened a request for pothole repair for you.", FROM_ENGLISH, machine, glossary)
    assert found is not None
    assert found.text == "Abrimos una Reparación de baches para usted."


def test_a_stand_in_that_comes_back_in_other_digits_or_with_a_comma_is_known(glossary: Glossary) -> None:
    protected = glossary.protect("go to 450 Blue Hill Ave and Franklin Park", FROM_ENGLISH)
    assert restore("اذهب إلى ٨٠١٠١ و 80,102", protected.standins).text == "اذهب إلى 450 Blue Hill Ave و Franklin Park"


def test_a_number_that_stands_in_the_text_is_no_stand_in(glossary: Glossary) -> None:
    protected = glossary.protect("permit 80101 at 450 Blue Hill Ave", FROM_ENGLISH)
    assert protected.text == "permit 80102 at 80103"


def test_a_lost_name_is_found_again_by_a_machine_that_copies_names(glossary: Glossary) -> None:
    machine = Machine(lambda text: "There is a hole at 450 Blue Hill Ave" if "Blue" in text else "There is a hole at 8")
    found = translate_carefully("Hay un hoyo en 450 Blue Hill Ave", TO_ENGLISH, machine, glossary)
    assert found is not None
    assert (found.text, found.lost) == ("There is a hole at 450 Blue Hill Ave", ())


def test_a_name_that_is_lost_for_good_is_named_and_costs_trust(glossary: Glossary) -> None:
    whole = translate_carefully("Hay un hoyo aquí", TO_ENGLISH, Machine(lambda _: "There is a hole here"), glossary)
    found = translate_carefully(
        "Hay un hoyo en Franklin Park", TO_ENGLISH, Machine(lambda _: "There is a hole in a park"), glossary
    )
    assert whole is not None
    assert found is not None
    assert found.lost == ("Franklin Park",)
    assert found.signal <= whole.signal / 2


def test_a_name_said_twice_counts_as_lost(glossary: Glossary) -> None:
    protected = glossary.protect("Franklin Park", FROM_ENGLISH)
    assert restore("80101 80101", protected.standins).lost == ("Franklin Park",)


def test_a_text_of_names_and_numbers_alone_needs_no_machine(glossary: Glossary) -> None:
    machine = Machine(lambda text: text)
    found = translate_carefully("617-635-4500", TO_ENGLISH, machine, glossary)
    assert found is not None
    assert found.text == "617-635-4500"
    assert machine.asked == []


@pytest.mark.parametrize("says", [None, "", "the the the the the the the the the", "Hay un hoyo grande aquí"])
def test_what_is_worth_nothing_is_not_said(says: str | None, glossary: Glossary) -> None:
    assert translate_carefully("Hay un hoyo grande aquí", TO_ENGLISH, Machine(lambda _: says), glossary) is None


def test_a_model_that_does_not_know_what_it_says_says_nothing(glossary: Glossary) -> None:
    unsure = Machine(lambda _: "The dog is very big.", confidence=0.1)
    assert translate_carefully("Ignoro estas palabras aquí", TO_ENGLISH, unsure, glossary) is None
