"""Labels with a score for being in scope at all, for sets that have no kinds: the linear head beside the examples it learnt from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.svm import LinearSVC

OUT_OF_SCOPE = "oos"
_NEIGHBOURS = 3
_BATCH = 256
# The best strength hangs on how many examples a label has, so it is chosen on the training part of each set.
_REGULARIZATIONS = (0.3, 1.0, 3.0)


@dataclass(frozen=True)
class Scoped:
    """What was made of n texts: the best label in scope, the best of all labels, and how much each is in scope (no probability)."""

    in_scope: NDArray[np.str_]
    best: NDArray[np.str_]
    score: NDArray[np.float64]


class ScopedClassifier:
    """A linear machine with one margin a label.

    A margin says on which side of a plane a text lies, not whether anything like it was ever seen there; so the mean likeness to
    the three nearest examples of the label is added. Where out-of-scope examples exist, what speaks for them is subtracted.
    """

    def __init__(self, regularization: float, seed: int) -> None:
        self._machine = LinearSVC(C=regularization, random_state=seed)

    def fit(self, rows: csr_matrix, labels: NDArray[np.str_]) -> "ScopedClassifier":
        """Fit on rows of shape (n_texts, n_features)."""
        self._machine.fit(rows, labels)
        self._rows, self._labels = rows, labels
        return self

    @property
    def classes(self) -> NDArray[np.str_]:
        """All labels, in the order of the margins."""
        return np.asarray(self._machine.classes_)

    def judge(self, rows: csr_matrix) -> Scoped:
        """Label rows and score how much they are in scope."""
        margins = _one_column_a_label(self._machine.decision_function(rows))
        wanted = np.flatnonzero(self.classes != OUT_OF_SCOPE)
        best = self.classes[wanted][margins[:, wanted].argmax(axis=1)]
        score = margins[:, wanted].max(axis=1) + self._likeness(rows, best)
        if len(wanted) < len(self.classes):
            nobody = np.full(len(best), OUT_OF_SCOPE)
            score = score - margins[:, self.classes == OUT_OF_SCOPE].ravel() - self._likeness(rows, nobody)
        return Scoped(best, self.classes[margins.argmax(axis=1)], score)

    def _likeness(self, rows: csr_matrix, labels: NDArray[np.str_]) -> NDArray[np.float64]:
        """The mean dot product of each row with the nearest three examples of its label."""
        found = []
        for start in range(0, rows.shape[0], _BATCH):
            likeness = (rows[start : start + _BATCH] @ self._rows.T).toarray()
            for one, label in zip(likeness, labels[start : start + _BATCH], strict=True):
                found.append(np.sort(one[self._labels == label])[-_NEIGHBOURS:].mean())
        return np.array(found, dtype=np.float64)


def choose_regularization(rows: csr_matrix, labels: NDArray[np.str_], seed: int) -> float:
    """The strength that is most often right on folds of the training part; labels with a single example are left out of the folds."""
    names, counts = np.unique(labels, return_counts=True)
    frequent = np.isin(labels, names[counts >= _NEIGHBOURS])
    if len(set(labels[frequent])) < 2:
        return _REGULARIZATIONS[1]
    folds = StratifiedKFold(_NEIGHBOURS, shuffle=True, random_state=seed)
    kept = np.flatnonzero(frequent)
    right = {
        strength: cross_val_score(LinearSVC(C=strength, random_state=seed), rows[kept], labels[kept], cv=folds, n_jobs=2).mean()
        for strength in _REGULARIZATIONS
    }
    return max(right, key=lambda strength: right[strength])


def _one_column_a_label(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """With two labels scikit-learn gives one column, the margin of the second."""
    return np.column_stack([-margins, margins]) if margins.ndim == 1 else margins
