"""The index over articles: words and meaning find them, and what nothing answers is left unanswered."""

import numpy as np
import pytest

from models.clusters import clusters
from models.knowledge import ArticleIndex, Passage
from models.meaning import Vectors

TOPICS = 30
WAYS = 6


def meaning_of(topic: int, way: int = 0, noise: float = 0.2) -> Vectors:
    """A unit vector near its topic's own direction."""
    rng = np.random.default_rng([topic, way])
    vector = noise * rng.normal(size=TOPICS + 8) / np.sqrt(TOPICS + 8)
    vector[topic] += 1
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@pytest.fixture(scope="module")
def index() -> ArticleIndex:
    """Thirty topics, six questions each, in words that only they use and words that all use."""
    passages = [Passage(f"t{t:02}", "en", f"about topic{t} please way{w}") for t in range(TOPICS) for w in range(WAYS)]
    meanings = np.stack([meaning_of(t, w) for t in range(TOPICS) for w in range(WAYS)])
    return ArticleIndex(passages, meanings)


def ask(index: ArticleIndex, text: str, meaning: Vectors, language: str = "en") -> tuple[str, float]:
    (found,) = index.search([text], [language], meaning[None, :])
    return found[0].id, found[0].confidence


def test_a_question_in_other_words_is_found_by_its_meaning(index: ArticleIndex) -> None:
    article, confidence = ask(index, "qqqq", meaning_of(7, 99))
    assert article == "t07"
    assert confidence > 0.5


def test_a_question_without_meaning_is_found_by_its_words(index: ArticleIndex) -> None:
    everywhere = np.full(TOPICS + 8, 1 / np.sqrt(TOPICS + 8), dtype=np.float32)
    assert ask(index, "topic7", everywhere)[0] == "t07"


def test_a_question_that_no_article_answers_is_told_by_its_confidence(index: ArticleIndex) -> None:
    elsewhere = np.zeros(TOPICS + 8, dtype=np.float32)
    elsewhere[TOPICS + 3] = 1
    assert ask(index, "zzz", elsewhere)[1] < 0.2
    # In a language that was taught to the encoder the words speak too, and they know nothing of it either.
    assert ask(index, "zzz", elsewhere, "ht")[1] < 0.25


def test_the_likeliest_stand_first(index: ArticleIndex) -> None:
    (found,) = index.search(["topic3"], ["en"], meaning_of(3)[None, :])
    assert [score.confidence for score in found] == sorted((score.confidence for score in found), reverse=True)
    assert len(found) == 3


def test_an_index_of_nothing_finds_nothing() -> None:
    empty = ArticleIndex([], np.zeros((0, 1), dtype=np.float32))
    assert empty.search(["anything"], ["en"], np.ones((1, 4), dtype=np.float32)) == [()]


def test_one_article_alone_can_be_found() -> None:
    alone = ArticleIndex([Passage("only", "en", "dog license")], meaning_of(0)[None, :])
    assert ask(alone, "dog license", meaning_of(0))[0] == "only"


def test_many_articles_are_searched_by_a_shortlist_with_the_same_result() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(600, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = ArticleIndex([Passage(f"a{i:03}", "en", f"word{i}") for i in range(600)], vectors, calibrates=False)
    found = [ask(index, f"word{i}", vectors[i])[0] for i in range(0, 600, 50)]
    assert found == [f"a{i:03}" for i in range(0, 600, 50)]


def test_chinese_is_found_by_pairs_of_characters() -> None:
    nowhere = np.zeros((2, 4), dtype=np.float32)
    index = ArticleIndex([Passage("dog", "zh-Hans", "狗牌照多少钱"), Passage("trash", "zh-Hans", "哪天收垃圾")], nowhere)
    assert ask(index, "我家的狗牌照", nowhere[0], "zh-Hans")[0] == "dog"


def test_texts_that_mean_the_same_are_put_together_the_largest_group_first() -> None:
    vectors = np.stack([meaning_of(1, 0), meaning_of(2, 0), meaning_of(1, 1), meaning_of(1, 2)])
    groups = clusters(vectors)
    assert [sorted(group) for group in groups] == [[0, 2, 3], [1]]
    assert clusters(vectors[:1]) == [[0]]
    assert clusters(vectors[:0]) == []
