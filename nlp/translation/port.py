"""What the service asks of a translation engine, in our own language codes and in values that know no engine.

TranslatorError
├── TranslatorAwayError      not reached, busy, or broken off: try again later
└── TranslatorRefusedError   this text or this pair of languages will be refused again
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class TranslatorError(Exception):
    """The root of what an engine raises; the message names the engine and the reason, never the text."""


class TranslatorAwayError(TranslatorError):
    """The engine could not be reached, was busy, or gave up in the midst."""


class TranslatorRefusedError(TranslatorError):
    """The engine cannot do this, now or later."""


@dataclass(frozen=True)
class Pair:
    """A source and a target language, as BCP 47 codes."""

    source: str
    target: str


@dataclass(frozen=True)
class Translated:
    """A text as an engine gives it. `confidence` is the model's own, the mean probability of a token; None where the engine tells none."""

    text: str
    confidence: float | None


class Translator(Protocol):
    """An engine. Every method but `name` may raise TranslatorAwayError; `translate` also TranslatorRefusedError."""

    @property
    def name(self) -> str:
        """A short name, stored with what it translated."""
        ...

    def pairs(self) -> frozenset[Pair]:
        """What it can translate now, among the languages that it was made for."""
        ...

    def model(self, pair: Pair) -> str:
        """Name and version of the model behind a pair, stored with what it translated; "" where the engine tells none."""
        ...

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        """Translate each text, in their order; None for a text that it has nothing to say about."""
        ...


class NoTranslator:
    """The engine of a city that has none: it says so."""

    name = ""

    def pairs(self) -> frozenset[Pair]:
        """Nothing."""
        return frozenset()

    def model(self, pair: Pair) -> str:
        """No model."""
        return ""

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        """Refuse."""
        raise TranslatorRefusedError(f"no engine translates {pair.source} to {pair.target}")
