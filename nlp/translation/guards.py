"""Machines translate fluently what they did not understand: signs in the text itself of how far a translation can be trusted."""

import re
from collections import Counter
from math import log

from nlp.folding import fold, letters_worth

# An engine that tells no confidence of its own is believed as much as a middling one.
_CONFIDENCE_UNKNOWN = 0.7
# A translation is half to twice as long; at four times as long, or as short, it is another text. Short texts vary more.
_USUAL, _ABSURD, _SLACK_LETTERS = log(2), log(4), 10
# Cognates stay as they are; where most words do, nothing was translated.
_USUAL_UNTRANSLATED, _ALL_UNTRANSLATED = 0.3, 0.9
_USUAL_REPEATED, _ALL_REPEATED = 0.2, 0.6
_LOOP_TURNS = 4
_NUMBERS_LOST = 0.5
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_SCRIPTS = {
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "zh-Hans": re.compile("[\u3400-\u9fff]"),
    "zh-Hant": re.compile("[\u3400-\u9fff]"),
}
_LATIN = re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE)
_LOOP = re.compile(rf"(.{{1,60}}?)\1{{{_LOOP_TURNS - 1},}}", re.DOTALL)


def signal(source: str, text: str, target: str, confidence: float | None) -> float:
    """How far `text` can be trusted as a translation of `source` into `target`: 0 to 1, 1 the best."""
    if not text.strip():
        return 0.0
    parts = (
        _CONFIDENCE_UNKNOWN if confidence is None else confidence,
        1 - length_fault(source, text),
        1 - untranslated_fault(source, text, target),
        1 - repetition_fault(source, text),
        1.0 if keeps_numbers(source, text) else _NUMBERS_LOST,
    )
    worth = 1.0
    for part in parts:
        worth *= part
    return round(worth, 3)


def length_fault(source: str, text: str) -> float:
    """0 where the lengths go together, 1 where they cannot."""
    ratio = (letters_worth(text) + _SLACK_LETTERS) / (letters_worth(source) + _SLACK_LETTERS)
    return _between(abs(log(ratio)), _USUAL, _ABSURD)


def untranslated_fault(source: str, text: str, target: str) -> float:
    """0 where the words are new and in the target's letters, 1 where they are the source's own or in another script."""
    # Names stay as they are; a text all in capitals has none that could be told apart.
    words = [fold(word) for word in _WORD.findall(text) if len(word) > 3 and (word[0].islower() or text.isupper())]
    known = set(_WORD.findall(fold(source)))
    copied = sum(word in known for word in words) / len(words) if words else 0.0
    letters = [c for c in text if c.isalpha()]
    script = _SCRIPTS.get(target, _LATIN)
    foreign = sum(not script.match(c) for c in letters) / len(letters) if letters else 0.0
    return _between(max(copied, foreign), _USUAL_UNTRANSLATED, _ALL_UNTRANSLATED)


def repetition_fault(source: str, text: str) -> float:
    """0 for a text that says things once, 1 for one that turns in a loop which its source does not."""
    if _loops(text) and not _loops(source):
        return 1.0
    return _between(_repeated_share(text) - _repeated_share(source), _USUAL_REPEATED, _ALL_REPEATED)


def keeps_numbers(source: str, text: str) -> bool:
    """Whether every number of the source is in the text, in whatever digits."""
    return not Counter(_numbers(source)) - Counter(_numbers(text))


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _loops(text: str) -> bool:
    # Rows of dots or signs are no words that turn in a loop.
    return any(any(c.isalnum() for c in found.group(1)) and len(found.group()) > 8 for found in _LOOP.finditer(f"{fold(text)} "))


def _repeated_share(text: str) -> float:
    """The share of runs of three words that occurred before."""
    words = _WORD.findall(fold(text))
    runs = [tuple(words[i : i + 3]) for i in range(len(words) - 2)]
    return 1 - len(set(runs)) / len(runs) if len(runs) > 3 else 0.0


def _numbers(text: str) -> list[str]:
    # int() reads the digits of every script.
    return [str(int(digits)) for digits in _DIGITS.findall(text)]
