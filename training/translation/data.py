"""Messages and their English meanings become batches of numbers, like lengths together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.corpus import Row
from training.splits import split_by_family
from training.translation.vocabulary import END, PAD, START, Vocabulary

Numbers = NDArray[np.int32]
_Lengths = tuple[int, int]
_Sentence = tuple[list[int], list[int]]

# What a batch's source and target may be long, in pieces. Few, since the compiler writes a program for each; these waste a quarter.
LENGTHS = ((20, 12), (28, 16), (36, 20), (36, 32), (56, 24), (56, 44), (96, 72))
_CHECKED_SHARE = 0.02


@dataclass(frozen=True)
class Pair:
    """A text with its translation. `tag` names how to read it: the language that the text is in."""

    tag: str
    text: str
    translation: str


@dataclass(frozen=True)
class Batch:
    """Sentences of like lengths, padded: `source` (n, s), what the decoder has read (n, t) and what it should say next (n, t)."""

    source: Numbers
    said: Numbers
    next: Numbers


def pairs_of(rows: Iterable[Row]) -> list[Pair]:
    """The rows that carry an English meaning."""
    return [Pair(row.language, row.text, row.english) for row in rows if row.english]


def split_pairs(rows: Sequence[Row], *, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Pairs to learn from, and pairs of other families that tell when to stop."""
    learned, checked = split_by_family([row for row in rows if row.english], share=_CHECKED_SHARE, seed=seed)
    return pairs_of(learned), pairs_of(checked)


def batches(
    pairs: Sequence[Pair],
    vocabulary: Vocabulary,
    *,
    tokens: int,
    seed: int | None = None,
    sampling: float = 0.0,
    lengths: Sequence[_Lengths] = LENGTHS,
) -> Iterator[Batch]:
    """Yield batches of about `tokens` padded numbers a side, shuffled by a `seed`, in a fixed order without one.

    Words of the source are cut into pieces by chance where `sampling` says so, which makes many sentences of few.
    Sentences that are longer than the last of `lengths` are left out.
    """
    if seed is not None:
        vocabulary.seed(seed)
    buckets: dict[_Lengths, list[_Sentence]] = defaultdict(list)
    for pair in pairs:
        sentence = vocabulary.source(pair.text, pair.tag, sampling=sampling), vocabulary.target(pair.translation)
        fitting = next((sides for sides in lengths if _fits(sentence, sides)), None)
        if fitting is not None:
            buckets[fitting].append(sentence)
    chance = None if seed is None else np.random.default_rng(seed)
    cuts = [(sides, part) for sides in sorted(buckets) for part in _parts(buckets[sides], _rows(sides, tokens), chance)]
    for index in _order(len(cuts), chance):
        sides, part = cuts[index]
        yield _batch(part, sides, _rows(sides, tokens))


def _fits(sentence: _Sentence, sides: _Lengths) -> bool:
    source, target = sentence
    return len(source) <= sides[0] and len(target) < sides[1]


def _rows(sides: _Lengths, tokens: int) -> int:
    return max(1, tokens // max(sides))


def _order(count: int, chance: np.random.Generator | None) -> list[int]:
    return list(range(count)) if chance is None else chance.permutation(count).tolist()


def _parts(sentences: Sequence[_Sentence], size: int, chance: np.random.Generator | None) -> Iterator[list[_Sentence]]:
    mixed = [sentences[index] for index in _order(len(sentences), chance)]
    return (mixed[start : start + size] for start in range(0, len(mixed), size))


def _batch(part: Sequence[_Sentence], sides: _Lengths, rows: int) -> Batch:
    """Pad to full size: an empty row costs less than a program for another shape."""
    source = np.full((rows, sides[0]), PAD, dtype=np.int32)
    said, following = np.full((2, rows, sides[1]), PAD, dtype=np.int32)
    for row, (words, translation) in enumerate(part):
        source[row, : len(words)] = words
        said[row, : len(translation) + 1] = [START, *translation]
        following[row, : len(translation) + 1] = [*translation, END]
    return Batch(source, said, following)
