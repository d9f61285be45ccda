"""How much two texts are worded alike, by their letters: enough to tell copies of one report from another problem at the same corner."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from nlp.folding import fold


def similarities(text: str, others: Sequence[str]) -> tuple[float, ...]:
    """The cosine of `text` and each of `others` over letters in threes to fives, 0 to 1. Across languages it says nothing."""
    if not others:
        return ()
    # Counts without signs keep the cosine from falling below 0, and hashing needs no vocabulary.
    vectorizer = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**18, alternate_sign=False)
    vectors = vectorizer.transform([fold(one) for one in (text, *others)])
    cosines = np.asarray((vectors[1:] @ vectors[0].T).todense()).ravel()
    return tuple(float(cosine) for cosine in np.clip(cosines, 0.0, 1.0))
