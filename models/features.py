"""The features that every head shares: words and character n-grams joined with the sentence embedding."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from models.embedding import SentenceEmbedding
from nlp.folding import fold


def hybrid_features(*, word_features: int, character_features: int, embedding_weight: float) -> FeatureUnion:
    """Build the unfitted features: texts in, sparse rows of shape (n_texts, words + characters + 512) out.

    Texts are folded first, because people leave accents and tone marks out on phones.
    """
    return FeatureUnion(
        [
            ("words", _vectorizer("word", (1, 2), word_features)),
            ("characters", _vectorizer("char_wb", (2, 5), character_features)),
            ("embedding", SentenceEmbedding(weight=embedding_weight)),
        ]
    )


def word_names(features: FeatureUnion) -> Sequence[str]:
    """The words and word pairs of fitted features, in the order of their columns, which come first."""
    names: Sequence[str] = features.transformer_list[0][1].get_feature_names_out().tolist()
    return names


def _vectorizer(analyzer: str, ngrams: tuple[int, int], size: int) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=analyzer,
        ngram_range=ngrams,
        max_features=size,
        preprocessor=fold,
        # One-letter words count (Vietnamese "o", a street "A St"); character n-grams have no tokens.
        token_pattern=r"(?u)\b\w+\b" if analyzer == "word" else None,
        sublinear_tf=True,
        dtype=np.float32,
    )
