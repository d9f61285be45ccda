"""What a sentence means, as one vector, in every language: also in those that the sentence encoder was never trained on.

The encoder places sentences of its own languages near their English translations. For Haitian Creole, Kabuverdianu, Somali and
Vietnamese it does not. The corpus gives each of its messages an English meaning, so a ridge regression for each language
learns where the encoder *would* put a message if it could read it: from words, character n-grams and what little the encoder sees.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_matrix
from sklearn.decomposition import PCA

from models.embedding import ENCODED_LANGUAGES, encode_corpus, sentence_encoder

Vectors = NDArray[np.float32]

# A quarter of the encoder's directions hold four fifths of what differs, and dense columns are most of a sparse solver's work.
_DIRECTIONS = 128
# Chosen on the development messages; anything from 0.5 to 2 serves nearly as well.
_RIDGE = 1.0


@dataclass(frozen=True)
class TaughtLanguage:
    """Ridge regression in its dual form: a prediction is a weighted mean of the meanings of messages with like words.

    The dual form is small (2,600 messages instead of 120,000 n-grams by 200 directions) and gives leave-one-out predictions for nothing.
    """

    words_by_column: csr_matrix
    seen: Vectors
    duals: Vectors

    @classmethod
    def teach(cls, words: csr_matrix, seen: Vectors, targets: Vectors) -> tuple[Self, Vectors]:
        """Learn `targets` (n, d) from sparse `words` (n, m) and the encoder's own view `seen` (n, d).

        Return the regression and what it predicts for each message when it has not seen that message (PRESS, Allen 1974):
        heads that are fitted on predictions for known messages would trust them too much.
        """
        # Transposed once: scipy would do it again for every message, in a third of a message's time.
        words_by_column = words.T.tocsr()
        kernel = _kernel(words, seen, words_by_column, seen).astype(np.float64)
        kernel[np.diag_indices_from(kernel)] += _RIDGE
        inverse = _inverse(kernel)
        duals = inverse @ targets
        left_out = targets - duals / np.diag(inverse)[:, None]
        return cls(words_by_column, seen, duals.astype(np.float32)), left_out.astype(np.float32)

    def predict(self, words: csr_matrix, seen: Vectors) -> Vectors:
        """Predict meanings of shape (n_texts, d)."""
        return np.asarray(_kernel(words, seen, self.words_by_column, self.seen) @ self.duals, dtype=np.float32)


class MeaningSpace:
    """The encoder's space, reduced to the directions that matter, with a regression for each taught language."""

    def __init__(self) -> None:
        self._reduction: PCA
        self._taught: dict[str, TaughtLanguage] = {}

    @property
    def dimensions(self) -> int:
        """The length of a meaning."""
        return int(self._reduction.n_components_)

    def fit_transform(
        self, texts: Sequence[str], words: csr_matrix, languages: Sequence[str], english: Sequence[str]
    ) -> tuple[Vectors, Vectors]:
        """Teach every language of `texts` whose rows have an `english` meaning ("" where there is none).

        Return unit vectors (n_texts, d) for the texts, each predicted without itself, and (n_meanings, d) for the meanings that are there.
        """
        spoken, has_meaning = np.array(languages, dtype=object), np.array([bool(meaning) for meaning in english])
        encoded = encode_corpus(texts)
        meant = encode_corpus([meaning for meaning in english if meaning])
        self._reduction = _reduction(np.vstack([encoded[~has_meaning], meant]))
        seen, targets = self._reduce(encoded), self._reduce(meant)
        meanings = _unit(seen)

        def teach(code: str) -> tuple[str, NDArray[np.intp], TaughtLanguage, Vectors]:
            rows = np.flatnonzero((spoken == code) & has_meaning)
            return code, rows, *TaughtLanguage.teach(words[rows], seen[rows], targets[spoken[has_meaning] == code])

        # Two at a time: each is one large inversion, which holds no lock.
        with ThreadPoolExecutor(2) as pool:
            for code, rows, known, left_out in pool.map(teach, sorted(set(spoken[has_meaning]))):
                self._taught[code] = known
                meanings[rows] = _joined(code, left_out, seen[rows])
        return meanings, _unit(targets)

    def transform(self, texts: Sequence[str], words: csr_matrix, languages: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (n_texts, d); a language without lessons is left to the encoder."""
        seen = self._reduce(sentence_encoder().encode(texts))
        meanings = _unit(seen)
        spoken = np.array(languages, dtype=object)
        for code in set(languages) & set(self._taught):
            rows = np.flatnonzero(spoken == code)
            predicted = self._taught[code].predict(words[rows], seen[rows])
            meanings[rows] = _joined(code, predicted, seen[rows])
        return meanings

    def _reduce(self, encoded: Vectors) -> Vectors:
        if not len(encoded):
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.asarray(self._reduction.transform(encoded), dtype=np.float32)


def _inverse(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert a symmetric positive definite matrix by its Cholesky factor: half the work of a general inverse."""
    factor, _ = lapack.dpotrf(kernel, lower=True, overwrite_a=True)
    half, _ = lapack.dpotri(factor, lower=True, overwrite_c=True)
    return np.asarray(np.tril(half) + np.tril(half, -1).T)


def _reduction(encoded: Vectors) -> PCA:
    return PCA(n_components=min(_DIRECTIONS, *encoded.shape), svd_solver="covariance_eigh").fit(encoded)


def _joined(language: str, predicted: Vectors, seen: Vectors) -> Vectors:
    """Where the encoder knows the language, half is its own view; where it does not, that view is noise."""
    return _unit(_unit(predicted) + _unit(seen)) if language in ENCODED_LANGUAGES else _unit(predicted)


def _kernel(words: csr_matrix, seen: Vectors, other_by_column: csr_matrix, other_seen: Vectors) -> Vectors:
    return np.asarray((words @ other_by_column).toarray() + seen @ other_seen.T)


def _unit(vectors: Vectors) -> Vectors:
    lengths: Any = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-9)), dtype=np.float32)
