"""Which words carried a score: each word is left out in turn, and the score that falls most belonged to that word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle

# Longer messages are explained by their first words; each costs one more text in a single batch (some 2 ms).
_WORDS_AT_MOST = 40
_WORD = re.compile(r"[\u3400-\u9fff]{1,2}|[^\W\u3400-\u9fff]+(?:['’][^\W\u3400-\u9fff]+)*")


@dataclass(frozen=True)
class Carried:
    """A span of the text and how far the score falls without it, in logits: above 0 it spoke for the label, below against it."""

    start: int
    end: int
    weight: float


def explain_service(bundle: Bundle, text: str, language: str, code: str) -> tuple[Carried, ...]:
    """Weigh every word of `text` for service `code`, in the order of the text.

    The whole recipe is asked (words, characters and meaning), so what is shown is what decided; the cost is one batch of as many
    texts as there are words. Leaving out misses words that only matter together ("not", "collected").
    """
    spans = [match.span() for match in _WORD.finditer(text)][:_WORDS_AT_MOST]
    if not spans:
        return ()
    column = bundle.card.labels["service"].index(code)
    texts = [text, *(text[:start] + text[end:] for start, end in spans)]
    probabilities = bundle.probabilities("service", bundle.transform(texts, [language] * len(texts)))
    logits = _logit(probabilities[:, column])
    return tuple(Carried(start, end, float(logits[0] - without)) for (start, end), without in zip(spans, logits[1:], strict=True))


def strongest(carried: Sequence[Carried], count: int) -> tuple[Carried, ...]:
    """The words that spoke most for the label, strongest first."""
    return tuple(sorted((one for one in carried if one.weight > 0), key=lambda one: -one.weight)[:count])


def _logit(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))
