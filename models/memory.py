"""A message is compared with known sentences of its language, whose English meaning a person has written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.meaning import Vectors

# Below this likeness a sentence is about something else, and showing it would mislead.
WORTH_SHOWING = 0.5


@dataclass(frozen=True)
class KnownSentence:
    """A sentence and what it means in English, as a person gave it."""

    text: str
    english: str


@dataclass(frozen=True)
class NearSentence:
    """A known sentence near a message; `similarity` is the cosine of their meanings."""

    sentence: KnownSentence
    similarity: float


class SentenceIndex:
    """Searches sentences of one language by meaning. `meanings` has shape (n_sentences, d), unit length."""

    def __init__(self, sentences: Sequence[KnownSentence], meanings: Vectors) -> None:
        self._sentences = sentences
        self._meanings = meanings

    def nearest(self, meaning: Vectors, limit: int) -> tuple[NearSentence, ...]:
        """Return the nearest sentences that are worth showing, nearest first, one for each English meaning; `meaning` has shape (d,)."""
        if not self._sentences:
            return ()
        likeness = self._meanings @ meaning
        found: dict[str, NearSentence] = {}
        for index in np.argsort(-likeness)[: 10 * limit].tolist():
            similarity = float(min(1.0, likeness[index]))
            if similarity < WORTH_SHOWING or len(found) == limit:
                break
            sentence = self._sentences[index]
            found.setdefault(sentence.english.casefold(), NearSentence(sentence, round(similarity, 3)))
        return tuple(found.values())
