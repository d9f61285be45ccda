"""The recipe on any labelled set: how good is it where nobody tuned it?"""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from models.bundle import Count
from models.features import HybridFeatures
from nlp.cleaning import clean
from training.errors import TrainingError
from training.figures import interval, share
from training.recipe import Recipe
from training.scope import OUT_OF_SCOPE, Scoped, ScopedClassifier, choose_regularization

_KEPT = (0.99, 0.97, 0.95, 0.9, 0.8)
# Nothing in such a file says which language it is in, and the encoder reads its own languages alike.
_LANGUAGE = "en"


@dataclass(frozen=True)
class Example:
    """A text with its label; `oos` is the label of what is out of scope."""

    text: str
    label: str


def read_examples(path: Path) -> list[Example]:
    """Read a CSV file with the columns text and label. Raises TrainingError with file and line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"text", "label"} <= set(reader.fieldnames or ()):
                raise TrainingError(
                    f"{path}:1: expected the columns text and label, found {', '.join(reader.fieldnames or ['none'])}"
                )
            return [_example(path, reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path}: {error}") from error


def try_recipe(train: Sequence[Example], test: Sequence[Example], recipe: Recipe) -> dict[str, Any]:
    """Fit on `train`, measure on `test`; return what `python -m training try` prints.

    Texts become the features of the service, read as English; labels are learnt as services are, with the strength of regularization
    chosen on `train`. Out-of-scope examples in `train` are learnt too.
    """
    begun = time.perf_counter()
    texts, labels = [clean(one.text) for one in train], np.array([one.label for one in train])
    if len(set(labels) - {OUT_OF_SCOPE}) < 2:
        raise TrainingError("The training file needs at least two labels besides oos.")
    features = HybridFeatures(
        word_features=recipe.word_features,
        character_features=recipe.character_features,
        meaning_weight=recipe.meaning_weight,
    )
    rows, _ = features.fit_transform(texts, [_LANGUAGE] * len(texts), [""] * len(texts))
    strength = choose_regularization(rows, labels, recipe.seed)
    classifier = ScopedClassifier(strength, recipe.seed).fit(rows, labels)
    fitted = time.perf_counter()
    found = classifier.judge(features.transform([clean(one.text) for one in test], [_LANGUAGE] * len(test)))
    answered = time.perf_counter()
    return {
        **_figures(np.array([one.label for one in test]), found),
        "train": len(train),
        "test": len(test),
        "labels": len(classifier.classes),
        "regularization": strength,
        "seconds": round(answered - begun, 2),
        "messages_per_second": round(len(test) / (answered - fitted), 1),
    }


def _example(path: Path, number: int, cells: dict[str, Any]) -> Example:
    text, label = (cells["text"] or "").strip(), (cells["label"] or "").strip()
    if not text or not label:
        raise TrainingError(f"{path}:{number}: a row needs a text and a label")
    return Example(text, label)


def _figures(truth: NDArray[np.str_], found: Scoped) -> dict[str, Any]:
    in_scope = truth != OUT_OF_SCOPE
    counts = {
        "accuracy": _count(found.best == truth),
        "in_scope_accuracy": _count((found.in_scope == truth)[in_scope]),
    }
    measured: dict[str, Any] = {name: _share(count) for name, count in counts.items()}
    if in_scope.any() and not in_scope.all():
        measured["auroc"] = round(float(roc_auc_score(in_scope, found.score)), 4)
        measured["out_of_scope"] = [_at(kept, truth, found) for kept in _KEPT]
    return measured | {
        "counts": {name: [count.right, count.total] for name, count in counts.items()},
        "intervals": {name: _bounds(count) for name, count in counts.items()},
    }


def _at(kept: float, truth: NDArray[np.str_], found: Scoped) -> dict[str, Any]:
    """Refuse below the score that keeps a share of the messages in scope; the threshold is read from the test set itself."""
    in_scope = truth != OUT_OF_SCOPE
    threshold = float(np.quantile(found.score[in_scope], 1 - kept))
    stays = found.score >= threshold
    refused = _count(~stays[~in_scope])
    return {
        "in_scope_kept": kept,
        "threshold": round(threshold, 4),
        "out_of_scope_recall": _share(refused),
        "out_of_scope_recall_interval": _bounds(refused),
        "in_scope_accuracy": _share(_count(((found.in_scope == truth) & stays)[in_scope])),
    }


def _count(hits: NDArray[np.bool_]) -> Count:
    return Count(right=int(hits.sum()), total=len(hits))


def _share(count: Count) -> float | None:
    return round(share(count), 4) if count.total else None


def _bounds(count: Count) -> list[float]:
    bounds = interval(count)
    return [round(bounds.low, 4), round(bounds.high, 4)]
