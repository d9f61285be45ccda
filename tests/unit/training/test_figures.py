"""Figures: shares with counts and intervals, differences that are more than noise, thresholds from a cost curve."""

import numpy as np
import pytest

from models.bundle import Count
from training.figures import interval, lowest_threshold, paired_difference, reliability, routing_curve, share


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    bounds = interval(Count(right=8, total=10))
    assert bounds.low == pytest.approx(0.4902, abs=1e-3)
    assert bounds.high == pytest.approx(0.9433, abs=1e-3)


def test_nothing_counted_says_nothing() -> None:
    assert np.isnan(share(Count(right=0, total=0)))
    assert (interval(Count(right=0, total=0)).low, interval(Count(right=0, total=0)).high) == (0.0, 1.0)


def test_the_same_answers_differ_by_nothing() -> None:
    hits = np.array([True, False] * 50)
    assert paired_difference(hits, hits, seed=1).low == paired_difference(hits, hits, seed=1).high == 0.0


def test_one_message_more_or_less_is_noise_and_ten_in_a_hundred_are_not() -> None:
    before = np.ones(100, dtype=bool)
    one, ten = before.copy(), before.copy()
    one[:1] = False
    ten[:10] = False
    assert paired_difference(before, one, seed=1).high >= 0
    assert paired_difference(before, ten, seed=1).high < 0


def test_a_higher_threshold_lets_fewer_go_and_more_of_them_are_right() -> None:
    confidences = np.array([0.2, 0.4, 0.6, 0.8])
    hits = np.array([False, False, True, True])
    low, high = routing_curve(confidences, hits, [0.1, 0.5])
    assert (low.coverage, low.precision) == (Count(right=4, total=4), Count(right=2, total=4))
    assert (high.coverage, high.precision) == (Count(right=2, total=4), Count(right=2, total=2))


def test_the_lowest_threshold_with_the_wanted_precision_is_chosen() -> None:
    confidences = np.repeat([0.3, 0.7], 100)
    hits = np.array([True] * 80 + [False] * 20 + [True] * 100)
    curve = routing_curve(confidences, hits, [0.0, 0.5, 0.9])
    assert lowest_threshold(curve, curve, precision=0.97) == 0.5
    assert lowest_threshold(curve, curve, precision=0.85) == 0.0
    wrong = routing_curve(confidences, np.zeros(200, dtype=bool), [0.0, 0.5])
    assert lowest_threshold(wrong, wrong, precision=0.97) == 1.0


def test_reliability_bins_hold_every_message_once() -> None:
    bins = reliability(np.array([0.05, 0.06, 0.95, 1.0]), np.array([False, True, True, True]))
    assert [(round(b.confidence, 3), b.accuracy, b.count) for b in bins] == [(0.055, 0.5, 2), (0.975, 1.0, 2)]
