"""A text goes in, and all that rules can say about it comes out."""

import pytest

from nlp.gazetteer import Gazetteer, KnownStreet
from nlp.language import LanguageIdentifier
from nlp.lexicon import load_lexicons
from nlp.message import CommandName, EmergencyKind, NormalizedMessage
from nlp.normalize import Heard, Normalizer
from tests.builders import FixedScorer


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    """English and Spanish; every text looks a little more English than Spanish."""
    shipped = load_lexicons()
    identifier = LanguageIdentifier(FixedScorer(en=0.55, es=0.44, fr=0.01), ("en", "es", "fr"))
    streets = [KnownStreet("Adams St", (), ((42.3, -71.1), (42.31, -71.1)))]
    return Normalizer({"en": shipped["en"], "es": shipped["es"]}, identifier, Gazetteer([], streets))


def one(normalizer: Normalizer, heard: Heard) -> NormalizedMessage:
    (message,) = normalizer.normalize([heard])
    return message


def test_the_original_text_is_kept_beside_the_clean_one(normalizer: Normalizer) -> None:
    message = one(normalizer, Heard("sooooo  many holes!!!"))
    assert (message.original, message.text) == ("sooooo  many holes!!!", "soo many holes!")


def test_places_and_personal_data_are_found_in_the_original_text(normalizer: Normalizer) -> None:
    text = "hole   at 12 Adams St, call 617-555-0123"
    message = one(normalizer, Heard(text))
    assert [place.names for place in message.places] == [("Adams St",)]
    assert [text[datum.start : datum.end] for datum in message.personal_data] == ["617-555-0123"]


def test_the_language_that_a_resident_chose_is_believed(normalizer: Normalizer) -> None:
    assert one(normalizer, Heard("hole", chosen="es")).language.code == "es"
    assert one(normalizer, Heard("hole", chosen="es")).language.confidence == 1.0


def test_the_language_of_the_conversation_leans(normalizer: Normalizer) -> None:
    assert one(normalizer, Heard("no", before="es")).language.code == "es"
    assert one(normalizer, Heard("no")).language.code == "en"


def test_asking_for_a_language_changes_to_it_at_once(normalizer: Normalizer) -> None:
    message = one(normalizer, Heard("en español por favor", chosen="en"))
    assert message.command is not None
    assert (message.command.name, message.language.code) == (CommandName.LANGUAGE, "es")


def test_an_emergency_is_heard_in_any_language_that_the_text_may_be_in(normalizer: Normalizer) -> None:
    message = one(normalizer, Heard("hay una fuga de gas en mi casa"))
    assert message.language.code == "en"
    assert message.emergency is not None
    assert (message.emergency.kind, message.emergency.language) == (EmergencyKind.GAS, "es")


def test_an_english_emergency_is_heard_whatever_language_was_chosen(normalizer: Normalizer) -> None:
    assert one(normalizer, Heard("gas leak in my house", chosen="es")).emergency is not None


def test_english_is_listened_to_even_where_the_script_speaks_against_it(normalizer: Normalizer) -> None:
    message = one(normalizer, Heard("помогите пожалуйста, the porch collapsed", before="es"))
    assert [alternative.code for alternative in message.language.alternatives] == []
    assert message.emergency is not None


def test_short_forms_are_written_out(normalizer: Normalizer) -> None:
    assert one(normalizer, Heard("pls fix the light")).text == "please fix the light"


def test_fillers_are_dropped_from_speech_only(normalizer: Normalizer) -> None:
    assert one(normalizer, Heard("um the light is out", is_speech=True)).text == "the light is out"
    assert one(normalizer, Heard("um the light is out")).text == "um the light is out"


def test_a_language_without_a_lexicon_is_left_as_it_is(normalizer: Normalizer) -> None:
    assert one(normalizer, Heard("pls um un trou", chosen="fr", is_speech=True)).text == "pls um un trou"


def test_several_problems_are_divided_five_at_most(normalizer: Normalizer) -> None:
    assert len(one(normalizer, Heard("The light is out. The street is dirty.")).segments) == 2
    assert len(one(normalizer, Heard("The light is out. " * 8)).segments) == 5


def test_a_batch_keeps_its_order(normalizer: Normalizer) -> None:
    messages = normalizer.normalize([Heard("first text"), Heard("second text", chosen="es"), Heard("third text")])
    assert [message.original for message in messages] == ["first text", "second text", "third text"]
    assert [message.language.code for message in messages] == ["en", "es", "en"]


def test_an_empty_batch_is_an_empty_answer(normalizer: Normalizer) -> None:
    assert normalizer.normalize([]) == []
