"""The messages that ship: complete, and never trained and measured on at once."""

import re
from collections import Counter
from functools import cache

import pytest

from intake.settings import ROOT
from training.workspace import Workspace

CITIES = ("boston", "millbrook")
EMERGENCIES = 30


@cache
def space(city: str) -> Workspace:
    return Workspace(ROOT / "cities", ROOT / "var", city)


def letters(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


@pytest.mark.parametrize("city", CITIES)
def test_no_message_is_both_trained_and_measured_on(city: str) -> None:
    measured = {(row.language, letters(row.text)) for row in space(city).development}
    assert not [row.text for row in space(city).corpus if (row.language, letters(row.text)) in measured]


@pytest.mark.parametrize("city", CITIES)
def test_training_and_measuring_have_different_authors(city: str) -> None:
    assert not {row.writer for row in space(city).corpus} & {row.writer for row in space(city).development}


@pytest.mark.parametrize("city", CITIES)
def test_every_message_that_is_not_english_says_what_it_means(city: str) -> None:
    rows = [*space(city).corpus, *space(city).development]
    assert not [row.text for row in rows if row.language != "en" and not row.english]


def test_every_language_has_messages_for_every_service_and_topic() -> None:
    boston = space("boston")
    services = Counter((row.language, row.label) for row in boston.corpus if row.kind == "service")
    topics = Counter((row.language, row.label) for row in boston.corpus if row.kind == "info")
    named = {label for _, label in topics}
    assert len(named) == 80
    for language in boston.city.languages:
        fewest, of_a_topic = (20, 8) if language == "en" else (7, 3)
        assert [code for code in boston.city.catalog.services if services[language, code] < fewest] == []
        assert [topic for topic in sorted(named) if topics[language, topic] < of_a_topic] == []


@pytest.mark.parametrize("language", ["en", "es", "ht", "zh-Hans", "zh-Hant", "vi", "kea", "pt", "fr", "ru", "ar", "so"])
def test_every_language_has_emergencies_look_alikes_and_what_is_out_of_scope(language: str) -> None:
    rows = [row for row in space("boston").corpus if row.language == language]
    assert sum(row.kind == "emergency" for row in rows) >= (80 if language == "en" else EMERGENCIES)
    assert sum("nearmiss" in row.tags for row in rows) >= (80 if language == "en" else EMERGENCIES)
    assert sum(row.kind == "other" for row in rows) >= (400 if language == "en" else 80)
