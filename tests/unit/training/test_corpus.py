"""Corpus files, splits and figures."""

from pathlib import Path

import numpy as np
import pytest

from tests.builders import a_row
from training.corpus import COLUMNS, CorpusError, fingerprint, read_corpus
from training.figures import expected_calibration_error
from training.splits import split_by_family


def write(folder: Path, *lines: str, columns: str = "\t".join(COLUMNS)) -> Path:
    path = folder / "en.tsv"
    path.write_text("\n".join([columns, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read_with_its_tags_and_a_family_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, 'service\tHOLE\tbig "hole"\t\t\tsms\ten-a\ttypo nearmiss', "service\tHOLE\tthe hole\t\tswerve\tsms\ten-a\t")
    first, second = read_corpus(tmp_path, ["en"], ["HOLE"])
    assert (first.text, first.tags) == ('big "hole"', frozenset({"typo", "nearmiss"}))
    assert second.family == "en:HOLE:swerve"
    assert first.family != second.family


def test_a_service_that_is_as_right_is_accepted_and_must_exist(tmp_path: Path) -> None:
    path = write(tmp_path, "service\tHOLE\tthe hole\t\t\tsms\ten-a\tor=ROAD typo")
    (row,) = read_corpus(tmp_path, ["en"], ["HOLE", "ROAD"])
    assert row.accepted == {"HOLE", "ROAD"}
    with pytest.raises(CorpusError, match="unknown service 'ROAD'"):
        read_corpus(tmp_path, ["en"], ["HOLE"])
    assert path.exists()


def test_every_fault_is_named_with_file_and_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "service\tNOTHING\thole\t\t\tsms\ten-a\t",
        "wish\tHOLE\thole\t\t\tsms\ten-a\t",
        "service\tHOLE\t!?\t\t\tsms\ten-a\t",
    )
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path, ["en", "es"], ["HOLE"])
    message = str(caught.value)
    assert f"{path}:2: unknown service 'NOTHING'" in message
    assert f"{path}:3: unknown kind 'wish'" in message
    assert f"{path}:4: the text has no words" in message
    assert f"{tmp_path / 'es.tsv'}:1: the file is missing" in message


def test_wrong_columns_are_named(tmp_path: Path) -> None:
    write(tmp_path, "x", columns="text\tlabel")
    with pytest.raises(CorpusError, match="expected the columns"):
        read_corpus(tmp_path, ["en"], ["HOLE"])


def test_paraphrases_are_never_on_both_sides_of_a_split() -> None:
    rows = [a_row(f"text {i} {j}", family=f"family {i}") for i in range(30) for j in range(3)]
    train, test = split_by_family(rows, share=0.2, seed=1)
    assert len(train) + len(test) == 90
    assert test
    assert not {row.family for row in train} & {row.family for row in test}


def test_a_changed_row_changes_the_fingerprint() -> None:
    assert fingerprint([a_row("a"), a_row("b")]) != fingerprint([a_row("a"), a_row("c")])


@pytest.mark.parametrize(
    ("confidences", "hits", "error"),
    [([0.95] * 20, [True] * 19 + [False], 0.0), ([0.95] * 10, [False] * 10, 0.95), ([0.55, 0.95], [True, True], 0.25)],
    ids=["well calibrated", "always wrong", "two bins"],
)
def test_the_calibration_error_is_the_gap_between_confidence_and_truth(
    confidences: list[float], hits: list[bool], error: float
) -> None:
    assert expected_calibration_error(np.array(confidences), np.array(hits)) == pytest.approx(error)
