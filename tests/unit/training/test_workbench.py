"""The workbench as a data scientist uses it, on the small city."""

import csv
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from intake.database import migrate
from intake.settings import ROOT
from models.bundle import CARD, load_bundle
from models.published import publications, published_bundle
from training.__main__ import main


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with the starter of the small city, and a candidate that takes holes for rats and rats for holes."""
    folder = tmp_path_factory.mktemp("var")
    assert run(folder, "fit") == 0
    cities = tmp_path_factory.mktemp("cities")
    shutil.copytree(ROOT / "cities" / "millbrook", cities / "millbrook")
    for path in (cities / "millbrook" / "corpus").glob("*.tsv"):
        words = path.read_text(encoding="utf-8")
        swapped = words.replace("service\tPOTHOLE", "service\t#").replace("service\tRATS", "service\tPOTHOLE")
        path.write_text(swapped.replace("service\t#", "service\tRATS"), encoding="utf-8")
    assert run(folder, "fit", "--bundle", "swapped", "--cities-folder", str(cities)) == 0
    return folder


@pytest.fixture
def var(fitted: Path, tmp_path: Path) -> Path:
    """A copy in which a test may publish."""
    shutil.copytree(fitted, tmp_path / "var")
    return tmp_path / "var"


def run(folder: Path, command: str, *more: str) -> int:
    return main([command, "--city", "millbrook", "--var-folder", str(folder), *more])


def bundles(var: Path) -> Path:
    return var / "bundles" / "millbrook"


def test_a_bundle_is_made_once_and_made_anew_only_when_something_changed(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = load_bundle(bundles(var) / "starter", remedy="").card
    assert (card.city, set(card.languages)) == ("millbrook", {"en", "es"})
    assert card.metrics["service"]["all"].total == 26
    assert run(var, "fit", "--if-needed") == 0
    assert capsys.readouterr().out == ""
    (bundles(var) / "starter" / CARD).write_text("{}", encoding="utf-8")
    assert run(var, "fit", "--if-needed") == 0
    assert "bundle starter" in capsys.readouterr().out


def test_the_measures_name_their_counts_and_intervals(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "evaluate") == 0
    printed = capsys.readouterr().out
    for word in (
        "kind",
        "service among three",
        "emergencies found",
        "language",
        "calibration error",
        "routed by itself",
        "sms",
        "es",
    ):
        assert word in printed
    assert "/26" in printed


def test_the_recipe_is_measured_on_held_out_families(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "evaluate", "--held-out") == 0
    assert "service among three" in capsys.readouterr().out


def test_a_comparison_marks_what_is_more_than_noise(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "compare", "swapped") == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.split()[:2] == ["service", "all"]]
    assert line.endswith("LOSS")


def test_a_candidate_that_loses_is_refused_and_nothing_changes(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "publish", "swapped") == 2
    assert "loses more than noise" in capsys.readouterr().err
    assert published_bundle(bundles(var)) == "starter"


def test_an_accepted_loss_is_published_recorded_and_rolled_back(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "publish", "swapped", "--accept", "a test of the swap") == 0
    (publication,) = publications(bundles(var))
    assert publication.reason == "a test of the swap"
    assert any(loss.startswith("service in all") for loss in publication.losses)
    assert run(var, "rollback", "--reason", "holes are no rats") == 0
    assert published_bundle(bundles(var)) == "starter"
    assert run(var, "publish") == 0
    printed = capsys.readouterr().out
    assert "holes are no rats" in printed
    assert "in use: starter" in printed


def test_nothing_is_rolled_back_before_anything_was_published(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "rollback", "--reason", "why not") == 2
    assert "nothing to return to" in capsys.readouterr().err


def test_a_published_bundle_is_kept_for_a_rollback(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "publish", "swapped", "--accept", "a test") == 0
    assert run(var, "fit", "--bundle", "swapped") == 2
    assert "another name" in capsys.readouterr().err


def test_the_report_is_one_file_with_tables_and_diagrams(var: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert run(var, "report", "--bundle", "swapped", "--output", str(path)) == 0
    page = path.read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "<td>POTHOLE</td><td>RATS</td>" in page
    for word in ("Reliability", "Threshold by threshold", "Services taken for each other", "surest of", "/42"):
        assert word in page
    assert "http" not in page


def test_the_corpus_is_counted(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(var, "corpus", "--all") == 0
    assert "656 messages" in capsys.readouterr().out


def test_a_broken_corpus_is_named_and_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = main(["fit", "--city", "atlantis", "--cities-folder", str(ROOT / "cities"), "--var-folder", str(tmp_path)])
    assert missing == 2
    assert "atlantis" in capsys.readouterr().err
    assert not (tmp_path / "bundles").exists()


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A service's database with two messages, one of them corrected by an agent."""
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    migrate(url)
    engine = create_engine(url)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        for number, words in enumerate(("hole on Elm St, call me at 617-555-0123", "where is my bin"), 1):
            connection.execute(
                text(
                    "INSERT INTO messages (id, channel, provider_id, conversation_id, text, received_at, attempts, language)"
                    " VALUES (:id, 'sms', :id, 1, :text, :at, 0, 'en')"
                ),
                {"id": number, "text": words, "at": now.isoformat(sep=" ")},
            )
        connection.execute(
            text(
                "INSERT INTO labels (message_id, field, before, after, actor, at)"
                " VALUES (1, 'service', 'RATS', 'POTHOLE', 'ana', :at)"
            ),
            {"at": now.isoformat(sep=" ")},
        )
    engine.dispose()
    return url


def exported(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_corrections_are_exported_without_personal_data(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "labels", "--database", database) == 0
    (row,) = exported(capsys)
    assert (row["field"], row["before"], row["after"]) == ("service", "RATS", "POTHOLE")
    assert row["text"] == "hole on Elm St, call me at [phone]"
    assert "actor" not in row


def test_a_correction_that_was_taken_back_is_not_exported(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE labels SET undone_at = at"))
    engine.dispose()
    assert run(tmp_path, "labels", "--database", database) == 0
    assert exported(capsys) == []


def test_a_blind_sample_is_the_same_for_the_same_seed_and_shows_no_answers(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "labels", "--database", database, "--audit", "5", "--seed", "1") == 0
    first = exported(capsys)
    assert run(tmp_path, "labels", "--database", database, "--audit", "5", "--seed", "1") == 0
    assert exported(capsys) == first
    assert {row["message"] for row in first} == {"1", "2"}
    assert all(row["kind"] == row["label"] == "" for row in first)


def test_a_database_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "labels") == 2
    assert "--database URL" in capsys.readouterr().err
