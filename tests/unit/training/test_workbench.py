"""The workbench: one command makes a bundle, and does nothing when there is nothing to do."""

from pathlib import Path

import pytest

from intake.settings import ROOT
from models.bundle import CARD, load_bundle
from training.__main__ import main


def fit(folder: Path, *more: str) -> int:
    return main(["fit", "--city", "millbrook", "--var-folder", str(folder), *more])


def test_a_bundle_is_made_once_and_made_anew_only_when_something_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit(tmp_path) == 0
    bundle = tmp_path / "bundles" / "millbrook" / "starter"
    card = load_bundle(bundle, remedy="").card
    assert (card.city, set(card.languages)) == ("millbrook", {"en", "es"})
    assert "bundle starter" in capsys.readouterr().out
    assert fit(tmp_path, "--if-needed") == 0
    assert capsys.readouterr().out == ""
    (bundle / CARD).write_text("{}", encoding="utf-8")
    assert fit(tmp_path, "--if-needed") == 0
    assert "bundle starter" in capsys.readouterr().out


def test_the_measures_name_their_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--city", "millbrook"]) == 0
    printed = capsys.readouterr().out
    for word in ("kind", "service", "service_among_three", "language", "expected calibration error", "sms", "es"):
        assert word in printed


def test_a_broken_corpus_is_named_and_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = main(["fit", "--city", "atlantis", "--cities-folder", str(ROOT / "cities"), "--var-folder", str(tmp_path)])
    assert missing == 2
    assert "atlantis" in capsys.readouterr().err
    assert not (tmp_path / "bundles").exists()
