"""Our own estimators: the vote of words and meaning, and the prior of what is common."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.heads import WithPrior, WordsAndMeaning


class Undecided:
    """A head that finds two classes about equally likely, or one certain."""

    classes_ = np.array(["COMMON", "RARE"])

    def predict_proba(self, rows: object) -> np.ndarray:
        return np.array([[0.48, 0.52], [0.01, 0.99]])


def test_the_common_service_wins_what_the_words_leave_open_and_only_that() -> None:
    head = WithPrior(Undecided(), np.array([9000.0, 30.0]), strength=0.4)
    open_case, clear_case = head.predict_proba(None)
    assert open_case.argmax() == 0
    assert clear_case.argmax() == 1
    assert open_case.sum() == pytest.approx(1.0)


def test_a_prior_without_strength_changes_nothing() -> None:
    head = WithPrior(Undecided(), np.array([9000.0, 30.0]), strength=0.0)
    assert head.predict_proba(None) == pytest.approx(Undecided().predict_proba(None))


def test_meaning_decides_what_no_plane_separates() -> None:
    random = np.random.default_rng(3)
    points = random.uniform(-1, 1, (600, 2)).astype(np.float32)
    labels = np.where((points**2).sum(axis=1) < 0.4, "middle", np.where(points[:, 0] > 0, "right", "left"))
    rows = csr_matrix(np.hstack([np.zeros((600, 3), dtype=np.float32), points]))
    head = WordsAndMeaning(meaning_columns=2, regularization=1.0, hidden=64, epochs=200, seed=1).fit(rows[:500], labels[:500])
    right = (head.predict(rows[500:]) == labels[500:]).mean()
    linear = (head.linear_.predict(rows[500:]) == labels[500:]).mean()
    assert right > linear + 0.05


def test_fitting_twice_gives_the_same_logits() -> None:
    rows = csr_matrix(np.random.default_rng(5).random((300, 6), dtype=np.float32))
    labels = np.array(["a", "b", "c"] * 100)
    one, two = (
        WordsAndMeaning(meaning_columns=3, regularization=1.0, hidden=8, epochs=3, seed=7).fit(rows, labels) for _ in range(2)
    )
    assert np.array_equal(one.decision_function(rows), two.decision_function(rows))
