"""A question finds its article: by its words (BM25) and by its meaning, in any language, with a calibrated probability.

Nothing here is trained beforehand. The index calibrates itself on its own example questions whenever it is built, so an article that
was added a minute ago is as good as any other.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.meaning import Vectors
from models.understanding import ArticleScore
from nlp.folding import HAN, fold

Scores = NDArray[np.float64]

ARTICLES_KEPT = 3
# Several ways to put a question speak for an article more than one lucky likeness.
_NEAREST = 5
# Chosen on the development messages together with _NEAREST; from 0.2 to 0.5 serves as well.
_WORDS_WEIGHT = 0.3
# Above so many articles only the likeliest are looked at closely.
_SHORTLIST = 64
_WORD = re.compile(r"[^\W_]+")
# Endings differ, stems mostly do not; six letters are a crude stem for all languages alike.
_STEM = 6
_RIVALS = 5
# Fewer articles cannot calibrate themselves. These were fitted on Boston's eighty.
_FEWEST_TO_CALIBRATE = 20
_DEFAULT = ((3.5, 5.8, 9.7), -4.3)
_FOLDS = 4
_CALIBRATED_ON = 600


@dataclass(frozen=True)
class Passage:
    """A text of an article: an example question, its title or its answer. Only questions calibrate."""

    article: str
    language: str
    text: str
    is_question: bool = True


@dataclass(frozen=True)
class _Calibration:
    """Logistic regression over an article's score, its lead over the next, and its lead over the mean of the next five."""

    weights: tuple[float, float, float]
    bias: float

    def probabilities(self, scores: Scores) -> Scores:
        """Turn the scores of all articles, shape (n,), into probabilities that each answers; they need not add up to 1."""
        margins = _standings(scores) @ np.array(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-margins)))


class ArticleIndex:
    """Searches the passages of articles. `meanings` has shape (n_passages, d), unit length, in the order of `passages`."""

    def __init__(self, passages: Sequence[Passage], meanings: Vectors, *, calibrates: bool = True) -> None:
        order = sorted(range(len(passages)), key=lambda index: passages[index].article)
        self._passages = [passages[index] for index in order]
        self._meanings = np.ascontiguousarray(meanings[order]) if order else meanings
        self.articles = tuple(dict.fromkeys(passage.article for passage in self._passages))
        self._starts, self._columns = _blocks([passage.article for passage in self._passages])
        self._centers = _centers(self._meanings, self._columns)
        self._words = _Words(self._passages, self.articles) if self.articles else None
        self._calibration = _Calibration(*_DEFAULT)
        if calibrates and len(self.articles) >= _FEWEST_TO_CALIBRATE:
            self._calibration = _calibrate(self._passages, self._meanings)

    def search(self, texts: Sequence[str], meanings: Vectors) -> list[tuple[ArticleScore, ...]]:
        """Return the best articles for each text, the likeliest first; `meanings` has shape (n_texts, d).

        A confidence is the probability that the article answers, given that the text is a question to the city.
        """
        if self._words is None:
            return [()] * len(texts)
        return [self._best(text, meaning) for text, meaning in zip(texts, meanings, strict=True)]

    def score(self, text: str, meaning: Vectors) -> Scores:
        """The uncalibrated scores of all articles, shape (n_articles,); -1 for those not looked at closely."""
        assert self._words is not None
        words = self._words.score(text)
        scores = np.full(len(self.articles), -1.0)
        looked_at = self._shortlist(words, meaning)
        scores[looked_at] = self._likeness(meaning, looked_at) + _WORDS_WEIGHT * words[looked_at]
        return scores

    def _best(self, text: str, meaning: Vectors) -> tuple[ArticleScore, ...]:
        scores = self.score(text, meaning)
        probabilities = self._calibration.probabilities(scores)
        best = np.argsort(-scores)[:ARTICLES_KEPT]
        return tuple(ArticleScore(self.articles[i], float(probabilities[i])) for i in best)

    def _shortlist(self, words: Scores, meaning: Vectors) -> NDArray[np.intp]:
        if len(self.articles) <= _SHORTLIST * 2:
            return np.arange(len(self.articles))
        by_meaning = np.argpartition(-(self._centers @ meaning), _SHORTLIST)[:_SHORTLIST]
        by_words = np.argpartition(-words, _SHORTLIST // 4)[: _SHORTLIST // 4]
        return np.union1d(by_meaning, by_words)

    def _likeness(self, meaning: Vectors, articles: NDArray[np.intp]) -> Scores:
        """The mean likeness to each article's nearest passages."""
        columns = self._columns[articles]
        if len(articles) == len(self.articles):
            likeness = (self._meanings @ meaning)[columns]
        else:
            likeness = self._meanings[columns] @ meaning
        # An article with few passages repeats its last column; those repetitions must not count.
        sizes = np.diff(self._starts)[articles]
        likeness = np.where(np.arange(columns.shape[1]) < sizes[:, None], likeness, -np.inf)
        nearest = min(_NEAREST, columns.shape[1])
        top = -np.partition(-likeness, nearest - 1, axis=1)[:, :nearest]
        return np.asarray(np.where(np.isfinite(top), top, 0.0).sum(axis=1) / np.minimum(sizes, nearest), dtype=np.float64)


class _Words:
    """BM25 over the words of each article, as a share of the most that a text could score."""

    def __init__(self, passages: Iterable[Passage], articles: Sequence[str]) -> None:
        documents: dict[str, list[str]] = defaultdict(list)
        for passage in passages:
            documents[passage.article] += _stems(passage.text)
        self._retriever = bm25s.BM25()
        self._retriever.index([documents[article] for article in articles], show_progress=False)
        columns = self._retriever.scores
        self._most = np.maximum.reduceat(columns["data"], columns["indptr"][:-1]) if len(columns["data"]) else np.zeros(1)
        self._vocabulary: dict[str, int] = self._retriever.vocab_dict
        self._n_articles = len(articles)

    def score(self, text: str) -> Scores:
        stems = set(_stems(text))
        known = [stem for stem in stems if stem in self._vocabulary]
        if not known:
            return np.zeros(self._n_articles)
        # A word that no article knows could have scored as much as the rarest one.
        most = sum(self._most[self._vocabulary[stem]] for stem in known) + (len(stems) - len(known)) * self._most.max()
        return np.asarray(self._retriever.get_scores(known) / most, dtype=np.float64)


def _stems(text: str) -> list[str]:
    """Folded words cut to six letters; Chinese as pairs of characters."""
    stems: list[str] = []
    for word in _WORD.findall(fold(text)):
        if HAN.search(word):
            stems += [word[index : index + 2] for index in range(len(word) - 1)] or [word]
        else:
            stems.append(word[:_STEM])
    return stems


def _blocks(articles: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each article's passages begin, and their positions padded to one width: shapes (n + 1,) and (n, most passages)."""
    if not articles:
        return np.zeros(1, dtype=np.intp), np.zeros((0, 0), dtype=np.intp)
    starts = [index for index, article in enumerate(articles) if index == 0 or article != articles[index - 1]]
    edges = np.array([*starts, len(articles)], dtype=np.intp)
    width = int(np.diff(edges).max())
    columns = np.minimum(edges[:-1, None] + np.arange(width), edges[1:, None] - 1)
    return edges, columns


def _centers(meanings: Vectors, columns: NDArray[np.intp]) -> Vectors:
    if not len(columns):
        return meanings
    # The padding repeats an article's last passage, which hardly moves the center of many.
    means = np.stack([meanings[row].mean(axis=0) for row in columns])
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _standings(scores: Scores) -> Scores:
    """For each article its score, its lead over the best other, and over the mean of the best five others: shape (n, 3)."""
    ranked = np.argsort(-scores)
    best = scores[ranked[: _RIVALS + 1]]
    leads = np.empty((len(scores), 2))
    leads[:, 0] = scores - best[0]
    leads[:, 1] = scores - best[:_RIVALS].mean()
    for place, index in enumerate(ranked[: _RIVALS + 1]):
        others = np.delete(best, place)
        if len(others):
            leads[index] = scores[index] - others[0], scores[index] - others[:_RIVALS].mean()
    return np.column_stack([scores, leads])


def _calibrate(passages: Sequence[Passage], meanings: Vectors) -> _Calibration:
    """Ask each English question of an index that does not hold it, once with its article there and once without.

    English, since the vectors of the taught languages have seen these very questions; one half has an answer, as nothing else is known.
    """
    asked = [index for index, passage in enumerate(passages) if passage.is_question and passage.language == "en"]
    asked = asked[:: max(1, len(asked) // _CALIBRATED_ON)]
    standings: list[Scores] = []
    is_right: list[bool] = []
    for fold_number in range(_FOLDS):
        held_out = asked[fold_number::_FOLDS]
        kept = np.setdiff1d(np.arange(len(passages)), held_out)
        index = ArticleIndex([passages[i] for i in kept], meanings[kept], calibrates=False)
        position = {article: i for i, article in enumerate(index.articles)}
        for question in held_out:
            own = position.get(passages[question].article)
            if own is None:
                continue
            scores = index.score(passages[question].text, meanings[question])
            for known in (scores, np.delete(scores, own)):
                best = int(known.argmax())
                standings.append(_standings(known)[best])
                is_right.append(known is scores and best == own)
    if len(set(is_right)) < 2:
        return _Calibration(*_DEFAULT)
    fitted: Any = LogisticRegression(C=10.0).fit(np.array(standings), np.array(is_right))
    return _Calibration(tuple(fitted.coef_[0].tolist()), float(fitted.intercept_[0]))
