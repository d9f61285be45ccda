"""How right a recipe is on messages that it did not see, with counts for every slice."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupShuffleSplit

from models.bundle import Count
from nlp.cleaning import clean
from training.corpus import Row
from training.recipe import Fitted, Progress, Recipe, fit, kind_label
from training.store_bundle import Measured

_BINS = 10


def split_by_family(rows: Sequence[Row], *, share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Split rows into training and test rows; paraphrases of one family are never on both sides."""
    splitter = GroupShuffleSplit(n_splits=1, test_size=share, random_state=seed)
    train, test = next(splitter.split(rows, groups=[row.family for row in rows]))
    return [rows[i] for i in train], [rows[i] for i in test]


def measure_recipe(rows: Sequence[Row], recipe: Recipe, progress: Progress) -> Measured:
    """Fit on 85 % of the rows, measure on the rest."""
    train, test = split_by_family(rows, share=0.15, seed=recipe.seed)
    return measure(fit(train, recipe, progress), test)


def measure(fitted: Fitted, rows: Sequence[Row]) -> Measured:
    """Count what `fitted` gets right in `rows`, for all, by language and by channel."""
    texts = [clean(row.text) for row in rows]
    matrix = fitted.features.transform(texts)
    kinds = fitted.heads["kind"].predict_proba(matrix)
    services = fitted.heads["service"].predict_proba(matrix)
    languages = fitted.heads["language"].predict_proba(texts)
    kind_truth = np.array([kind_label(row) for row in rows])
    is_service = np.array([row.kind == "service" for row in rows])
    service_truth = np.array([row.label for row in rows])
    language_truth = np.array([row.language for row in rows])
    kind_hits = _hits(kinds, fitted.heads["kind"].classes_, kind_truth, best=1)
    kind_hits |= _same_kind(kinds, fitted.heads["kind"].classes_, kind_truth)
    service_hits = _hits(services, fitted.heads["service"].classes_, service_truth, best=1)
    counts = {
        "kind": _slices(rows, kind_hits, np.ones(len(rows), dtype=bool)),
        "service": _slices(rows, service_hits, is_service),
        "service_among_three": _slices(
            rows, _hits(services, fitted.heads["service"].classes_, service_truth, best=3), is_service
        ),
        "language": _slices(
            rows, _hits(languages, fitted.heads["language"].classes_, language_truth, best=1), np.ones(len(rows), dtype=bool)
        ),
    }
    calibration = {
        "kind": expected_calibration_error(kinds.max(axis=1), kind_hits),
        "service": expected_calibration_error(services.max(axis=1)[is_service], service_hits[is_service]),
    }
    return Measured(counts, calibration)


def expected_calibration_error(confidences: NDArray[np.float64], hits: NDArray[np.bool_]) -> float:
    """The mean gap between confidence and accuracy over ten equally wide bins, weighted by their sizes (Naeini 2015)."""
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    gaps = [abs(confidences[bins == b].mean() - hits[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist())]
    return float(sum(gaps))


def _hits(
    probabilities: NDArray[np.float64], classes: NDArray[np.str_], truth: NDArray[np.str_], *, best: int
) -> NDArray[np.bool_]:
    top = classes[np.argsort(-probabilities, axis=1)[:, :best]]
    return np.asarray((top == truth[:, None]).any(axis=1))


def _same_kind(probabilities: NDArray[np.float64], classes: NDArray[np.str_], truth: NDArray[np.str_]) -> NDArray[np.bool_]:
    """One emergency taken for another is still an emergency."""
    top = classes[probabilities.argmax(axis=1)]
    return np.array([a.split(".")[0] == b.split(".")[0] for a, b in zip(top, truth, strict=True)])


def _slices(rows: Sequence[Row], hits: NDArray[np.bool_], counted: NDArray[np.bool_]) -> dict[str, Count]:
    def count(belongs: Callable[[Row], bool]) -> Count:
        inside = np.array([belongs(row) for row in rows]) & counted
        return Count(right=int(hits[inside].sum()), total=int(inside.sum()))

    languages = _distinct(row.language for row in rows)
    channels = _distinct(row.channel for row in rows)
    slices = {"all": count(lambda _: True)}
    slices |= {code: count(lambda row, code=code: row.language == code) for code in languages}  # type: ignore[misc]
    slices |= {name: count(lambda row, name=name: row.channel == name) for name in channels}  # type: ignore[misc]
    return slices


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
