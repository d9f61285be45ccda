"""The recipe: which features and estimators each head is made of, and how its probabilities are calibrated."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from models.features import HybridFeatures
from models.heads import WithPrior, WordsAndMeaning
from nlp.cleaning import clean
from nlp.language_features import language_features
from training.corpus import Row, fingerprint

Progress = Callable[[str], None]
_ROOT = Path(__file__).resolve().parent.parent
_CODE = (
    "models/embedding.py",
    "models/features.py",
    "models/heads.py",
    "models/meaning.py",
    "nlp/cleaning.py",
    "nlp/folding.py",
    "nlp/language_features.py",
    "training/recipe.py",
)
STEPS = ("features", "kind, service and language")


@dataclass(frozen=True)
class Recipe:
    """All numbers that a fit depends on; two fits with equal recipe, rows and libraries are equal to the bit.

    `meaning_row_weight` is what the English meaning of a message counts as a message of its own, `kind_balance` how far rare kinds
    are weighed up (0: not, 1: all kinds equal), `prior_strength` how far common services win what the words leave open.
    """

    word_features: int = 40_000
    character_features: int = 80_000
    meaning_weight: float = 0.8
    meaning_row_weight: float = 0.3
    regularization: float = 0.3
    kind_regularization: float = 1.0
    kind_balance: float = 0.4
    kind_hidden: int = 256
    kind_epochs: int = 12
    prior_strength: float = 0.6
    calibration_folds: int = 2
    language_features: int = 60_000
    language_regularization: float = 20.0
    seed: int = 311

    def version(self, rows: Sequence[Row], volumes: Mapping[str, int]) -> str:
        """Eight digits that change with the rows, the numbers above, the services' volumes, or the code of features and heads."""
        digest = hashlib.sha256(f"{fingerprint(rows)}{self}{sorted(volumes.items())}".encode())
        for path in _CODE:
            digest.update((_ROOT / path).read_bytes())
        return digest.hexdigest()[:8]


@dataclass(frozen=True)
class Fitted:
    """Fitted features and heads, ready to be stored."""

    features: HybridFeatures
    heads: dict[str, Any]


@dataclass(frozen=True)
class _Examples:
    """Messages and, weighing less, their English meanings: rows of features with what each is called."""

    matrix: csr_matrix
    kinds: NDArray[np.str_]
    labels: NDArray[np.str_]
    families: NDArray[np.str_]
    weights: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_]) -> "_Examples":
        return _Examples(
            self.matrix[np.flatnonzero(chosen)],
            self.kinds[chosen],
            self.labels[chosen],
            self.families[chosen],
            self.weights[chosen],
        )


def fit(rows: Sequence[Row], recipe: Recipe, progress: Progress, *, volumes: Mapping[str, int] | None = None) -> Fitted:
    """Fit all heads on `rows`; `progress` is told each step as it begins, `volumes` says how common each service is (cases a year)."""
    texts = [clean(row.text) for row in rows]
    progress("features")
    features = HybridFeatures(
        word_features=recipe.word_features,
        character_features=recipe.character_features,
        meaning_weight=recipe.meaning_weight,
    )
    # Sums over several threads end differently in the last bit from run to run, and that bit grows.
    with threadpool_limits(1):
        examples = _examples(rows, texts, features, recipe)
    progress("kind, service and language")
    # Processes, not threads: liblinear draws its random numbers from one global source, which would make a fit unrepeatable.
    heads = Parallel(n_jobs=2)(
        [
            delayed(_fit_service)(examples, recipe, volumes or {}),
            delayed(_fit_kind)(examples, features.meaning_columns, recipe),
            delayed(fit_language)(texts, [row.language for row in rows], recipe),
        ]
    )
    return Fitted(features, dict(zip(("service", "kind", "language"), heads, strict=True)))


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
            ("classifier", LogisticRegression(C=recipe.language_regularization, max_iter=300, tol=1e-3)),
        ]
    )
    return head.fit([*texts, *short], [*languages, *languages])


def _examples(rows: Sequence[Row], texts: Sequence[str], features: HybridFeatures, recipe: Recipe) -> _Examples:
    english = [clean(row.english) if row.language != "en" else "" for row in rows]
    own, meant = features.fit_transform(texts, [row.language for row in rows], english)
    translated = [index for index, meaning in enumerate(english) if meaning]
    every = [*rows, *(rows[index] for index in translated)]
    return _Examples(
        vstack([own, meant], format="csr"),
        np.array([kind_label(row) for row in every]),
        np.array([row.label for row in every]),
        np.array([row.family for row in every]),
        np.array([1.0] * len(rows) + [recipe.meaning_row_weight] * len(translated)),
    )


def _fit_kind(examples: _Examples, meaning_columns: int, recipe: Recipe) -> Any:
    estimator = WordsAndMeaning(
        meaning_columns=meaning_columns,
        regularization=recipe.kind_regularization,
        hidden=recipe.kind_hidden,
        epochs=recipe.kind_epochs,
        seed=recipe.seed,
    )
    counts = Counter(examples.kinds.tolist())
    even = len(examples.kinds) / len(counts)
    balance = np.array([(even / counts[kind]) ** recipe.kind_balance for kind in examples.kinds.tolist()])
    return _calibrated(estimator, examples, examples.kinds, examples.weights * balance, recipe)


def _fit_service(examples: _Examples, recipe: Recipe, volumes: Mapping[str, int]) -> Any:
    reports = examples.only(examples.kinds == "service")
    estimator = LinearSVC(C=recipe.regularization, random_state=recipe.seed)
    head = _calibrated(estimator, reports, reports.labels, reports.weights, recipe)
    prior = np.array([float(volumes.get(code, 1)) for code in head.classes_])
    return WithPrior(head, prior, recipe.prior_strength)


def _calibrated(
    estimator: Any, examples: _Examples, labels: NDArray[np.str_], weights: NDArray[np.float64], recipe: Recipe
) -> CalibratedClassifierCV:
    """Fit a head whose temperature is chosen on rows that the fit did not see; a phrase family stays in one fold."""
    splitter = StratifiedGroupKFold(n_splits=recipe.calibration_folds, shuffle=True, random_state=recipe.seed)
    folds = list(splitter.split(examples.matrix, labels, examples.families))
    head = CalibratedClassifierCV(estimator, method="temperature", cv=folds, ensemble=False)
    return _in_single_precision(head.fit(examples.matrix, labels, sample_weight=weights))


def _in_single_precision(head: CalibratedClassifierCV) -> CalibratedClassifierCV:
    """Halve a head's size on disk and in memory; seven digits are more than any probability here can use."""
    for calibrated in head.calibrated_classifiers_:
        linear = getattr(calibrated.estimator, "linear_", calibrated.estimator)
        linear.coef_ = linear.coef_.astype(np.float32)
    return head
