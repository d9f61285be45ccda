"""How often questions find their article, and how often something else gets an answer that it should not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from models.bundle import Bundle, Count
from models.understanding import ArticleScore, Kind, Understanding
from nlp.normalize import Heard
from routing.article_files import read_articles
from routing.city import City
from routing.comprehension import comprehend
from routing.knowledge import FixedShelf, index_articles
from training.corpus import Row
from training.figures import count_slices
from training.judging import slices_of

_BATCH = 256
_AMONG = 3


def understand_with_articles(
    bundle: Bundle, rows: Sequence[Row], city: City, today: date, progress: Callable[[int], None] = lambda _: None
) -> list[Understanding]:
    """Understand every row as a first message, with the city's articles as they are on disk and valid `today`."""
    knowledge = index_articles(
        read_articles(city),
        today,
        lambda passages: bundle.meanings(bundle.transform([p.text for p in passages], [p.language for p in passages])),
    )
    parts = comprehend(city, bundle, FixedShelf(knowledge))
    understood: list[Understanding] = []
    for start in range(0, len(rows), _BATCH):
        batch = [Heard(row.text, is_speech=row.channel == "voice") for row in rows[start : start + _BATCH]]
        understood += parts.understander.understand(parts.normalizer.normalize(batch))
        progress(len(batch))
    return understood


def answer_figures(rows: Sequence[Row], understood: Sequence[Understanding], city: City) -> Mapping[str, Mapping[str, Count]]:
    """Count for all rows, each language and channel. A question that was not taken for one counts as not found.

    `answered_wrongly` counts messages of any kind that would get an answer, and not one that is right for them.
    """
    threshold = city.policy.answer_confidence
    asks = np.array([row.kind == Kind.INFO for row in rows])
    found = [u.articles[:_AMONG] for u in understood]
    first = np.array([bool({score.id for score in scores[:1]} & row.accepted) for scores, row in zip(found, rows, strict=True)])
    among = np.array([bool({score.id for score in scores} & row.accepted) for scores, row in zip(found, rows, strict=True)])
    answered = np.array([_is_answered(u, scores, threshold) for u, scores in zip(understood, found, strict=True)])
    hits = {
        "article_first": (first, asks),
        "article_among_three": (among, asks),
        "answered_rightly": (answered & first & asks, asks),
        "question_answered_wrongly": (answered & ~first, asks),
        "other_answered_wrongly": (answered, ~asks),
    }
    slices = slices_of(rows)
    return {name: count_slices(right, counted, slices) for name, (right, counted) in hits.items()}


def _is_answered(u: Understanding, scores: Sequence[ArticleScore], threshold: float) -> bool:
    return u.kind is Kind.INFO and bool(scores) and scores[0].confidence >= threshold
