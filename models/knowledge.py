"""A question finds its article: by its words (BM25) and by its meaning, in any language, with a calibrated probability.

Nothing here is trained beforehand. The index calibrates itself on its own example questions whenever it is built, so an article that
was added a minute ago is as good as any other.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.bm25 import BM25
from models.embedding import ENCODED_LANGUAGES
from models.meaning import Vectors
from models.understanding import ArticleScore
from nlp.folding import HAN, fold

Scores = NDArray[np.float64]

ARTICLES_KEPT = 3
# Several ways to put a question speak for an article more than one lucky likeness.
_NEAREST = 5
# On topics that the models know, anything from 0.2 to 1 serves as well. A topic that they have never seen, in a language
# that was taught to the encoder, is found by its words alone, so they weigh as much as they may.
_WORDS_WEIGHT = 0.8
# Above so many articles only the likeliest are looked at closely.
_SHORTLIST = 64
_WORD = re.compile(r"[^\W_]+")
# Endings differ, stems mostly do not; six letters are a crude stem for all languages alike.
_STEM = 6
_RIVALS = 5
# Fewer articles cannot calibrate themselves. These were fitted on Boston's eighty.
_FEWEST_TO_CALIBRATE = 20
_DEFAULT_MEANING = ((-2.2, 4.7, 6.3, 5.6), -4.0)
_DEFAULT_WORDS = ((-1.6, 7.5, 10.5), -2.2)
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
class _Logistic:
    """A fitted logistic regression."""

    weights: tuple[float, ...]
    bias: float

    def probability(self, features: Sequence[float]) -> float:
        """The probability of one row of features."""
        margin = sum(weight * value for weight, value in zip(self.weights, features, strict=True)) + self.bias
        return 1 / (1 + exp(-margin))


@dataclass(frozen=True)
class _Calibration:
    """How sure an article's standing makes: by meaning and words together, and by words alone."""

    meaning: _Logistic = _Logistic(*_DEFAULT_MEANING)
    words: _Logistic = _Logistic(*_DEFAULT_WORDS)

    def probability(self, scored: "Scored", article: int, language: str) -> float:
        """The probability that an article answers a question in `language`.

        A language that was taught to the encoder has a meaning only for words that were taught, so there the words speak too.
        """
        by_meaning = self.meaning.probability(scored.standing(article))
        if language in ENCODED_LANGUAGES:
            return by_meaning
        by_words = self.words.probability(_leads(scored.words, article))
        return max(by_meaning, (by_meaning + by_words) / 2)


@dataclass(frozen=True)
class Scored:
    """All articles as one text sees them, each array of shape (n_articles,).

    `scores` are -1 for articles not looked at closely; `nearest` is the likeness of the nearest passage, `words` the share of words.
    """

    scores: Scores
    nearest: Scores
    words: Scores

    def standing(self, article: int) -> tuple[float, ...]:
        """Score, lead over the best other, lead over the mean of the best five others, likeness of the nearest passage."""
        return (*_leads(self.scores, article), float(self.nearest[article]))

    def without(self, article: int) -> "Scored":
        """The same without one article."""
        return Scored(*(np.delete(values, article) for values in (self.scores, self.nearest, self.words)))


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
        self._calibration = _Calibration()
        if calibrates and len(self.articles) >= _FEWEST_TO_CALIBRATE:
            self._calibration = _calibrate(self._passages, self._meanings)

    def search(self, texts: Sequence[str], languages: Sequence[str], meanings: Vectors) -> list[tuple[ArticleScore, ...]]:
        """Return the best articles for each text, the likeliest first; `meanings` has shape (n_texts, d).

        A confidence is the probability that the article answers, given that the text is a question to the city.
        """
        if self._words is None:
            return [()] * len(texts)
        return [self._best(*row) for row in zip(texts, languages, meanings, strict=True)]

    def score(self, text: str, meaning: Vectors) -> Scored:
        """Score all articles by likeness of meaning and share of words."""
        assert self._words is not None
        words = self._words.score(text)
        looked_at = self._shortlist(words, meaning)
        nearest = self._nearest(meaning, looked_at)
        sizes = np.minimum(np.diff(self._starts)[looked_at], nearest.shape[1])
        scored = Scored(np.full(len(self.articles), -1.0), np.full(len(self.articles), -1.0), words)
        scored.scores[looked_at] = nearest.sum(axis=1) / sizes + _WORDS_WEIGHT * words[looked_at]
        scored.nearest[looked_at] = nearest.max(axis=1)
        return scored

    def _best(self, text: str, language: str, meaning: Vectors) -> tuple[ArticleScore, ...]:
        scored = self.score(text, meaning)
        best = np.argsort(-scored.scores)[:ARTICLES_KEPT].tolist()
        probabilities = [self._calibration.probability(scored, article, language) for article in best]
        return tuple(ArticleScore(self.articles[i], p, p) for i, p in zip(best, probabilities, strict=True))

    def _shortlist(self, words: Scores, meaning: Vectors) -> NDArray[np.intp]:
        if len(self.articles) <= _SHORTLIST * 2:
            return np.arange(len(self.articles))
        by_meaning = np.argpartition(-(self._centers @ meaning), _SHORTLIST)[:_SHORTLIST]
        by_words = np.argpartition(-words, _SHORTLIST // 4)[: _SHORTLIST // 4]
        return np.union1d(by_meaning, by_words)

    def _nearest(self, meaning: Vectors, articles: NDArray[np.intp]) -> Scores:
        """The likeness of each article's nearest passages, shape (n, at most 5); 0 where an article has fewer."""
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
        return np.asarray(np.where(np.isfinite(top), top, 0.0), dtype=np.float64)


class _Words:
    """BM25 over the words of each article, as a share of the most that a text could score."""

    def __init__(self, passages: Iterable[Passage], articles: Sequence[str]) -> None:
        documents: dict[str, list[str]] = defaultdict(list)
        for passage in passages:
            documents[passage.article] += _stems(passage.text)
        self._retriever = BM25()
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


def _leads(values: Scores, article: int) -> tuple[float, float, float]:
    """An article's value, its lead over the best other, and its lead over the mean of the best five others."""
    own = float(values[article])
    best = np.argpartition(-values, min(_RIVALS, len(values) - 1))[: _RIVALS + 1]
    others = np.sort(values[best[best != article]])[::-1][:_RIVALS]
    return (own, own - float(others[0]), own - float(others.mean())) if len(others) else (own, own, own)


def _calibrate(passages: Sequence[Passage], meanings: Vectors) -> _Calibration:
    """Ask example questions of an index that does not hold them, once with their article there and once without.

    Meanings are judged by English questions: the vectors of the taught languages have seen these very texts. Words are judged by
    questions in the taught languages. Half of what is asked has an answer, as nothing else is known.
    """
    questions = [index for index, passage in enumerate(passages) if passage.is_question]
    english = [index for index in questions if passages[index].language == "en"]
    taught = [index for index in questions if passages[index].language not in ENCODED_LANGUAGES]
    asked = [*english[:: 1 + len(english) // _CALIBRATED_ON], *taught[:: 1 + len(taught) // _CALIBRATED_ON]]
    by_meaning, by_words = _Trials(), _Trials()
    for fold_number in range(_FOLDS):
        held_out = asked[fold_number::_FOLDS]
        kept = np.setdiff1d(np.arange(len(passages)), held_out)
        index = ArticleIndex([passages[i] for i in kept], meanings[kept], calibrates=False)
        position = {article: i for i, article in enumerate(index.articles)}
        for question in held_out:
            own = position.get(passages[question].article)
            if own is None:
                continue
            scored = index.score(passages[question].text, meanings[question])
            if passages[question].language == "en":
                by_meaning.add(scored, own, lambda known: known.scores, lambda known, best: known.standing(best))
            else:
                by_words.add(scored, own, lambda known: known.words, lambda known, best: _leads(known.words, best))
    return _Calibration(by_meaning.fit(_Calibration.meaning), by_words.fit(_Calibration.words))


class _Trials:
    """Standings of the best article with and without the right one there, and whether it was right."""

    def __init__(self) -> None:
        self._standings: list[tuple[float, ...]] = []
        self._is_right: list[bool] = []

    def add(
        self,
        scored: Scored,
        own: int,
        values: Callable[[Scored], Scores],
        standing: Callable[[Scored, int], tuple[float, ...]],
    ) -> None:
        """Note what is found for a question whose article is `own`, and what is found without that article."""
        for known in (scored, scored.without(own)):
            best = int(values(known).argmax())
            self._standings.append(standing(known, best))
            self._is_right.append(known is scored and best == own)

    def fit(self, default: _Logistic) -> _Logistic:
        """Fit the regression; `default` where all trials ended alike."""
        if len(set(self._is_right)) < 2:
            return default
        fitted: Any = LogisticRegression(C=10.0).fit(np.array(self._standings), np.array(self._is_right))
        return _Logistic(tuple(fitted.coef_[0].tolist()), float(fitted.intercept_[0]))
