"""Which language a text is in: script rules first, then trained character n-grams, then what the conversation spoke before."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.message import Language, LanguageGuess

LATIN, HAN, CYRILLIC, ARABIC = "Latn", "Hani", "Cyrl", "Arab"
_SCRIPT_NAMES = {"LATIN": LATIN, "CJK": HAN, "CYRILLIC": CYRILLIC, "ARABIC": ARABIC}
# Russian and Arabic are also typed in Latin letters ("privet", "3andi moshkila"); Chinese is not, beyond single words.
_LANGUAGES_OF_SCRIPT: Mapping[str, frozenset[str]] = {
    HAN: frozenset({"zh-Hans", "zh-Hant"}),
    CYRILLIC: frozenset({"ru"}),
    ARABIC: frozenset({"ar"}),
}
_NEVER_LATIN = frozenset({"zh-Hans", "zh-Hant"})
_PRIOR_WEIGHT = 0.5
# Above the first no half is looked at; a half counts as another language from the second.
_SURELY_ONE, _SURELY_ANOTHER, _WORDS_OF_A_HALF = 0.9995, 0.8, 3
_LETTERS = re.compile(r"[^\W\d_]+")
_HAN_LETTER = re.compile("[\u3400-\u9fff]")


class LanguageScorer(Protocol):
    """A trained estimator over texts; `classes_` are BCP 47 codes."""

    classes_: NDArray[np.str_]

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return probabilities of shape (n_texts, n_languages), columns in the order of `classes_`."""
        ...


class LanguageIdentifier:
    """Names the language of texts among those that a city pack lists."""

    def __init__(self, scorer: LanguageScorer, languages: Sequence[str]) -> None:
        self._scorer = scorer
        self._codes = [str(code) for code in scorer.classes_]
        self._offered = np.array([code in languages for code in self._codes])

    def identify(self, texts: Sequence[str], before: Sequence[str | None]) -> list[Language]:
        """Identify each of `texts`; `before` gives the language that its conversation was in, where known."""
        if not texts:
            return []
        probabilities = self._scorer.predict_proba(texts)
        found = [self._decide(*row) for row in zip(texts, probabilities, before, strict=True)]
        return self._with_mixtures(texts, found)

    def _with_mixtures(self, texts: Sequence[str], found: list[Language]) -> list[Language]:
        """Look again at what may be in two languages: its halves are identified, all in one batch."""
        unsure = ((index, _halves(text)) for index, text in enumerate(texts) if found[index].confidence < _SURELY_ONE)
        halves = {index: pair for index, pair in unsure if pair is not None}
        if not halves:
            return found
        every = [half for pair in halves.values() for half in pair]
        guesses = [self._decide(*row, None) for row in zip(every, self._scorer.predict_proba(every), strict=True)]
        for index, first, second in zip(halves, guesses[::2], guesses[1::2], strict=True):
            is_mixed = first.code != second.code and min(first.confidence, second.confidence) >= _SURELY_ANOTHER
            if is_mixed and found[index].code in (first.code, second.code):
                other = second.code if found[index].code == first.code else first.code
                found[index] = replace(found[index], mixed_with=other)
        return found

    def _decide(self, text: str, probabilities: NDArray[np.float64], before: str | None) -> Language:
        script = script_of(text)
        weights = probabilities * self._offered * self._fits(script, text)
        if before in self._codes:
            weights = _lean_towards(weights, self._codes.index(before), letters=len("".join(_LETTERS.findall(text))))
        total = float(weights.sum())
        if total <= 0:
            return Language(before or "en", script, 0.0)
        weights = weights / total
        order = np.argsort(-weights)
        guesses = tuple(LanguageGuess(self._codes[i], float(weights[i])) for i in order[:4])
        return Language(guesses[0].code, script, guesses[0].confidence, guesses[1:])

    def _fits(self, script: str, text: str) -> NDArray[np.bool_]:
        allowed = _LANGUAGES_OF_SCRIPT.get(script)
        if allowed is None:
            # A long English street name outweighs a short Chinese sentence, and does not make it English.
            may_be_chinese = len(_HAN_LETTER.findall(text)) > 1
            return np.array([may_be_chinese or code not in _NEVER_LATIN for code in self._codes])
        return np.array([code in allowed for code in self._codes])


def _halves(text: str) -> tuple[str, str] | None:
    """Split a text of six words or more where it is best split: at a sentence's end near its middle, else in the middle."""
    words = text.split()
    if len(words) < 2 * _WORDS_OF_A_HALF:
        return None
    middle = len(words) // 2
    ends = [index + 1 for index, word in enumerate(words) if word[-1] in ".!?;," and index + 1 < len(words)]
    inner = [end for end in ends if _WORDS_OF_A_HALF <= end <= len(words) - _WORDS_OF_A_HALF]
    cut = min(inner, key=lambda end: abs(end - middle), default=middle)
    return " ".join(words[:cut]), " ".join(words[cut:])


def script_of(text: str) -> str:
    """Return the ISO 15924 code of the script most letters of `text` are in; one Chinese character weighs two letters."""
    counts: Counter[str] = Counter()
    for letter in "".join(_LETTERS.findall(text)):
        script = _SCRIPT_NAMES.get(unicodedata.name(letter, "?").split()[0], LATIN)
        counts[script] += 2 if script == HAN else 1
    return counts.most_common(1)[0][0] if counts else LATIN


def _lean_towards(weights: NDArray[np.float64], index: int, *, letters: int) -> NDArray[np.float64]:
    """Give the conversation's language a prior that fades as the text itself says more."""
    prior = np.full_like(weights, 1 - _PRIOR_WEIGHT)
    prior[index] = 1.0 + _PRIOR_WEIGHT * 40 / max(letters, 4)
    return weights * prior
