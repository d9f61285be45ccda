"""The features that every head shares: words and character n-grams joined with the meaning of the whole sentence."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from models.meaning import MeaningSpace, Vectors
from nlp.folding import fold


class HybridFeatures:
    """Texts with their languages in; sparse rows of shape (n_texts, words + characters + meaning) out, the meaning last.

    Texts are folded first, because people leave accents and tone marks out on phones.
    """

    def __init__(self, *, word_features: int, character_features: int, meaning_weight: float) -> None:
        self._vectorizers = (
            _vectorizer("word", (1, 2), word_features),
            _vectorizer("char_wb", (2, 5), character_features),
        )
        self._meaning = MeaningSpace()
        self._weight = np.float32(meaning_weight)

    @property
    def meaning_columns(self) -> int:
        """How many of the last columns hold the meaning."""
        return self._meaning.dimensions

    def fit_transform(
        self, texts: Sequence[str], languages: Sequence[str], english: Sequence[str]
    ) -> tuple[csr_matrix, csr_matrix]:
        """Fit on `texts`; `english` is what each means in English ("" where it is English itself or nobody wrote it down).

        Return the rows of the texts, and those of the meanings that are there as if they were English messages.
        """
        words = hstack([vectorizer.fit_transform(texts) for vectorizer in self._vectorizers], format="csr")
        own, translated = self._meaning.fit_transform(texts, words, languages, english)
        meant = [meaning for meaning in english if meaning]
        english_words = self._words(meant) if meant else words[:0]
        return self._join(words, own), self._join(english_words, translated)

    def transform(self, texts: Sequence[str], languages: Sequence[str]) -> csr_matrix:
        """Turn texts into rows; `languages` are BCP 47 codes, one a text."""
        words = self._words(texts)
        return self._join(words, self._meaning.transform(texts, words, languages))

    def _words(self, texts: Sequence[str]) -> csr_matrix:
        return hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers], format="csr")

    def _join(self, words: csr_matrix, meanings: Vectors) -> csr_matrix:
        return hstack([words, csr_matrix(meanings * self._weight)], format="csr", dtype=np.float32)


def _vectorizer(analyzer: str, ngrams: tuple[int, int], size: int) -> Any:
    return TfidfVectorizer(
        analyzer=analyzer,
        ngram_range=ngrams,
        max_features=size,
        preprocessor=fold,
        # One-letter words count (Vietnamese "o", a street "A St"); character n-grams have no tokens.
        token_pattern=r"(?u)\b\w+\b" if analyzer == "word" else None,
        sublinear_tf=True,
        dtype=np.float32,
    )
