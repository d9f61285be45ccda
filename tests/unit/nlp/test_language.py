"""The language of a text: its script, the trained scores, and what was spoken before."""

import pytest

from nlp.language import LanguageIdentifier, script_of
from nlp.message import Language
from tests.builders import FixedScorer

ALL = ("en", "es", "ru", "ar", "zh-Hans", "zh-Hant")


def identify(text: str, scorer: FixedScorer, *, before: str | None = None, offered: tuple[str, ...] = ALL) -> Language:
    return LanguageIdentifier(scorer, offered).identify([text], [before])[0]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("pothole", "Latn"),
        ("яма", "Cyrl"),
        ("حفرة", "Arab"),
        ("路灯", "Hani"),
        ("Adams St 路灯坏了", "Hani"),
        ("the sign says 停", "Latn"),
        ("яма на Blue Hill Ave", "Latn"),
        ("12345 !!", "Latn"),
        ("", "Latn"),
        ("ひらがな", "Latn"),
    ],
)
def test_the_script_of_most_letters_counts(text: str, script: str) -> None:
    assert script_of(text) == script


def test_the_most_probable_language_wins_and_the_others_follow() -> None:
    found = identify("hole", FixedScorer(en=0.5, es=0.3, ru=0.2))
    assert found.code == "en"
    assert found.confidence == pytest.approx(0.5)
    assert [guess.code for guess in found.alternatives] == ["es", "ru"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("路灯", "zh-Hans", id="Chinese characters are never English"),
        pytest.param("яма", "ru", id="Cyrillic is Russian"),
        pytest.param("حفرة", "ar", id="Arabic letters are Arabic"),
        pytest.param("hole", "en", id="Latin letters are not Chinese"),
    ],
)
def test_the_script_rules_out_languages(text: str, code: str) -> None:
    scorer = FixedScorer(en=0.3, es=0.1, ru=0.05, ar=0.05, zh_Hans=0.4, zh_Hant=0.1)
    assert identify(text, scorer).code == code


def test_a_short_chinese_sentence_with_a_long_street_name_may_still_be_chinese() -> None:
    scorer = FixedScorer(en=0.3, zh_Hans=0.6, zh_Hant=0.1)
    assert identify("路灯坏了 Massachusetts Avenue", scorer).code == "zh-Hans"


def test_a_single_chinese_character_makes_no_text_chinese() -> None:
    assert identify("the sign says 停", FixedScorer(en=0.3, zh_Hans=0.6, zh_Hant=0.1)).code == "en"


def test_russian_may_be_typed_in_latin_letters() -> None:
    assert identify("privet, u nas yama", FixedScorer(en=0.2, ru=0.8)).code == "ru"


def test_a_script_leaves_its_probabilities_adding_up_to_one() -> None:
    assert identify("яма", FixedScorer(en=0.9, ru=0.1)).confidence == pytest.approx(1.0)


def test_a_language_that_the_city_does_not_offer_is_never_named() -> None:
    assert identify("hole", FixedScorer(en=0.1, es=0.9), offered=("en",)).code == "en"


def test_a_short_answer_stays_in_the_conversations_language() -> None:
    assert identify("no", FixedScorer(en=0.6, es=0.4), before="es").code == "es"


def test_a_long_text_in_another_language_changes_it() -> None:
    long_text = "there is a very big hole in the middle of the street right in front of my house"
    assert identify(long_text, FixedScorer(en=0.9, es=0.1), before="es").code == "en"


def test_the_conversations_language_cannot_overrule_the_script() -> None:
    assert identify("яма", FixedScorer(en=0.6, ru=0.4), before="en").code == "ru"


@pytest.mark.parametrize(("before", "code"), [("es", "es"), (None, "en")])
def test_where_nothing_fits_the_conversation_goes_on_without_confidence(before: str | None, code: str) -> None:
    assert identify("路灯", FixedScorer(en=0.5, es=0.5), before=before) == Language(code, "Hani", 0.0)


def test_a_language_before_that_the_scorer_does_not_know_changes_nothing() -> None:
    scorer = FixedScorer(en=0.6, es=0.4)
    assert identify("hole", scorer, before="xx") == identify("hole", scorer)


def test_nothing_to_identify_is_nothing_found() -> None:
    assert LanguageIdentifier(FixedScorer(en=1.0), ALL).identify([], []) == []


def test_each_text_of_a_batch_keeps_its_place() -> None:
    found = LanguageIdentifier(FixedScorer(en=0.5, ru=0.3, ar=0.2), ALL).identify(["яма", "hole", "حفرة"], [None, None, None])
    assert [language.code for language in found] == ["ru", "en", "ar"]
