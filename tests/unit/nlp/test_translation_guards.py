"""What a translation looks like when it cannot be trusted."""

import pytest

from nlp.translation.guards import keeps_numbers, length_fault, repetition_fault, signal, untranslated_fault

SPANISH = "Hay un hoyo muy grande en la calle y los carros no pueden pasar."
GOOD = "There is a very big hole in the street and cars cannot get through."


def test_a_good_translation_is_trusted_as_far_as_the_model_trusts_itself() -> None:
    assert signal(SPANISH, GOOD, "en", 0.9) == 0.9


def test_an_engine_that_tells_no_confidence_is_trusted_middlingly() -> None:
    assert signal(SPANISH, GOOD, "en", None) == 0.7


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "Hole.",
        f"{GOOD} {GOOD} {GOOD} {GOOD}",
        SPANISH,
        "the the the the the the the the the the",
        "There is a hole hole hole hole hole hole hole hole",
        "На улице очень большая яма, и машины не могут проехать.",
    ],
)
def test_what_is_empty_too_short_too_long_untranslated_or_a_loop_is_not_trusted(bad: str) -> None:
    assert signal(SPANISH, bad, "en", 0.9) < 0.2


def test_a_resident_who_repeats_themselves_may_be_repeated() -> None:
    assert repetition_fault("ayuda ayuda ayuda ayuda ayuda", "help help help help help") == 0.0


def test_a_name_that_stays_as_it_is_is_no_fault() -> None:
    assert untranslated_fault("La señora Rosalinda vive en Dorchester", "Mrs Rosalinda lives in Dorchester", "en") < 0.6
    assert (
        untranslated_fault("Hay basura en Dorchester desde ayer", "There has been trash in Dorchester since yesterday", "en")
        == 0.0
    )


def test_chinese_says_the_same_in_fewer_characters() -> None:
    assert length_fault("There is a very big hole in the street.", "街上有一個很大的洞。") == 0.0


def test_letters_of_another_script_are_a_fault_in_a_text_for_a_resident() -> None:
    assert untranslated_fault("The street light is broken.", "Уличный фонарь не работает.", "ru") == 0.0
    assert untranslated_fault("The street light is broken.", "Уличный фонарь не работает.", "ar") == 1.0


def test_a_number_that_changes_or_is_lost_halves_the_trust() -> None:
    assert not keeps_numbers("hay 3 hoyos", "there are 2 holes")
    assert signal("hay 3 hoyos en la calle", "there are 2 holes in the street", "en", 0.9) == 0.45


def test_numbers_in_other_digits_are_the_same_numbers() -> None:
    assert keeps_numbers("room 12", "غرفة ١٢")
