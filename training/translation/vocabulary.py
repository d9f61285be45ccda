"""One vocabulary of word pieces for all languages, as Argos packages carry it (`sentencepiece.model`)."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Self

import sentencepiece

PAD, UNKNOWN, START, END = range(4)


def train_vocabulary(texts: Iterable[str], tags: Sequence[str], *, pieces: int, coverage: float, path: Path) -> None:
    """Learn the word pieces of `texts` and write them to `path`; each tag becomes a piece that no text can contain.

    `coverage` is the share of letters that get a piece; the rarest are unknown, and engines copy them.
    """
    model = BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="bpe",
        vocab_size=pieces,
        hard_vocab_limit=False,
        control_symbols=[piece_of(tag) for tag in tags],
        pad_id=PAD,
        unk_id=UNKNOWN,
        bos_id=START,
        eos_id=END,
        character_coverage=coverage,
        num_threads=1,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())


def piece_of(tag: str) -> str:
    """The piece that stands before a text and says how to read it."""
    return f"<{tag}>"


class Vocabulary:
    """Texts become numbers and back."""

    def __init__(self, processor: sentencepiece.SentencePieceProcessor) -> None:
        self._processor = processor

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a trained vocabulary."""
        return cls(sentencepiece.SentencePieceProcessor(model_file=str(path)))

    def __len__(self) -> int:
        return int(self._processor.get_piece_size())

    @property
    def pieces(self) -> list[str]:
        """All pieces in the order of their numbers."""
        return [self._processor.id_to_piece(number) for number in range(len(self))]

    def source(self, text: str, tag: str, *, sampling: float = 0.0) -> list[int]:
        """The numbers that the encoder reads; `sampling` is the share of merges left out by chance (Provilkov et al. 2020)."""
        return [self._processor.piece_to_id(piece_of(tag)), *self._cut(text, sampling=sampling), END]

    def pieces_of(self, text: str) -> list[str]:
        """The pieces that an engine hands over for a text."""
        return [self._processor.id_to_piece(number) for number in self._cut(text, sampling=0.0)]

    def target(self, text: str) -> list[int]:
        """The numbers that the decoder should say, without its start and end."""
        return self._cut(text, sampling=0.0)

    def seed(self, seed: int) -> None:
        """Make the cuts by chance repeatable."""
        sentencepiece.set_random_generator_seed(seed)

    def _cut(self, text: str, *, sampling: float) -> list[int]:
        if not sampling:
            return list(self._processor.encode(text))
        return list(self._processor.encode(text, enable_sampling=True, alpha=sampling))
