"""Bundles: what does not fit is refused before it can do harm, with the command that mends it."""

import json
import shutil
from pathlib import Path
from typing import Any

import joblib
import pytest

from models.bundle import CARD, BundleRefusedError, load_bundle, sha256_of
from training.corpus import Row
from training.recipe import Recipe, fit
from training.store_bundle import store_bundle

REMEDY = "python -m training fit"
WORDS = {
    "HOLE": [
        "hole in the road",
        "deep pothole",
        "car fell in a hole",
        "road has a crater",
        "my tire broke in the hole",
        "pit in street",
    ],
    "LIGHT": [
        "street light out",
        "lamp is dark",
        "light flickers",
        "no light on pole",
        "lamp post dead",
        "the light does not work",
    ],
}
OTHERS = {
    ("info", "hours"): ["when are you open", "what are the hours", "how late is city hall open", "open on sunday?"],
    ("emergency", "gas"): ["i smell gas", "gas leak here", "strong gas smell", "gas odor inside"],
    ("other", "chitchat"): ["tell me a joke", "who won", "i like pizza", "do you love me"],
}


def rows() -> list[Row]:
    """A corpus that fits in a hand, in two languages."""
    found = []
    for language, mark in (("en", ""), ("es", "señor ")):
        labelled = [("service", code, text) for code, texts in WORDS.items() for text in texts]
        labelled += [(kind, label, text) for (kind, label), texts in OTHERS.items() for text in texts]
        found += [
            Row(language, kind, label, mark + text, "", f"{language}:{text}", "sms", "a test", frozenset())
            for kind, label, text in labelled
        ]
    return found


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    recipe = Recipe(word_features=500, character_features=500, language_features=500, calibration_folds=2)
    fitted = fit(rows(), recipe, lambda _: None)
    store_bundle(fitted, rows(), recipe, city="test", folder=folder, version="1")
    return folder


@pytest.fixture
def bundle(stored: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    copy = tmp_path / "tiny"
    shutil.copytree(stored, copy)
    return copy


def change_card(bundle: Path, **values: Any) -> None:
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    (bundle / CARD).write_text(json.dumps({**card, **values}), encoding="utf-8")


def refused(bundle: Path) -> str:
    with pytest.raises(BundleRefusedError) as caught:
        load_bundle(bundle, remedy=REMEDY)
    assert REMEDY in str(caught.value)
    return str(caught.value)


def test_a_whole_bundle_loads_and_answers(bundle: Path) -> None:
    loaded = load_bundle(bundle, remedy=REMEDY)
    probabilities = loaded.probabilities("service", loaded.transform(["there is a hole"], ["en"]))
    assert probabilities.shape == (1, 2)
    assert loaded.card.labels["service"][int(probabilities[0].argmax())] == "HOLE"
    assert loaded.name == "tiny 1"


def test_a_missing_bundle_names_the_command(tmp_path: Path) -> None:
    assert "no model bundle" in refused(tmp_path / "nowhere")


def test_a_changed_file_is_refused_before_it_is_unpickled(bundle: Path) -> None:
    (bundle / "kind.joblib").write_bytes(b"not a pickle: loading this would fail in another way")
    assert "not the file that its card describes" in refused(bundle)


def test_another_library_version_is_refused(bundle: Path) -> None:
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    change_card(bundle, libraries={**card["libraries"], "scikit-learn": "0.1"})
    assert "scikit-learn 0.1" in refused(bundle)


def test_a_missing_file_is_refused(bundle: Path) -> None:
    (bundle / "service.joblib").unlink()
    assert "service.joblib is missing" in refused(bundle)


def test_a_card_without_a_field_is_refused(bundle: Path) -> None:
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    del card["seed"]
    (bundle / CARD).write_text(json.dumps(card), encoding="utf-8")
    assert "seed" in refused(bundle)


def test_labels_that_do_not_fit_are_refused(bundle: Path) -> None:
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    change_card(bundle, labels={**card["labels"], "service": ["HOLE", "LAMP"]})
    assert "labels of service" in refused(bundle)


def test_a_golden_example_that_is_answered_otherwise_is_refused(bundle: Path) -> None:
    head = joblib.load(bundle / "service.joblib")
    head.classes_ = head.classes_[::-1]
    joblib.dump(head, bundle / "service.joblib")
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    files = {**card["files"], "service.joblib": sha256_of(bundle / "service.joblib")}
    labels = {**card["labels"], "service": card["labels"]["service"][::-1]}
    change_card(bundle, files=files, labels=labels)
    assert "The bundle calls" in refused(bundle)


def test_fitting_twice_gives_the_same_bundle(stored: Path, tmp_path: Path) -> None:
    recipe = Recipe(word_features=500, character_features=500, language_features=500, calibration_folds=2)
    again = tmp_path / "again"
    store_bundle(fit(rows(), recipe, lambda _: None), rows(), recipe, city="test", folder=again, version="1")
    first = json.loads((stored / CARD).read_text(encoding="utf-8"))
    second = json.loads((again / CARD).read_text(encoding="utf-8"))
    assert first["files"] == second["files"]
    assert first["golden"] == second["golden"]
