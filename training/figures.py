"""Figures with their counts and intervals: no share is printed without what it was counted over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap

from models.bundle import Count

_BINS = 10
Hits = NDArray[np.bool_]


@dataclass(frozen=True)
class Interval:
    """The 95 % confidence interval of a share or a difference."""

    low: float
    high: float


def share(count: Count) -> float:
    """The share of a count, NaN where nothing was counted."""
    return count.right / count.total if count.total else float("nan")


def interval(count: Count) -> Interval:
    """Wilson's score interval, which stays within 0 and 1 and serves small counts."""
    if not count.total:
        return Interval(0.0, 1.0)
    found = binomtest(count.right, count.total).proportion_ci(method="wilson")
    return Interval(float(found.low), float(found.high))


def paired_difference(before: Hits, after: Hits, *, seed: int) -> Interval:
    """Bootstrap the interval of what `after` gains over `before` on the same messages (percentile method, 2,000 resamples)."""
    gains = after.astype(float) - before.astype(float)
    if not gains.any():
        return Interval(0.0, 0.0)
    found = bootstrap((gains,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(seed))
    return Interval(float(found.confidence_interval.low), float(found.confidence_interval.high))


def expected_calibration_error(confidences: NDArray[np.float64], hits: Hits) -> float:
    """The mean gap between confidence and accuracy over ten equally wide bins, weighted by their sizes (Naeini 2015)."""
    return float(sum(abs(b.confidence - b.accuracy) * b.count for b in reliability(confidences, hits)) / max(len(hits), 1))


@dataclass(frozen=True)
class Bin:
    """Messages of like confidence: how sure the model was on average, and how often it was right."""

    confidence: float
    accuracy: float
    count: int


def reliability(confidences: NDArray[np.float64], hits: Hits) -> list[Bin]:
    """Sort messages into ten equally wide bins of confidence; empty bins are left out."""
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    return [
        Bin(float(confidences[bins == b].mean()), float(hits[bins == b].mean()), int((bins == b).sum()))
        for b in sorted(set(bins.tolist()))
    ]


@dataclass(frozen=True)
class Routed:
    """What goes on by itself at a threshold: how many of all messages, and how many of those are right."""

    threshold: float
    coverage: Count
    precision: Count


def routing_curve(confidences: NDArray[np.float64], hits: Hits, thresholds: Sequence[float]) -> list[Routed]:
    """The cost curve: for each threshold, who goes on by itself and who of them goes astray."""
    curve = []
    for threshold in thresholds:
        goes = confidences >= threshold
        sent = int(goes.sum())
        curve.append(Routed(threshold, Count(right=sent, total=len(hits)), Count(right=int(hits[goes].sum()), total=sent)))
    return curve


def lowest_threshold(curve: Sequence[Routed], pooled: Sequence[Routed], *, precision: float, prior: int = 50) -> float:
    """The lowest threshold whose precision reaches the target; 1.0 where none does.

    A language has few messages, so `prior` messages with the precision of all languages count with its own.
    """
    for own, every in zip(curve, pooled, strict=True):
        right = own.precision.right + prior * (share(every.precision) if every.precision.total else 1.0)
        if right / (own.precision.total + prior) >= precision:
            return own.threshold
    return 1.0


def count_slices(hits: Hits, counted: Hits, slices: Mapping[str, Callable[[int], bool]]) -> dict[str, Count]:
    """Count hits among `counted` messages for each named slice; `slices` tell by position who belongs. Empty slices are left out."""
    found = {}
    for name, belongs in slices.items():
        inside = counted & np.array([belongs(position) for position in range(len(hits))], dtype=bool)
        if inside.any():
            found[name] = Count(right=int(hits[inside].sum()), total=int(inside.sum()))
    return found
