"""The features that every head shares: words and character n-grams joined with the sentence embedding."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline

from models.embedding import SentenceEmbedding
from nlp.folding import fold

_VARIANCE_KEPT = 0.9


def hybrid_features(*, word_features: int, character_features: int, embedding_weight: float) -> FeatureUnion:
    """Build the unfitted features: texts in, sparse rows of shape (n_texts, words + characters + what is left of the embedding) out.

    Texts are folded first, because people leave accents and tone marks out on phones.
    """
    return FeatureUnion(
        [
            ("words", _vectorizer("word", (1, 2), word_features)),
            ("characters", _vectorizer("char_wb", (2, 5), character_features)),
            ("embedding", Pipeline([("encode", SentenceEmbedding(weight=embedding_weight)), ("reduce", _reduction())])),
        ]
    )


def _reduction() -> PCA:
    # Dense columns are most of a sparse solver's work, and half of the 512 directions hold nearly all that differs.
    return PCA(n_components=_VARIANCE_KEPT, svd_solver="covariance_eigh")


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
