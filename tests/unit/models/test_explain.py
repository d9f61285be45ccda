"""The words that carried a score."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.explain import explain_service, strongest


class WordCounter(Bundle):
    """A bundle that finds HOLE likelier for each of its words."""

    def transform(self, texts: Any, languages: Any) -> Any:
        return list(texts)

    def probabilities(self, head: str, rows: Any) -> NDArray[np.float64]:
        likely = [0.2 + 0.6 * ("hole" in text) + 0.1 * ("road" in text) for text in rows]
        return np.array([[p, 1 - p] for p in likely])


class Card:
    labels = {"service": ("HOLE", "LIGHT")}  # noqa: RUF012 - a constant of tests.


BUNDLE = WordCounter(Card(), None, {})  # type: ignore[arg-type]


def test_the_word_that_decides_is_named_first_and_the_others_after_it() -> None:
    text = "please mend the hole in our road"
    best = strongest(explain_service(BUNDLE, text, "en", "HOLE"), 5)
    assert [text[one.start : one.end] for one in best] == ["hole", "road"]


def test_for_another_service_the_same_word_speaks_against() -> None:
    weights = {one.start: one.weight for one in explain_service(BUNDLE, "hole", "en", "LIGHT")}
    assert weights[0] < 0
    assert strongest(explain_service(BUNDLE, "hole", "en", "LIGHT"), 3) == ()


def test_chinese_is_read_in_pairs_of_characters() -> None:
    text = "路上有hole"
    assert [text[one.start : one.end] for one in explain_service(BUNDLE, text, "zh-Hans", "HOLE")] == ["路上", "有", "hole"]


def test_a_text_without_words_has_nothing_to_explain() -> None:
    assert explain_service(BUNDLE, "?!", "en", "HOLE") == ()
