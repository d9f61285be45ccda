"""What language identification learns from."""

import pickle

import numpy as np

from nlp.language_features import DetectorScores, language_features

TEXTS = ["There is a large hole in the middle of the street", "Hay un hoyo muy grande en la calle", "路灯坏了，请派人来修理"]


def test_the_detector_scores_the_languages_that_it_knows() -> None:
    scores = DetectorScores().fit(TEXTS).transform(TEXTS)
    assert scores.shape == (3, 18)
    assert [int(np.argmax(row)) for row in scores] == [0, 1, 6]


def test_an_empty_text_and_one_of_many_lines_are_scored_too() -> None:
    assert DetectorScores().transform(["", "uno\ndos\n" * 300]).shape == (2, 18)


def test_the_detector_stays_out_of_a_stored_model() -> None:
    scorer = DetectorScores()
    before = scorer.transform(TEXTS)
    restored = pickle.loads(pickle.dumps(scorer))  # noqa: S301 - our own bytes.
    assert "_lang_detector" not in restored.__dict__
    assert np.array_equal(restored.transform(TEXTS), before)


def test_accents_tell_languages_apart() -> None:
    features = language_features(size=200).fit(TEXTS)
    rows = features.transform(["como", "cómo"])
    assert (rows[0] != rows[1]).nnz > 0
