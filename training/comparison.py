"""Two bundles on the same messages: where one loses or gains more than noise."""

from dataclasses import dataclass

import numpy as np

from training.figures import Interval, paired_difference
from training.judging import Judged, hits, slices_of

_SEED = 311
# What a publication is judged by; the others follow from these.
_FIGURES = ("kind", "service", "emergencies_found", "near_misses_left_calm", "language")


@dataclass(frozen=True)
class Comparison:
    """One figure on one slice: both shares, and the 95 % interval of the difference."""

    figure: str
    slice: str
    before: float
    after: float
    difference: Interval
    total: int

    @property
    def is_loss(self) -> bool:
        """Whether the candidate is worse by more than noise."""
        return self.difference.high < 0

    @property
    def is_gain(self) -> bool:
        """Whether the candidate is better by more than noise."""
        return self.difference.low > 0

    def __str__(self) -> str:
        return f"{self.figure.replace('_', ' ')} in {self.slice}: {self.before:.3f} -> {self.after:.3f} of {self.total}"


def compare(before: Judged, after: Judged) -> list[Comparison]:
    """Compare figure by figure and slice by slice, on the same rows in the same order."""
    found = []
    earlier, later = hits(before), hits(after)
    slices = slices_of(before.rows)
    for figure in _FIGURES:
        counted = earlier[figure][1]
        for name, belongs in slices.items():
            inside = counted & np.array([belongs(position) for position in range(len(before.rows))], dtype=bool)
            if inside.any():
                one, other = earlier[figure][0][inside], later[figure][0][inside]
                difference = paired_difference(one, other, seed=_SEED)
                found.append(Comparison(figure, name, float(one.mean()), float(other.mean()), difference, int(inside.sum())))
    return found
