"""Phrases, dates and contacts: what residents read, and what is kept of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import InvalidToken
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, Placeable, Term, VariableReference
from fluent.syntax.visitor import Visitor

from channels.segments import count_segments
from intake.contacts import ContactVault
from intake.dates import write_date
from intake.phrases import PHRASES_FOLDER, Phrases
from nlp.commands import CommandWords
from nlp.lexicon import load_lexicons
from nlp.message import CommandName

LANGUAGES = ["en", "es", "ht", "zh-Hans", "zh-Hant", "vi", "kea", "pt", "fr", "ru", "ar", "so"]
EVERY = pytest.mark.parametrize("language", LANGUAGES)


class Variables(Visitor):
    """Collects the variables of a phrase."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - the name that the library calls.
        self.names.add(node.id.name)


def phrases_of(language: str) -> dict[str, set[str]]:
    text = (PHRASES_FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for entry in FluentParser().parse(text).body:
        assert not isinstance(entry, Junk), f"{language}: {entry.content}"
        if isinstance(entry, Message | Term):
            visitor = Variables()
            visitor.visit(entry)
            found[entry.id.name] = visitor.names
    return found


@EVERY
def test_every_phrase_is_there_with_the_same_variables(language: str) -> None:
    assert phrases_of(language) == phrases_of("en")


@EVERY
@pytest.mark.parametrize("phrase", ["emergency-911", "emergency-gas", "emergency-988"])
def test_life_safety_phrases_name_the_number_and_fit_four_parts(language: str, phrase: str) -> None:
    text = Phrases([language]).say(language, phrase)
    assert ("988" if phrase == "emergency-988" else "911") in text
    assert count_segments(text).count <= 4


@EVERY
def test_the_words_that_replies_teach_are_understood(language: str) -> None:
    commands = CommandWords(load_lexicons())
    phrases = Phrases([language])
    agent = commands.find(phrases.say(language, "word-agent"))
    status = commands.find(phrases.say(language, "word-status"))
    assert agent is not None
    assert agent.name is CommandName.AGENT
    assert status is not None
    assert status.name is CommandName.STATUS


@EVERY
def test_opt_out_phrases_name_the_carriers_words(language: str) -> None:
    phrases = Phrases([language])
    assert "START" in phrases.say(language, "stopped", city="Boston")
    assert "STOP" in phrases.say(language, "help", city="Boston", phone="311")


def test_a_phrase_that_does_not_exist_is_an_error() -> None:
    with pytest.raises((KeyError, LookupError)):
        Phrases(["en"]).say("en", "no-such-phrase")


def test_a_variable_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="ask-place"):
        Phrases(["en"]).say("en", "ask-place")


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "Tue, Nov 24"), ("ht", "madi 24 novanm"), ("zh-Hans", "11月24日周二"), ("kea", "ter, 24 Nuv")],
)
def test_dates_are_local_and_in_the_residents_language(language: str, written: str) -> None:
    late_in_london = datetime(2026, 11, 25, 3, tzinfo=UTC)
    assert write_date(late_in_london, language, ZoneInfo("America/New_York")) == written


def test_a_number_is_found_again_however_it_is_written() -> None:
    vault = ContactVault("a key")
    assert vault.lookup("+16175550123") == vault.lookup("617-555-0123") == vault.lookup("(617) 555 0123")
    assert vault.lookup("+16175550123") != vault.lookup("+16175550124")


def test_a_sealed_contact_opens_only_with_its_key() -> None:
    sealed = ContactVault("a key").seal("+16175550123")
    assert ContactVault("a key").open(sealed.sealed) == "+16175550123"
    with pytest.raises(InvalidToken):
        ContactVault("another key").open(sealed.sealed)
    assert ContactVault("another key").lookup("+16175550123") != sealed.lookup


def test_a_placeable_without_a_variable_is_not_expected() -> None:
    """Fluent's selectors are not used: a translator sees whole sentences."""
    for language in LANGUAGES:
        text = (PHRASES_FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
        for entry in FluentParser().parse(text).body:
            if isinstance(entry, Message) and entry.value is not None:
                placeables = [part for part in entry.value.elements if isinstance(part, Placeable)]
                assert all(isinstance(part.expression, VariableReference) for part in placeables), entry.id.name
