"""Command words of all languages, read from the original text before any model is asked."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import ahocorasick

from nlp.folding import HAN, fold, letters_worth
from nlp.lexicon import Lexicon
from nlp.message import Command, CommandName

_APOSTROPHES = re.compile("['’‘ʼ`´]")
_HAN_WORDS = 4
_NOT_LETTERS = re.compile(r"[^\w\s]|_")
# \d is any script's digit: Arabic keyboards write ٢, Chinese ones ２.
_CHOICE = re.compile(r"\D{0,3}(\d{1,2})\D{0,3}")
# YY-NNNNNN, the hyphen often left out. Years start at 25, so that no date (20261123) and no phone number is taken for one.
_CASE_NUMBER = re.compile(r"(?<![\d+])(?<!\d-)((?:2[5-9]|3\d)-?\d{6})(?!-?\d)")

# The order decides where a word stands in two lists: a carrier keyword keeps its carrier's meaning.
_WHOLE_MESSAGE = (
    CommandName.STOP,
    CommandName.START,
    CommandName.HELP,
    CommandName.DROP,
    CommandName.YES,
    CommandName.NO,
    CommandName.SKIP,
    CommandName.STATUS,
    CommandName.AGENT,
    CommandName.CHANGE_LANGUAGE,
    CommandName.THANKS,
    CommandName.GREETING,
)
# Longer messages that name a person are about one: "the agent at the desk was rude to me when I came to pay".
_SHORT_MESSAGE_LETTERS = 50
# "Please do not send me any more messages, I am fine": any words count that leave no doubt, but a long message is about more.
_STOP_WISH_LETTERS = 80


class CommandWords:
    """All lexicons' command words in one table; a resident may use any language's words at any time."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._exact = _whole_messages(lexicons.values(), _as_listed)
        self._folded = _whole_messages(lexicons.values(), _folded_unless_marks_tell)
        self._languages = _language_requests(lexicons.values())
        self._leading = {name: _leading(lexicons.values(), name) for name in (CommandName.YES, CommandName.NO)}
        self._stop_wishes = _Phrases(strip_punctuation(wish) for lexicon in lexicons.values() for wish in lexicon.stop_wishes)
        self._wishes_for_agent = _Phrases(_words(lexicons.values(), CommandName.AGENT))

    def find(self, text: str) -> Command | None:
        """Return the command that `text` is or begins with, None for an ordinary message."""
        bare = strip_punctuation(text)
        if not bare:
            return None
        if (choice := _CHOICE.fullmatch(text.strip())) is not None:
            return Command(CommandName.CHOICE, argument=_ascii_digits(choice.group(1)))
        if (found := self._exact.get(exactly(text)) or self._folded.get(bare)) is not None:
            return found
        if (language := self._languages.get(bare)) is not None:
            return Command(CommandName.LANGUAGE, argument=language)
        if letters_worth(bare) <= _STOP_WISH_LETTERS and self._stop_wishes.are_in(bare):
            return Command(CommandName.STOP)
        if _is_short(bare) and self._wishes_for_agent.are_in(bare):
            return Command(CommandName.AGENT)
        return self._status_of_number(text, bare) or self._answer_with_rest(text)

    def _status_of_number(self, text: str, bare: str) -> Command | None:
        number = _CASE_NUMBER.search(_ascii_digits(text))
        if number is None or not _is_short(bare):
            return None
        return Command(CommandName.STATUS, argument=number.group(1).replace("-", ""))

    def _answer_with_rest(self, text: str) -> Command | None:
        for name, pattern in self._leading.items():
            if (found := pattern.match(fold(text))) is not None:
                return Command(name, rest=text[found.end() :].strip())
        return None


def strip_punctuation(text: str) -> str:
    """Fold `text` and drop everything but letters, digits and single blanks."""
    return " ".join(_NOT_LETTERS.sub(" ", fold(text).replace("'", "")).split())


def exactly(text: str) -> str:
    """Like `strip_punctuation`, with accents and tone marks kept."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return " ".join(_NOT_LETTERS.sub(" ", _APOSTROPHES.sub("", lowered)).split())


def _is_short(bare: str) -> bool:
    return letters_worth(bare) <= _SHORT_MESSAGE_LETTERS


def _ascii_digits(text: str) -> str:
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def _words(lexicons: Iterable[Lexicon], name: CommandName) -> list[str]:
    return [strip_punctuation(word) for lexicon in lexicons for word in lexicon.commands.get(name, ())]


def _whole_messages(
    lexicons: Iterable[Lexicon], forms_of: Callable[[Lexicon], dict[CommandName, set[str]]]
) -> dict[str, Command]:
    forms = {lexicon.language: forms_of(lexicon) for lexicon in lexicons}
    table: dict[str, Command] = {}
    for name in _WHOLE_MESSAGE:
        for language, word in ((code, word) for code, form in forms.items() for word in sorted(form.get(name, ()))):
            known = table.setdefault(word, Command(name, language=language))
            if known.language != language:
                table[word] = replace(known, language=None)
    return table


def _as_listed(lexicon: Lexicon) -> dict[CommandName, set[str]]:
    return {name: {exactly(word) for word in words} for name, words in lexicon.commands.items()}


def _folded_unless_marks_tell(lexicon: Lexicon) -> dict[CommandName, set[str]]:
    """Words without their marks, but none whose marks tell two commands apart: Vietnamese "dừng" stops, "đúng" says yes."""
    folded = {name: {strip_punctuation(word) for word in words} for name, words in lexicon.commands.items()}
    if lexicon.fold_accents:
        return folded
    counts = Counter(word for words in folded.values() for word in words)
    return {name: {word for word in words if counts[word] == 1} for name, words in folded.items()}


def _language_requests(lexicons: Iterable[Lexicon]) -> dict[str, str]:
    known = list(lexicons)
    templates = {template for lexicon in known for template in lexicon.commands.get(CommandName.LANGUAGE, ())}
    return {
        strip_punctuation(template.replace("{language}", name)): lexicon.language
        for lexicon in known
        for name in lexicon.names
        for template in templates | {"{language}"}
    }


def _leading(lexicons: Iterable[Lexicon], name: CommandName) -> re.Pattern[str]:
    # A one-letter word ("n", "y") begins too many other messages; a comma, a full stop or the like must follow the word.
    words = sorted({w for w in _words(lexicons, name) if len(w) > 1 or not w.isascii()}, key=len, reverse=True)
    return re.compile(rf"\s*(?:{'|'.join(map(_with_apostrophes, words))})\s*[,.;:!，。،、\-–—]+\s*(?=\S)")


def _with_apostrophes(word: str) -> str:
    """Words are kept without apostrophes; people write "that's right"."""
    return "'?".join(map(re.escape, word))


class _Phrases:
    """Finds any of some thousand phrases in a text at once, each as whole words."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._found = ahocorasick.Automaton()
        for phrase in phrases:
            # A single word such as "agent" is no wish within a sentence; Chinese writes several words without a blank.
            if " " in phrase or len(HAN.findall(phrase)) >= _HAN_WORDS:
                self._found.add_word(phrase, phrase)
        self._found.make_automaton()

    def are_in(self, bare: str) -> bool:
        """Whether one stands in `bare`, a text as `strip_punctuation` gives it."""
        # An automaton without a word refuses to search.
        return len(self._found) > 0 and any(_is_whole(bare, end, phrase) for end, phrase in self._found.iter(bare))


def _is_whole(bare: str, end: int, phrase: str) -> bool:
    if HAN.search(phrase):
        return True
    start = end - len(phrase) + 1
    return bare[max(start - 1, 0) : start] in ("", " ") and bare[end + 1 : end + 2] in ("", " ")
