"""Messages that say nearly the same thing in nearly the same words: they teach nothing new and flatter every figure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from nlp.folding import fold
from training.corpus import Row

# Cosine of the sets of 4-grams; at 0.85 two messages of ten words differ in about one.
ALIKE = 0.85


@dataclass(frozen=True)
class Pair:
    """Two rows of one language and label; the second came later in the file and is the one to replace."""

    first: Row
    second: Row
    likeness: float


def near_duplicates(rows: Sequence[Row], *, alike: float = ALIKE) -> list[Pair]:
    """Find pairs of rows that share a language and a label, but no declared family, and most of their character 4-grams."""
    by_label: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_label[row.language, row.kind, row.label].append(row)
    return [pair for group in by_label.values() if len(group) > 1 for pair in _pairs(group, alike)]


def _pairs(group: Sequence[Row], alike: float) -> list[Pair]:
    grams = CountVectorizer(analyzer="char_wb", ngram_range=(_gram_length(group), 4), binary=True, preprocessor=fold)
    vectors = normalize(grams.fit_transform([row.text for row in group]).astype(np.float32))
    likeness = np.triu((vectors @ vectors.T).toarray(), k=1)
    found = np.argwhere(likeness >= alike)
    return [
        Pair(group[first], group[second], float(likeness[first, second]))
        for first, second in found
        if group[first].family != group[second].family
    ]


def _gram_length(group: Sequence[Row]) -> int:
    """Chinese says in two characters what takes a word elsewhere."""
    return 2 if group[0].language.startswith("zh") else 4
