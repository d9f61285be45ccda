"""The recipe: which features and estimators each head is made of, and how its probabilities are calibrated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from models.features import hybrid_features
from nlp.cleaning import clean
from nlp.language_features import language_features
from training.corpus import Row

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """All numbers that a fit depends on; two fits with equal recipe, rows and libraries are equal to the bit."""

    word_features: int = 40_000
    character_features: int = 80_000
    embedding_weight: float = 0.8
    regularization: float = 0.3
    calibration_folds: int = 2
    language_features: int = 60_000
    language_regularization: float = 20.0
    seed: int = 311


@dataclass(frozen=True)
class Fitted:
    """Fitted features and heads, ready to be stored."""

    features: Any
    heads: dict[str, Any]


def fit(rows: Sequence[Row], recipe: Recipe, progress: Progress) -> Fitted:
    """Fit all heads on `rows`; `progress` is told the name of each step as it begins."""
    texts = [clean(row.text) for row in rows]
    families = np.array([row.family for row in rows])
    progress("features")
    features = hybrid_features(
        word_features=recipe.word_features,
        character_features=recipe.character_features,
        embedding_weight=recipe.embedding_weight,
    )
    matrix = features.fit_transform(texts).tocsr()
    progress("kind")
    kind = _fit_head(matrix, np.array([kind_label(row) for row in rows]), families, recipe)
    progress("service")
    is_service = np.array([row.kind == "service" for row in rows])
    codes = np.array([row.label for row in rows])[is_service]
    service = _fit_head(matrix[np.flatnonzero(is_service)], codes, families[is_service], recipe)
    progress("language")
    language = fit_language(texts, [row.language for row in rows], recipe)
    return Fitted(features, {"kind": kind, "service": service, "language": language})


def kind_label(row: Row) -> str:
    """The label of the kind head: emergencies whose answer has its own wording are told apart."""
    if row.kind == "emergency":
        return f"emergency.{row.label}"
    return row.kind


def fit_language(texts: Sequence[str], languages: Sequence[str], recipe: Recipe) -> Pipeline:
    """Fit the language head on whole texts and on their first words: residents' texts are short."""
    short = [" ".join(text.split()[:3]) for text in texts]
    head = Pipeline(
        [
            ("features", language_features(size=recipe.language_features)),
            ("classifier", LogisticRegression(C=recipe.language_regularization, max_iter=100)),
        ]
    )
    return head.fit([*texts, *short], [*languages, *languages])


def _fit_head(matrix: Any, labels: NDArray[np.str_], families: NDArray[np.str_], recipe: Recipe) -> CalibratedClassifierCV:
    """Fit a head whose temperature is chosen on rows that the fit did not see; a phrase family stays in one fold."""
    splitter = StratifiedGroupKFold(n_splits=recipe.calibration_folds, shuffle=True, random_state=recipe.seed)
    folds = list(splitter.split(matrix, labels, families))
    estimator = LinearSVC(C=recipe.regularization, random_state=recipe.seed)
    head = CalibratedClassifierCV(estimator, method="temperature", cv=folds, ensemble=False, n_jobs=2)
    return _in_single_precision(head.fit(matrix, labels))


def _in_single_precision(head: CalibratedClassifierCV) -> CalibratedClassifierCV:
    """Halve a head's size on disk and in memory; seven digits are more than any probability here can use."""
    for calibrated in head.calibrated_classifiers_:
        calibrated.estimator.coef_ = calibrated.estimator.coef_.astype(np.float32)
    return head
