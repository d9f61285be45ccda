"""Estimators that our heads are made of, beside scikit-learn's own."""

import warnings
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

_LEAST = 1e-6
# Margins are smaller than logarithms of probabilities; from 2 to 4 the vote is about even.
_LINEAR_WEIGHT = 3.0


class WordsAndMeaning(ClassifierMixin, BaseEstimator):
    """A linear machine over all features, and a small neural network over the meaning alone, that vote with their logits.

    What a message *wants* (a repair, an answer, rescue) is a matter of its whole sense more than of its words, and no plane
    separates it: the network adds a point or two for `kind`. For services it adds nothing (docs/understanding.md).
    `meaning_columns` is how many of the last columns hold the meaning.
    """

    def __init__(self, *, meaning_columns: int, regularization: float, hidden: int, epochs: int, seed: int) -> None:
        self.meaning_columns = meaning_columns
        self.regularization = regularization
        self.hidden = hidden
        self.epochs = epochs
        self.seed = seed

    def fit(self, X: csr_matrix, y: NDArray[np.str_], sample_weight: NDArray[np.float64] | None = None) -> Self:
        """Fit both on rows of shape (n_texts, n_features)."""
        self.linear_ = LinearSVC(C=self.regularization, random_state=self.seed).fit(X, y, sample_weight=sample_weight)
        self.network_ = MLPClassifier(
            (self.hidden,), batch_size=256, max_iter=self.epochs, n_iter_no_change=self.epochs, random_state=self.seed
        )
        # A fixed number of epochs, chosen on the development messages: waiting for the loss to settle only overfits.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.network_.fit(self._meaning(X), y, sample_weight=sample_weight)
        self.classes_ = self.linear_.classes_
        return self

    def decision_function(self, X: csr_matrix) -> NDArray[np.float64]:
        """Return logits of shape (n_texts, n_classes), to be scaled by a temperature."""
        network = np.log(np.maximum(self.network_.predict_proba(self._meaning(X)), _LEAST))
        return np.asarray(_LINEAR_WEIGHT * self.linear_.decision_function(X) + network)

    def predict(self, X: csr_matrix) -> NDArray[np.str_]:
        """Return the most probable class of each row."""
        return np.asarray(self.classes_[self.decision_function(X).argmax(axis=1)])

    def _meaning(self, X: csr_matrix) -> Any:
        return X[:, -self.meaning_columns :].toarray()


class WithPrior:
    """A calibrated head that knows how common its classes are: where the words leave it open, the common one is likelier.

    `strength` 0 ignores the prior, 1 is Bayes' rule for traffic that is spread like it; the heads are trained on evenly spread classes.
    """

    def __init__(self, head: Any, prior: NDArray[np.float64], strength: float) -> None:
        self.head = head
        self.classes_ = head.classes_
        weights = prior**strength
        self._weights = weights / weights.sum()

    def predict_proba(self, X: csr_matrix) -> NDArray[np.float64]:
        """Return probabilities of shape (n_texts, n_classes)."""
        weighted = self.head.predict_proba(X) * self._weights
        return np.asarray(weighted / weighted.sum(axis=1, keepdims=True))
