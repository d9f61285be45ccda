"""Life in danger is heard by rules, and what only sounds like it is not."""

import pytest

from nlp.emergencies import EmergencyRules
from nlp.lexicon import EmergencyRule, load_lexicons
from nlp.message import EmergencyKind, EmergencyMention
from tests.builders import a_lexicon


@pytest.fixture(scope="module")
def english() -> EmergencyRules:
    return EmergencyRules({"en": load_lexicons()["en"]})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I smell gas in my basement", EmergencyKind.GAS),
        ("GAS LEAK!!!", EmergencyKind.GAS),
        ("rotten egg smell in the hallway", EmergencyKind.GAS),
        ("the house next door is on fire", EmergencyKind.FIRE),
        ("the house by the fire hydrant is on fire", EmergencyKind.FIRE),
        ("live wire down on Adams St", EmergencyKind.WIRES),
        ("a tree fell on the wires and they are sparking", EmergencyKind.WIRES),
        ("I heard gunshots outside", EmergencyKind.SHOOTING),
        ("there is a man with a gun", EmergencyKind.SHOOTING),
        ("my husband is hitting me", EmergencyKind.VIOLENCE),
        ("my father is not breathing", EmergencyKind.MEDICAL),
        ("I can't breathe", EmergencyKind.MEDICAL),
        ("a man was hit by a car", EmergencyKind.MEDICAL),
        ("the porch collapsed", EmergencyKind.COLLAPSE),
        ("we are trapped in the elevator", EmergencyKind.COLLAPSE),
        ("the carbon monoxide alarm is going off", EmergencyKind.CARBON_MONOXIDE),
        ("I want to kill myself", EmergencyKind.SUICIDE),
        ("I don’t want to live", EmergencyKind.SUICIDE),
    ],
)
def test_an_emergency_is_heard(english: EmergencyRules, text: str, kind: EmergencyKind) -> None:
    found = english.find(text, ["en"])
    assert found is not None
    assert (found.kind, found.language) == (kind, "en")


@pytest.mark.parametrize(
    "text",
    [
        "the light at the gas station is out",
        "my gas bill is too high",
        "the fire hydrant is leaking",
        "a car is parked in the fire lane",
        "fireworks all night",
        "my internet is down",
        "the wires are ugly",
        "somebody with a nail gun works at night",
        "this heat is killing me",
        "a dead squirrel was hit by a car",
        "the pole was hit by a car",
        "the app is not responding",
        "my landlord is not responding",
        "the toilet exploded",
        "I need a carbon monoxide detector",
        "the smoke detector is chirping, low battery",
        "a suicide prevention walk blocks the street",
        "there is a hole in the street",
    ],
)
def test_what_only_sounds_like_an_emergency_is_none(english: EmergencyRules, text: str) -> None:
    assert english.find(text, ["en"]) is None


def test_a_person_who_wants_to_die_is_heard_before_the_gas(english: EmergencyRules) -> None:
    found = english.find("I smell gas and I want to die", ["en"])
    assert found is not None
    assert found.kind is EmergencyKind.SUICIDE


@pytest.mark.parametrize("text", ["I can't breathe", "I can’t breathe", "I can‘t breathe", "I can`t breathe", "I cant breathe"])
def test_every_phones_apostrophe_is_understood(english: EmergencyRules, text: str) -> None:
    assert english.find(text, ["en"]) == EmergencyMention(EmergencyKind.MEDICAL, "cant breathe", "en")


def rules_with(code: str, rule: EmergencyRule, *, fold_accents: bool = True) -> EmergencyRules:
    return EmergencyRules({code: a_lexicon(code, fold_accents=fold_accents, emergencies={EmergencyKind.FIRE: rule})})


def test_a_look_alike_is_cut_out_and_the_rest_is_read_again() -> None:
    rules = rules_with("en", EmergencyRule(patterns=("fire",), unless=("fire hydrant*",)))
    assert rules.find("the fire hydrant leaks", ["en"]) is None
    assert rules.find("fire by the fire hydrant", ["en"]) is not None


def test_only_the_rules_of_the_languages_asked_for_are_read() -> None:
    rules = rules_with("es", EmergencyRule(patterns=("incendio",)))
    assert rules.find("incendio", ["en", "so"]) is None
    assert rules.find("incendio", ["en", "es"]) is not None


def test_accents_are_left_out_where_they_change_no_meaning() -> None:
    rules = rules_with("ht", EmergencyRule(patterns=("dife nan kizin lòt",)))
    assert rules.find("DIFE NAN KIZIN LOT", ["ht"]) is not None


def test_accents_count_where_they_make_another_word() -> None:
    rules = rules_with("vi", EmergencyRule(patterns=("cháy nhà",)), fold_accents=False)
    assert rules.find("CHÁY NHÀ", ["vi"]) is not None
    assert rules.find("chảy nhà", ["vi"]) is None


def test_chinese_is_read_without_blanks() -> None:
    rules = rules_with("zh-Hans", EmergencyRule(patterns=("(房子|楼) ... 着火",), unless=("没有着火",)), fold_accents=False)
    assert rules.find("隔壁房子好像着火了", ["zh-Hans"]) is not None
    assert rules.find("房子没有着火", ["zh-Hans"]) is None


def test_a_language_without_a_rule_for_it_hears_nothing() -> None:
    assert EmergencyRules({"en": a_lexicon()}).find("fire", ["en"]) is None
