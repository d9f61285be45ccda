"""Texts become normalized messages: the first step of the journey, slow and pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nlp.cleaning import clean, drop_fillers, expand_abbreviations, split_segments
from nlp.commands import CommandWords
from nlp.days import DayWords
from nlp.emergencies import EmergencyRules
from nlp.gazetteer import Gazetteer
from nlp.language import LanguageIdentifier, script_of
from nlp.lexicon import Lexicon
from nlp.message import Command, CommandName, Language, NormalizedMessage
from nlp.personal_data import find_personal_data
from nlp.places import PlaceFinder

_SEGMENT_LIMIT = 5
_STATEMENT_AND_QUESTION = re.compile(r"(?P<says>.{6,})[,;，、；،](?P<asks>[^,;，、；،]{4,}[?？؟])\s*")


@dataclass(frozen=True)
class Heard:
    """A text as it came in, with what is known about its language.

    `chosen` was named by the resident and is believed; `before` is what the conversation was in, and only leans.
    """

    text: str
    chosen: str | None = None
    before: str | None = None
    is_speech: bool = False


def is_asked(text: str) -> bool:
    """Whether a text ends as a question does in writing."""
    return text.rstrip().endswith(("?", "？", "؟"))


def split_question(text: str) -> tuple[str, ...]:
    """Split a single sentence that says something and then asks: "the trash was not taken, when do you come?"."""
    match = _STATEMENT_AND_QUESTION.fullmatch(text)
    return () if match is None else (match["says"].strip(), match["asks"].strip())


class Normalizer:
    """Everything that can be said about a text without a service catalogue."""

    def __init__(self, lexicons: Mapping[str, Lexicon], identifier: LanguageIdentifier, gazetteer: Gazetteer) -> None:
        self._lexicons = lexicons
        self._identifier = identifier
        self.commands = CommandWords(lexicons)
        self.emergencies = EmergencyRules(lexicons)
        self._places = PlaceFinder(gazetteer, lexicons)
        self._days = DayWords(lexicons)

    def normalize(self, heard: Sequence[Heard]) -> list[NormalizedMessage]:
        """Normalize texts in one batch, in their order. Commands and emergencies are read from the original text."""
        # Phones send Vietnamese letters and their marks composed or apart; rules know them composed.
        heard = [replace(one, text=unicodedata.normalize("NFC", one.text)) for one in heard]
        cleaned = [clean(one.text) for one in heard]
        languages = self._identifier.identify(cleaned, [one.chosen or one.before for one in heard])
        return [self._one(*row) for row in zip(heard, cleaned, languages, strict=True)]

    def _one(self, heard: Heard, text: str, guessed: Language) -> NormalizedMessage:
        command = self.commands.find(heard.text)
        language = self._language(heard, text, guessed, command)
        near = [language.code, *(a.code for a in guessed.alternatives if a.confidence > 0.02), guessed.code, "en"]
        lexicon = self._lexicons.get(language.code)
        return NormalizedMessage(
            original=heard.text,
            text=self._readable(heard, text, lexicon),
            language=language,
            command=command,
            emergency=self.emergencies.find(heard.text, near),
            places=self._places.find(heard.text),
            day=self._days.find(heard.text, language.code),
            personal_data=find_personal_data(heard.text),
            segments=(split_segments(text, lexicon.also if lexicon else ()) or split_question(text))[:_SEGMENT_LIMIT],
        )

    def _language(self, heard: Heard, text: str, guessed: Language, command: Command | None) -> Language:
        if command is not None and command.name is CommandName.LANGUAGE and command.argument:
            return Language(command.argument, script_of(text), 1.0)
        if heard.chosen is not None:
            return Language(heard.chosen, script_of(text), 1.0)
        return guessed

    def _readable(self, heard: Heard, text: str, lexicon: Lexicon | None) -> str:
        if lexicon is None:
            return text
        spoken = drop_fillers(text, lexicon.fillers) if heard.is_speech else text
        return expand_abbreviations(spoken, lexicon.abbreviations)
