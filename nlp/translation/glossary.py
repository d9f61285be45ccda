"""Names and numbers are kept out of a machine's hands: each is replaced by a number before a text is translated, and put back after.

The stand-ins are numbers of five digits because models have seen many and copy them; brackets and signs they drop or translate.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nlp.folding import fold, letters_worth
from nlp.gazetteer import Gazetteer
from nlp.message import PlaceKind
from nlp.personal_data import find_personal_data
from nlp.translation.port import Pair

_FIRST = 80101
_URL = re.compile(r"(?:https?://|www\.)\S+[\w/]|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|com|org|net|us|edu)(?:/\S*\w)?\b", re.IGNORECASE)
_CASE_NUMBER = re.compile(r"(?<![\w-])\d{2}-\d{6}(?![\w-])")
# Small numbers a model may write out or decline; they are compared afterwards.
_LONG_NUMBER = re.compile(r"(?<!\w)(?:\d[\d.,:/-]*){2}\d(?!\w)")
_HOUSE_NUMBER = re.compile(r"(?<!\w)\d{1,5}[A-Za-z]?(?:\s?-\s?\d{1,5})?,?\s+$")
# A name of one word may be an ordinary word as well.
_FEWEST_LETTERS = 10


@dataclass(frozen=True)
class Standin:
    """A number in place of words: what stood there, and what is put back."""

    number: str
    original: str
    value: str


@dataclass(frozen=True)
class Protected:
    """A text with its stand-ins."""

    text: str
    standins: tuple[Standin, ...]


@dataclass(frozen=True)
class Restored:
    """A translated text with its names put back; `lost` are values that did not come through once, and only once."""

    text: str
    lost: tuple[str, ...]


class Glossary:
    """Knows a city's names. `terms` are phrases with their set wording in another language, such as the names of services."""

    def __init__(self, gazetteer: Gazetteer, terms: Mapping[Pair, Mapping[str, str]]) -> None:
        self._gazetteer = gazetteer
        self._terms = {pair: _Terms(words) for pair, words in terms.items()}

    def protect(self, text: str, pair: Pair) -> Protected:
        """Replace what must not be translated, from left to right."""
        spans = _without_overlaps([*self._set_terms(text, pair), *self._names(text), *_numbers(text)])
        numbers = _fresh_numbers(text)
        pieces: list[str] = []
        standins: list[Standin] = []
        end = 0
        for span in spans:
            standin = Standin(next(numbers), text[span.start : span.end], span.value)
            pieces += [text[end : span.start], standin.number]
            standins.append(standin)
            end = span.end
        return Protected("".join([*pieces, text[end:]]), tuple(standins))

    def _set_terms(self, text: str, pair: Pair) -> "Iterator[_Span]":
        if pair in self._terms:
            yield from self._terms[pair].find(text)

    def _names(self, text: str) -> "Iterator[_Span]":
        for mention in self._gazetteer.find(text):
            before = _HOUSE_NUMBER.search(text, 0, mention.start)
            start = before.start() if before and mention.kind is PlaceKind.STREET else mention.start
            words = text[mention.start : mention.end]
            # "summer" and "common" are streets and parks too; in small letters only a whole street name is surely one.
            is_whole_street = mention.kind is PlaceKind.STREET and not mention.is_bare
            if start < mention.start or is_whole_street or (words != words.lower() and not mention.is_bare):
                yield _Span(start, mention.end, text[start : mention.end])


def restore(text: str, standins: tuple[Standin, ...]) -> Restored:
    """Put the names back; numbers may have come back in other digits, or with a sign between the thousands."""
    ascii_digits = "".join(
        str(unicodedata.digit(c)) if c.isdigit() and unicodedata.digit(c, None) is not None else c for c in text
    )
    lost = []
    for standin in standins:
        pattern = r"[.,'’\u00a0\u202f\u066c ]?".join(standin.number)
        found = re.findall(rf"(?<!\d){pattern}(?!\d)", ascii_digits)
        if len(found) == 1:
            ascii_digits = ascii_digits.replace(found[0], standin.value)
        else:
            lost.append(standin.value)
    return Restored(ascii_digits, tuple(lost))


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    value: str


class _Terms:
    """Phrases of one language with their set wording in another; those that might be ordinary words are left out."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._values = {fold(phrase): value for phrase, value in words.items() if letters_worth(phrase) >= _FEWEST_LETTERS}
        phrases = sorted(map(re.escape, self._values), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(phrases)})(?![a-z0-9])") if phrases else None

    def find(self, text: str) -> Iterator[_Span]:
        """Phrases in `text`, whatever their capitals and accents."""
        if self._pattern is not None:
            for match in self._pattern.finditer(fold(text)):
                yield _Span(match.start(), match.end(), self._values[match.group()])


def _numbers(text: str) -> Iterator[_Span]:
    for pattern in (_URL, _CASE_NUMBER, _LONG_NUMBER):
        for match in pattern.finditer(text):
            yield _Span(match.start(), match.end(), match.group())
    for datum in find_personal_data(text):
        yield _Span(datum.start, datum.end, text[datum.start : datum.end])


def _without_overlaps(spans: list[_Span]) -> list[_Span]:
    """From left to right; of two that overlap the longer stays."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _fresh_numbers(text: str) -> Iterator[str]:
    """Numbers that the text does not hold."""
    number = _FIRST
    while True:
        if str(number) not in text:
            yield str(number)
        number += 1
