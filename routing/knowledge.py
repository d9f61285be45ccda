"""The knowledge base as it is searched: the articles that may be used today, and the index over their words and meanings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np

from models.knowledge import ArticleIndex, Passage
from models.meaning import Vectors
from nlp.cleaning import clean
from routing.articles import Article, Articles

Embed = Callable[[Sequence[Passage]], Vectors]


@dataclass(frozen=True)
class Knowledge:
    """Articles with their index, made together, so that an answer never comes from a text that was not searched."""

    articles: Mapping[str, Article]
    index: ArticleIndex
    source: Articles = field(default_factory=Articles)


class KnowledgeShelf(Protocol):
    """Gives the knowledge as it is now; it changes when an editor saves a file."""

    def __call__(self) -> Knowledge:
        """The latest knowledge that could be read."""
        ...

    def refresh(self) -> bool:
        """Read again what has changed; return whether anything had."""
        ...

    def watch(self, seconds: float) -> None:
        """Refresh every so often, until `stop_watching`."""
        ...

    def stop_watching(self) -> None:
        """End the watch."""
        ...


class FixedShelf:
    """Knowledge that never changes; without any, every question goes to a person."""

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        self._knowledge = knowledge or Knowledge({}, ArticleIndex([], np.zeros((0, 1), dtype=np.float32)))

    def __call__(self) -> Knowledge:
        """What it was made with."""
        return self._knowledge

    def refresh(self) -> bool:
        """Nothing changes."""
        return False

    def watch(self, seconds: float) -> None:
        """Nothing to see."""

    def stop_watching(self) -> None:
        """Nothing to end."""


def index_articles(source: Articles, today: date, embed: Embed) -> Knowledge:
    """Index the articles that are valid on `today`; `embed` gives unit vectors of shape (n_passages, d)."""
    usable = source.valid_on(today)
    passages = [passage for article in usable.values() for passage in passages_of(article)]
    return Knowledge(usable, ArticleIndex(passages, embed(passages)), source)


def passages_of(article: Article) -> list[Passage]:
    """What is searched of an article: titles and example questions in all its languages, cleaned as messages are."""
    return [
        Passage(article.id, language, clean(text), is_question=text is not wording.title)
        for language, wording in article.wordings.items()
        for text in (wording.title, *wording.questions)
    ]
