"""The recipe on any labelled set, and messages that say the same twice."""

import json
from pathlib import Path

import pytest

from tests.builders import a_row
from training.__main__ import main
from training.near_duplicates import near_duplicates
from training.recipe import Recipe
from training.trial import Example, try_recipe

TRAIN = {
    "balance": [
        "what is my balance",
        "how much money do i have",
        "show my account balance",
        "balance please",
        "money left in account",
    ],
    "card": [
        "i lost my card",
        "my card was stolen",
        "block my credit card",
        "card is gone please block it",
        "someone took my card",
    ],
    "transfer": [
        "send money to my brother",
        "transfer 50 dollars",
        "wire funds to anna",
        "make a transfer",
        "move money to savings",
    ],
}
OUT_OF_SCOPE = ["will it rain tomorrow", "tell me a joke", "who won the game", "how tall is the eiffel tower", "sing a song"]


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in rows), encoding="utf-8")
    return path


def rows(*, with_oos: bool) -> list[tuple[str, str]]:
    found = [(text, label) for label, texts in TRAIN.items() for text in texts]
    return found + [(text, "oos") for text in OUT_OF_SCOPE] if with_oos else found


TEST = [("tell me my balance", "balance"), ("my card got stolen", "card"), ("transfer money to my mother", "transfer")]


def test_any_labelled_set_is_measured_with_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = write(tmp_path / "a.csv", rows(with_oos=True))
    test = write(tmp_path / "b.csv", [*TEST, ("will it snow on sunday", "oos"), ("tell me another joke", "oos")])
    assert main(["try", "--train", str(train), "--test", str(test)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["in_scope_accuracy"] == 1.0
    assert found["counts"]["in_scope_accuracy"] == [3, 3]
    assert found["intervals"]["in_scope_accuracy"][0] == pytest.approx(0.4385, abs=1e-3)
    assert found["auroc"] == 1.0
    assert found["out_of_scope"][0]["out_of_scope_recall"] == 1.0
    assert found["seconds"] > 0


def test_a_set_without_out_of_scope_messages_has_no_figure_for_them() -> None:
    train = [Example(text, label) for text, label in rows(with_oos=False)]
    found = try_recipe(train, [Example(*one) for one in TEST], Recipe())
    assert found["counts"]["accuracy"][1] == 3
    assert "auroc" not in found


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("words,label\nhi,a\n", "a.csv:1: expected the columns text and label, found words, label"),
        ("text,label\nhi,a\n,b\n", "a.csv:3: a row needs a text and a label"),
        ("text,label\nhi,a\nho,a\n", "at least two labels"),
    ],
    ids=["other columns", "an empty text", "one label"],
)
def test_a_bad_file_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["try", "--train", str(path), "--test", str(path)]) == 2
    assert complaint in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "--train", str(tmp_path / "no.csv"), "--test", str(tmp_path / "no.csv")]) == 2
    assert "no.csv" in capsys.readouterr().err


def test_nearly_equal_messages_of_one_label_are_found_and_declared_paraphrases_are_not() -> None:
    same = [a_row("there is a big hole in the road"), a_row("There is a big hole in the road!"), a_row("the lamp is out")]
    (pair,) = near_duplicates(same)
    assert (pair.first.text, pair.second.text) == (same[0].text, same[1].text)
    family = [a_row("there is a big hole in the road", family="f"), a_row("there is a big hole in the roads", family="f")]
    assert near_duplicates(family) == []
