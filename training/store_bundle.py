"""A fit becomes a bundle on disk: files, hashes and card, written beside and moved into place at the end."""

import pickle
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib

from models.bundle import CARD, HEADS, Card, Golden, library_versions, python_version, sha256_of
from nlp.cleaning import clean
from training.corpus import Row, fingerprint
from training.recipe import Fitted, Recipe

_GOLDEN_FOR_EACH_LANGUAGE = 1


def store_bundle(fitted: Fitted, rows: Sequence[Row], recipe: Recipe, *, city: str, folder: Path, version: str) -> Card:
    """Write a bundle to `folder`, whole or not at all, and return its card; its figures are empty until it is measured."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".partial-"))
    joblib.dump(_repeatable(fitted.features), partial / "features.joblib")
    for head in HEADS:
        joblib.dump(_repeatable(fitted.heads[head]), partial / f"{head}.joblib")
    card = Card(
        name=folder.name,
        version=version,
        made_at=datetime.now(UTC),
        commit=_commit(),
        python=python_version(),
        libraries=library_versions(),
        files={path.name: sha256_of(path) for path in sorted(partial.glob("*.joblib"))},
        training_data_sha256=fingerprint(rows),
        rows=len(rows),
        seed=recipe.seed,
        city=city,
        languages=tuple(sorted({row.language for row in rows})),
        labels={head: tuple(str(label) for label in fitted.heads[head].classes_) for head in HEADS},
        metrics={},
        calibration={},
        golden=_golden(fitted, rows),
    )
    write_card(partial, card)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
    return card


def write_card(folder: Path, card: Card) -> None:
    """Write or replace the card in `folder`, whole or not at all."""
    partial = folder / f"{CARD}.partial"
    partial.write_text(card.model_dump_json(indent=1), encoding="utf-8")
    partial.replace(folder / CARD)


def _repeatable(estimator: Any) -> Any:
    """A copy whose pickle is the same in every run: without addresses in memory, and with strings shared alike.

    Text vectorizers remember where their stop words lie (`_stop_words_id`), and ask anew when that is missing.
    """
    copy = pickle.loads(pickle.dumps(estimator))  # noqa: S301 - our own object, a moment ago.
    _drop_addresses(copy)
    return copy


def _drop_addresses(value: Any) -> None:
    if isinstance(value, list | tuple):
        for one in value:
            _drop_addresses(one)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        vars(value).pop("_stop_words_id", None)
        for one in vars(value).values():
            _drop_addresses(one)


def _golden(fitted: Fitted, rows: Sequence[Row]) -> tuple[Golden, ...]:
    """Take the first rows of each language as examples whose answers a loaded bundle must give again."""
    chosen: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.kind == "service" and len(chosen[row.language]) < _GOLDEN_FOR_EACH_LANGUAGE:
            chosen[row.language].append(row)
    examples = [row for language in chosen.values() for row in language]
    texts = [clean(row.text) for row in examples]
    matrix = fitted.features.transform(texts, [row.language for row in examples])
    kinds = fitted.heads["kind"].predict_proba(matrix)
    services = fitted.heads["service"].predict_proba(matrix)
    return tuple(
        Golden(
            text=text,
            language=row.language,
            kind=str(fitted.heads["kind"].classes_[kind.argmax()]),
            kind_confidence=float(kind.max()),
            service=str(fitted.heads["service"].classes_[service.argmax()]),
            service_confidence=float(service.max()),
        )
        for text, row, kind, service in zip(texts, examples, kinds, services, strict=True)
    )


def _commit() -> str:
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
